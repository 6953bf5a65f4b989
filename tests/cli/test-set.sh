#!/usr/bin/env bash
# cardfs set and cardfs unset.
set -eEu
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"

# The user's store, which is not there at first, and one that cannot be written to here.
prepare() {
	user=$XDG_CONFIG_HOME/fairseq2/assets
	override=$user/llama_1b@user.yaml
	write_card cards.yaml <<'CARDS'
name: llama
model_family: llama
model_config: {max_seq_len: 8, layers: 2}
lang: {en: 1, de: 2}
---
name: llama_1b
base: llama
checkpoint: https://example.com/weights.pt
CARDS
	mkdir -p "$XDG_CONFIG_HOME/cardfs"
	printf 'stores: %s\nnobuiltin: true\nnosystem: true\n' "$store" >"$XDG_CONFIG_HOME/cardfs/config.yaml"
	touch weights.pt
}

test_a_checkpoint_is_pointed_to_where_it_is() {
	prepare
	expect_output "llama_1b@user in $override
  checkpoint: https://example.com/weights.pt -> $work/weights.pt" cardfs set llama_1b checkpoint=weights.pt
	expect_equal "" "$errors"
	expect_equal "name: llama_1b@user
checkpoint: $work/weights.pt" "$(cat "$override")"
	expect_equal "755 644" "$(stat -c %a "$user" "$override" | xargs)"
	expect_output "$work/weights.pt" cardfs path llama_1b
	expect_output "https://example.com/weights.pt" sh -c 'cardfs show llama_1b@ --json | jq -r .checkpoint'
}

test_values_are_yaml() {
	prepare
	expect_status 0 cardfs set llama_1b a=4096 'b="4096"' c=1e-5 d= 'e=[1, {x: true}]' 'f=two words' g=0x1F h=-1
	expect_equal 'name: llama_1b@user
a: 4096
b: "4096"
c: 1e-5
d: null
e:
  - 1
  - x: true
f: two words
g: 0x1F
h: -1' "$(cat "$override")"
	expect_output '[4096,"4096",1e-05,null,[1,{"x":true}],"two words",31,-1]' \
		sh -c 'cardfs show llama_1b --json | jq -c "[.a, .b, .c, .d, .e, .f, .g, .h]"'
}

test_values_that_are_not_what_they_seem_are_refused() {
	prepare
	attempt cardfs set llama_1b 'checkpoint=/data/run #2'
	expect_refusal "in YAML, /data/run #2 is just /data/run and a comment; quote the value"
	attempt cardfs set llama_1b 'a=[1'
	expect_refusal "[1 is no YAML value"
	attempt cardfs set llama_1b "$(printf 'a=1\n---\n2')"
	expect_refusal "more than one YAML document"
	attempt cardfs set llama_1b checkpoint
	expect_refusal '"checkpoint" is no FIELD=VALUE'
	attempt cardfs set llama_1b =1
	expect_refusal '"=1" is no FIELD=VALUE'
	attempt cardfs set llama_1b
	expect_refusal "set takes the name of an asset, and FIELD=VALUE"
	attempt cardfs unset llama_1b a=1
	expect_refusal 'unset takes fields without values, not "a=1"'
	[ ! -e "$user" ]
}

test_paths_are_those_of_where_one_stands() {
	prepare
	mkdir below
	cd below
	expect_status 0 cardfs set llama_1b checkpoint=../weights.pt tokenizer=hg://a/b paper=./x
	expect_equal "name: llama_1b@user
checkpoint: $work/below/../weights.pt
tokenizer: hg://a/b
paper: ./x" "$(cat "$override")"
	touch "$HOME/w.pt"
	# shellcheck disable=SC2088 # cardfs expands it
	expect_status 0 cardfs set llama_1b checkpoint='~/w.pt'
	expect_contains "$(cat "$override")" "checkpoint: $HOME/w.pt"
	expect_equal "" "$errors"
	expect_status 0 cardfs set llama_1b vocabulary=v --locators vocabulary
	expect_contains "$(cat "$override")" "vocabulary: $work/below/v"
}

test_a_file_that_is_missing_is_warned_of() {
	prepare
	expect_status 0 cardfs set llama_1b checkpoint=mistyped.pt
	expect_equal "$override:2: checkpoint: $work/mistyped.pt does not exist" "$errors"
}

