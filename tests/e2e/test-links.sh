#!/usr/bin/env bash
# What locators and relations become.
set -eEu
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"

test_paths_of_locator_fields_are_links() {
	write_card sub/paths.yaml <<'CARDS'
name: paths
checkpoint: /models//odd/./path
tokenizer: files/tokenizer.model
char_tokenizer: ../up/char.model
data: file:///data/with%20space
CARDS
	mount_store
	expect_output "/models//odd/./path" readlink "$mnt/paths/checkpoint"
	expect_output "$store/sub/files/tokenizer.model" readlink "$mnt/paths/tokenizer"
	expect_output "$store/sub/../up/char.model" readlink "$mnt/paths/char_tokenizer"
	expect_output "/data/with space" readlink "$mnt/paths/data"
	expect_contains "$(cat "$mnt/.cardfs/problems")" "note: " "percent-decoded"
}

test_relative_locators_are_absolute_in_the_merged_card() {
	write_card relative.yaml <<'CARDS'
name: relative
checkpoint: model.pt
CARDS
	mount_store
	expect_output "$store/model.pt" jq -r .checkpoint "$mnt/relative/card.json"
}

test_a_relative_locator_of_a_base_elsewhere_is_a_problem() {
	write_card a/base.yaml <<<'{name: parent, checkpoint: model.pt}'
	write_card b/leaf.yaml <<<'{name: leaf, base: parent}'
	mount_store
	expect_output "$store/a/model.pt" readlink "$mnt/parent/checkpoint"
	expect_output "$store/b/model.pt" readlink "$mnt/leaf/checkpoint"
	expect_contains "$(cat "$mnt/.cardfs/problems")" "a/base.yaml:1" "the relative checkpoint"
}

