#!/usr/bin/env bash
# Completion, as bash and zsh ask for it.
set -eEu
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"

tests=$(cd "$(dirname "$0")" && pwd)
completions=$(cd "$tests/../../scripts/completions" && pwd)

write_cards() {
	write_card cards.yaml <<'CARDS'
name: llama
model_family: llama
model_config: {max_seq_len: 8}
---
name: llama_1b
base: llama
checkpoint: weights
---
name: llama_1b@lab
checkpoint: /lab/weights
CARDS
	mkdir -p "$HOME/.config/cardfs" cwd/some-directory
	touch cwd/some-file
	printf 'nodefaults: true\nstores: %s\n' "$store" >"$HOME/.config/cardfs/config.yaml"
	cd cwd
}

# in_bash LINE: what bash offers behind it, sorted. The words are split as bash does.
in_bash() {
	bash --norc -c '
		. "$1/cardfs.bash"
		compopt() { :; }
		COMP_LINE=$2
		read -ra COMP_WORDS < <(sed "s/[=@:]/ & /g" <<<"$COMP_LINE")
		case $COMP_LINE in *" ") COMP_WORDS+=("") ;; esac
		COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
		_cardfs
		printf "%s\n" "${COMPREPLY[@]}" | sort' bash "$completions" "$1"
}

# What each shell makes of a line when somebody types it and a tab, on a terminal.
typed_into_bash() {
	"$tests/type-and-complete.py" "bash --norc -i" ". '$completions/cardfs.bash'
bind -x '\"\\C-x\": printf %s \"<\$READLINE_LINE>\" >\$TYPED.new; mv \$TYPED.new \$TYPED'" "$1"
}

typed_into_zsh() {
	"$tests/type-and-complete.py" "zsh -f -i" "fpath=('$completions' \$fpath)
autoload -U compinit; compinit -u -d '$work/dump'
report() { print -rn -- \"<\$BUFFER>\" >\$TYPED.new; mv \$TYPED.new \$TYPED; }
zle -N report; bindkey '^X' report; bindkey '^I' expand-or-complete" "$1"
}

test_bash_completes_commands_and_options() {
	write_cards
	expect_output "$(printf '%s\n' find)" in_bash 'cardfs f'
	expect_output "--kind" in_bash 'cardfs list --ki'
	expect_output "$(printf '%s\n' dataset model other tokenizer)" in_bash 'cardfs list --kind '
	expect_output "shadow" in_bash 'cardfs list --conflicts=s'
	expect_output "$(printf '%s\n' lab user)" in_bash 'cardfs show --env '
}

test_bash_completes_names_and_environments() {
	write_cards
	expect_output "$(printf '%s\n' llama llama_1b)" in_bash 'cardfs show '
	expect_output "llama_1b" in_bash 'cardfs diff llama llama_'
	expect_output "$(printf '%s\n' @lab @user)" in_bash 'cardfs show llama_1b@'
	expect_output "@lab" in_bash 'cardfs show llama_1b@l'
}

test_bash_completes_fields_and_values() {
	write_cards
	expect_output "$(printf '%s\n' model_config model_config.max_seq_len model_family)" \
		in_bash 'cardfs explain llama_1b@lab model_'
	expect_output "model_config.max_seq_len=" in_bash 'cardfs set llama_1b model_config.'
	expect_output "llama" in_bash 'cardfs find model_family='
}

test_bash_completes_files() {
	write_cards
	expect_output "$(printf '%s\n' some-directory some-file)" in_bash 'cardfs set llama checkpoint=some'
	expect_output "some-directory" in_bash 'cardfs mount some'
	expect_output "$(printf '%s\n' some-directory some-file)" in_bash 'cardfs check s'
}

test_bash_offers_nothing_where_nothing_fits() {
	write_cards
	expect_output "" in_bash 'cardfs show nothing'
	expect_output "" in_bash 'cardfs nothing x'
}

# check_typed COMMAND: the same lines in each shell.
check_typed() {
	local complete=$1
	write_cards
	expect_output "<cardfs umount >" "$complete" 'cardfs um'
	expect_output "<cardfs list --kind >" "$complete" 'cardfs list --ki'
	expect_output "<cardfs list --kind dataset >" "$complete" 'cardfs list --kind d'
	expect_output "<cardfs show llama_1b >" "$complete" 'cardfs show llama_'
	expect_output "<cardfs show llama_1b@lab >" "$complete" 'cardfs show llama_1b@l'
	expect_output "<cardfs explain llama model_family >" "$complete" 'cardfs explain llama model_f'
	expect_output "<cardfs set llama model_family=>" "$complete" 'cardfs set llama model_f'
	expect_output "<cardfs set llama checkpoint=some-file >" "$complete" 'cardfs set llama checkpoint=some-f'
	expect_output "<cardfs mount some-directory/>" "$complete" 'cardfs mount some'
	expect_output "<cardfs debug some-directory/>" "$complete" 'cardfs debug some'
}

test_bash_completes_what_is_typed() {
	check_typed typed_into_bash
}

test_zsh_completes_what_is_typed() {
	check_typed typed_into_zsh
}

test_words_that_cannot_be_completed_are_no_crash() {
	write_cards
	expect_status 2 cardfs complete
	expect_status 2 cardfs complete 5 -- show
	expect_output ":" cardfs complete 2 -- explain nothing x
	expect_output ":" cardfs complete 1 -- list x
	expect_output "$(printf '%s\n' nobuiltin :nospace)" cardfs complete 2 -- /mnt -o nob
}

run_test "$1"
