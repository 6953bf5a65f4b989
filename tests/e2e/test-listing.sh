#!/usr/bin/env bash
# What the tools that list directories say of a mount.
set -eEu
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"

write_llama() {
	write_card llama.yaml <<'CARDS'
name: llama3
model_family: llama
---
name: llama3_2_1b
base: llama3
model_arch: llama3_2_1b
checkpoint: /models/llama3_2_1b
model_config:
  dtype: bfloat16
CARDS
}

test_ls_lists_assets_and_their_entries() {
	write_llama
	mount_store
	expect_output $'llama3\nllama3_2_1b' ls "$mnt"
	expect_output $'.\n..\n.by\n.cardfs\nllama3\nllama3_2_1b' ls -a "$mnt"
	expect_output $'base\ncard.json\ncard.yaml\ncheckpoint\nmodel_arch\nmodel_config\nmodel_family\nname' \
		ls "$mnt/llama3_2_1b"
}

test_ls_long_shows_kinds_sizes_and_targets() {
	write_llama
	mount_store
	expect_status 0 ls -la --numeric-uid-gid --time-style=+ "$mnt/llama3_2_1b"
	expect_contains "$output" "checkpoint -> /models/llama3_2_1b" "base -> ../llama3"
	expect_equal "-r--r--r-- 1 0 0 6 model_family" \
		"$(grep model_family <<<"$output" | tr -s ' ')"
	expect_equal "dr-xr-xr-x" "$(grep model_config <<<"$output" | cut -c 1-10)"
	expect_equal "lrwxrwxrwx" "$(grep checkpoint <<<"$output" | cut -c 1-10)"
}

test_find_sees_each_asset_once() {
	write_llama
	mount_store_with "env=nowhere"
	local found
	found=$(cd "$mnt" && find . -path './.*' -prune -o -print | sort)
	expect_equal ".
./llama3
./llama3/card.json
./llama3/card.yaml
./llama3/model_family
./llama3/name
./llama3_2_1b
./llama3_2_1b/base
./llama3_2_1b/card.json
./llama3_2_1b/card.yaml
./llama3_2_1b/checkpoint
./llama3_2_1b/model_arch
./llama3_2_1b/model_config
./llama3_2_1b/model_config/dtype
./llama3_2_1b/model_family
./llama3_2_1b/name" "$found"
}

test_find_tells_types_apart() {
	write_llama
	mount_store
	expect_output "$mnt/llama3_2_1b/base
$mnt/llama3_2_1b/checkpoint" sh -c "find $mnt -path $mnt/.by -prune -o -type l -print | sort"
	expect_output "$mnt/llama3_2_1b/model_config" find "$mnt/llama3_2_1b" -mindepth 1 -type d
	expect_output "$mnt/llama3_2_1b/checkpoint" find -L "$mnt/llama3_2_1b" -type l
}

test_attributes_are_those_of_the_contract() {
	write_llama
	mount_store
	expect_output "directory 555" stat -c '%F %a' "$mnt"
	expect_output "directory 555" stat -c '%F %a' "$mnt/llama3_2_1b/model_config"
	expect_output "regular file 444 6 1" stat -c '%F %a %s %h' "$mnt/llama3_2_1b/model_family"
	expect_output "symbolic link 777 19 1" stat -c '%F %a %s %h' "$mnt/llama3_2_1b/checkpoint"
	expect_output "$(id -u) $(id -g)" stat -c '%u %g' "$mnt/llama3_2_1b/card.yaml"
}

test_times_are_those_of_the_newest_card_file_that_took_part() {
	write_llama
	write_card later.yaml <<'CARDS'
name: variant
base: llama3
CARDS
	touch -d '2021-02-03 04:05:06.789 UTC' "$store/llama.yaml"
	touch -d '2022-03-04 05:06:07.25 UTC' "$store/later.yaml"
	mount_store
	expect_output 1612325106.789000000 stat -c %.9Y "$mnt/llama3_2_1b/model_arch"
	expect_output 1646370367.250000000 stat -c %.9Y "$mnt/variant/model_family"
	expect_output 1646370367.250000000 stat -c %.9Y "$mnt/variant"
	expect_output 1646370367.250000000 stat -c %.9Y "$mnt"
}

