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

a_mount_that_starts_while_a_store_hangs() {
	count_waiting
	mkdir remote.d
	echo '{name: one, field: old}' >remote.d/one.yaml
	write_card other.yaml <<<'{name: other, field: old}'
	becomes_faulty remote hang
	faulty remote
	cardfs "$mnt" -o "nodefaults,store=$store,store=$work/remote,poll=1"
}

test_a_mount_starts_while_a_store_hangs() {
	a_mount_that_starts_while_a_store_hangs
	is_waited_for remote
	expect_output other ls "$mnt"
	expect_contains "$(problems)" "$work/remote: error: its file system does not answer; its cards come when it does"
	write_card other.yaml <<<'{name: other, field: new}'
	eventually reads "$mnt/other/field" new
	becomes_sound remote
	eventually reads "$mnt/one/field" old
	eventually has_no_problems
	expect_output $'one\nother' ls "$mnt"
	echo '{name: one, field: new}' >remote.d/one.yaml
	eventually reads "$mnt/one/field" new
}

# Two stores may be the same one, and whoever serves may not be let in: both are asked for at the start.
test_several_stores_that_hang_are_waited_for_once() {
	write_card other.yaml <<<'{name: other}'
	becomes_faulty near hang
	becomes_faulty far hang
	faulty near
	faulty far
	cardfs "$mnt" -o "nodefaults,store=$work/near,store=$work/far,store=$store,poll=1"
	expect_output other ls "$mnt"
	expect_contains "$(problems)" "$work/near: error: its file" "$work/far: error: its file"
	echo '{name: one}' >near.d/one.yaml
	becomes_sound near
	eventually test -e "$mnt/one"
	expect_contains "$(problems)" "$work/far: error: its file"
	becomes_sound far
	eventually has_no_problems
}

test_a_mount_ends_while_a_store_hangs() {
	a_mount_on_a_store_that_hangs
	umount "$mnt"
	eventually has_no_servers
	is_waited_for remote
	becomes_sound remote
	eventually has_no_keepers
}

test_a_server_that_is_told_to_ends_while_a_store_hangs() {
	a_mount_on_a_store_that_hangs
	kill -TERM "$(servers)"
	eventually is_unmounted "$mnt"
	eventually has_no_servers
	is_waited_for remote
}

has_no_keepers() {
	[ -z "$(processes_named cardfs-keeper)" ]
}

has_another_worker_than() {
	local now
	now=$(workers)
	[ -n "$now" ] && [ "$now" != "$1" ]
}

test_a_worker_is_replaced_while_a_store_hangs() {
	local worker
	a_mount_on_a_store_that_hangs
	worker=$(workers)
	kill -KILL "$worker"
	eventually has_another_worker_than "$worker"
	expect_output old cat "$mnt/other/field"
	eventually has_problem "does not answer; its cards come when it does"
	becomes_sound remote
	eventually reads "$mnt/one/field" old
	eventually has_no_problems
}

test_another_program_takes_over_while_a_store_hangs() {
	a_mount_on_a_store_that_hangs
	cardfs reload "$mnt"
	expect_output old cat "$mnt/other/field"
	becomes_sound remote
	eventually reads "$mnt/one/field" old
	eventually has_no_problems
}

test_what_is_mounted_over_a_store_and_hangs_delays_no_other() {
	count_waiting
	mkdir remote
	echo '{name: one, field: old}' >remote/one.yaml
	write_card other.yaml <<<'{name: other, field: old}'
	cardfs "$mnt" -o "nodefaults,store=$store,store=$work/remote,poll=1"
	expect_output $'one\nother' ls "$mnt"
	becomes_faulty remote hang
	faulty remote
	eventually has_problem "$work/remote: error: its file system "
	write_card other.yaml <<<'{name: other, field: new}'
	eventually reads "$mnt/other/field" new
	echo '{name: two}' >remote.d/two.yaml
	becomes_sound remote
	eventually test -e "$mnt/two"
	eventually has_no_problems
	expect_output $'other\ntwo' ls "$mnt"
}

