#!/usr/bin/env bash
# Extended attributes: where each field comes from, and what a locator was.
set -eEu
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"

write_models() {
	write_card models.yaml <<'CARDS'
name: llama3
model_family: llama
checkpoint: hg://meta/llama
data: /nothing/there
model_config:
  dtype: bfloat16
  layers: [1, 2]
---
name: llama3_1b
base: llama3
words_ref: llama3
model_config: {_set_: {dtype: float32}}
CARDS
}

# value NAME PATH
value() {
	getfattr -h --only-values -n "$1" "$mnt/$2"
}

test_every_field_says_where_it_comes_from() {
	write_models
	mount_store
	expect_output "$store/models.yaml:2" value user.cardfs.origin llama3_1b/model_family
	expect_output llama3 value user.cardfs.card llama3_1b/model_family
	expect_output llama3_1b value user.cardfs.card llama3_1b/model_config/dtype
	expect_output "$store/models.yaml:12" value user.cardfs.origin llama3_1b/model_config/dtype
	expect_output llama3 value user.cardfs.card llama3_1b/model_config/layers/1
	expect_output llama3_1b value user.cardfs.card llama3_1b/model_config
}

test_links_have_theirs_in_another_name_space() {
	write_models
	mount_store
	expect_output hg://meta/llama value system.cardfs.uri llama3/checkpoint
	expect_output remote value system.cardfs.state llama3/checkpoint
	expect_output missing value system.cardfs.state llama3/data
	expect_output "$store/models.yaml:3" value system.cardfs.origin llama3/checkpoint
	expect_output llama3_1b value system.cardfs.card llama3_1b/words_ref
	expect_status 1 value system.cardfs.uri llama3_1b/words_ref
	expect_contains "$errors" "No such attribute"
	expect_status 1 value user.cardfs.uri llama3/checkpoint
	expect_contains "$errors" "No such attribute"
}

test_the_state_follows_what_is_there() {
	write_card a.yaml <<<'{name: a, checkpoint: model.pt}'
	mount_store
	expect_output missing value system.cardfs.state a/checkpoint
	touch "$store/model.pt"
	expect_output local value system.cardfs.state a/checkpoint
}

# Some are told to try again, where all who could answer would wait for one another.
test_targets_in_the_mount_itself_are_looked_at() {
	local i
	for i in $(seq 40); do
		write_card "$i.yaml" <<<"{name: card_$i, checkpoint: $mnt/card_$((i % 40 + 1))/name}"
	done
	mount_store_with allow_other
	for i in $(seq 40); do
		eventually value system.cardfs.state "card_$i/checkpoint" >"answer_$i" 2>/dev/null &
	done
	wait
	expect_output 40 sh -c 'cat answer_* | grep -o local | wc -l'
}

test_the_whole_mount_is_listed() {
	write_models
	mount_store
	cd "$mnt"
	expect_status 0 getfattr -d -R -h .
	expect_equal "" "$errors"
	expect_contains "$output" 'user.cardfs.card="llama3_1b"' "user.cardfs.origin=\"$store/models.yaml:12\""
	expect_lacks "$output" checkpoint
}

test_unknown_names_are_not_there() {
	write_models
	mount_store
	local name
	for name in user.cardfs.nothing user.other user.cardfs.uri user.cardfs.originals; do
		expect_status 1 value "$name" llama3/model_family
		expect_contains "$errors" "No such attribute"
	done
	expect_status 1 value user.cardfs.origin llama3
	expect_status 1 value user.cardfs.origin .by/kind
}

test_sizes_are_exact_and_short_buffers_refused() {
	write_models
	mount_store
	expect_status 0 /usr/bin/python3 - "$mnt/llama3/model_family" <<'PYTHON'
import ctypes, errno, sys
libc = ctypes.CDLL(None, use_errno=True)
path = sys.argv[1].encode()
for call, wanted in ((lambda *rest: libc.getxattr(path, b"user.cardfs.card", *rest), b"llama3"),
                     (lambda *rest: libc.listxattr(path, *rest), b"user.cardfs.origin\0user.cardfs.card\0")):
    size = call(None, 0)
    assert size == len(wanted), size
    buffer = ctypes.create_string_buffer(size)
    assert call(buffer, size) == size and buffer.raw == wanted, buffer.raw
    assert call(buffer, size - 1) == -1 and ctypes.get_errno() == errno.ERANGE
PYTHON
	expect_equal "" "$errors"
}

test_copies_with_attributes_are_made() {
	write_models
	mount_store
	expect_status 0 cp -r --preserve=xattr "$mnt/llama3" copy
	expect_equal /nothing/there "$(readlink copy/data)"
}

run_test "$@"
