#!/usr/bin/env bash
# File systems below a mount that do not answer: they delay nothing that can do without them.
set -eEu
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source-path=SCRIPTDIR source=faulty.sh
. "$(dirname "$0")/faulty.sh"

test_a_store_that_hangs_blocks_no_requests() {
	local i
	count_waiting
	mkdir remote.d
	echo '{name: one, field: old}' >remote.d/one.yaml
	echo '{name: two, base: one}' >remote.d/two.yaml
	write_card other.yaml <<<'{name: other, field: old}'
	faulty remote
	cardfs "$mnt" -o "nodefaults,store=$store,store=$work/remote,poll=1"
	becomes_faulty remote hang
	load
	eventually is_waited_for remote
	# Nothing has been asked for before, so that the kernel has the answers from nowhere but the server.
	for i in $(seq 3); do
		expect_output $'one\nother\ntwo' ls "$mnt"
		expect_output old cat "$mnt/two/field"
		expect_output old cat "$mnt/other/field"
		expect_contains "$(cat "$mnt/one/card.yaml")" "field: old"
		expect_status 1 test -e "$mnt/missing-$i"
		expect_contains "$(cat "$mnt/.cardfs/stores")" "dir:$work/remote"
		stat -f "$mnt" >/dev/null
	done
	is_waited_for remote
	echo '{name: one, field: new}' >remote.d/one.yaml
	becomes_sound remote
	eventually reads "$mnt/two/field" new
	eventually has_no_problems
}

# A mount of the store, where "other" is, and of a store that hangs from now on, where "one" is.
a_mount_on_a_store_that_hangs() {
	count_waiting
	mkdir remote.d
	echo '{name: one, field: old}' >remote.d/one.yaml
	write_card other.yaml <<<'{name: other, field: old}'
	faulty remote
	cardfs "$mnt" -o "nodefaults,store=$store,store=$work/remote,poll=1"
	expect_output $'one\nother' ls "$mnt"
	becomes_faulty remote hang
	eventually is_waited_for remote
}

test_another_store_stays_fresh_while_one_hangs() {
	a_mount_on_a_store_that_hangs
	write_card other.yaml <<<'{name: other, field: new}'
	eventually reads "$mnt/other/field" new
	write_card more.yaml <<<'{name: more, base: one}'
	eventually reads "$mnt/more/field" old
	is_waited_for remote
	expect_output old cat "$mnt/one/field"
}

test_it_is_said_that_a_store_hangs_until_it_does_not() {
	a_mount_on_a_store_that_hangs
	eventually has_problem "$work/remote: error: its file system has not answered since "
	expect_contains "$(problems)" "; what it last held is served until it does"
	expect_output old cat "$mnt/one/field"
	write_card other.yaml <<<'{name: other, field: new}'
	eventually reads "$mnt/other/field" new
	echo '{name: one, field: new}' >remote.d/one.yaml
	becomes_sound remote
	eventually has_no_problems
	eventually reads "$mnt/one/field" new
}

run_test "$@"
