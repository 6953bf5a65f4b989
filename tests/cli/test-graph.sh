#!/usr/bin/env bash
# cardfs graph.
set -eEu
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"

write_cards() {
	write_card cards.yaml <<'CARDS'
name: llama
model_family: llama
tokenizer_ref: words
---
name: llama_1b
base: llama
---
name: llama_1b@lab
lr: 1
---
name: llama_1b@far
base: other
---
name: words
tokenizer_family: bpe
---
name: other
---
name: 'quo"te\<b>&'
model_family: 'fam"ily\'
CARDS
}

test_relations_are_edges_from_card_to_card() {
	write_cards
	expect_status 0 on_store graph
	expect_contains "$output" "digraph cards {" $'\t"llama_1b" -> "llama";' \
		$'\t"llama" -> "words" [style=dashed' $'\t"llama_1b@far" -> "other";' \
		$'\t"llama_1b@far" -> "llama_1b" [style=dotted' 'subgraph "cluster_llama"' 'subgraph "cluster_bpe"'
	expect_contains "$output" '"llama_1b" [label=<llama_1b<br/><font point-size="9" color="#666666">@lab</font>>'
}

test_broken_and_missing_cards_are_marked() {
	write_cards
	write_card broken.yaml <<<'{name: broken, base: nobody}'
	expect_status 1 on_store graph
	expect_contains "$(grep '"broken" \[' <<<"$output")" '#c5221f' 'tooltip="base card \"nobody\" does not exist'
	expect_contains "$(grep '"nobody" \[' <<<"$output")" dashed 'there is no such card'
	expect_status 0 on_store graph llama
}

test_names_choose_what_is_up_and_down_from_them() {
	write_cards
	expect_status 0 on_store graph words
	expect_contains "$output" '"words" [' '"llama" [' '"llama_1b" ['
	expect_lacks "$output" '"other" ['
	attempt on_store graph lama
	expect_refusal "there is no asset \"lama\"; did you mean llama"
}

test_any_name_is_quoted() {
	write_cards
	expect_status 0 on_store graph
	expect_contains "$output" '"quo\"te\\<b>&" [label=<quo&quot;te\&lt;b&gt;&amp;>' 'subgraph "cluster_fam\"ily\\"'
	command -v dot >/dev/null || skip "Graphviz is not installed"
	dot -Tplain <<<"$output" >plain
	expect_contains "$(cat plain)" 'node'
}

test_a_picture_is_drawn_by_graphviz() {
	command -v dot >/dev/null || skip "Graphviz is not installed"
	write_cards
	expect_status 0 on_store graph --svg
	expect_contains "$output" "<svg" ">llama_1b<" ">@far<"
}

test_without_graphviz_it_says_so() {
	write_cards
	cat >bin/env-without-dot <<'SCRIPT'
#!/bin/sh
PATH=/nonexistent exec "$CARDFS" "$@"
SCRIPT
	chmod +x bin/env-without-dot
	attempt env-without-dot graph --svg --no-default-stores --store "$store"
	expect_refusal "Graphviz" "is not installed"
}

# stand_in SCRIPT: what dot is from now on.
stand_in() {
	printf '#!/bin/sh\n%s\n' "$1" >bin/dot
	chmod +x bin/dot
}

test_a_graphviz_that_fails_is_a_failure() {
	local i
	write_cards
	for ((i = 0; i < 5000; i++)); do
		printf -- '---\nname: asset_%d\n' "$i"
	done | write_card many.yaml
	stand_in 'exit 3'
	attempt on_store graph --svg
	expect_refusal "dot failed with exit status 3"
	stand_in 'kill -9 $$'
	attempt on_store graph --svg
	expect_refusal "dot was ended by signal 9"
	stand_in 'wc -c'
	expect_output "$(on_store graph | wc -c)" on_store graph --svg
}

run_test "$1"
