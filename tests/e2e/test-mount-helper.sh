#!/usr/bin/env bash
# mount(8) and cardfs: by both types, from a mount table, and as mount(8) calls its helpers.
set -eEu
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"

write_asset() {
	write_card asset.yaml <<'CARDS'
name: asset
field: 1
---
name: asset@lab
field: lab
CARDS
}

expect_mount_by_type() {
	write_asset
	install_helpers "$CARDFS"
	expect_output "" mount -t "$1" cards "$mnt" -o "nodefaults,store=$store,env=lab"
	expect_equal "" "$errors"
	expect_output lab cat "$mnt/asset/field"
	expect_output "cards fuse.cardfs" findmnt -n -r -o SOURCE,FSTYPE "$mnt"
	expect_output cardfs cat "/proc/$(servers)/comm"
	expect_status 0 umount "$mnt"
	eventually has_no_servers
}

test_mount_by_the_type_cardfs() {
	expect_mount_by_type cardfs
}

test_mount_by_the_type_fuse_cardfs() {
	expect_mount_by_type fuse.cardfs
}

test_lines_of_fstab_of_both_types() {
	local type
	write_asset
	install_helpers "$CARDFS"
	for type in cardfs fuse.cardfs; do
		printf '%s %s %s noauto,nofail,_netdev,x-systemd.automount,nodefaults,store=%s,env=lab 0 0\n' \
			cards "$mnt" $type "$store" >fstab
		expect_status 0 mount --fstab fstab "$mnt"
		expect_output lab cat "$mnt/asset/field"
		expect_status 0 umount "$mnt"
	done
}

test_a_mount_of_fstab_is_read_only_to_the_mount_table_too() {
	write_asset
	install_helpers "$CARDFS"
	printf 'cardfs %s cardfs noauto,nodefaults,store=%s 0 0\n' "$mnt" "$store" >fstab
	expect_status 0 mount --fstab fstab "$mnt"
	expect_contains ",$(findmnt -n -r -o OPTIONS "$mnt")," ",ro,"
	expect_status 1 test -w "$mnt"
}

test_all_of_fstab_but_what_is_noauto() {
	write_asset
	install_helpers "$CARDFS"
	mkdir other
	printf 'cardfs %s cardfs nodefaults,store=%s 0 0\n' "$mnt" "$store" >fstab
	printf 'cardfs %s cardfs noauto,nodefaults,store=%s 0 0\n' "$work/other" "$store" >>fstab
	expect_status 0 mount --fstab fstab --all --types cardfs
	is_mounted "$mnt"
	is_unmounted "$work/other"
	expect_status 0 mount --fstab fstab --all --types cardfs
	expect_equal 1 "$(grep -cF " $mnt fuse.cardfs " /proc/self/mounts)"
}

test_a_fake_mount_checks_and_mounts_nothing() {
	write_asset
	install_helpers "$CARDFS"
	expect_status 0 mount -f -t cardfs cards "$mnt" -o "nodefaults,store=$store"
	is_unmounted "$mnt"
	expect_status 32 mount -f -t cardfs cards "$work/nowhere" -o "nodefaults,store=$store"
	expect_contains "$errors" "cardfs: mount point $work/nowhere does not exist"
	expect_status 1 mount -f -t cardfs cards "$mnt" -o stor=x
	expect_contains "$errors" "did you mean store?"
}

test_a_sloppy_mount_leaves_unknown_options_out() {
	write_asset
	install_helpers "$CARDFS"
	expect_status 1 mount -t cardfs cards "$mnt" -o "nodefaults,store=$store,zap=1"
	expect_contains "$errors" "there is no mount option zap"
	expect_status 0 mount -s -t cardfs cards "$mnt" -o "nodefaults,store=$store,zap=1"
	expect_output 1 cat "$mnt/asset/field"
}

test_other_letters_of_helpers_are_understood() {
	write_asset
	install_helpers "$CARDFS"
	expect_status 0 mount -n -v -t cardfs cards "$mnt" -o "nodefaults,store=$store"
	umount "$mnt"
	expect_status 0 /sbin/mount.fuse.cardfs cards "$mnt" -snv -o nodefaults -t fuse.cardfs -o "store=$store"
	expect_output 1 cat "$mnt/asset/field"
}

test_statuses_are_those_of_mount_8() {
	write_asset
	write_card broken.yaml <<<'{name: broken, base: nobody}'
	install_helpers "$CARDFS"
	expect_status 1 /sbin/mount.cardfs
	expect_contains "$errors" "takes a source and a directory"
	expect_status 1 /sbin/mount.cardfs cards "$mnt" -x
	expect_contains "$errors" "not -x"
	expect_status 1 /sbin/mount.cardfs cards "$mnt" -o
	expect_contains "$errors" "-o of mount.cardfs needs a value"
	expect_status 32 mount -t cardfs cards "$work/nowhere"
	expect_contains "$errors" "mkdir -p $work/nowhere"
	expect_status 32 mount -t cardfs cards "$mnt" -o "nodefaults,store=$store,strict"
	expect_contains "$errors" "$store/broken.yaml:1:"
	is_unmounted "$mnt"
}