test_a_link_to_what_hangs_delays_no_other_store() {
	count_waiting
	mkdir remote.d linking
	echo '{name: one, field: old}' >remote.d/one.yaml
	write_card other.yaml <<<'{name: other, field: old}'
	faulty remote
	cardfs "$mnt" -o "nodefaults,store=$store,store=$work/linking,poll=1"
	becomes_faulty remote hang
	ln -s "$work/remote/one.yaml" linking/one.yaml
	eventually has_problem "$work/linking: error: its file system "
	write_card other.yaml <<<'{name: other, field: new}'
	eventually reads "$mnt/other/field" new
	becomes_sound remote
	eventually reads "$mnt/one/field" old
	eventually has_no_problems
}

# A card whose checkpoint is in the cache of fairseq2's downloads, which is on a file system of its own.
a_mount_with_a_remote_cache() {
	local directory
	count_waiting
	mkdir -p "$XDG_CACHE_HOME/fairseq2"
	cache=$XDG_CACHE_HOME/fairseq2/assets
	ln -s "$work/remote" "$cache"
	mkdir -p remote.d
	directory=remote.d/$(basename "$(download_directory https://example.org/one.pt)")
	mkdir "$directory"
	touch "$directory/one.pt"
	write_one old
	write_card other.yaml <<<'{name: other, field: old}'
	faulty remote
	mount_store_with poll=1
}

write_one() {
	write_card one.yaml <<<"{name: one, field: $1, checkpoint: 'https://example.org/one.pt'}"
}

a_mount_with_a_cache_that_hangs() {
	becomes_faulty remote hang
	a_mount_with_a_remote_cache
}

leads_into_the_cache() {
	case $(readlink "$mnt/one/checkpoint") in
	"$cache"/*/one.pt) ;;
	*) return 1 ;;
	esac
}

leads_to_the_directory() {
	[ "$(readlink "$mnt/one/checkpoint")" = "$cache/$(basename remote.d/*)" ]
}

test_a_mount_starts_while_a_cache_hangs() {
	a_mount_with_a_cache_that_hangs
	expect_output $'one\nother' ls "$mnt"
	expect_output old cat "$mnt/one/field"
	write_one new
	eventually reads "$mnt/one/field" new
	becomes_sound remote
	eventually leads_into_the_cache
}

test_who_follows_a_link_into_a_cache_that_hangs_is_told() {
	local worker
	a_mount_with_a_cache_that_hangs
	worker=$(workers)
	expect_status 1 readlink "$mnt/one/checkpoint"
	expect_status 1 stat "$mnt/one/checkpoint"
	expect_contains "$errors" "timed out"
	is_waited_for remote
	expect_contains "$(problems)" "$cache: error: its file system has not answered since " \
		"; links lead where they led last, or fail until it does"
	expect_output $'card.json\ncard.yaml\ncheckpoint\nfield\nname' ls "$mnt/one"
	becomes_sound remote
	eventually leads_into_the_cache
	eventually has_no_problems
	expect_equal "$worker" "$(workers)"
}

# Each look at another link would wait as long as the first, if nothing were learnt from it.
test_stores_stay_fresh_while_links_into_a_cache_that_hangs_are_followed() {
	local i reader
	for i in $(seq 40); do
		write_card "many-$i.yaml" <<<"{name: many-$i, checkpoint: 'https://example.org/$i'}"
	done
	a_mount_with_a_cache_that_hangs
	while [ ! -e over ]; do
		cat "$mnt"/many-*/checkpoint 2>/dev/null || true
	done &
	reader=$!
	eventually is_waited_for remote
	for i in $(seq 5); do
		write_card other.yaml <<<"{name: other, field: $i}"
		eventually reads "$mnt/other/field" "$i"
	done
	is_waited_for remote
	touch over
	wait "$reader"
	becomes_sound remote
}

test_a_link_leads_where_it_led_while_its_cache_hangs() {
	a_mount_with_a_remote_cache
	leads_into_the_cache
	becomes_faulty remote hang
	write_one new
	eventually reads "$mnt/one/field" new
	leads_into_the_cache
	eventually has_problem "$cache: error: its file system has not answered since "
	leads_into_the_cache
	becomes_sound remote
	eventually has_no_problems
	leads_into_the_cache
}

