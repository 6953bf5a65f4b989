# shellcheck shell=bash
# What the tests of documents have at hand, beside lib.sh: the reader, and the sessions.

root=$(cd "$(dirname "$0")/../.." && pwd)

# The documents speak to somebody who has installed cardfs and is at home.
be_the_reader() {
	mount -t tmpfs none /usr/local
	mkdir -p /usr/local/bin /usr/local/share/cardfs
	cp -L "$CARDFS" /usr/local/bin/cardfs
	cp -rL "$root/src/cards" /usr/local/share/cardfs/cards
	mount -t tmpfs none /home
	mkdir /home/you
	export HOME=/home/you PATH=/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
	unset XDG_CONFIG_HOME XDG_CACHE_HOME
	cd || return
}

# blocks_of LANGUAGE: those blocks of the document on standard input.
blocks_of() {
	awk -v "fence=\`\`\`$1" '/^```/ { inside = $0 == fence; next } inside'
}

# section_of TITLE: that section of the document on standard input.
section_of() {
	awk -v "heading=## $1" '/^## / { inside = $0 == heading } inside'
}

# Runs the commands of a session, and prints it as it goes then.
play() {
	local line command
	while IFS= read -r line; do
		case $line in
		'$ '*) ;;
		*) continue ;;
		esac
		printf '%s\n' "$line"
		command=${line#\$ }
		while [ "${command%\\}" != "$command" ] && IFS= read -r line; do
			printf '%s\n' "$line"
			command=${command%\\}${line#> }
		done
		eval "$command" </dev/null 2>&1 || true
	done
}

# expect_session WRITTEN: the commands of that file print what it says.
expect_session() {
	grep -q '^\$ ' "$1"
	play <"$1" >"$1.played"
	diff -u "$1" "$1.played"
}