# A user with a home, a card and a mount point there, who may mount; seen by this test alone.
set_up_user() {
	open_fuse_device 666
	mkdir -p somebody/.config/fairseq2/assets somebody/mnt
	echo '{name: theirs, field: 1}' >somebody/.config/fairseq2/assets/theirs.yaml
	chown -R 1234:1234 somebody
	{ cat /etc/passwd && echo "somebody:x:1234:1234::$work/somebody:/bin/sh"; } >passwd
	mount --bind passwd /etc/passwd
	# Programs of the test are where this user may run them.
	install_helpers "$CARDFS"
	mnt=$work/somebody/mnt
}

as_somebody() {
	setpriv --reuid=1234 --regid=1234 --clear-groups "$@"
}

identity_of() {
	sed -n 's/^Uid:\t//p' "/proc/$1/status" | tr '\t' ' '
}

test_setuid_mounts_as_that_user() {
	local type
	set_up_user
	for type in cardfs fuse.cardfs; do
		echo "cardfs $mnt $type noauto,setuid=somebody,nobuiltin,nosystem 0 0" >fstab
		expect_output "" mount --fstab fstab "$mnt"
		expect_equal "" "$errors"
		expect_contains "$(findmnt -n -o OPTIONS "$mnt")" user_id=1234,group_id=1234
		expect_output theirs as_somebody ls "$mnt"
		expect_output "1234 1234" as_somebody stat -c '%u %g' "$mnt/theirs/field"
		expect_equal "1234 1234 1234 1234" "$(identity_of "$(servers)")"
		expect_status 2 ls "$mnt"
		expect_output "" as_somebody "$CARDFS" reload "$mnt"
		expect_output 1 as_somebody cat "$mnt/theirs/field"
		expect_output "" as_somebody "$CARDFS" umount "$mnt"
		eventually has_no_servers
	done
}

test_setuid_is_for_root_and_for_who_it_names() {
	set_up_user
	expect_status 1 mount -t cardfs cards "$mnt" -o setuid=no-such-user
	expect_contains "$errors" "there is no user no-such-user to mount as"
	expect_status 1 mount -t cardfs cards "$mnt" -o setuid
	expect_contains "$errors" "the mount option setuid needs a value"
	expect_status 1 as_somebody /sbin/mount.cardfs cards "$mnt" -o setuid=root
	expect_contains "$errors" "only root can mount as another user (setuid=root)"
	is_unmounted "$mnt"
	expect_status 0 as_somebody env HOME="$work/somebody" XDG_CONFIG_HOME="" \
		/sbin/mount.cardfs cards "$mnt" -o nobuiltin,nosystem,setuid=1234
	expect_output theirs as_somebody ls "$mnt"
	expect_status 0 as_somebody "$CARDFS" umount "$mnt"
	attempt "$CARDFS" "$mnt" -o setuid=somebody
	expect_refusal "there is no mount option setuid"
}

test_privileges_are_dropped_anyway() {
	write_asset
	install_helpers "$CARDFS"
	expect_status 0 mount -t fuse.cardfs cards "$mnt" -o "nodefaults,drop_privileges,store=$store"
	expect_output 1 cat "$mnt/asset/field"
	expect_equal 0000000000000000 "$(sed -n 's/^CapEff:\t//p' "/proc/$(workers)/status")"
}

expect_served_by_daemon() {
	local type option
	write_asset
	install_helpers "$CARDFS"
	for type in cardfs fuse.cardfs; do
		for option in daemon daemon:daemon 1:1; do
			echo "cards $mnt $type noauto,nodefaults,store=$store,$1=$option 0 0" >fstab
			expect_status 0 mount --fstab fstab "$mnt"
			expect_equal "1 1 1 1" "$(identity_of "$(workers)")"
			expect_output 1 cat "$mnt/asset/field"
			expect_status 0 umount "$mnt"
			eventually has_no_servers
		done
	done
}

# mount(8) takes it for who may unmount as well, and leaves it to its helper all the same.
test_user_says_who_serves() {
	expect_served_by_daemon user
}

test_served_by_says_so_to_cardfs_alone() {
	expect_served_by_daemon served_by
}

test_a_source_that_is_a_path_is_a_store() {
	write_asset
	install_helpers "$CARDFS"
	expect_status 0 mount -t cardfs "$store" "$mnt" -o nodefaults
	expect_output 1 cat "$mnt/asset/field"
}

run_test "$@"
