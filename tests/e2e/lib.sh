#!/usr/bin/env bash
# What every test has at hand. "run" starts each with the name of one of its functions, in namespaces
# made for it, and tells:
#
# $CARDFS  the program
# $CARDS   where stores of real cards may be
# $SCRATCH a directory that is the test's own
# $SUPPORT where the programs of "support" are built
#
# Beside these there are
#
# $work    the same; the working directory
# $store   a store in $work, empty at first; write_card fills it
# $mnt     a mount point in $work
set -eEu

work=$SCRATCH
store=$work/store
mnt=$work/mnt

# Shows what failed, and where the test called it.
explain() {
	local failure=$? command=$BASH_COMMAND depth=1
	[ "$BASHPID" -eq $$ ] || exit $failure
	echo "failed (status $failure): $command"
	while caller $((depth - 1)) >/dev/null; do
		echo "  at line $(caller $((depth - 1)))"
		depth=$((depth + 1))
	done
	exit $failure
}
trap explain ERR

fail() {
	printf '%s\n' "$@"
	return 1
}

skip() {
	echo "$*"
	exit 77
}

# Whether the program was built with a sanitizer, which keeps what was freed.
is_sanitized() {
	grep -q -e __asan_init -e __tsan_init "$CARDFS"
}

# attempt COMMAND...: runs it whatever becomes of it; sets status, output and errors.
attempt() {
	status=0
	output=$("$@" 2>"$work/errors") || status=$?
	errors=$(cat "$work/errors")
}

# expect_status STATUS COMMAND...
expect_status() {
	local wanted=$1
	shift
	attempt "$@"
	[ "$status" -eq "$wanted" ] ||
		fail "\"$*\" ended with $status, not $wanted; its output:" "$output" "and its errors:" "$errors"
}

expect_equal() {
	[ "$1" = "$2" ] || fail "expected:" "$1" "but it is:" "$2"
}

# expect_output TEXT COMMAND...
expect_output() {
	local wanted=$1
	shift
	expect_status 0 "$@"
	expect_equal "$wanted" "$output"
}

# expect_contains TEXT PART...
expect_contains() {
	local text=$1 part
	shift
	for part in "$@"; do
		case $text in
		*"$part"*) ;;
		*) fail "\"$part\" is not in:" "$text" ;;
		esac
	done
}

expect_lacks() {
	case $1 in
	*"$2"*) fail "\"$2\" is in:" "$1" ;;
	esac
}

# expect_refusal PART... : the last attempt failed with one line that holds these.
expect_refusal() {
	expect_equal 2 "$status"
	expect_equal "" "$output"
	expect_contains "$errors" "cardfs: " "$@"
}

# eventually COMMAND...: waits until it succeeds, for as long as an answer may take on a slow machine.
eventually() {
	local attempts=0
	until "$@"; do
		attempts=$((attempts + 1))
		[ $attempts -lt 500 ] || fail "\"$*\" never came true"
		sleep 0.02
	done
}

# What there is to wait for.

problems() {
	cat "$mnt/.cardfs/problems"
}

has_problem() {
	problems | grep -qF -- "$1"
}

has_no_problems() {
	[ -z "$(problems)" ]
}

# reads FILE CONTENT
reads() {
	[ "$(cat "$1" 2>/dev/null)" = "$2" ]
}

is_gone() {
	[ ! -e "$1" ]
}

# write_card FILE: standard input becomes that file of the store.
write_card() {
	mkdir -p "$(dirname "$store/$1")"
	cat >"$store/$1"
}

# Mounts the store, and nothing beside it.
mount_store() {
	cardfs "$mnt" -o "nodefaults,store=$store"
}

# mount_store_with OPTION[,OPTION...]
mount_store_with() {
	cardfs "$mnt" -o "nodefaults,store=$store,$1"
}

is_mounted() {
	grep -qF " $1 fuse.cardfs " /proc/self/mounts
}

is_unmounted() {
	! is_mounted "$1"
}

# processes_named NAME: what runs of that name; this namespace has no others of ours.
processes_named() {
	local process
	for process in /proc/[0-9]*; do
		if grep -qsx "$1" "$process/comm" && ! grep -qs '^State:.Z' "$process/status"; then
			echo "${process#/proc/}"
		fi
	done
}

