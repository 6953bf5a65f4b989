#!/usr/bin/env bash
# Real cards: those that ship with cardfs, and those of fairseq2 and others where they are at hand.
set -eEu
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"

# Everything below a mount can be listed and read, and every asset resolves.
read_whole_mount() {
	find "$1" -type f -exec cat {} + >"$work/everything"
	find "$1" -type l -exec readlink {} + >"$work/targets"
	test -s "$work/everything"
	expect_equal "$(find "$1" -mindepth 1 -maxdepth 1 ! -name '.*' | wc -l)" \
		"$(find "$1" -mindepth 2 -maxdepth 2 -name card.json | wc -l)"
	find "$1" -name card.json -exec jq -e .name {} + >"$work/names"
}

test_the_cards_that_ship_with_cardfs_have_no_problem() {
	cardfs "$mnt"
	expect_lacks "$(cat "$mnt/.cardfs/problems")" "error:"
	expect_lacks "$(cat "$mnt/.cardfs/problems")" "warning:"
	read_whole_mount "$mnt"
	[ "$(find "$mnt" -maxdepth 1 | wc -l)" -gt 40 ]
}

write_cluster() {
	write_card cluster.yaml <<'CARDS'
name: llama3_2_1b@awscluster
checkpoint: /aws/llama3_2_1b
---
name: qwen3_8b@awscluster
checkpoint: /aws/qwen3_8b
CARDS
	mkdir aws
}

# expect_cluster OPTIONS: mounts with and without the environment, side by side.
expect_cluster() {
	local hub=$XDG_CACHE_HOME/huggingface/hub
	cardfs "$mnt" -o "$1"
	cardfs aws -o "$1,env=awscluster"
	expect_output /aws/llama3_2_1b readlink aws/llama3_2_1b/checkpoint
	expect_output /aws/qwen3_8b readlink aws/qwen3_8b/checkpoint
	expect_output "$hub/models--qwen--qwen3-8b/snapshots/main" readlink "$mnt/qwen3_8b/checkpoint"
	expect_output /aws/qwen3_8b readlink "$mnt/qwen3_8b@awscluster/checkpoint"
	expect_status 1 stat "$mnt/llama3_2_1b/checkpoint"
	expect_output llama cat "$mnt/llama3_2_1b/model_family"
	expect_output llama cat aws/llama3_2_1b/model_family
}

test_a_cluster_changes_the_links_of_cards_that_ship() {
	write_cluster
	expect_cluster "store=$store"
}

need_cards() {
	[ -d "$CARDS/$1" ] || skip "there are no cards in $CARDS/$1"
}

test_fairseq2_with_a_card_for_a_cluster() {
	need_cards fairseq2-0.8
	write_cluster
	expect_cluster "nodefaults,store=$CARDS/fairseq2-0.8,store=$store"
	expect_output card.error ls "$mnt/librispeech_asr_100h"
	local problem
	problem=$(cat "$mnt/librispeech_asr_100h/card.error")
	expect_contains "$problem" "$CARDS/fairseq2-0.8/datasets/librispeech.yaml:24: " \
		"base card \"wav2vec2_asr\" does not exist"
	expect_status 1 cardfs check --no-default-stores --store "$CARDS/fairseq2-0.8"
	expect_contains "$output" "${problem#*: }"
	expect_output 1 sh -c "find $mnt -name card.error | wc -l"
	find "$mnt" -type f -exec cat {} + >everything
	expect_output 87 sh -c "cat $mnt/*/card.json | jq -r .name | wc -l"
}

test_every_store_of_real_cards_mounts() {
	need_cards .
	local directory
	for directory in "$CARDS"/*/; do
		cardfs "$mnt" -o "nodefaults,store=$directory"
		find "$mnt" -type f -exec cat {} + >everything
		find "$mnt" -type l -exec readlink {} + >targets
		expect_equal "$(cardfs list --no-default-stores --store "$directory" 2>/dev/null)" \
			"$(find "$mnt" -mindepth 2 -maxdepth 2 -name card.json -printf '%h\n' | xargs -n 1 basename | LC_ALL=C sort)"
		cardfs umount "$mnt"
	done
}

test_stores_of_real_cards_mount_together() {
	need_cards fairseq2-0.8
	local directory options=nodefaults
	for directory in "$CARDS"/*/; do
		case $directory in
		*/fairseq2-0.4/) ;;
		*) options=$options,store=$directory ;;
		esac
	done
	cardfs "$mnt" -o "$options"
	expect_output librispeech_asr_100h sh -c "cd $mnt; dirname */card.error"
	expect_status 0 cp -a "$mnt" copy
	expect_status 0 diff -r --no-dereference "$mnt" copy
}

run_test "$@"
