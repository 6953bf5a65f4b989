# shellcheck shell=bash
# shellcheck disable=SC2154 # work and mnt are lib.sh's
# File systems that fail or hang when a test wants it (support/faulty.c), and what a mount says of them.

# faulty NAME: mounts $work/NAME, which shows $work/NAME.d and fails as $work/NAME.control says.
faulty() {
	mkdir -p "$1" "$1.d"
	"$SUPPORT/faulty" "$work/$1.d" "$work/$1" "$work/$1.control" -o allow_other,default_permissions
}

# The control is replaced, so that no request sees a half of it.
becomes_faulty() {
	echo "$2" >"$1.new"
	mv "$1.new" "$1.control"
}

becomes_sound() {
	rm "$1.control"
}

load() {
	kill -HUP "$(servers)"
}

two_cards_on_a_faulty_store() {
	mkdir -p remote.d/below
	echo '{name: one, field: old}' >remote.d/one.yaml
	echo '{name: two, base: one}' >remote.d/below/two.yaml
	faulty remote
	cardfs "$mnt" -o "nodefaults,store=$work/remote,poll=1"
	expect_output $'one\ntwo' ls "$mnt"
}

# Whether somebody waits for an answer of it: the kernel counts.
is_waited_for() {
	local device
	device=$(awk -v point="$work/$1" '$5 == point { split($3, number, ":"); print number[2] }' /proc/self/mountinfo)
	[ "$(cat "connections/$device/waiting")" -gt 0 ]
}

# To be called before is_waited_for.
count_waiting() {
	mkdir connections
	mount -t fusectl connections connections
}
