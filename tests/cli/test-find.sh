#!/usr/bin/env bash
# cardfs find.
set -eEu
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"

write_cards() {
	write_card cards.yaml <<'CARDS'
name: llama
model_family: llama
tokenizer_config_overrides: {impl: hg}
---
name: llama_1b
base: llama
model_arch: 1b
lr: 1e-5
---
name: llama_1b@lab
lr: 0.1
---
name: nllb
model_family: nllb
lr: 0.00001
---
name: speech
dataset_family: asr
CARDS
}

test_names_of_matching_assets_are_printed_sorted() {
	write_cards
	expect_output $'llama\nllama_1b' on_store find model_family=llama
	expect_output $'llama_1b\nnllb' on_store find lr=1e-5
	expect_output nllb on_store find 'model_family!=llama'
	expect_output speech on_store find kind=dataset
	expect_output "" on_store find model_family=qwen
}

test_all_conditions_hold() {
	write_cards
	expect_output llama_1b on_store find model_family=llama model_arch
	expect_output llama on_store find model_family=llama '!model_arch'
	expect_output llama_1b on_store find tokenizer_config_overrides.impl=hg 'lr<0.001'
}

test_an_environment_can_be_chosen() {
	write_cards
	expect_output llama_1b on_store find 'lr>0.01' --env lab
	expect_output "" on_store find 'lr>0.01'
}

test_broken_assets_are_named_on_standard_error() {
	write_cards
	write_card broken.yaml <<<'{name: broken, base: nobody, model_family: llama}'
	expect_status 1 on_store find model_family=llama
	expect_equal $'llama\nllama_1b' "$output"
	expect_contains "$errors" "$store/broken.yaml:1: base card \"nobody\" does not exist"
}

test_what_is_no_condition_is_wrong_usage() {
	write_cards
	expect_status 2 on_store find
	expect_contains "$errors" "find takes conditions"
	expect_status 2 on_store find 'lr<fast'
	expect_contains "$errors" "is no number"
	expect_status 2 on_store find =x
	expect_equal "" "$output"
}

test_a_reader_that_stops_is_no_failure() {
	local i
	for ((i = 0; i < 20000; i++)); do
		printf -- '---\nname: asset_%d\nx: 1\n' "$i"
	done | write_card many.yaml
	expect_equal asset_0 "$(on_store find x=1 | head -n 1)"
	expect_equal 20000 "$(on_store find x=1 | wc -l)"
}

run_test "$1"