test_comments_and_order_stay() {
	prepare
	mkdir -p "$user"
	printf '%s\n' '# mine' 'name: llama_1b@user  # for all' 'z: 1 # last letter' '# old' 'checkpoint: /old' \
		'model_config:' '  # short' '  max_seq_len: 4' >"$user/hand-written.yml"
	chmod 640 "$user/hand-written.yml"
	expect_output "llama_1b@user in $user/hand-written.yml
  checkpoint: /old -> $work/weights.pt
  model_config.max_seq_len: 4 -> 16
  new: (not set) -> true" cardfs set llama_1b checkpoint=weights.pt model_config.max_seq_len=16 new=true
	expect_equal "# mine
name: llama_1b@user  # for all
z: 1 # last letter
# old
checkpoint: $work/weights.pt
model_config:
  # short
  max_seq_len: 16
new: true" "$(cat "$user/hand-written.yml")"
	expect_equal 640 "$(stat -c %a "$user/hand-written.yml")"
	[ ! -e "$override" ]
}

test_unset_is_the_way_back() {
	prepare
	expect_status 0 cardfs set llama_1b checkpoint=weights.pt lang.de=3 model_config.max_seq_len=16
	expect_output "llama_1b@user in $override
  lang.de: 3 -> 2" cardfs unset llama_1b lang.de
	expect_output "llama_1b@user in $override
  model_config: {max_seq_len: 16, layers: 2} -> {max_seq_len: 8, layers: 2}" cardfs unset llama_1b model_config
	expect_equal "name: llama_1b@user
checkpoint: $work/weights.pt" "$(cat "$override")"
	expect_output "llama_1b@user was all of $override, which goes
  checkpoint: $work/weights.pt -> https://example.com/weights.pt" cardfs unset llama_1b checkpoint
	expect_equal "" "$(ls -A "$user")"
}

test_what_is_not_set_there_cannot_be_unset() {
	prepare
	attempt cardfs unset llama_1b checkpoint
	expect_refusal "\"llama_1b@user\" does not set \"checkpoint\"; llama_1b does ($store/cards.yaml:8)"
	attempt cardfs unset llama_1b nothing
	expect_refusal '"llama_1b@user" does not set "nothing"'
	[ ! -e "$user" ]
}

test_nothing_is_written_of_what_would_not_resolve() {
	prepare
	attempt cardfs set llama_1b base=lama
	expect_equal 2 "$status"
	expect_contains "$errors" "$override:2: " '"lama"' "the card would not resolve any more, so nothing is changed"
	attempt cardfs set llama_1b base=llama_1b
	expect_contains "$errors" "would not resolve"
	attempt cardfs set llama_1b 'model_config={_del_: 1}'
	expect_contains "$errors" "would not resolve"
	attempt cardfs set llama_1b a=1 name=x
	expect_refusal "the name of a card cannot be changed"
	attempt cardfs set lama_1b a=1
	expect_refusal 'there is no asset "lama_1b"' "did you mean llama_1b"
	[ ! -e "$user" ]
}

test_a_broken_card_can_be_mended() {
	prepare
	write_card broken.yaml <<<'{name: broken, base: missing}'
	attempt cardfs set broken a=1
	expect_contains "$errors" "would not resolve"
	expect_output "broken@user in $user/broken@user.yaml
  base: (not set) -> llama" cardfs set broken base=llama
	expect_status 0 cardfs show broken
}

test_what_cannot_be_edited_safely_is_refused() {
	prepare
	mkdir -p "$user"
	printf 'name: llama_1b@user\na: &x 1\nb: *x\n' >"$user/a.yaml"
	attempt cardfs set llama_1b a=2
	expect_refusal "$user/a.yaml:2: a cannot be changed here: what goes is marked with an anchor (&)"
	expect_equal "1" "$(cardfs show llama_1b --json | jq .a)"
	printf 'name: [\n' >"$override"
	rm "$user/a.yaml"
	attempt cardfs set llama_1b a=2
	expect_contains "$errors" "$override:2"
	expect_equal 2 "$status"
	expect_equal "name: [" "$(cat "$override")"
}

test_an_environment_can_be_named() {
	prepare
	expect_status 0 cardfs set llama_1b@lab checkpoint=weights.pt
	expect_equal "name: llama_1b@lab
checkpoint: $work/weights.pt" "$(cat "$user/llama_1b@lab.yaml")"
	expect_output "https://example.com/weights.pt" sh -c 'cardfs show llama_1b --json | jq -r .checkpoint'
	expect_output "$work/weights.pt" cardfs path llama_1b --env lab
	expect_equal "" "$errors"
	expect_status 0 cardfs set llama_1b a=1 --env lab
	expect_contains "$errors" "llama_1b@user hides llama_1b@lab"
	attempt cardfs set llama_1b@ a=1
	expect_refusal "the card \"llama_1b\" itself is not in this store"
}