test_a_worker_that_starts_while_a_cache_hangs_needs_no_other() {
	local worker
	a_mount_with_a_remote_cache
	leads_into_the_cache
	becomes_faulty remote hang
	worker=$(workers)
	kill -KILL "$worker"
	eventually has_another_worker_than "$worker"
	worker=$(workers)
	write_one new
	eventually reads "$mnt/one/field" new
	becomes_sound remote
	eventually leads_into_the_cache
	eventually has_no_problems
	expect_equal "$worker" "$(workers)"
}

# What a worker showed outlives it, where somebody holds the link; whoever took its place has seen nothing.
test_a_link_leads_where_a_worker_before_had_it_lead() {
	local worker holder
	a_mount_with_a_remote_cache
	leads_into_the_cache
	mkfifo over
	/usr/bin/python3 -c "import os
held = os.open('$mnt/one/checkpoint', os.O_PATH | os.O_NOFOLLOW)
open('held', 'w').close()
open('over').read()" &
	holder=$!
	eventually test -e held
	becomes_faulty remote hang
	worker=$(workers)
	kill -KILL "$worker"
	eventually has_another_worker_than "$worker"
	leads_into_the_cache
	eventually has_problem "$cache: error: its file system has not answered since "
	echo >over
	wait "$holder"
	becomes_sound remote
}