test_sizes_are_what_reading_gives() {
	write_llama
	mount_store
	local file
	find "$mnt" -type f >files
	while read -r file; do
		expect_equal "$(stat -c %s "$file")" "$(wc -c <"$file")"
	done <files
}

test_readlink_follows_relations_inside_and_locators_outside() {
	write_llama
	mkdir models
	sed -i "s,/models,$work/models," "$store/llama.yaml"
	echo weights >models/llama3_2_1b
	mount_store
	expect_output "$mnt/llama3" readlink -f "$mnt/llama3_2_1b/base"
	expect_output "$work/models/llama3_2_1b" readlink -f "$mnt/llama3_2_1b/checkpoint"
	expect_output weights cat "$mnt/llama3_2_1b/checkpoint"
}

test_cat_reads_values_and_cards() {
	write_llama
	mount_store
	expect_output llama cat "$mnt/llama3_2_1b/model_family"
	expect_output "# Merged by cardfs from, nearest first:
#   $store/llama.yaml:4: llama3_2_1b
#   $store/llama.yaml:1: llama3
name: llama3_2_1b
model_arch: llama3_2_1b
checkpoint: /models/llama3_2_1b
model_config:
  dtype: bfloat16
model_family: llama" cat "$mnt/llama3_2_1b/card.yaml"
	expect_output bfloat16 jq -r .model_config.dtype "$mnt/llama3_2_1b/card.json"
}

test_any_part_of_a_file_can_be_read() {
	write_llama
	mount_store
	expect_output lam dd if="$mnt/llama3/model_family" bs=1 skip=1 count=3 status=none
	expect_output "" dd if="$mnt/llama3/model_family" bs=1 skip=6 count=3 status=none
	expect_output ma tail -c 3 "$mnt/llama3/model_family"
}

test_the_file_system_says_how_it_is() {
	write_llama
	mount_store
	expect_status 0 stat -f -c '%T %l' "$mnt"
	expect_contains "$output" fuse 255
	expect_status 0 df "$mnt"
}

test_missing_names_are_not_there() {
	write_llama
	mount_store
	local name
	for name in nothing llama3/nothing llama3/model_family/x .hidden llama3/.hidden @nowhere @; do
		expect_status 1 stat "$mnt/$name"
		expect_contains "$errors" "No"
	done
}

test_long_directories_are_listed_whole() {
	local i
	for i in $(seq 3000); do
		echo "--- {name: asset_with_a_rather_long_name_$i, index: $i}"
	done | write_card many.yaml
	{
		echo "name: wide"
		for i in $(seq 3000); do
			echo "field_with_a_rather_long_name_$i: $i"
		done
	} | write_card wide.yaml
	mount_store
	expect_output 3001 sh -c "ls $mnt | sort -u | wc -l"
	expect_output 3003 sh -c "ls $mnt/wide | sort -u | wc -l"
	expect_output 2718 cat "$mnt/asset_with_a_rather_long_name_2718/index"
	expect_output 3000 sh -c "cat $mnt/asset_*/index | sort -u | wc -l"
}

# More than are looked up with the listing: numbers in it are those of what is found later.
test_numbers_in_a_very_long_listing_are_those_of_its_entries() {
	{
		echo "name: wide"
		seq -f 'field_%.0f: 1' 11000
	} | write_card wide.yaml
	mount_store
	expect_output 11003 python3 - "$mnt/wide" <<'PYTHON'
import os, sys

entries = list(os.scandir(sys.argv[1]))
wrong = [entry.name for entry in entries if entry.inode() != os.lstat(entry.path).st_ino]
print(wrong or len(entries))
PYTHON
}

run_test "$@"
