#!/usr/bin/env bash
# Mounts of users who are not root, and who may see a mount as whose files.
set -eEu
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"

# as_user COMMAND...: as one who is nobody, in no other group.
as_user() {
	env --chdir=/ HOME="$work/nobody" XDG_CONFIG_HOME="" XDG_CACHE_HOME="" \
		setpriv --reuid=65534 --regid=65534 --clear-groups "$@"
}

# A mount point that is the user's, and a copy of the program where the user may run it.
set_up_user() {
	write_card asset.yaml <<<'{name: asset, field: 1}'
	mkdir nobody nobody/mnt
	chown -R 65534:65534 nobody
	rm "$work/bin/cardfs"
	install -m 755 "$CARDFS" "$work/bin/cardfs"
	mnt=$work/nobody/mnt
	printf '# nothing\n' >fuse.conf
	mount --bind fuse.conf /etc/fuse.conf
}

test_a_user_mounts_and_unmounts() {
	set_up_user
	open_fuse_device 666
	expect_status 0 as_user cardfs "$mnt" -o "nodefaults,store=$store"
	expect_output 1 as_user cat "$mnt/asset/field"
	expect_output "65534 65534" as_user stat -c '%u %g' "$mnt/asset/field"
	expect_status 0 as_user cardfs umount "$mnt"
	is_unmounted "$mnt"
	eventually has_no_servers
}

test_a_user_mounts_what_fstab_lets_them() {
	set_up_user
	open_fuse_device 666
	install_helpers "$work/bin/cardfs"
	printf 'cards %s cardfs noauto,user,nodefaults,store=%s 0 0\n' "$mnt" "$store" >fstab
	mount --bind fstab /etc/fstab
	expect_status 0 as_user mount "$mnt"
	expect_output 1 as_user cat "$mnt/asset/field"
	expect_output "65534 65534" as_user stat -c '%u %g' "$mnt/asset/field"
	expect_status 0 as_user umount "$mnt"
	eventually has_no_servers
}

test_a_user_ends_it_with_a_signal() {
	set_up_user
	open_fuse_device 666
	as_user cardfs "$mnt" -o "nodefaults,store=$store"
	# shellcheck disable=SC2046 # one word a process
	as_user kill $(servers)
	eventually is_unmounted "$mnt"
	eventually has_no_servers
}

test_a_user_clears_what_a_killed_server_left() {
	set_up_user
	open_fuse_device 666
	as_user cardfs "$mnt" -o "nodefaults,store=$store"
	kill_everything
	attempt as_user cardfs "$mnt" -o "nodefaults,store=$store"
	expect_refusal "$mnt" "cardfs umount $mnt"
	expect_status 0 as_user cardfs umount "$mnt"
	is_unmounted "$mnt"
}

test_a_user_may_not_open_the_device() {
	set_up_user
	open_fuse_device 600
	attempt as_user cardfs "$mnt" -o "nodefaults,store=$store"
	expect_refusal "/dev/fuse"
	is_unmounted "$mnt"
}

test_a_user_may_not_mount_over_what_is_not_the_users() {
	set_up_user
	open_fuse_device 666
	mkdir -m 755 "$work/roots"
	attempt as_user cardfs "$work/roots" -o "nodefaults,store=$store"
	expect_refusal "$work/roots"
	is_unmounted "$work/roots"
}

test_a_user_without_fusermount_is_told_what_to_install() {
	set_up_user
	open_fuse_device 666
	mkdir layers
	mount -t tmpfs none layers
	mkdir layers/upper layers/work
	mount -t overlay -o "lowerdir=/usr/bin,upperdir=layers/upper,workdir=layers/work" none /usr/bin
	rm /usr/bin/fusermount3
	attempt as_user cardfs "$mnt" -o "nodefaults,store=$store"
	expect_refusal "fusermount3" "fuse3"
}

test_others_see_nothing_without_allow_other() {
	set_up_user
	open_fuse_device 666
	as_user cardfs "$mnt" -o "nodefaults,store=$store"
	expect_status 2 setpriv --reuid=1234 --regid=1234 --clear-groups ls "$mnt"
	expect_contains "$errors" "Permission denied"
}

test_allow_other_needs_the_permission_of_root() {
	set_up_user
	open_fuse_device 666
	attempt as_user cardfs "$mnt" -o "nodefaults,store=$store,allow_other"
	expect_refusal "user_allow_other" "/etc/fuse.conf"
	echo user_allow_other >fuse.conf
	expect_status 0 as_user cardfs "$mnt" -o "nodefaults,store=$store,allow_other"
	expect_output 1 setpriv --reuid=1234 --regid=1234 --clear-groups cat "$mnt/asset/field"
}

test_root_lets_others_see() {
	set_up_user
	mount_store_with allow_other
	expect_output 1 as_user cat "$mnt/asset/field"
}

test_owners_can_be_chosen() {
	set_up_user
	mount_store_with uid=1234,gid=5678,allow_other,default_permissions
	expect_output "1234 5678" stat -c '%u %g' "$mnt"
	expect_output "1234 5678" stat -c '%u %g' "$mnt/asset/card.yaml"
	expect_output 1 as_user cat "$mnt/asset/field"
}

test_stores_are_read_with_the_rights_of_the_user() {
	set_up_user
	open_fuse_device 666
	write_card secret.yaml <<<'name: secret'
	chmod 600 "$store/secret.yaml"
	as_user cardfs "$mnt" -o "nodefaults,store=$store"
	expect_output asset as_user ls "$mnt"
	expect_contains "$(as_user cat "$mnt/.cardfs/problems")" "$store/secret.yaml: error: " "Permission denied"
}

test_the_users_own_store_is_found() {
	set_up_user
	open_fuse_device 666
	mkdir -p nobody/.config/fairseq2/assets
	echo 'name: mine' >nobody/.config/fairseq2/assets/mine.yaml
	as_user cardfs "$mnt" -o nobuiltin,nosystem
	expect_output mine as_user ls "$mnt"
}

run_test "$@"
