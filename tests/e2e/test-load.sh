#!/usr/bin/env bash
# Readers by the dozen, with reloads beneath them, for as long as SOAK says (seconds) and at least for
# LOAD operations: no reader sees an error, and nothing grows. What would grow is compared within the
# run, behind a warm-up, and with room for what a busy machine does.
set -eEu
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"

readers=64
seconds=${SOAK:-0}
least=${LOAD:-60000}
round=0

metric() {
	sed -E 's/mount="[^"]*",?//; s/\{\}//' "$mnt/.cardfs/metrics" | awk -v name="$1" '$1 == name { print $NF }'
}

descriptors() {
	local server
	for server in $(servers) $(workers); do
		ls "/proc/$server/fd"
	done | wc -l
}

resident_kilobytes() {
	local server
	for server in $(servers) $(workers); do
		sed -n 's/^VmRSS:[^0-9]*\([0-9]*\).*/\1/p' "/proc/$server/status"
	done | awk '{ sum += $1 } END { print sum }'
}

# Puts another state of every third file in its place, and now and then has everything looked at.
change_until_stopped() {
	local i changes=0
	while [ ! -e "$work/stop" ]; do
		changes=$((changes + 1))
		for i in $(seq 1 3 30); do
			echo "{name: asset_$i, base: parent, field: $round.$changes, checkpoint: /x/$changes, map: {a: $changes}}" \
				>"$store/.new"
			mv "$store/.new" "$store/$i.yaml"
		done
		kill -HUP "$(servers)"
		sleep 0.1
	done
}

# One round of load; the kernel forgets what it can behind it.
load() {
	local changer
	round=$((round + 1))
	rm -f stop
	change_until_stopped &
	changer=$!
	"$SUPPORT/load" "$mnt" "$1" "$readers"
	touch stop
	wait "$changer"
	forgets_inodes || true
}

forgets_inodes() {
	echo 2 >/proc/sys/vm/drop_caches
	[ "$(metric cardfs_inodes)" -lt 100 ]
}

has_as_few_descriptors() {
	[ "$(descriptors)" -le "$1" ]
}

test_readers_by_the_dozen_see_no_error_and_nothing_grows() {
	local i operations descriptors_before memory_before memory_after
	for i in $(seq 30); do
		echo "{name: asset_$i, base: parent, field: 0, checkpoint: /x/0, map: {a: 0}}" >"$store/$i.yaml"
	done
	write_card parent.yaml <<<'{name: parent, shared: [1, {b: 2}], text: some text}'
	mount_store
	load $((least / 3))
	eventually forgets_inodes
	descriptors_before=$(descriptors)
	memory_before=$(resident_kilobytes)
	operations=0
	while [ $operations -lt "$least" ] || [ $SECONDS -lt "$seconds" ]; do
		load $((least / 3))
		operations=$((operations + least / 3))
	done
	echo "$operations operations in $SECONDS s"
	eventually forgets_inodes
	eventually has_as_few_descriptors "$descriptors_before"
	memory_after=$(resident_kilobytes)
	echo "resident: $memory_before kB, and then $memory_after kB"
	if is_sanitized; then
		echo "what is resident is not compared: sanitizers keep what was freed"
	else
		[ "$memory_after" -lt $((memory_before * 5 / 4 + 8192)) ]
	fi
	[ "$(metric 'cardfs_reloads_total{result="done"}')" -gt 0 ]
}

# write_large STATE: 500 files of 40 KB, each put in the place of what it was.
write_large() {
	local i padding
	padding=$(printf '%040000d' 0)
	for i in $(seq 500); do
		echo "{name: large_$i, state: $1, padding: \"$padding\"}" >"$store/.new"
		mv "$store/.new" "$store/$i.yaml"
	done
}

is_resident_below() {
	[ "$(resident_kilobytes)" -lt "$1" ]
}

test_what_files_held_before_takes_no_memory() {
	local state memory_before
	if is_sanitized; then
		skip "sanitizers keep what was freed"
	fi
	write_large 0
	mount_store
	memory_before=$(resident_kilobytes)
	for state in 1 2; do
		write_large $state
		eventually reads "$mnt/large_500/state" $state
	done
	eventually is_resident_below $((memory_before * 5 / 4))
}

run_test "$@"