test_downloads_are_links_into_the_cache_of_fairseq2() {
	write_card web.yaml <<'CARDS'
name: one
checkpoint: https://example.com/one.pt
---
name: several
checkpoint: https://example.com/several.tar
---
name: absent
checkpoint: https://example.com/absent.pt
CARDS
	local one several absent
	one=$(download_directory https://example.com/one.pt)
	several=$(download_directory https://example.com/several.tar)
	absent=$(download_directory https://example.com/absent.pt)
	mkdir -p "$one" "$several"
	echo weights >"$one/one.pt"
	touch "$several/a" "$several/b"
	mount_store
	expect_output "$one/one.pt" readlink "$mnt/one/checkpoint"
	expect_output weights cat "$mnt/one/checkpoint"
	expect_output "$several" readlink "$mnt/several/checkpoint"
	expect_output "$absent" readlink "$mnt/absent/checkpoint"
	expect_status 1 cat "$mnt/absent/checkpoint"
}

test_the_cache_of_fairseq2_can_be_elsewhere() {
	write_card web.yaml <<<'{name: one, checkpoint: "https://example.com/one.pt"}'
	local name
	name=$(basename "$(download_directory https://example.com/one.pt)")
	FAIRSEQ2_CACHE_DIR=$work/cache mount_store
	expect_output "$work/cache/$name" readlink "$mnt/one/checkpoint"
}

test_hub_repositories_are_links_to_their_snapshot() {
	write_card hub.yaml <<'CARDS'
name: hub
checkpoint: hg://org/model
data: hg://org/dataset
tokenizer: hg://org/absent
CARDS
	local hub=$XDG_CACHE_HOME/huggingface/hub
	mkdir -p "$hub"/{models--org--model,datasets--org--dataset}/{refs,snapshots/0123abcd}
	printf 0123abcd | tee "$hub/models--org--model/refs/main" >"$hub/datasets--org--dataset/refs/main"
	echo '{}' >"$hub/models--org--model/snapshots/0123abcd/config.json"
	mount_store
	expect_output "$hub/models--org--model/snapshots/0123abcd" readlink "$mnt/hub/checkpoint"
	expect_output '{}' cat "$mnt/hub/checkpoint/config.json"
	expect_output "$hub/datasets--org--dataset/snapshots/0123abcd" readlink "$mnt/hub/data"
	expect_output "$hub/models--org--absent/snapshots/main" readlink "$mnt/hub/tokenizer"
}

test_the_hub_cache_can_be_elsewhere() {
	write_card hub.yaml <<<'{name: hub, checkpoint: "hg://org/model"}'
	HF_HOME=$work/hf mount_store
	expect_output "$work/hf/hub/models--org--model/snapshots/main" readlink "$mnt/hub/checkpoint"
	cardfs umount "$mnt"
	HF_HUB_CACHE=$work/cache HF_HOME=$work/hf mount_store
	expect_output "$work/cache/models--org--model/snapshots/main" readlink "$mnt/hub/checkpoint"
}

test_what_nothing_here_reads_is_a_link_to_its_uri() {
	write_card bucket.yaml <<<'{name: bucket, checkpoint: "s3://bucket/key"}'
	mount_store
	expect_output "s3://bucket/key" readlink "$mnt/bucket/checkpoint"
}

test_sub_paths_lead_below_the_locator() {
	write_card sub.yaml <<'CARDS'
name: sub
checkpoint: /models/all
checkpoint_path: large/model.pt
tokenizer: /models/all
tokenizer_path: tokenizer.model
---
name: archive
checkpoint: https://example.com/models.zip
checkpoint_path: large.pt
CARDS
	local archive
	archive=$(download_directory https://example.com/models.zip)
	mkdir -p "$archive"
	touch "$archive/large.pt"
	mount_store
	expect_output "/models/all/large/model.pt" readlink "$mnt/sub/checkpoint"
	expect_output "/models/all/tokenizer.model" readlink "$mnt/sub/tokenizer"
	expect_output "$archive/large.pt" readlink "$mnt/archive/checkpoint"
}

test_a_sub_path_that_leads_out_is_an_error_and_no_link() {
	write_card out.yaml <<'CARDS'
name: out
checkpoint: /models/all
checkpoint_path: ../../etc/passwd
CARDS
	mount_store
	expect_output "/models/all" cat "$mnt/out/checkpoint"
	expect_contains "$(cat "$mnt/.cardfs/problems")" "$store/out.yaml:2" "error: "
	expect_status 1 cardfs check --no-default-stores --store "$store"
}

test_shards_are_a_link_to_their_directory() {
	write_card shards.yaml <<'CARDS'
name: braces
checkpoint: /models/large/consolidated.{shard_idx}.pth
---
name: word
checkpoint: file:///models/large/model_shard_idx.pt
CARDS
	mount_store
	expect_output "/models/large" readlink "$mnt/braces/checkpoint"
	expect_output "/models/large" readlink "$mnt/word/checkpoint"
}

test_locators_elsewhere_are_links_and_web_pages_are_text() {
	write_card elsewhere.yaml <<'CARDS'
name: elsewhere
url: https://example.com/about
paper: http://example.com/paper.pdf
relative: some/file
files:
  - /data/train.tsv
  - {valid: "file:///data/valid.tsv"}
  - hg://org/model
  - s3://bucket/key
  - https://example.com/x
CARDS
	mount_store
	cd "$mnt/elsewhere"
	expect_output "https://example.com/about" cat url
	expect_output "http://example.com/paper.pdf" cat paper
	expect_output "some/file" cat relative
	expect_output "/data/train.tsv" readlink files/0
	expect_output "/data/valid.tsv" readlink files/1/valid
	expect_output "$XDG_CACHE_HOME/huggingface/hub/models--org--model/snapshots/main" readlink files/2
	expect_output "s3://bucket/key" readlink files/3
	expect_output "https://example.com/x" cat files/4
}

test_further_fields_can_be_locators() {
	write_card further.yaml <<'CARDS'
name: further
vocoder: vocoder.pt
mapper: https://example.com/mapper
other: other.pt
CARDS
	mount_store_with locators=vocoder:mapper
	expect_output "$store/vocoder.pt" readlink "$mnt/further/vocoder"
	expect_output "$(download_directory https://example.com/mapper)" readlink "$mnt/further/mapper"
	expect_output other.pt cat "$mnt/further/other"
}

test_links_are_as_long_as_stat_says() {
	local long
	long=$(printf '/%.0s0123456789' $(seq 200))
	write_card long.yaml <<<"{name: long, checkpoint: $long}"
	mount_store
	expect_output "$long" readlink "$mnt/long/checkpoint"
	expect_output ${#long} stat -c %s "$mnt/long/checkpoint"
}

test_a_target_too_long_for_a_link_stays_text() {
	local long
	long=$(printf '/%.0s0123456789' $(seq 500))
	write_card long.yaml <<<"{name: long, checkpoint: $long}"
	mount_store
	expect_output "$long" cat "$mnt/long/checkpoint"
}

write_relations() {
	write_card relations.yaml <<'CARDS'
name: "odd/name"
checkpoint: /odd
---
name: parent
base: odd/name
---
name: child
base: parent
model_ref: parent
nobody_ref: nobody
number_ref: 3
deep: {list: [{teacher_ref: odd/name}]}
---
name: child@lab
extra: 1
CARDS
}

test_relations_are_links_inside_the_mount() {
	write_relations
	mount_store
	expect_output ../parent readlink "$mnt/child/base"
	expect_output ../odd%2Fname readlink "$mnt/parent/base"
	expect_output ../parent readlink "$mnt/child/model_ref"
	expect_output ../../../../odd%2Fname readlink "$mnt/child/deep/list/0/teacher_ref"
	expect_output "$mnt/odd%2Fname" realpath "$mnt/child/deep/list/0/teacher_ref"
	expect_output /odd readlink "$mnt/child/base/base/checkpoint"
}

test_relations_that_name_no_card_stay_text_and_are_problems() {
	write_relations
	mount_store
	expect_output nobody cat "$mnt/child/nobody_ref"
	expect_output 3 cat "$mnt/child/number_ref"
	expect_contains "$(cat "$mnt/.cardfs/problems")" "$store/relations.yaml:10:" \
		'nobody_ref of child names "nobody", but there is no such card'
}

test_relations_stay_in_the_environment_that_they_are_read_in() {
	write_relations
	mount_store
	expect_output "$mnt/parent@lab" realpath "$mnt/child@lab/base"
	expect_output "$mnt/odd%2Fname@lab" realpath "$mnt/child@lab/deep/list/0/teacher_ref"
	expect_output "$mnt/parent@" realpath "$mnt/child@/base"
	expect_output "$mnt/@lab/parent" realpath "$mnt/@lab/child/base"
	expect_output "$mnt/@lab/odd%2Fname" realpath "$mnt/@lab/child/deep/list/0/teacher_ref"
}

test_a_tokenizer_can_be_that_of_another_card() {
	write_card tokenizers.yaml <<'CARDS'
name: tokenizer
tokenizer: /tokenizers/one.model
---
name: between
tokenizer_ref: tokenizer
---
name: model
tokenizer_ref: between
---
name: own
tokenizer: /tokenizers/own.model
tokenizer_ref: tokenizer
---
name: lost
tokenizer_ref: nobody
CARDS
	mount_store
	expect_output ../between/tokenizer readlink "$mnt/model/tokenizer"
	expect_output ../tokenizer/tokenizer readlink "$mnt/between/tokenizer"
	expect_output /tokenizers/one.model realpath -m "$mnt/model/tokenizer"
	expect_output /tokenizers/own.model readlink "$mnt/own/tokenizer"
	expect_status 1 stat "$mnt/lost/tokenizer"
	expect_output /tokenizers/one.model cardfs path model tokenizer --no-default-stores --store "$store"
}

test_references_in_a_circle_end() {
	write_card circle.yaml <<'CARDS'
name: a
tokenizer_ref: b
---
name: b
tokenizer_ref: a
CARDS
	mount_store
	expect_output ../b readlink "$mnt/a/tokenizer_ref"
	expect_status 1 stat "$mnt/a/tokenizer"
	expect_status 0 cardfs check --no-default-stores --store "$store"
}

test_gated_assets_say_where_to_ask() {
	write_card gated.yaml <<'CARDS'
name: old
model_arch: a
checkpoint: https://example.com/old;gated=true
---
name: new
model_arch: a
url: https://example.com/new
CARDS
	mount_store
	expect_contains "$(cat "$mnt/.cardfs/problems")" \
		"note: old is gated: ask for access at https://example.com/old" \
		"note: new is gated: ask for access at https://example.com/new"
	expect_status 1 stat "$mnt/new/checkpoint"
}

run_test "$@"