test_what_a_download_brings_is_seen_after_a_cache_hung() {
	a_mount_with_a_remote_cache
	rm -r remote.d/*/one.pt
	eventually leads_to_the_directory
	becomes_faulty remote hang
	eventually has_problem "$cache: error: its file system has not answered since "
	touch "$(echo remote.d/*)/one.pt"
	becomes_sound remote
	eventually leads_into_the_cache
}

# What links in a cache lead to may hang though the cache does not: repositories are elsewhere.
test_a_mount_starts_while_what_a_cache_links_to_hangs() {
	local hub=$XDG_CACHE_HOME/huggingface/hub
	count_waiting
	mkdir -p "$hub" remote.d/refs remote.d/snapshots/1234
	ln -s "$work/remote" "$hub/models--org--one"
	echo 1234 >remote.d/refs/main
	write_card one.yaml <<<'{name: one, field: old, checkpoint: "hg://org/one"}'
	becomes_faulty remote hang
	faulty remote
	mount_store_with poll=1
	expect_output old cat "$mnt/one/field"
	expect_status 1 readlink "$mnt/one/checkpoint"
	is_waited_for remote
	becomes_sound remote
	eventually reads_link "$mnt/one/checkpoint" "$hub/models--org--one/snapshots/1234"
}

reads_link() {
	[ "$(readlink "$1")" = "$2" ]
}

# What is kept for the next start is kept there, too.
test_a_mount_starts_while_the_cache_directory_hangs() {
	rmdir "$XDG_CACHE_HOME"
	ln -s "$work/remote" "$XDG_CACHE_HOME"
	write_card one.yaml <<<'{name: one, field: old, checkpoint: "https://example.org/one.pt"}'
	becomes_faulty remote hang
	faulty remote
	mount_store
	expect_output old cat "$mnt/one/field"
	write_card one.yaml <<<'{name: one, field: new}'
	eventually reads "$mnt/one/field" new
	becomes_sound remote
}

test_a_search_for_a_store_in_what_hangs_has_an_end() {
	becomes_faulty remote hang
	faulty remote
	VIRTUAL_ENV=$work/remote attempt cardfs "$mnt" -o nodefaults,store=package:cards
	expect_refusal "cannot search for the store package:cards: a file system does not answer"
	becomes_sound remote
	mkdir -p remote.d/lib/python3.11/site-packages/cards
	echo '{name: one}' >remote.d/lib/python3.11/site-packages/cards/one.yaml
	VIRTUAL_ENV=$work/remote cardfs "$mnt" -o nodefaults,store=package:cards
	expect_output one ls "$mnt"
}

test_a_configuration_that_hangs_is_not_waited_for() {
	mkdir -p remote.d/cardfs
	echo 'env: lab' >remote.d/cardfs/config.yaml
	becomes_faulty remote hang
	faulty remote
	XDG_CONFIG_HOME=$work/remote attempt cardfs "$mnt" -o "nodefaults,store=$store"
	expect_refusal "cannot read $work/remote/cardfs/config.yaml: its file system does not answer"
	becomes_sound remote
	write_card one.yaml <<<'{name: one}'
	XDG_CONFIG_HOME=$work/remote cardfs "$mnt" -o "nodefaults,store=$store"
	expect_output one ls "$mnt"
}

# Fails where a process of cardfs has asked the file system that would wait for one that hangs.
only_helpers_ask() {
	local others
	others=$(grep '^cardfs' remote.control.askers |
		grep -vxF -e cardfs-keeper -e cardfs-deputy -e cardfs-attempt | sort | uniq -c || true)
	[ -z "$others" ] || fail "these have asked:" "$others"
}

# Whether a server that asks hangs with the file system is chance: the kernel may know the answer.
test_no_server_asks_a_remote_file_system() {
	local hub=$XDG_CACHE_HOME/huggingface/hub worker
	mkdir -p "$hub/models--org--one/snapshots/1234" "$hub/models--org--one/refs" "$store/below" \
		remote.d/blobs remote.d/models--org--two/refs remote.d/models--org--two/snapshots/5678
	echo 1234 >"$hub/models--org--one/refs/main"
	echo 5678 >remote.d/models--org--two/refs/main
	echo '{name: far, field: old}' >remote.d/far.yaml
	touch remote.d/blobs/a remote.d/notes
	faulty remote
	ln -s "$work/remote/blobs" "$hub/models--org--one/blobs"
	ln -s "$work/remote/blobs/a" "$hub/models--org--one/snapshots/1234/a"
	ln -s "$work/remote/notes" "$hub/notes"
	ln -s "$work/remote/notes" "$hub/models--org--one/notes"
	ln -s "$work/remote/notes" "$store/notes"
	ln -s "$work/remote/blobs" "$store/below/blobs"
	write_card one.yaml <<<"{name: one, field: old, checkpoint: 'hg://org/one', note: $work/remote/notes}"
	touch remote.control.askers
	cardfs "$mnt" -o "nodefaults,store=$store,poll=1"
	only_helpers_ask
	expect_output "$hub/models--org--one/snapshots/1234" readlink "$mnt/one/checkpoint"
	ln -s "$work/remote/models--org--two" "$hub/models--org--two"
	ln -s "$work/remote/far.yaml" "$store/far.yaml"
	write_card two.yaml <<<'{name: two, checkpoint: "hg://org/two"}'
	eventually reads "$mnt/far/field" old
	eventually reads_link "$mnt/two/checkpoint" "$hub/models--org--two/snapshots/5678"
	worker=$(workers)
	kill -KILL "$worker"
	eventually has_another_worker_than "$worker"
	cardfs reload "$mnt"
	write_card three.yaml <<<'{name: three, base: far, field: new}'
	eventually reads "$mnt/three/field" new
	expect_output "$hub/models--org--two/snapshots/5678" readlink "$mnt/two/checkpoint"
	expect_output $'far\none\nthree\ntwo' ls "$mnt"
	only_helpers_ask
	grep -qx cardfs-keeper remote.control.askers
	grep -qx cardfs-deputy remote.control.askers
}

# Who asks whether a target is there waits for its file system, and a thread of the server with it.
somebody_waits_for_a_target() {
	count_waiting
	mkdir remote.d
	touch remote.d/one.pt
	write_card one.yaml <<<"{name: one, checkpoint: $work/remote/one.pt}"
	write_card other.yaml <<<'{name: other, field: old}'
	faulty remote
	mount_store_with poll=1
	becomes_faulty remote hang
	getfattr -h --only-values -n system.cardfs.state "$mnt/one/checkpoint" >state &
	eventually is_waited_for remote
}

test_another_program_takes_over_while_a_request_hangs() {
	local waiting
	somebody_waits_for_a_target
	waiting=$!
	cardfs reload "$mnt"
	expect_output old cat "$mnt/other/field"
	becomes_sound remote
	wait "$waiting"
	expect_output local cat state
}

test_a_mount_ends_while_a_request_hangs() {
	somebody_waits_for_a_target
	umount --lazy --force "$mnt"
	kill -TERM "$(servers)" || true
	eventually is_unmounted "$mnt"
	becomes_sound remote
}

run_test "$@"
