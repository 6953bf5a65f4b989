#!/usr/bin/env bash
# NAME/.card: what is known about a card beside what it says.
set -eEu
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"

write_models() {
	write_card models.yaml <<'CARDS'
name: llama3
model_family: llama
tokenizer_ref: words
---
name: llama3_1b
base: llama3
---
name: words
tokenizer_family: bpe
---
name: llama3@lab
model_family: labs
CARDS
}

reload() {
	local generation
	generation=$(cat "$mnt/.cardfs/generation")
	kill -HUP "$(servers)"
	eventually sh -c "[ \$(cat $mnt/.cardfs/generation) -gt $generation ]"
}

test_origins_and_the_chain_are_files() {
	write_models
	mount_store
	local file=$store/models.yaml
	expect_output "$(printf 'model_family\t%s:2\tllama3\ntokenizer_ref\t%s:3\tllama3' "$file" "$file")" \
		cat "$mnt/llama3_1b/.card/origin"
	expect_output "$(printf 'llama3_1b\t%s:5\nllama3\t%s:1' "$file" "$file")" cat "$mnt/llama3_1b/.card/chain"
	expect_output "$(printf 'llama3@lab\t%s:11\nllama3\t%s:1' "$file" "$file")" cat "$mnt/llama3@lab/.card/chain"
	expect_output "$(printf 'llama3_1b\t%s:5\nllama3@lab\t%s:11\nllama3\t%s:1' "$file" "$file" "$file")" \
		cat "$mnt/@lab/llama3_1b/.card/chain"
}

test_relatives_are_links() {
	write_models
	mount_store
	expect_output "$mnt/llama3_1b" readlink -f "$mnt/llama3/.card/derived/llama3_1b"
	expect_output "$mnt/words" readlink -f "$mnt/llama3_1b/.card/uses/words"
	expect_output $'llama3\nllama3_1b' ls "$mnt/words/.card/used-by"
	expect_output "$mnt/@lab/llama3_1b" readlink -f "$mnt/@lab/llama3/.card/derived/llama3_1b"
	expect_output "$mnt/llama3_1b@lab" readlink -f "$mnt/llama3@lab/.card/derived/llama3_1b"
}

test_it_is_found_by_name_alone() {
	write_models
	mount_store
	expect_lacks "$(ls -a "$mnt/llama3")" .card
	expect_output $'chain\nderived\norigin\nused-by\nuses' ls "$mnt/llama3/.card"
}

test_it_follows_other_cards_through_warm_caches() {
	write_models
	mount_store
	find "$mnt/llama3/.card" "$mnt/words/.card" -ls >/dev/null
	find "$mnt/llama3/.card" "$mnt/words/.card" -ls >/dev/null
	exec 3<"$mnt/llama3/.card/derived"
	write_card new.yaml <<<'{name: llama3_3b, base: llama3}'
	touch -d 2001-01-01 "$store/new.yaml"
	reload
	expect_output $'llama3_1b\nllama3_3b' ls "$mnt/llama3/.card/derived"
	expect_output $'llama3_1b\nllama3_3b' ls /proc/self/fd/3/
	expect_output $'llama3\nllama3_1b\nllama3_3b' ls "$mnt/words/.card/used-by"
	rm "$store/new.yaml"
	reload
	expect_output llama3_1b ls "$mnt/llama3/.card/derived"
	expect_status 1 stat "$mnt/words/.card/used-by/llama3_3b"
	exec 3<&-
}

test_a_broken_asset_has_a_chain_as_far_as_it_goes() {
	write_card broken.yaml <<<'{name: broken, base: nothing}'
	mount_store
	expect_output $'chain\nderived\nused-by' ls "$mnt/broken/.card"
	expect_output "$(printf 'broken\t%s:1' "$store/broken.yaml")" cat "$mnt/broken/.card/chain"
}

run_test "$@"
