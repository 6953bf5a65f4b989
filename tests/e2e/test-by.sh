#!/usr/bin/env bash
# .by: assets by what their fields hold.
set -eEu
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"

write_models() {
	write_card models.yaml <<'CARDS'
name: llama3
model_family: llama
model_config: {dtype: bfloat16}
---
name: llama3_1b
base: llama3
checkpoint: /models/1b
---
name: llama3@lab
model_family: labs
---
name: words
tokenizer_family: bpe
CARDS
}

reload() {
	local generation
	generation=$(cat "$mnt/.cardfs/generation")
	kill -HUP "$(servers)"
	eventually sh -c "[ \$(cat $mnt/.cardfs/generation) -gt $generation ]"
}

# Has the kernel keep everything that there is to know of .by.
warm_up() {
	find "$mnt/.by" -ls >/dev/null
	find "$mnt/.by" -ls >/dev/null
	stat "$mnt/.by/model_family/qwen" >/dev/null 2>&1 || true
	stat "$mnt/.by/model_family/llama/llama4" >/dev/null 2>&1 || true
	stat "$mnt/.by/added" >/dev/null 2>&1 || true
}

test_assets_are_found_by_kind_and_by_field() {
	write_models
	mount_store
	expect_output $'dataset\nmodel\nother\ntokenizer' ls "$mnt/.by/kind"
	expect_output $'llama3\nllama3_1b' ls "$mnt/.by/kind/model"
	expect_output "" ls "$mnt/.by/kind/dataset"
	expect_output $'llama3\nllama3_1b' ls "$mnt/.by/model_config.dtype/bfloat16"
	expect_output "$mnt/llama3_1b" readlink -f "$mnt/.by/checkpoint/%2Fmodels%2F1b/llama3_1b"
	expect_output "bfloat16" cat "$mnt/.by/kind/model/llama3/model_config/dtype"
	expect_status 1 stat "$mnt/.by/kind/model/words"
	expect_status 1 stat "$mnt/.by/nothing"
}

test_an_environment_has_its_own() {
	write_models
	mount_store
	expect_output $'llama3\nllama3_1b' ls "$mnt/@lab/.by/model_family/labs"
	expect_output "$mnt/@lab/llama3" readlink -f "$mnt/@lab/.by/model_family/labs/llama3"
	expect_status 1 stat "$mnt/.by/model_family/labs"
}

test_it_equals_what_find_finds() {
	local directory field value
	write_models
	mount_store
	cd "$mnt/.by"
	for directory in */*; do
		field=${directory%%/*}
		value=${directory#*/}
		value=${value//%2F//}
		expect_output "$(ls "$directory")" cardfs find -o "nodefaults,store=$store" "$field=$value"
	done
}

test_an_asset_that_is_added_appears_through_warm_caches() {
	write_models
	mount_store
	warm_up
	write_card new.yaml <<<'{name: llama4, model_family: llama, added: yes}'
	touch -d 2001-01-01 "$store/new.yaml"
	reload
	expect_output $'llama3\nllama3_1b\nllama4' ls "$mnt/.by/kind/model"
	expect_output $'llama3\nllama3_1b\nllama4' ls "$mnt/.by/model_family/llama"
	expect_output ../../../llama4 readlink "$mnt/.by/model_family/llama/llama4"
	expect_output llama4 ls "$mnt/.by/added/yes"
	expect_contains "$(ls "$mnt/.by")" added
}

test_an_asset_that_is_removed_goes_from_warm_caches() {
	write_models
	write_card old.yaml <<<'{name: llama4, model_family: llama, added: yes}'
	mount_store
	warm_up
	rm "$store/old.yaml"
	reload
	expect_output $'llama3\nllama3_1b' ls "$mnt/.by/model_family/llama"
	expect_status 1 stat "$mnt/.by/model_family/llama/llama4"
	expect_status 1 stat "$mnt/.by/added"
	expect_lacks "$(ls "$mnt/.by")" added
}

test_a_changed_value_moves_its_asset_and_what_derives_from_it() {
	write_models
	mount_store
	warm_up
	sed -i 's/model_family: llama$/model_family: qwen/' "$store/models.yaml"
	reload
	expect_output $'llama3\nllama3_1b' ls "$mnt/.by/model_family/qwen"
	expect_output qwen ls "$mnt/.by/model_family"
	expect_status 1 stat "$mnt/.by/model_family/llama"
}

test_times_follow_the_cards() {
	write_models
	mount_store
	warm_up
	touch -d 2031-02-03T04:05:06Z "$store/models.yaml"
	reload
	local place
	for place in . kind kind/dataset kind/model kind/model/llama3 model_family/llama; do
		expect_output 1927857906 stat -c %Y "$mnt/.by/$place"
	done
}

test_an_environment_stays_fresh_as_well() {
	write_models
	mount_store
	find "$mnt/@lab/.by" "$mnt/.by" -ls >/dev/null
	find "$mnt/@lab/.by" "$mnt/.by" -ls >/dev/null
	sed -i 's/labs/works/' "$store/models.yaml"
	reload
	expect_output works ls "$mnt/@lab/.by/model_family"
	expect_output llama ls "$mnt/.by/model_family"
}

test_many_changes_leave_what_a_new_mount_shows() {
	local round again=$work/again
	mkdir "$again"
	write_models
	mount_store
	warm_up
	for round in 1 2 3 4 5 6; do
		write_card "$((round % 3)).yaml" <<<"{name: card_$round, base: llama3, field_$round: $round, checkpoint: /$round}"
		[ "$round" != 4 ] || rm "$store/2.yaml"
		[ "$round" -gt 3 ] || find "$mnt/.by" -ls >/dev/null
		reload
	done
	cardfs "$again" -o "nodefaults,store=$store"
	expect_equal "$(cd "$again/.by" && find . -printf '%p %l %TY%Tm%Td%TH%TM%TS\n' | sort)" \
		"$(cd "$mnt/.by" && find . -printf '%p %l %TY%Tm%Td%TH%TM%TS\n' | sort)"
}

cards_asked_for() {
	awk '/^cardfs_cards_total/ { sum += $NF } END { print sum }' "$mnt/.cardfs/metrics"
}

# write_many STATE: one file with a hundred cards, of which one is another for each state.
write_many() {
	{
		seq -f '--- {name: asset_%.0f, field: 1}' 100
		echo "--- {name: other, field: $1}"
	} | write_card many.yaml
}

has_reloaded() {
	grep -q '^cardfs_reloads_total.*result="done".* [1-9]' "$mnt/.cardfs/metrics"
}

test_what_changes_is_not_looked_at_where_nobody_was() {
	local before
	write_many 1
	mount_store
	expect_status 0 stat "$mnt/.by"
	expect_output 1 cat "$mnt/other/field"
	before=$(cards_asked_for)
	write_many 2
	eventually has_reloaded
	[ $(($(cards_asked_for) - before)) -lt 50 ]
	expect_output 2 cat "$mnt/other/field"
	expect_output other ls "$mnt/.by/field/2"
}

run_test "$@"
