#!/usr/bin/env bash
# Mounts that cannot be: a sentence says why and what to do, the status is 2, nothing is mounted.
set -eEu
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"

# refuses PART... -- COMMAND...
refuses() {
	local parts=()
	while [ "$1" != -- ]; do
		parts+=("$1")
		shift
	done
	shift
	attempt "$@"
	expect_refusal "${parts[@]}"
	eventually has_no_servers
}

test_a_mount_point_that_is_missing() {
	refuses "$work/nowhere" "mkdir" -- cardfs "$work/nowhere"
}

test_a_mount_point_that_is_a_file() {
	touch file
	refuses "$work/file" "directory" -- cardfs "$work/file"
}

test_a_mount_point_that_is_not_empty() {
	touch "$mnt/mine"
	refuses "$mnt" "empty" "nonempty" -- cardfs "$mnt"
	expect_status 0 cardfs "$mnt" -o "nodefaults,nonempty"
	is_mounted "$mnt"
}

test_a_mount_point_that_is_mounted_already() {
	mount_store
	attempt mount_store
	expect_refusal "$mnt" "already" "cardfs umount $mnt"
	is_mounted "$mnt"
}

test_options_that_do_not_exist() {
	refuses "there is no mount option enviroment" -- cardfs "$mnt" -o enviroment=lab
	refuses "there is no mount option nodefault" "did you mean nodefaults?" -- cardfs "$mnt" -o nodefault
	refuses "there is no mount option stor" "did you mean store?" -- cardfs "$mnt" -o stor=/x
	refuses "there is no option --stroe" "did you mean --store?" -- cardfs "$mnt" --stroe /x
	refuses "there is no option -x" -- cardfs "$mnt" -x
}

test_options_with_wrong_values() {
	refuses "env" "needs a value" -- cardfs "$mnt" -o env
	refuses "strict" "takes no value" -- cardfs "$mnt" -o strict=1
	refuses "uid is a number" -- cardfs "$mnt" -o uid=me
	refuses "gid is a number" -- cardfs "$mnt" -o gid=-1
	refuses "conflicts" "shadow" -- cardfs "$mnt" -o conflicts=maybe
	refuses "-o" "needs a value" -- cardfs "$mnt" -o
	refuses "--store" "needs a value" -- cardfs "$mnt" --store
}

test_too_many_arguments() {
	refuses "mount point" -- cardfs a b c
	refuses "mount point" -- cardfs mount
}

test_stores_that_cannot_be() {
	refuses "package" "fairseq3.cards" -- cardfs "$mnt" --store package:fairseq3.cards
	refuses "a/b" -- cardfs "$mnt" --store package:a/b
}

test_strict_mounts_refuse_problems_and_name_each() {
	write_card a.yaml <<<'{name: broken, base: nobody}'
	write_card b.yaml <<<'['
	expect_status 1 mount_store_with strict
	expect_equal "" "$output"
	expect_contains "$errors" "$store/a.yaml:1" "$store/b.yaml:"
	is_unmounted "$mnt"
	write_card a.yaml <<<'{name: mended}'
	rm "$store/b.yaml"
	expect_status 0 mount_store_with strict
	expect_output mended ls "$mnt"
}

test_no_fuse_device() {
	mkdir devices
	mount -t tmpfs none devices
	mknod -m 666 devices/null c 1 3
	mount --bind devices /dev
	refuses "/dev/fuse" "modprobe fuse" -- cardfs "$mnt"
}

test_unmounting_what_is_no_mount() {
	refuses "nothing is mounted on $mnt" -- cardfs umount "$mnt"
	refuses "$work/nowhere" -- cardfs umount "$work/nowhere"
	refuses "umount takes one mount point" -- cardfs umount
}

test_unmounting_what_is_no_cardfs() {
	mount -t tmpfs none "$mnt"
	refuses "$mnt is no cardfs" "umount $mnt" -- cardfs umount "$mnt"
	expect_output tmpfs findmnt -n -o FSTYPE "$mnt"
}

run_test "$@"