test_another_store_can_be_named() {
	prepare
	mkdir other
	expect_status 0 cardfs set llama_1b a=1 --store "$work/other"
	expect_equal "llama_1b@user.yaml" "$(ls -A other)"
	expect_status 0 cardfs set llama_1b@ checkpoint=weights.pt --store "dir:$store"
	expect_contains "$(cat "$store/cards.yaml")" "checkpoint: $work/weights.pt"
	attempt cardfs set llama_1b a=1 --store "$work/none"
	expect_refusal "the store $work/none does not exist; create it with: mkdir -p $work/none"
	attempt cardfs set llama_1b a=1 --store "$store/cards.yaml"
	expect_refusal "is a single file"
	mkdir run
	printf 'name: checkpoint\ncheckpoint: x\n' >run/model.yaml
	attempt cardfs set llama_1b a=1 --store "checkpoints:$work/run"
	expect_refusal "the store checkpoints:$work/run cannot be written to: name a directory of cards"
	attempt cardfs set llama_1b a=1 --no-user
	expect_refusal "there is no store of the user to write to; name a directory with --store"
	[ ! -e "$user" ]
}

test_a_dry_run_writes_nothing() {
	prepare
	expect_output "llama_1b@user in $override (dry run: nothing is written)
  a: (not set) -> 1" cardfs set llama_1b a=1 --dry-run
	[ ! -e "$user" ]
	expect_status 0 cardfs set llama_1b a=1
	touch -d @1 "$override"
	expect_output "llama_1b@user in $override
  a: 1 (unchanged)" cardfs set llama_1b a=1
	expect_equal 1 "$(stat -c %Y "$override")"
	expect_status 0 cardfs unset llama_1b a --dry-run
	[ -e "$override" ]
}

test_names_that_files_cannot_have_are_encoded() {
	prepare
	write_card odd.yaml <<'CARDS'
name: ../../odd name
---
name: .hidden
CARDS
	expect_status 0 cardfs set '../../odd name' a=1
	expect_status 0 cardfs set .hidden a=1
	expect_equal "%2E.%2F..%2Fodd name@user.yaml %2Ehidden@user.yaml" "$(find "$user" -type f -printf '%f\n' | sort | xargs -d '\n')"
	expect_output 1 sh -c 'cardfs show "../../odd name" --json | jq .a'
}

test_many_at_a_time_lose_nothing() {
	prepare
	local i
	for i in 1 2 3 4 5 6 7 8; do
		cardfs set llama_1b "f$i=$i" >/dev/null &
	done
	wait
	expect_output '[1,2,3,4,5,6,7,8]' sh -c 'cardfs show llama_1b --json | jq -c "[.f1,.f2,.f3,.f4,.f5,.f6,.f7,.f8]"'
	expect_equal "llama_1b@user.yaml" "$(ls -A "$user")"
}

test_a_store_that_cannot_be_written_to_is_said_clearly() {
	prepare
	local limited=()
	# Root may write everywhere, unless it gives that up.
	[ "$(id -u)" -ne 0 ] || limited=(setpriv '--bounding-set=-dac_override,-dac_read_search')
	mkdir -p "$user"
	echo 'name: llama_1b@user' >"$override"
	chmod 555 "$user"
	attempt "${limited[@]}" cardfs set llama_1b a=1
	expect_refusal "cannot write to the store $user: Permission denied"
	chmod 755 "$user"
	chmod 000 "$override"
	attempt "${limited[@]}" cardfs set llama_1b a=1
	expect_refusal "$override: " "Permission denied"
}

test_a_full_or_read_only_store_stays_as_it_was() {
	prepare
	unshare --mount true 2>/dev/null || skip "namespaces for mounts are refused here"
	mkdir -p "$user"
	printf 'name: llama_1b@user\nx: 1\n' >small.yaml
	# shellcheck disable=SC2016 # the inner shell expands it
	expect_status 0 unshare --mount bash -eu -c '
		mount -t tmpfs -o size=8k none "$1"
		cp small.yaml "$2"
		head -c 4096 /dev/zero >"$1/filler"
		! cardfs set llama_1b "y=$(printf "%05000dx" 7)" 2>errors
		cat errors
		cmp small.yaml "$2"
		[ "$(ls -A "$1" | xargs)" = "filler llama_1b@user.yaml" ]
		mount -o remount,ro "$1"
		! cardfs set llama_1b y=1 2>errors
		cat errors' bash "$user" "$override"
	expect_contains "$output" "cannot write $override; nothing is changed: No space left on device" \
		"cannot write to the store $user: Read-only file system"
}

run_test "$1"
