#!/usr/bin/env bash
# The commands that answer without a mount: what they print, where, and their exit statuses.
set -eEu
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"

write_cards() {
	write_card cards.yaml <<'CARDS'
name: parent
model_family: llama
model_arch: big
checkpoint: /plain
---
name: parent@lab
checkpoint: /lab
---
name: child
base: parent
tokenizer: /tokenizer
---
name: speech
dataset_family: asr
data: /data
---
name: words
tokenizer_family: bpe
---
name: note
text: hello
CARDS
}

write_broken_card() {
	write_card broken.yaml <<<'{name: broken, base: nobody}'
}

# A command on the store alone.
on_store() {
	cardfs "$@" --no-default-stores --store "$store"
}

test_help_goes_to_standard_output() {
	expect_status 0 cardfs --help
	expect_equal "" "$errors"
	expect_contains "$output" "cardfs [SOURCE] MOUNTPOINT" "cardfs umount MOUNTPOINT"
	expect_status 0 cardfs help options
	expect_equal "" "$errors"
	expect_contains "$output" "--env NAME"
}

test_the_version() {
	expect_status 0 cardfs --version
	expect_equal cardfs "${output% *}"
	expect_output "$output" cardfs -V
}

test_a_mistyped_command_is_no_mount() {
	attempt cardfs lst
	expect_refusal "there is no command lst" "did you mean list?"
	attempt cardfs chek
	expect_refusal "did you mean check?"
	attempt cardfs lsit
	expect_refusal "there is no command lsit" "did you mean list?"
}

test_options_stand_before_or_behind_the_command() {
	write_cards
	expect_status 0 on_store list
	expect_output "$output" cardfs --no-default-stores --store "$store" list
	expect_output "$output" cardfs --no-default-stores list "--store=$store"
	expect_output /lab cardfs -o "nodefaults,store=$store,env=lab" path child
	expect_output /lab cardfs path child -o "nodefaults,store=$store,env=lab"
	attempt cardfs --no-default-stores --store "$store" path -- --strict
	expect_refusal 'there is no asset "--strict"'
}

test_list_prints_names_sorted() {
	write_cards
	expect_output $'child\nnote\nparent\nspeech\nwords' on_store list
	expect_equal "" "$errors"
}

test_list_chooses_a_kind() {
	write_cards
	expect_output $'child\nparent' on_store list --kind model
	expect_output speech on_store list --kind=dataset
	expect_output words on_store list --kind tokenizer
	expect_output note on_store list --kind other
	attempt on_store list --kind car
	expect_refusal car "model, dataset, tokenizer and other"
}

test_list_leaves_broken_assets_out_and_names_them() {
	write_cards
	write_broken_card
	expect_status 1 on_store list
	expect_equal $'child\nnote\nparent\nspeech\nwords' "$output"
	expect_contains "$errors" "$store/broken.yaml:1: " nobody
}

test_show_prints_the_merged_card() {
	write_cards
	expect_output "# Merged by cardfs from, nearest first:
#   $store/cards.yaml:9: child
#   $store/cards.yaml:1: parent
name: child
tokenizer: /tokenizer
model_family: llama
model_arch: big
checkpoint: /plain" on_store show child
	expect_output /lab sh -c "cardfs show child@lab --json --no-default-stores --store $store | jq -r .checkpoint"
	expect_output /lab sh -c "cardfs show child --env lab --json --no-default-stores --store $store | jq -r .checkpoint"
	expect_output /plain sh -c "cardfs show child@ --env lab --json --no-default-stores --store $store | jq -r .checkpoint"
}

test_show_prints_several_as_a_stream() {
	write_cards
	expect_output 2 sh -c "cardfs show child parent --no-default-stores --store $store | grep -cx -e ---"
	expect_output $'child\nparent' sh -c "cardfs show child parent --json --no-default-stores --store $store | jq -r .name"
	expect_output 5 sh -c "cardfs show --all --json --no-default-stores --store $store | jq -s length"
	on_store show --all >all.yaml
	expect_output 5 /usr/bin/python3 -c "import yaml; print(len(list(yaml.safe_load_all(open('all.yaml')))))"
}

test_show_tells_broken_from_missing() {
	write_cards
	write_broken_card
	expect_status 1 on_store show broken
	expect_equal "" "$output"
	expect_contains "$errors" "$store/broken.yaml:1: "
	attempt on_store show chidl
	expect_refusal 'there is no asset "chidl"' "did you mean child?"
	expect_status 2 on_store show broken nothing child
	expect_contains "$output" "name: child"
	expect_status 1 on_store show --all
	expect_contains "$output" "name: child"
	attempt on_store show
	expect_refusal "--all"
}

test_path_prints_where_a_locator_leads() {
	write_cards
	expect_output /plain on_store path child
	expect_output /tokenizer on_store path child tokenizer
	expect_output /lab on_store path parent@lab
	expect_output /data on_store path speech data
}

test_path_says_why_there_is_none() {
	write_cards
	write_broken_card
	attempt on_store path note
	expect_refusal "checkpoint of note is not set"
	attempt on_store path note text
	expect_refusal "text of note is no locator"
	attempt on_store path nothing
	expect_refusal 'there is no asset "nothing"'
	expect_status 1 on_store path broken
	expect_contains "$errors" nobody
	attempt on_store path
	expect_refusal "name of an asset"
}

