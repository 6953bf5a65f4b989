#!/usr/bin/env bash
# cardfs explain and cardfs diff.
set -eEu
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"

write_cards() {
	write_card cards.yaml <<'CARDS'
name: llama
model_family: llama
model_config: {dim: 8, layers: {count: 2}}
---
name: llama_1b
base: llama
checkpoint: weights
checkpoint_path: model.pt
model_config: {layers: {count: 4}}
lr: 1e-5
CARDS
	write_card lab.yaml <<'CARDS'
name: llama_1b@lab
checkpoint: /lab/weights
lr: 0.00001
CARDS
}

test_each_field_has_its_origin() {
	write_cards
	expect_output "model_config.dim           8  llama     $store/cards.yaml:3
model_config.layers.count  4  llama_1b  $store/cards.yaml:9
  hides                    2  llama     $store/cards.yaml:3" on_store explain llama_1b model_config
	expect_status 0 on_store explain llama_1b
	expect_equal 12 "$(wc -l <<<"$output")"
	expect_contains "$output" "lr                         1e-5 "
}

test_a_locator_has_every_step() {
	write_cards
	expect_output "checkpoint         $store/weights  llama_1b  $store/cards.yaml:7
  as written       weights
  joined           $store/weights
  checkpoint_path  model.pt
  target           $store/weights/model.pt
  state            missing" on_store explain llama_1b checkpoint
	mkdir "$store/weights"
	touch "$store/weights/model.pt"
	expect_status 0 on_store explain llama_1b checkpoint
	expect_contains "$output" "state            local"
}

test_an_environment_hides_what_the_card_says() {
	write_cards
	mkdir -p "$work/lab"
	expect_output "checkpoint         /lab/weights  llama_1b@lab  $store/lab.yaml:2
  hides            weights       llama_1b      $store/cards.yaml:7
  as written       /lab/weights
  checkpoint_path  model.pt
  target           /lab/weights/model.pt
  state            missing" on_store explain llama_1b@lab checkpoint
	expect_output "lr       0.00001  llama_1b@lab  $store/lab.yaml:3
  hides  1e-5     llama_1b      $store/cards.yaml:10" on_store explain llama_1b lr --env lab
}

test_a_field_that_is_not_there_is_not_explained() {
	write_cards
	attempt on_store explain llama_1b model_confg
	expect_refusal "llama_1b has no field model_confg; did you mean model_config?"
	attempt on_store explain llama_1c
	expect_refusal "there is no asset \"llama_1c\"" "llama_1b"
}

test_a_broken_card_has_problems_alone() {
	write_cards
	write_card broken.yaml <<<'{name: broken, base: nobody}'
	expect_status 1 on_store explain broken
	expect_equal "" "$output"
	expect_contains "$errors" "$store/broken.yaml:1: base card \"nobody\" does not exist"
	expect_status 1 on_store diff broken llama
	expect_equal "" "$output"
}

test_a_terminal_cuts_values_and_paths() {
	write_cards
	write_card long.yaml <<<"{name: long, text: '$(printf 'x%.0s' {1..500})'}"
	on_terminal 60 env NO_COLOR=1 cardfs explain long --no-default-stores --store "$store"
	[ "$(width <<<"$output")" -le 60 ] || fail "a line is too long:" "$output"
	expect_contains "$output" "FIELD" "xxx…" "…" "long.yaml:1"
	on_terminal 60 cardfs explain long --no-default-stores --store "$store"
	expect_contains "$output" $'\e[1mtext\e[0m'
	expect_status 0 on_store explain long
	expect_contains "$output" "$(printf 'x%.0s' {1..500})"
}

test_differences_have_both_sides_with_origins() {
	write_cards
	expect_output "--- llama_1b@
+++ llama_1b@lab
- checkpoint  $store/weights  llama_1b      $store/cards.yaml:7
+ checkpoint  /lab/weights$(printf '%*s' $((${#store} + 8 - 12)) '')  llama_1b@lab  $store/lab.yaml:2" \
		on_store diff llama_1b@ llama_1b@lab
	expect_status 0 on_store diff llama llama_1b
	expect_contains "$output" "- model_config.layers.count  2" "+ model_config.layers.count  4" \
		"+ checkpoint_path            model.pt"
	expect_lacks "$output" "model_config.dim"
	expect_lacks "$output" "model_family"
}

test_cards_that_are_alike_have_no_differences() {
	write_cards
	expect_output "" on_store diff llama_1b llama_1b@
}

test_diff_takes_two_cards_that_exist() {
	write_cards
	expect_status 2 on_store diff llama
	expect_contains "$errors" "diff takes the names of two assets"
	expect_status 2 on_store diff llama lama
	expect_contains "$errors" "there is no asset \"lama\"; did you mean llama"
	expect_equal "" "$output"
}

run_test "$1"
