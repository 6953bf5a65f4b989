#!/usr/bin/env bash
# Every attempt to write is refused, and as a read-only file system refuses it.
set -eEu
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"

# expect_read_only COMMAND...
expect_read_only() {
	attempt "$@"
	[ "$status" -ne 0 ] || fail "\"$*\" succeeded"
	expect_contains "$errors" "Read-only file system"
}

mount_asset() {
	write_card asset.yaml <<<'{name: asset, text: hello, map: {a: 1}, checkpoint: /x}'
	mount_store_with "${1-ro}"
}

refuses_every_change() {
	expect_read_only touch "$mnt/new"
	expect_read_only touch "$mnt/asset/text"
	expect_read_only mkdir "$mnt/new"
	expect_read_only mkdir "$mnt/asset/new"
	expect_read_only rm -f "$mnt/asset/text"
	expect_read_only rm -f "$mnt/asset/checkpoint"
	expect_read_only rmdir "$mnt/asset/map"
	expect_read_only mv "$mnt/asset/text" "$mnt/asset/other"
	expect_read_only mv "$mnt/asset" "$mnt/other"
	expect_read_only chmod u+w "$mnt/asset/text"
	expect_read_only chown 1:1 "$mnt/asset/text"
	expect_read_only ln "$mnt/asset/text" "$mnt/asset/hard"
	expect_read_only ln -s text "$mnt/asset/soft"
	expect_read_only mkfifo "$mnt/asset/pipe"
	expect_read_only mknod "$mnt/asset/node" c 1 3
	expect_read_only truncate -s 0 "$mnt/asset/text"
	expect_read_only setfattr -n user.mine -v 1 "$mnt/asset/text"
	expect_read_only setfattr -x user.mine "$mnt/asset/text"
	expect_read_only cp /dev/null "$mnt/asset/text"
	expect_read_only dd if=/dev/zero of="$mnt/asset/text" conv=notrunc count=1
	# shellcheck disable=SC2016 # for the inner shell
	expect_read_only bash -c 'echo changed >"$1"' - "$mnt/asset/text"
	# shellcheck disable=SC2016
	expect_read_only bash -c 'echo more >>"$1"' - "$mnt/asset/text"
	# shellcheck disable=SC2016
	expect_read_only bash -c 'echo new >"$1"' - "$mnt/asset/new"
	expect_output hello cat "$mnt/asset/text"
}

test_changes_are_refused() {
	mount_asset
	refuses_every_change
}

test_changes_are_refused_when_mounted_writable() {
	mount_asset rw
	refuses_every_change
}

test_files_are_no_programs() {
	mount_asset
	attempt "$mnt/asset/text"
	expect_equal 126 "$status"
}

run_test "$@"
