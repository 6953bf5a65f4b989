#!/usr/bin/env bash
# What every test of the commands has at hand: all that the tests on mounts have (../e2e/lib.sh) but
# mounts, so that these need neither privileges nor /dev/fuse.
set -eEu
# shellcheck source-path=SCRIPTDIR source=../e2e/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/../e2e/lib.sh"

# A command on the store alone.
on_store() {
	cardfs "$@" --no-default-stores --store "$store"
}

# on_terminal COLUMNS COMMAND...: runs it on a terminal of that width; sets output, without \r.
on_terminal() {
	local columns=$1
	shift
	output=$(SHELL=/bin/bash COLUMNS=$columns TERM=xterm script --quiet --return --command "$(printf '%q ' "$@")" /dev/null |
		tr -d '\r')
}

# The widest line of standard input, in characters.
width() {
	wc -L
}

set_up() {
	umask 022
	mkdir -p "$store" "$work/home/.config" "$work/home/.cache" "$work/tmp" "$work/bin"
	export HOME=$work/home XDG_CONFIG_HOME=$work/home/.config XDG_CACHE_HOME=$work/home/.cache TMPDIR=$work/tmp
	cd "$work"
	ln -s "$CARDFS" bin/cardfs
	PATH=$work/bin:$PATH
}

# There is nothing to unmount here, and what else is mounted is not ours: these tests have no
# namespace of their own.
tear_down() {
	cd /
}