# The processes that hold mounts. Signals are for these.
servers() {
	processes_named cardfs
}

# Those that answer requests.
workers() {
	processes_named cardfs-worker
}

has_no_servers() {
	[ -z "$(servers)$(workers)$(processes_named cardfs-unmount)" ]
}

has_unmounter() {
	[ -n "$(processes_named cardfs-unmount)" ]
}

# Kills all that there is of every server, so that nobody is left to clear up. A supervisor that is
# not stopped may replace who would.
kill_everything() {
	eventually has_unmounter
	# shellcheck disable=SC2046 # one word a process
	kill -STOP $(servers)
	# shellcheck disable=SC2046 # one word a process
	kill -KILL $(processes_named cardfs-unmount) $(workers) $(servers) || true
	eventually has_no_servers
}

# install_helpers PROGRAM: /sbin as it is, but for the helpers of mount(8), which are the program.
install_helpers() {
	local program entry helper
	program=$(realpath "$1")
	mkdir "$work/sbin"
	mount --bind /sbin "$work/sbin"
	mount -t tmpfs none /sbin
	for entry in "$work"/sbin/*; do
		ln -s "$entry" "/sbin/${entry##*/}"
	done
	for helper in mount.cardfs mount.fuse.cardfs; do
		ln -sf "$program" "/sbin/$helper"
	done
	PATH=/usr/sbin:/usr/bin:/sbin:/bin
}

# open_fuse_device MODE: gives it that mode, of which distributions have 666; seen by this test alone.
open_fuse_device() {
	mkdir device
	mount -t tmpfs -o mode=755 none device
	mknod -m "$1" device/fuse c 10 229
	mount --bind device/fuse /dev/fuse
}

# How often somebody has had the kernel drop its caches, which are those of every mount.
drops() {
	awk '/^drop_/ { sum += $2 } END { print sum }' /proc/vmstat
}

# What is in a directory of the mount, with types, sizes, targets and contents: in its entirety.
show_tree() {
	(
		cd "$1"
		find . -name .cardfs -prune -o -printf '%P %y %s %l %T@ %i\n' | sort
		find . -name .cardfs -prune -o -type f -print0 | sort -z | xargs -0 -r grep -H ''
	)
}

is_like_a_fresh_mount() {
	show_tree "$mnt" >"$work/old-tree" && show_tree "$work/fresh" >"$work/fresh-tree" &&
		cmp -s "$work/old-tree" "$work/fresh-tree"
}

# The whole tree is, in the end, what a mount shows that knows nothing of the past.
expect_like_fresh() {
	mkdir -p "$work/fresh"
	cardfs "$work/fresh" -o "nodefaults,store=$store"
	eventually is_like_a_fresh_mount
	umount "$work/fresh"
}

commands_of_help() {
	cardfs --help | sed -nE 's/^  cardfs ([a-z]+) .*/\1/p'
}

# Where fairseq2's downloader puts what is at a URI.
download_directory() {
	printf '%s/fairseq2/assets/%s' "$XDG_CACHE_HOME" "$(printf %s "$1" | sha1sum | cut -c 1-24)"
}

set_up() {
	umask 022
	mkdir -p "$work" "$store" "$mnt" "$work/home/.config" "$work/home/.cache" "$work/tmp" "$work/bin"
	export HOME=$work/home XDG_CONFIG_HOME=$work/home/.config XDG_CACHE_HOME=$work/home/.cache TMPDIR=$work/tmp
	if [ -d /etc/fairseq2 ]; then
		mount -t tmpfs none /etc/fairseq2
	fi
	cd "$work"
	ln -s "$CARDFS" bin/cardfs
	PATH=$work/bin:$PATH
}

# Every server that is left has to end by itself, so that a leak in it is found.
tear_down() {
	cd /
	while umount --all --lazy --types fuse.cardfs 2>/dev/null && grep -q ' fuse.cardfs ' /proc/self/mounts; do
		:
	done
	eventually has_no_servers
}

# run_test NAME: what every file of tests ends with.
run_test() {
	set_up
	"test_$1"
	tear_down
}
