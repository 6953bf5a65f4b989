# Completion of cardfs for bash: cardfs itself says what a word may become (cardfs complete).
# shellcheck shell=bash

# Sets words to those of the line up to the cursor, as a shell would split them: bash also splits at
# "=", "@" and ":".
_cardfs_split() {
	local rest=$COMP_LINE i part
	words=()
	for ((i = 0; i <= COMP_CWORD; i++)); do
		part=${COMP_WORDS[i]}
		if ((i == 0)) || [[ $rest == [[:blank:]]* ]]; then
			words+=("$part")
		else
			words[${#words[@]} - 1]+=$part
		fi
		rest=${rest#"${rest%%[![:blank:]]*}"}
		rest=${rest#"$part"}
	done
}

# Adds files, or directories alone, that continue the last word, behind its "=" if it has one.
_cardfs_add_files() {
	local word=$1 action=$2 before='' path
	if [[ $word == *=* ]]; then
		before=${word%%=*}=
	fi
	compopt -o filenames
	while IFS= read -r path; do
		lines+=("$before$path")
	done < <(compgen -A "$action" -- "${word#"$before"}")
}

_cardfs() {
	local words lines directive word breaks kept='' i
	COMPREPLY=()
	_cardfs_split
	word=${words[${#words[@]} - 1]}
	mapfile -t lines < <("${words[0]}" complete $((${#words[@]} - 2)) -- "${words[@]:1}" 2>/dev/null)
	((${#lines[@]} > 0)) || return 0
	directive=${lines[${#lines[@]} - 1]}
	unset "lines[${#lines[@]} - 1]"
	case $directive in
	:files) _cardfs_add_files "$word" file ;;
	:directories) _cardfs_add_files "$word" directory ;;
	:nospace) compopt -o nospace ;;
	esac
	# What is before the last of these stands on the line already; an "@" is part of what is typed.
	breaks=${COMP_WORDBREAKS//[^=@:]/}
	if [[ -n $breaks && $word == *["$breaks"]* ]]; then
		kept=${word%"${word##*["$breaks"]}"}
		kept=${kept%@}
	fi
	for i in "${!lines[@]}"; do
		COMPREPLY+=("$(printf '%q' "${lines[i]#"$kept"}")")
	done
}

complete -F _cardfs cardfs
