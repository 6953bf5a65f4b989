#!/usr/bin/env bash
# cardfs list --long and --json.
set -eEu
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"

write_cards() {
	write_card cards.yaml <<'CARDS'
name: llama_1b
model_family: llama
model_arch: 1b
checkpoint: here.pt
---
name: asked_for
model_family: llama
model_arch: 70b
url: https://example.com
---
name: gated
model_family: m
checkpoint: https://example.com/x;gated=true
---
name: speech
dataset_family: asr
data: /no/such/directory
---
name: "line\nbreak 漢字"
text: hello
CARDS
	touch "$store/here.pt"
}

test_long_lines_are_aligned() {
	write_cards
	expect_output "asked_for         model    llama  70b  gated    $store
gated             model    m      -    gated    $store
line\\nbreak 漢字  other    -      -    -        $store
llama_1b          model    llama  1b   local    $store
speech            dataset  asr    -    missing  $store" on_store list --long
}

test_a_gigantic_name_widens_no_other_line() {
	local name
	name=$(printf 'n%.0s' $(seq 100000))
	write_card cards.yaml < <(echo "name: $name" && printf -- '---\nname: a\nmodel_family: f\n')
	expect_status 0 on_store list --long
	expect_contains "$output" "$name  "
	[ "$(grep '^a ' <<<"$output" | wc -c)" -lt 500 ]
	NO_COLOR=1 on_terminal 80 cardfs list --long --no-default-stores --store "$store"
	[ "$(width <<<"$output")" -le 80 ]
}

test_kinds_can_be_chosen() {
	write_cards
	expect_output "speech  dataset  asr  -  missing  $store" on_store list --long --kind dataset
}

test_json_has_an_object_a_line() {
	write_cards
	expect_status 0 on_store list --json
	expect_equal "{\"name\": \"asked_for\", \"kind\": \"model\", \"family\": \"llama\", \"architecture\": \"70b\", \
\"state\": \"gated\", \"store\": \"$store\"}" "$(head -n 1 <<<"$output")"
	expect_equal "{\"name\": \"line\\nbreak 漢字\", \"kind\": \"other\", \"family\": null, \"architecture\": null, \
\"state\": null, \"store\": \"$store\"}" "$(sed -n 3p <<<"$output")"
	expect_equal 5 "$(jq --slurp length <<<"$output")"
}

test_default_stores_have_short_names() {
	mkdir -p "$XDG_CONFIG_HOME/fairseq2/assets"
	cat >"$XDG_CONFIG_HOME/fairseq2/assets/mine.yaml" <<<'name: mine'
	expect_output "mine  other  -  -  -  user" cardfs list --long -o nobuiltin,nosystem
}

test_a_terminal_has_headings_and_no_long_lines() {
	write_cards
	on_terminal 50 cardfs list --long --no-default-stores --store "$store"
	expect_contains "$(head -n 1 <<<"$output")" NAME KIND FAMILY ARCHITECTURE STATE STORE
	expect_contains "$output" $'\e[1mspeech\e[0m' $'\e[31mmissing\e[0m' "…"
	on_terminal 70 env NO_COLOR=1 cardfs list --long --no-default-stores --store "$store"
	expect_lacks "$output" $'\e'
	[ "$(width <<<"$output")" -le 70 ] || fail "a line is too long:" "$output"
}

test_a_terminal_without_colours_gets_none() {
	write_cards
	on_terminal 100 env TERM=dumb cardfs list --long --no-default-stores --store "$store"
	expect_lacks "$output" $'\e'
}

test_a_long_list_is_aligned_in_pieces() {
	local i
	for ((i = 0; i < 1200; i++)); do
		printf -- '---\nname: asset_%04d\nmodel_family: f%d\n' "$i" "$i"
	done | write_card many.yaml
	expect_status 0 on_store list --long
	expect_equal 1200 "$(wc -l <<<"$output")"
	expect_equal "asset_0000  model  f0    -  -  $store" "$(head -n 1 <<<"$output")"
	expect_equal "asset_1199  model  f1199  -  -  $store" "$(tail -n 1 <<<"$output")"
}

run_test "$1"
