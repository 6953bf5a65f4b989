#!/usr/bin/env bash
# Stores that change at full speed below readers who never rest. STRESS is for how many seconds.
set -eEu
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"

seconds=${STRESS:-10}

stress() {
	"$SUPPORT/stress" "$@"
}

test_every_answer_is_of_one_state_and_none_is_older_than_the_last() {
	stress "$store" "$mnt" 0 0
	mount_store
	stress "$store" "$mnt" "$seconds" 6
	expect_like_fresh
}

# Looks for changes until it is told to stop: whatever the answer.
read_until_stopped() {
	while [ ! -e "$work/stop" ]; do
		find "$mnt" -ls >/dev/null 2>&1 || true
		cat "$mnt"/*/card.yaml "$mnt"/*/map/* >/dev/null 2>&1 || true
		readlink "$mnt"/*/checkpoint >/dev/null 2>&1 || true
	done
}

change_until_stopped() {
	local round=0
	while [ ! -e "$work/stop" ]; do
		round=$((round + 1))
		echo "{name: asset_$((round % 5)), field: $round, checkpoint: /x/$round, map: {a: $round, b_$round: 1}}" \
			>"$store/.new"
		mv "$store/.new" "$store/$((round % 5)).yaml"
	done
}

# The server ends while its notifications meet requests about what they tell of.
test_a_server_ends_among_readers_of_what_changes() {
	local i round workers=()
	for i in 0 1 2 3 4; do
		echo "{name: asset_$i, field: 0, checkpoint: /x/0, map: {a: 0}}" >"$store/$i.yaml"
	done
	for i in 1 2 3 4; do
		read_until_stopped &
		workers+=($!)
	done
	change_until_stopped &
	workers+=($!)
	for round in 1 2 3 4 5 6; do
		mount_store
		eventually test -e "$mnt/asset_1/card.yaml"
		sleep "0.$round"
		if [ $((round % 2)) -eq 0 ]; then
			kill -TERM "$(servers)"
		else
			umount --lazy "$mnt"
		fi
		eventually has_no_servers
		eventually is_unmounted "$mnt"
	done
	touch stop
	for i in "${workers[@]}"; do
		wait "$i"
	done
}

run_test "$@"
