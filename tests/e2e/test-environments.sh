#!/usr/bin/env bash
# One set of cards, seen in different environments.
set -eEu
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"

write_clusters() {
	write_card llama.yaml <<'CARDS'
name: llama3
model_family: llama
---
name: llama3@fair
model_family: llama of fair
---
name: llama3_2_1b
base: llama3
checkpoint: /plain
tokenizer: /plain/tokenizer
---
name: llama3_2_1b@aws
checkpoint: /aws
---
name: llama3_2_1b@fair
checkpoint: /fair
extra: 1
---
name: own
checkpoint: /plain
---
name: own@user
checkpoint: /user
---
name: own@aws
checkpoint: /aws
CARDS
}

test_two_mounts_side_by_side_show_two_environments() {
	write_clusters
	mkdir aws plain
	cardfs aws -o "nodefaults,store=$store,env=aws"
	cardfs plain -o "nodefaults,store=$store"
	expect_output /aws readlink aws/llama3_2_1b/checkpoint
	expect_output /plain readlink plain/llama3_2_1b/checkpoint
	expect_output /plain/tokenizer readlink aws/llama3_2_1b/tokenizer
	cardfs umount aws
	expect_output /plain readlink plain/llama3_2_1b/checkpoint
}

test_a_name_with_an_environment_is_found() {
	write_clusters
	mount_store_with env=aws
	expect_output /fair readlink "$mnt/llama3_2_1b@fair/checkpoint"
	expect_output "llama of fair" cat "$mnt/llama3_2_1b@fair/model_family"
	expect_output /plain readlink "$mnt/llama3_2_1b@/checkpoint"
	expect_output /aws readlink "$mnt/llama3_2_1b@aws/checkpoint"
	expect_output llama cat "$mnt/llama3_2_1b/model_family"
}

test_a_whole_tree_in_an_environment_is_found() {
	write_clusters
	mount_store
	expect_output $'llama3\nllama3_2_1b\nown' ls "$mnt/@fair"
	expect_output /fair readlink "$mnt/@fair/llama3_2_1b/checkpoint"
	expect_output "llama of fair" cat "$mnt/@fair/llama3_2_1b/model_family"
	expect_output /aws readlink "$mnt/@fair/llama3_2_1b@aws/checkpoint"
	expect_output fair cat "$mnt/@fair/.cardfs/environment"
	expect_output "" cat "$mnt/.cardfs/environment"
	expect_output $'aws\nfair\nuser' cat "$mnt/.cardfs/environments"
}

test_what_is_found_by_name_is_not_listed() {
	write_clusters
	mount_store
	ls "$mnt/@fair" "$mnt/llama3_2_1b@fair" >found
	expect_output $'.by\n.cardfs\nllama3\nllama3_2_1b\nown' ls -A "$mnt"
}

test_environments_that_no_card_names_are_not_there() {
	write_clusters
	mount_store_with env=mine
	expect_status 2 ls "$mnt/@nowhere"
	expect_status 0 ls "$mnt/@mine"
	expect_status 0 ls "$mnt/@user"
	expect_status 2 ls "$mnt/@aws/@fair"
	expect_status 2 ls "$mnt/@"
}

test_an_asset_can_be_asked_for_in_any_environment() {
	write_clusters
	mount_store
	expect_output /plain readlink "$mnt/llama3_2_1b@nowhere/checkpoint"
}

test_the_environment_of_the_user_comes_first() {
	write_clusters
	mount_store_with env=aws
	expect_output /user readlink "$mnt/own/checkpoint"
	expect_output /aws readlink "$mnt/own@aws/checkpoint"
	expect_output /plain readlink "$mnt/own@/checkpoint"
}

test_the_environment_can_be_a_variable() {
	write_clusters
	CARDFS_ENV=fair mount_store
	expect_output /fair readlink "$mnt/llama3_2_1b/checkpoint"
	cardfs umount "$mnt"
	CARDFS_ENV=fair mount_store_with env=aws
	expect_output /aws readlink "$mnt/llama3_2_1b/checkpoint"
}

test_fields_of_an_environment_are_laid_over_the_card() {
	write_clusters
	mount_store_with env=fair
	expect_output 1 cat "$mnt/llama3_2_1b/extra"
	expect_output $'name\ncheckpoint\ntokenizer\nextra\nmodel_family' \
		jq -r 'keys_unsorted[]' "$mnt/llama3_2_1b/card.json"
}

test_a_card_of_an_environment_alone_is_a_problem_and_no_asset() {
	write_card orphan.yaml <<<'{name: orphan@aws, checkpoint: /x}'
	mount_store_with env=aws
	expect_output "" ls "$mnt"
	expect_contains "$(cat "$mnt/.cardfs/problems")" "$store/orphan.yaml:1"
}

test_environments_with_odd_names_are_found() {
	write_card odd.yaml <<'CARDS'
name: asset
checkpoint: /plain
---
name: asset@a/b
checkpoint: /odd
CARDS
	mount_store
	expect_output /odd readlink "$mnt/asset@a%2Fb/checkpoint"
	expect_output /odd readlink "$mnt/@a%2Fb/asset/checkpoint"
}

run_test "$@"
