#!/usr/bin/env bash
# What each type of value and each odd name becomes.
set -eEu
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"

# expect_content TEXT FILE: to the last byte.
expect_content() {
	printf %b "$1" >"$work/wanted"
	cmp "$work/wanted" "$2" || fail "$2 holds:" "$(cat "$2")"
}

test_scalars_are_files_that_hold_them_as_written() {
	write_card values.yaml <<'CARDS'
name: values
text: hello
quoted: "a\tb \u00e9"
small: 1e-5
hexadecimal: 0x1F
grouped: 1_000
shouted: TRUE
word: yes
day: 2001-12-14
infinite: -.inf
huge: 123456789012345678901234567890
CARDS
	mount_store
	cd "$mnt/values"
	expect_content 'hello\n' text
	expect_content 'a\tb \xc3\xa9\n' quoted
	expect_content '1e-5\n' small
	expect_content '0x1F\n' hexadecimal
	expect_content '1_000\n' grouped
	expect_content 'TRUE\n' shouted
	expect_content 'yes\n' word
	expect_content '2001-12-14\n' day
	expect_content '-.inf\n' infinite
	expect_content '123456789012345678901234567890\n' huge
}

test_a_line_break_is_added_only_where_there_is_none() {
	write_card lines.yaml <<'CARDS'
name: lines
kept: |
  one
  two
stripped: |-
  one
  two
empty: ""
CARDS
	mount_store
	expect_content 'one\ntwo\n' "$mnt/lines/kept"
	expect_content 'one\ntwo\n' "$mnt/lines/stripped"
	expect_content '\n' "$mnt/lines/empty"
}

test_null_is_an_empty_file() {
	write_card nulls.yaml <<'CARDS'
name: nulls
word: null
tilde: ~
nothing:
CARDS
	mount_store
	local field
	for field in word tilde nothing; do
		expect_output "regular empty file 0" stat -c '%F %s' "$mnt/nulls/$field"
	done
}

test_binary_is_its_bytes_and_no_line_break() {
	write_card binary.yaml <<'CARDS'
name: binary
bytes: !!binary aGVsbG8AAf8=
CARDS
	mount_store
	expect_content 'hello\0\x01\xff' "$mnt/binary/bytes"
}

test_mappings_are_directories() {
	write_card mappings.yaml <<'CARDS'
name: mappings
outer:
  inner: {leaf: 1}
  other: 2
nothing: {}
some: !!set {a, b}
ordered: !!omap [z: 1, y: 2]
CARDS
	mount_store
	cd "$mnt/mappings"
	expect_output 1 cat outer/inner/leaf
	expect_output $'inner\nother' ls outer
	expect_output "" ls -A nothing
	expect_output $'a\nb' ls some
	expect_output 0 stat -c %s some/a
	expect_output $'z\ny' ls -U ordered
	expect_output 2 cat ordered/y
}

test_sequences_are_directories_padded_so_that_ls_keeps_the_order() {
	write_card sequences.yaml <<'CARDS'
name: sequences
few: [a, b]
ten: [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]
eleven: [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10]
nested: [[a], {key: b}]
none: []
CARDS
	mount_store
	cd "$mnt/sequences"
	expect_output $'0\n1' ls few
	expect_output 9 cat ten/9
	expect_output "00, 01, 02, 03, 04, 05, 06, 07, 08, 09, 10" ls -m -w 0 eleven
	expect_equal "0 1 2 3 4 5 6 7 8 9 10 " "$(cat eleven/* | tr '\n' ' ')"
	expect_output a cat nested/0/0
	expect_output b cat nested/1/key
	expect_output "" ls -A none
	expect_status 1 stat eleven/1
	expect_status 1 stat few/00
	expect_status 1 stat few/2
}

test_the_tree_and_the_renderings_say_the_same() {
	write_card same.yaml <<'CARDS'
name: same
model_config: {layers: [1, 2], rate: 1e-4}
text: hello
CARDS
	mount_store
	expect_output '{"name":"same","model_config":{"layers":[1,2],"rate":0.0001},"text":"hello"}' \
		jq -c . "$mnt/same/card.json"
	expect_output $'card.json\ncard.yaml\nmodel_config\nname\ntext' ls "$mnt/same"
	expect_output 1e-4 cat "$mnt/same/model_config/rate"
	expect_output same cat "$mnt/same/name"
}

# Every name as YAML escapes it, and the file name that stands for it as printf does.
names() {
	cat <<'NAMES'
plain plain
with\x20space with\x20space
\xe9t\xe9 \xc3\xa9t\xc3\xa9
a%b a%b
100% 100%
% %25
%2F %252F
%41 %41
a/b a%2Fb
.hidden %2Ehidden
.. %2E.
line\nbreak line%0Abreak
del\x7f del%7F
next\x85line next%C2%85line
back\\slash back\\slash
NAMES
}

