#!/usr/bin/env bash
# What is wrong stays visible, says so, and takes nothing else down.
set -eEu
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"

test_a_card_without_its_base_says_so_where_it_stands() {
	write_card speech.yaml <<'CARDS'
name: librispeech_asr
dataset_family: generic_asr
---
name: librispeech_asr_100h
base: librispeech_asr_960h
CARDS
	mount_store
	expect_output card.error ls "$mnt/librispeech_asr_100h"
	expect_output "$store/speech.yaml:5: base card \"librispeech_asr_960h\" does not exist (needed by librispeech_asr_100h)" \
		cat "$mnt/librispeech_asr_100h/card.error"
	expect_output generic_asr cat "$mnt/librispeech_asr/dataset_family"
	expect_contains "$(cat "$mnt/.cardfs/problems")" "$(cut -d' ' -f2- "$mnt/librispeech_asr_100h/card.error")"
}

test_bases_in_a_circle_are_named() {
	write_card circle.yaml <<'CARDS'
name: a
base: b
---
name: b
base: c
---
name: c
base: a
---
name: good
CARDS
	mount_store
	expect_contains "$(cat "$mnt/a/card.error")" "a -> b -> c -> a" "$store/circle.yaml:8"
	expect_contains "$(cat "$mnt/b/card.error")" "b -> c -> a -> b"
	expect_output good cat "$mnt/good/name"
}

test_two_cards_with_one_name_break_that_asset_alone() {
	write_card a.yaml <<<'{name: twice, field: first}'
	write_card b.yaml <<<$'{name: twice, field: second}\n--- \n{name: once}'
	mount_store
	expect_output card.error ls "$mnt/twice"
	expect_contains "$(cat "$mnt/twice/card.error")" "$store/a.yaml:1" "$store/b.yaml:1"
	expect_output once cat "$mnt/once/name"
}

test_with_shadowing_the_later_store_wins() {
	write_card a.yaml <<<'{name: twice, field: first}'
	mkdir later
	echo '{name: twice, field: second}' >later/b.yaml
	cardfs "$mnt" -o "nodefaults,store=$store,store=$work/later,conflicts=shadow"
	expect_output second cat "$mnt/twice/field"
}

test_a_bad_file_leaves_the_others_alone() {
	write_card bad.yaml <<<'name: [unclosed'
	write_card good.yaml <<<'name: good'
	write_card half.yaml <<'CARDS'
name: before
---
name: {
---
name: after
CARDS
	mount_store
	expect_output $'after\nbefore\ngood' ls "$mnt"
	expect_contains "$(cat "$mnt/.cardfs/problems")" "$store/bad.yaml:" "$store/half.yaml:"
	expect_contains "$(cat "$mnt/.cardfs/stores")" "3 cards" "3 files" "2 problems"
}

test_cards_without_a_usable_name_are_problems() {
	write_card nameless.yaml <<'CARDS'
field: 1
---
name: ""
---
name: a@b@c
---
- a list
---
name: 3
CARDS
	mount_store
	expect_output "" ls "$mnt"
	expect_equal 5 "$(grep -c "$store/nameless.yaml:.*: error: " "$mnt/.cardfs/problems")"
}

test_an_alias_bomb_is_a_problem() {
	{
		echo 'name: bomb'
		echo 'a: &a [x, x, x, x, x, x, x, x, x, x]'
		local previous=a letter
		for letter in b c d e f g h i; do
			echo "$letter: &$letter [*$previous, *$previous, *$previous, *$previous, *$previous, *$previous, *$previous, *$previous, *$previous, *$previous]"
			previous=$letter
		done
	} | write_card bomb.yaml
	write_card good.yaml <<<'name: good'
	mount_store
	expect_output good ls "$mnt"
	expect_contains "$(cat "$mnt/.cardfs/problems")" "$store/bomb.yaml:"
}

test_files_that_cannot_be_read_are_problems() {
	write_card good.yaml <<<'name: good'
	mkfifo "$store/pipe.yaml"
	mkdir "$store/directory.yaml"
	ln -s nowhere "$store/dangling.yaml"
	ln -s loop.yaml "$store/loop.yaml"
	truncate -s 100M "$store/huge.yaml"
	write_card binary.yaml < <(head -c 1000 /dev/urandom)
	write_card empty.yaml </dev/null
	write_card notes.txt <<<'name: notes'
	write_card UPPER.YAML <<<'name: upper'
	mount_store
	expect_output good ls "$mnt"
	local problems
	problems=$(cat "$mnt/.cardfs/problems")
	expect_contains "$problems" "$store/pipe.yaml: " "$store/dangling.yaml: " "$store/loop.yaml: " \
		"$store/huge.yaml: " "$store/binary.yaml"
	expect_lacks "$problems" "$store/empty.yaml"
	expect_lacks "$problems" notes
}

test_links_to_files_and_directories_of_cards() {
	mkdir elsewhere
	echo 'name: linked' >elsewhere/linked.yaml
	ln -s "$work/elsewhere/linked.yaml" "$store/link.yaml"
	ln -s ../.. "$store/circle"
	mount_store
	expect_output linked ls "$mnt"
}

test_an_empty_store_is_an_empty_mount() {
	mount_store
	expect_output $'.by\n.cardfs' ls -A "$mnt"
	expect_output "" cat "$mnt/.cardfs/problems"
	expect_contains "$(cat "$mnt/.cardfs/stores")" "0 cards" ok
}

test_a_store_that_is_gone_is_a_problem() {
	cardfs "$mnt" -o "nodefaults,store=$work/nowhere"
	expect_output "" ls "$mnt"
	expect_contains "$(cat "$mnt/.cardfs/problems")" "$work/nowhere: error: "
}

test_the_mount_tells_about_itself() {
	write_card good.yaml <<<'name: good'
	mount_store_with env=lab
	expect_output $'environment\nenvironments\ngeneration\nproblems\nstores\nversion' ls "$mnt/.cardfs"
	expect_output "$(cardfs --version | cut -d' ' -f2)" cat "$mnt/.cardfs/version"
	expect_output lab cat "$mnt/.cardfs/environment"
	expect_output 1 cat "$mnt/.cardfs/generation"
	expect_output "" cat "$mnt/.cardfs/problems"
	expect_output $'added\tdir:'"$store"$'\t1 cards\t1 files\tok' cat "$mnt/.cardfs/stores"
}

test_terminals_are_safe_from_what_cards_hold() {
	printf 'name: evil\nbase: "\\e]0;owned\\a"\n' | write_card evil.yaml
	mount_store
	expect_status 1 grep -q $'[\x1b\x07]' "$mnt/evil/card.error" "$mnt/.cardfs/problems"
}

test_check_says_the_same_as_the_mount() {
	write_card a.yaml <<<'{name: broken, base: nobody}'
	write_card b.yaml <<<'{name: twice}'
	write_card c.yaml <<<$'{name: twice}\n---\n{name: lost, other_ref: nobody}\n---\n['
	mount_store
	expect_status 1 cardfs check --no-default-stores --store "$store"
	expect_equal "$(cat "$mnt/.cardfs/problems")" "$output"
	expect_contains "$errors" "errors" "1 warning"
}

test_many_files_are_read() {
	local i
	for i in $(seq 2000); do
		echo "name: asset_$i" >"$store/$i.yaml"
	done
	mount_store
	expect_output 2000 sh -c "ls $mnt | wc -l"
	expect_contains "$(cat "$mnt/.cardfs/stores")" "2000 files"
}

run_test "$@"
