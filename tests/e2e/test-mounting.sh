#!/usr/bin/env bash
# The ways in which a mount begins and ends.
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

test_in_the_background_it_returns_when_the_mount_answers() {
	write_asset
	expect_output "" mount_store
	expect_equal "" "$errors"
	expect_output 1 cat "$mnt/asset/field"
	expect_status 0 cardfs umount "$mnt"
	is_unmounted "$mnt"
	eventually has_no_servers
}

test_the_command_can_be_spelled_out() {
	write_asset
	expect_status 0 cardfs mount "$mnt" --no-default-stores --store "$store" --env lab
	expect_output lab cat "$mnt/asset/field"
}

test_in_the_foreground_it_serves_until_it_is_unmounted() {
	write_asset
	cardfs "$mnt" -f -o "nodefaults,store=$store" &
	eventually is_mounted "$mnt"
	expect_output 1 cat "$mnt/asset/field"
	cardfs umount "$mnt"
	wait $!
}

test_debugging_shows_requests() {
	write_asset
	cardfs "$mnt" -d -o "nodefaults,store=$store" 2>"$work/requests" &
	eventually is_mounted "$mnt"
	expect_output 1 cat "$mnt/asset/field"
	cardfs umount "$mnt"
	wait $!
	expect_contains "$(cat "$work/requests")" LOOKUP
}

test_the_form_of_mount_tables() {
	write_asset
	expect_status 0 cardfs cards "$mnt" -o "rw,nosuid,nodev,nodefaults,store=$store,env=lab"
	expect_output lab cat "$mnt/asset/field"
	expect_output "cards fuse.cardfs" findmnt -n -r -o SOURCE,FSTYPE "$mnt"
	expect_contains "$(findmnt -n -o OPTIONS "$mnt")" nosuid nodev
}

test_without_a_source_it_is_called_cardfs() {
	mount_store
	expect_output "cardfs fuse.cardfs" findmnt -n -r -o SOURCE,FSTYPE "$mnt"
	expect_contains "$(findmnt -n -o OPTIONS "$mnt")" "ro,nosuid,nodev"
}

test_a_source_that_is_a_path_is_a_store() {
	write_asset
	expect_status 0 cardfs "$store" "$mnt" -o nodefaults
	expect_output 1 cat "$mnt/asset/field"
}

test_stores_and_mount_points_can_be_relative() {
	write_asset
	mkdir there
	cd there
	expect_status 0 cardfs ../mnt -o nodefaults,store=../store
	cd /
	expect_output 1 cat "$mnt/asset/field"
	cd "$work/there"
	expect_status 0 cardfs umount ../mnt
	is_unmounted "$mnt"
}

test_commas_in_options_are_escaped() {
	mkdir 'a,b'
	echo 'name: comma' >'a,b/card.yaml'
	expect_status 0 cardfs "$mnt" -o "nodefaults,store=$work/a\\,b"
	expect_output comma ls "$mnt"
}

test_odd_mount_points_work() {
	write_asset
	local name
	for name in 'with space' $'new\nline' 'é' 'a,b' "it's" 'back\slash'; do
		mkdir "$name"
		expect_status 0 cardfs "$name" -o "nodefaults,store=$store"
		expect_output 1 cat "$name/asset/field"
		expect_status 0 cardfs umount "$name"
		expect_output "" ls -A "$name"
	done
}

# mount(8) looks for the program in directories of the system.
install_in_system() {
	mount -t tmpfs none /usr/local/bin
	cp "$(realpath "$CARDFS")" /usr/local/bin/cardfs
	PATH=/usr/sbin:/usr/bin:/sbin:/bin
}

test_mount_8_mounts_it() {
	write_asset
	install_in_system
	expect_status 0 mount -t fuse.cardfs cards "$mnt" -o "nodefaults,store=$store,env=lab"
	expect_output lab cat "$mnt/asset/field"
	expect_status 0 umount "$mnt"
	eventually has_no_servers
}

test_a_line_of_fstab_mounts_it() {
	write_asset
	install_in_system
	printf '%s %s fuse.cardfs noauto,nofail,_netdev,x-systemd.automount,nodefaults,store=%s,env=lab 0 0\n' \
		cards "$mnt" "$store" >fstab
	expect_status 0 mount --fstab fstab "$mnt"
	expect_output lab cat "$mnt/asset/field"
	expect_status 0 umount "$mnt"
}

# ends_by COMMAND...: mounts, and expects the command to end it.
ends_by() {
	write_asset
	mount_store
	expect_output 1 cat "$mnt/asset/field"
	expect_status 0 "$@"
	eventually is_unmounted "$mnt"
	eventually has_no_servers
	expect_output "" ls -A "$mnt"
}

signal_servers() {
	# shellcheck disable=SC2046 # one word a process
	kill "$1" $(servers)
}

test_umount_ends_it() {
	ends_by cardfs umount "$mnt"
}

test_fusermount_ends_it() {
	ends_by fusermount3 -u "$mnt"
}

test_umount_8_ends_it() {
	ends_by umount "$mnt"
}

test_sigterm_ends_it() {
	ends_by signal_servers -TERM
}

test_sigint_ends_it() {
	ends_by signal_servers -INT
}

test_a_signal_ends_the_foreground_cleanly() {
	write_asset
	cardfs "$mnt" -f -o "nodefaults,store=$store" &
	eventually is_mounted "$mnt"
	kill -TERM $!
	wait $!
	is_unmounted "$mnt"
}

test_a_busy_mount_is_not_ended_and_says_so() {
	write_asset
	mount_store
	cd "$mnt/asset"
	attempt cardfs umount "$mnt"
	expect_refusal "$mnt is in use"
	cd "$work"
	expect_status 0 cardfs umount "$mnt"
}

kill_server() {
	write_asset
	mount_store
	kill_everything
	expect_status 1 cat "$mnt/asset/field"
	expect_contains "$errors" "Transport endpoint is not connected"
}

test_umount_clears_what_a_killed_server_left() {
	kill_server
	expect_status 0 cardfs umount "$mnt"
	is_unmounted "$mnt"
	mount_store
	expect_output 1 cat "$mnt/asset/field"
}

test_mounting_over_what_a_killed_server_left_is_explained() {
	kill_server
	attempt mount_store
	expect_refusal "$mnt" "cardfs umount $mnt"
}

test_a_mount_survives_the_terminal_that_it_was_made_in() {
	write_asset
	setsid bash -c "cardfs '$mnt' -o 'nodefaults,store=$store'; kill -HUP 0" || true
	expect_output 1 cat "$mnt/asset/field"
	expect_output / readlink "/proc/$(servers)/cwd"
}

test_a_mount_holds_no_pipe_of_its_caller() {
	write_asset
	# Command substitution ends only when nobody holds its pipe any more.
	expect_output mounted timeout 10 bash -c "cardfs '$mnt' -o 'nodefaults,store=$store'; echo mounted"
}

test_many_mounts_at_once() {
	write_asset
	local i
	for i in 1 2 3 4 5 6; do
		mkdir "m$i"
		cardfs "m$i" -o "nodefaults,store=$store" &
	done
	wait
	for i in 1 2 3 4 5 6; do
		expect_output 1 cat "m$i/asset/field"
		cardfs umount "m$i"
	done
	eventually has_no_servers
}

run_test "$@"