test_names_are_kept_byte_for_byte_or_encoded() {
	local name file
	while read -r name file; do
		printf -- '---\nname: "%s"\nfield: 1\n' "$name"
	done < <(names) | write_card names.yaml
	mount_store
	while read -r name file; do
		expect_output 1 cat "$mnt/$(printf %b "$file")/field"
	done < <(names)
	expect_equal "$(names | wc -l)" "$(find "$mnt" -mindepth 1 -maxdepth 1 ! -name '.*' | wc -l)"
	expect_status 0 cardfs check --no-default-stores --store "$store"
}

test_a_name_that_is_no_encoding_is_not_there() {
	echo 'name: "a/b"' | write_card slash.yaml
	mount_store
	expect_output "a/b" cat "$mnt/a%2Fb/name"
	expect_status 1 stat "$mnt/a%2fb"
	expect_status 1 stat "$mnt/%61%2Fb"
}

test_keys_are_encoded_as_names_are() {
	write_card keys.yaml <<'CARDS'
name: keys
map:
  a/b: slash
  .dot: dot
  "": empty
  "tab\t": tab
  card.yaml: free
  3: number
  0x10: hexadecimal
  true: boolean
  [a, 1]: sequence
CARDS
	mount_store
	cd "$mnt/keys/map"
	expect_output slash cat a%2Fb
	expect_output dot cat %2Edot
	expect_output empty cat %
	expect_output tab cat tab%09
	expect_output free cat card.yaml
	expect_output number cat 3
	expect_output hexadecimal cat 0x10
	expect_output boolean cat true
	expect_output sequence cat '[a, 1]'
}

test_fields_that_collide_with_the_renderings_step_aside() {
	write_card collide.yaml <<'CARDS'
name: collide
card.yaml: mine
card.json: mine
card.error: mine
card%2Eyaml: too
CARDS
	mount_store
	cd "$mnt/collide"
	expect_output mine cat card%2Eyaml
	expect_output mine cat card%2Ejson
	expect_output mine cat card%2Eerror
	expect_output too cat card%252Eyaml
	expect_status 1 stat card.error
	expect_output collide jq -r .name card.json
}

test_keys_that_share_a_name_are_a_problem_and_the_string_wins() {
	write_card clash.yaml <<'CARDS'
name: clash
1: number
"1": string
CARDS
	mount_store
	expect_output string cat "$mnt/clash/1"
	expect_contains "$(cat "$mnt/.cardfs/problems")" "$store/clash.yaml:2:1: warning: " "another key"
}

test_problems_with_inherited_keys_name_the_file_of_the_base() {
	write_card base.yaml <<<$'name: parent\n1: number\n"1": string\nmap:\n  2: number\n  "2": string'
	write_card leaf.yaml <<<'{name: leaf, base: parent}'
	mount_store
	expect_equal "$store/base.yaml:2:1: warning: a key of leaf
$store/base.yaml:5:3: warning: a key of leaf" \
		"$(grep -o '.*a key of leaf' "$mnt/.cardfs/problems")"
}

test_of_pairs_with_one_key_the_first_has_an_entry() {
	write_card pairs.yaml <<'CARDS'
name: pairs
field: !!pairs [a: first, b: other, a: second]
CARDS
	mount_store
	expect_output $'a\nb' ls "$mnt/pairs/field"
	expect_output first cat "$mnt/pairs/field/a"
	expect_output '[["a","first"],["b","other"],["a","second"]]' jq -c .field "$mnt/pairs/card.json"
	expect_contains "$(cat "$mnt/.cardfs/problems")" "$store/pairs.yaml:2:37: warning: " "another key"
}

test_names_too_long_for_a_file_system_are_a_problem_and_never_cut() {
	local long longest
	long=$(printf 'x%.0s' $(seq 300))
	longest=${long:0:255}
	write_card long.yaml <<CARDS
name: $long
---
name: $longest
---
name: short
$long: 1
$longest: 2
CARDS
	mount_store
	expect_output "$longest"$'\nshort' sh -c "ls $mnt | sort -r"
	expect_output 2 cat "$mnt/short/$longest"
	expect_output $'card.json\ncard.yaml\nname\n'"$longest" ls "$mnt/short"
	expect_equal 2 "$(grep -c 'longer than' "$mnt/.cardfs/problems")"
	expect_status 1 stat "$mnt/$long"
	expect_contains "$errors" "File name too long"
	expect_output "$long" sh -c "jq -r 'keys[]' $mnt/short/card.json | grep -x 'x\{300\}'"
}

test_deep_values_are_deep_directories() {
	{
		printf 'name: deep\nfield: '
		printf '[%.0s' $(seq 400)
		printf bottom
		printf ']%.0s' $(seq 400)
	} | write_card deep.yaml
	mount_store
	expect_output bottom cat "$mnt/deep/field$(printf '/0%.0s' $(seq 400))"
}

test_large_values_are_read_whole() {
	{
		printf 'name: large\ntext: "'
		head -c 3000000 /dev/zero | tr '\0' x
		printf '"\n'
	} | write_card large.yaml
	mount_store
	expect_output 3000001 stat -c %s "$mnt/large/text"
	expect_output 3000001 sh -c "cat $mnt/large/text | wc -c"
	expect_output "x" tail -c 2 "$mnt/large/text"
}

run_test "$@"
