#!/usr/bin/env bash
# Stores that change below a mount, which reads them again on SIGHUP.
set -eEu
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"

generation() {
	cat "$mnt/.cardfs/generation"
}

is_generation_above() {
	[ "$(generation)" -gt "$1" ]
}

reload() {
	local before
	before=$(generation)
	kill -HUP "$(servers)"
	eventually is_generation_above "$before"
}

test_a_reload_shows_edits() {
	write_card asset.yaml <<<'{name: asset, field: old, checkpoint: /old, gone: 1}'
	mount_store
	expect_output old cat "$mnt/asset/field"
	expect_output /old readlink "$mnt/asset/checkpoint"
	expect_status 1 cat "$mnt/asset/added"
	expect_status 1 stat "$mnt/another"
	write_card asset.yaml <<<'{name: asset, field: quite new, checkpoint: /somewhere/new, added: 1}'
	write_card another.yaml <<<'{name: another}'
	reload
	expect_output "quite new" cat "$mnt/asset/field"
	expect_output 10 stat -c %s "$mnt/asset/field"
	expect_output /somewhere/new readlink "$mnt/asset/checkpoint"
	expect_output 1 cat "$mnt/asset/added"
	expect_status 1 cat "$mnt/asset/gone"
	expect_output another cat "$mnt/another/name"
	expect_output $'another\nasset' ls "$mnt"
	expect_contains "$(cat "$mnt/asset/card.yaml")" "quite new"
}

test_assets_come_and_go() {
	write_card one.yaml <<<'{name: one}'
	write_card two.yaml <<<'{name: two, base: one}'
	mount_store
	expect_output $'one\ntwo' ls "$mnt"
	rm "$store/one.yaml"
	reload
	expect_output two ls "$mnt"
	expect_output card.error ls "$mnt/two"
	expect_status 1 cat "$mnt/one/name"
	write_card one.yaml <<<'{name: one, field: again}'
	reload
	expect_output again cat "$mnt/two/field"
	expect_status 1 stat "$mnt/two/card.error"
}

test_an_open_file_keeps_its_bytes() {
	write_card asset.yaml <<<'{name: asset, field: old}'
	mount_store
	exec 7<"$mnt/asset/field"
	write_card asset.yaml <<<'{name: asset, field: new and longer}'
	reload
	expect_output "new and longer" cat "$mnt/asset/field"
	expect_output old cat <&7
	exec 7<&-
}

test_a_file_that_stops_parsing_leaves_its_last_good_cards() {
	write_card asset.yaml <<<'{name: asset, field: good}'
	mount_store
	# Not in place: what is empty for a moment has no cards then.
	echo '{name: asset, field: [' >next
	mv next "$store/asset.yaml"
	reload
	expect_output good cat "$mnt/asset/field"
	expect_contains "$(cat "$mnt/.cardfs/problems")" "$store/asset.yaml:"
	write_card asset.yaml <<<'{name: asset, field: mended}'
	reload
	expect_output mended cat "$mnt/asset/field"
	expect_output "" cat "$mnt/.cardfs/problems"
}

test_a_store_that_appears_is_read() {
	cardfs "$mnt" -o "nodefaults,store=$work/later"
	expect_output "" ls "$mnt"
	mkdir later
	echo 'name: late' >later/late.yaml
	reload
	expect_output late ls "$mnt"
}

test_inode_numbers_of_what_did_not_change_stay() {
	write_card same.yaml <<<'{name: same, field: 1, map: {a: 1}}'
	mount_store
	find "$mnt/same" -printf '%i %p\n' | sort >before
	write_card other.yaml <<<'{name: other}'
	reload
	expect_output "$(cat before)" sh -c "find $mnt/same -printf '%i %p\n' | sort"
}

test_a_program_in_an_asset_stays_there() {
	write_card asset.yaml <<<'{name: asset, map: {field: old}}'
	mount_store
	cd "$mnt/asset/map"
	expect_output old cat field
	write_card asset.yaml <<<'{name: asset, map: {field: new}}'
	reload
	expect_output new cat field
	expect_output new cat ../map/field
}

# Reads everything over and over; an asset's files belong together.
read_over_and_over() {
	while [ ! -e "$work/stop" ]; do
		cat "$mnt"/*/card.yaml >/dev/null
		[ "$(find "$mnt" -maxdepth 1 | wc -l)" -ge 20 ]
		find "$mnt" -path "$mnt/.by" -prune -o -ls >/dev/null
	done
}

test_readers_beside_reloads_see_no_error() {
	local i round readers=()
	for i in $(seq 20); do
		echo "{name: asset_$i, base: parent, field: 0, checkpoint: /x/0}" >"$store/$i.yaml"
	done
	write_card parent.yaml <<<'{name: parent, shared: 0, map: {a: [1, 2, 3]}}'
	mount_store
	for i in 1 2 3 4 5 6 7 8; do
		read_over_and_over 2>>"$work/complaints" &
		readers+=($!)
	done
	for round in $(seq 10); do
		for i in 1 5 9; do
			echo "{name: asset_$i, base: parent, field: $round, checkpoint: /x/$round}" >"$store/.new"
			mv "$store/.new" "$store/$i.yaml"
		done
		reload
		expect_output "$round" cat "$mnt/asset_5/field"
		expect_output "/x/$round" readlink "$mnt/asset_9/checkpoint"
	done
	touch stop
	for i in "${readers[@]}"; do
		wait "$i"
	done
	expect_output "" cat complaints
}

run_test "$@"