test_check_is_quiet_about_good_stores() {
	write_cards
	expect_output "" on_store check
	expect_equal "no problems" "$errors"
}

test_check_prints_problems_as_a_compiler_does() {
	write_cards
	write_broken_card
	expect_status 1 on_store check
	[[ $output =~ ^"$store/broken.yaml:1:"([0-9]+:)?" error: base card \"nobody\" does not exist (needed by broken)"$ ]] ||
		fail "$output"
	expect_equal "1 error" "$errors"
	expect_status 1 on_store check --json
	expect_output broken jq -r .asset <(printf %s "$output")
	expect_equal "" "$errors"
}

test_check_of_a_store_speaks_of_that_store_alone() {
	write_broken_card
	mkdir good
	echo '{name: child, base: fine}' >good/a.yaml
	echo '{name: fine}' >good/b.yaml
	expect_output "" on_store check good
	expect_status 1 on_store check "$store"
	expect_status 1 cardfs check --no-default-stores "$store" good
	expect_status 1 cardfs check --no-default-stores "$work/nowhere"
}

test_notes_are_no_reason_to_fail() {
	write_card gated.yaml <<<'{name: gated, model_arch: a, url: "https://example.com/ask"}'
	expect_status 0 on_store check
	expect_contains "$output" "note: gated is gated"
	expect_equal "1 note" "$errors"
}

test_output_that_cannot_be_written_is_an_error() {
	write_cards
	local command
	for command in list "show --all" "path child" --help --version "list --help"; do
		# shellcheck disable=SC2016,SC2086 # for the inner shell; one word an argument
		expect_status 2 sh -c 'cardfs "$@" >/dev/full' - $command --no-default-stores --store "$store"
		expect_contains "$errors" "cardfs: cannot write to standard output"
		# shellcheck disable=SC2016,SC2086
		expect_status 2 sh -c 'cardfs "$@" >&-' - $command --no-default-stores --store "$store"
	done
}

test_a_reader_that_leaves_early_gets_no_complaint() {
	local i
	for i in $(seq 20000); do
		echo "--- {name: asset_$i}"
	done | write_card many.yaml
	expect_output "asset_1" sh -c "cardfs list --no-default-stores --store $store | head -n 1"
	expect_equal "" "$errors"
}

test_output_is_plain() {
	write_cards
	write_broken_card
	local escape=$'\e'
	expect_lacks "$(NO_COLOR=1 script -qec "cardfs check --no-default-stores --store $store" /dev/null || true)" "$escape"
	expect_lacks "$(on_store check 2>&1 || true)" "$escape"
}

test_a_broken_name_cannot_harm_a_terminal() {
	printf 'name: "evil\\e]0;x\\a"\nbase: nobody\n' | write_card evil.yaml
	local command
	for command in list check "show --all" "show evil"; do
		# shellcheck disable=SC2086 # one word an argument
		attempt on_store $command
		expect_lacks "$output$errors" $'\e'
	done
}

test_default_stores_are_found_and_can_be_left_out() {
	mkdir -p "$XDG_CONFIG_HOME/fairseq2/assets" system
	echo 'name: of_the_user' >"$XDG_CONFIG_HOME/fairseq2/assets/a.yaml"
	echo 'name: of_the_system' >system/a.yaml
	export FAIRSEQ2_ASSET_DIR=$work/system
	expect_output $'of_the_system\nof_the_user' cardfs list --no-built-in
	expect_output of_the_user cardfs list --no-built-in --no-system
	expect_output of_the_system cardfs list -o nobuiltin,nouser
	expect_output "" cardfs list --no-default-stores
	expect_status 0 cardfs list
	expect_contains "$output" of_the_user llama3_2_1b
}

test_variables_that_name_nothing_are_warned_of() {
	export FAIRSEQ2_USER_ASSET_DIR=$work/nowhere
	mkdir -p "$XDG_CONFIG_HOME/fairseq2/assets"
	echo 'name: of_the_user' >"$XDG_CONFIG_HOME/fairseq2/assets/a.yaml"
	expect_output of_the_user cardfs list --no-built-in
	expect_contains "$errors" "$work/nowhere" FAIRSEQ2_USER_ASSET_DIR
}

test_stores_can_be_files_checkpoints_and_packages() {
	mkdir -p run/step_100 site/team/cards
	echo 'name: alone' >alone.yaml
	printf 'name: checkpoint\nmodel_arch: a\n' >run/model.yaml
	touch run/step_100/model
	echo 'name: packed' >site/team/cards/a.yaml
	expect_output alone cardfs list --no-default-stores --store alone.yaml
	expect_output $'checkpoint\ncheckpoint_step_100\nlast_checkpoint' \
		cardfs list --no-default-stores --store checkpoints:run
	expect_output "$work/run/step_100/model" \
		cardfs path last_checkpoint --no-default-stores --store checkpoints:run
	PYTHONPATH=$work/site expect_output packed \
		cardfs list --no-default-stores --store package:team.cards
}

test_logs_can_be_json() {
	export FAIRSEQ2_ASSET_DIR=$work/nowhere
	expect_status 0 cardfs list --no-built-in --log-format json --verbose
	attempt cardfs list --log-format xml
	expect_refusal log-format json
}

run_test "$@"
