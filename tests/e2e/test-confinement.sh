#!/usr/bin/env bash
# Who serves a mount, and what that process may do and open (docs/security.md).
set -eEu
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"

# What the server may open is restricted by permissions alone where the kernel has no Landlock, and
# in builds with sanitizers, whose own files would be out of reach.
has_landlock() {
	! is_sanitized && cardfs_says_landlock
}

# The server says so itself; the tests of units hold it to the kernel.
cardfs_says_landlock() {
	mkdir -p "$work/asked"
	cardfs "$work/asked" -f -v -o "nodefaults,store=$store" 2>"$work/says" &
	eventually is_mounted "$work/asked"
	cardfs umount "$work/asked"
	wait $!
	grep -q "Landlock restricts what it may open" "$work/says"
}

# The value of a line of the server's /proc/PID/status, with single spaces.
status_of_worker() {
	sed -n "s/^$1:[[:space:]]*//p" "/proc/$(workers)/status" | tr '\t' ' '
}

expect_confined() {
	local set
	for set in CapInh CapPrm CapEff CapAmb; do
		expect_equal 0000000000000000 "$(status_of_worker "$set")"
	done
	expect_equal 1 "$(status_of_worker NoNewPrivs)"
	expect_equal 2 "$(status_of_worker Seccomp)"
}

write_asset() {
	write_card asset.yaml <<<'{name: asset, field: 1}'
}

# as_user COMMAND...: as one who is nobody, in no other group.
as_user() {
	env --chdir=/ HOME="$work/nobody" XDG_CONFIG_HOME="" XDG_CACHE_HOME="" \
		setpriv --reuid=65534 --regid=65534 --clear-groups "$@"
}

# What a user needs who mounts: the device; a mount point that is the user's; and the program where the
# user may run it.
set_up_user() {
	open_fuse_device 666
	mkdir nobody nobody/mnt
	chown -R 65534:65534 nobody
	rm "$work/bin/cardfs"
	install -m 755 "$CARDFS" "$work/bin/cardfs"
	mnt=$work/nobody/mnt
}

# What a filter refuses is logged with the path of the program, which is this test's own.
test_a_start_leaves_nothing_in_the_kernels_log() {
	! is_sanitized || skip "the filter is not whole with sanitizers"
	dmesg >/dev/null 2>&1 || skip "the log of the kernel is not to be read here"
	rm "$work/bin/cardfs"
	install -m 755 "$CARDFS" "$work/bin/cardfs"
	write_asset
	mount_store
	expect_output 1 cat "$mnt/asset/field"
	expect_lacks "$(dmesg)" "exe=\"$work/bin/cardfs\""
}

test_root_is_served_by_nobody() {
	write_asset
	mount_store
	expect_equal "65534 65534 65534 65534" "$(status_of_worker Uid)"
	expect_equal "65534 65534 65534 65534" "$(status_of_worker Gid)"
	expect_equal 0000000000000000 "$(status_of_worker CapBnd)"
	expect_confined
	expect_output 1 cat "$mnt/asset/field"
	expect_output "0 0" stat -c '%u %g' "$mnt/asset/field"
}

test_root_chooses_who_serves() {
	write_asset
	mount_store_with user=daemon
	expect_equal "1 1 1 1" "$(status_of_worker Uid)"
	expect_confined
	expect_output 1 cat "$mnt/asset/field"
	expect_output "0 0" stat -c '%u %g' "$mnt/asset/field"
	cardfs umount "$mnt"
	eventually has_no_servers
	cardfs "$mnt" --user 1234 --no-default-stores --store "$store"
	expect_equal "1234 1234 1234 1234" "$(status_of_worker Uid)"
	expect_equal "1234 1234 1234 1234" "$(status_of_worker Gid)"
	expect_equal "" "$(status_of_worker Groups | tr -d ' ')"
	expect_confined
	expect_output 1 cat "$mnt/asset/field"
}

test_root_chooses_the_group_that_serves() {
	mkdir members
	echo '{name: asset, field: 1}' >members/asset.yaml
	chgrp -R adm members
	chmod 750 members
	cardfs "$mnt" -o "nodefaults,store=$work/members,user=daemon:adm"
	expect_equal "1 1 1 1" "$(status_of_worker Uid)"
	expect_equal "4 4 4 4" "$(status_of_worker Gid)"
	expect_confined
	expect_output 1 cat "$mnt/asset/field"
	cardfs umount "$mnt"
	eventually has_no_servers
	attempt cardfs "$mnt" --user daemon:no-such-group --no-default-stores
	expect_refusal "there is no group no-such-group"
	is_unmounted "$mnt"
}

test_root_itself_serves_without_capabilities() {
	write_asset
	mount_store_with user=root
	expect_equal "0 0 0 0" "$(status_of_worker Uid)"
	expect_equal 0000000000000000 "$(status_of_worker CapBnd)"
	expect_confined
	expect_output 1 cat "$mnt/asset/field"
}

test_the_configuration_file_says_who_serves() {
	write_asset
	printf 'user: daemon\nstores: [%s]\nnodefaults: true\n' "$store" >config.yaml
	CARDFS_CONFIG=$work/config.yaml cardfs "$mnt"
	expect_equal "1 1 1 1" "$(status_of_worker Uid)"
}

test_a_user_there_is_not_serves_nothing() {
	write_asset
	attempt mount_store_with user=no-such-user
	expect_refusal "there is no user no-such-user"
	is_unmounted "$mnt"
}

test_user_without_a_name_is_for_mount_tables() {
	write_asset
	mount_store_with user
	expect_equal "65534 65534 65534 65534" "$(status_of_worker Uid)"
}

test_a_users_mount_is_confined_and_ends() {
	set_up_user
	write_asset
	as_user cardfs "$mnt" -o "nodefaults,store=$store"
	expect_equal "65534 65534 65534 65534" "$(status_of_worker Uid)"
	expect_confined
	expect_output 1 as_user cat "$mnt/asset/field"
	expect_status 0 as_user cardfs umount "$mnt"
	eventually has_no_servers
	is_unmounted "$mnt"
}

test_a_user_chooses_nobody_else() {
	set_up_user
	write_asset
	attempt as_user cardfs "$mnt" -o "nodefaults,store=$store,user=root"
	expect_refusal "only root" "user=root"
	is_unmounted "$mnt"
	expect_status 0 as_user cardfs "$mnt" -o "nodefaults,store=$store,user=nobody"
	expect_output 1 as_user cat "$mnt/asset/field"
}

test_every_later_server_is_confined_as_well() {
	write_asset
	mount_store
	local first
	first=$(workers)
	kill -KILL "$first"
	# shellcheck disable=SC2317 # "eventually" calls it
	has_another() {
		[ -n "$(workers)" ] && [ "$(workers)" != "$first" ]
	}
	eventually has_another
	expect_output 1 cat "$mnt/asset/field"
	expect_equal "65534 65534 65534 65534" "$(status_of_worker Uid)"
	expect_confined
}

test_a_store_that_nobody_may_read_is_read_by_root_without_capabilities() {
	write_asset
	chmod 700 "$store"
	expect_status 0 mount_store
	expect_equal "" "$errors"
	expect_output 1 cat "$mnt/asset/field"
	expect_contains "$(cat "/proc/$(workers)/status")" $'Uid:\t0\t0\t0\t0' $'CapEff:\t0000000000000000'
}

test_a_cache_that_nobody_may_read_is_read_by_root_without_capabilities() {
	mkdir -m 700 private
	export HOME=$work/private XDG_CACHE_HOME=$work/private/.cache
	mkdir -p private/.cache/huggingface/hub
	write_asset
	expect_status 0 mount_store
	expect_contains "$(cat "/proc/$(workers)/status")" $'Uid:\t0\t0\t0\t0' $'CapEff:\t0000000000000000'
}

test_a_store_that_the_server_may_not_read_is_told() {
	write_asset
	chmod 700 "$store"
	expect_status 0 mount_store_with user=nobody
	expect_contains "$errors" "user 65534" "$store" "user=NAME"
	expect_output "" ls "$mnt"
	expect_contains "$(cat "$mnt/.cardfs/problems")" "$store: error: " "Permission denied"
	cardfs umount "$mnt"
	eventually has_no_servers
	expect_status 0 mount_store_with user=root
	expect_equal "" "$errors"
	expect_output 1 cat "$mnt/asset/field"
}

test_a_store_of_roots_that_is_not_there_is_not_missed() {
	write_asset
	mkdir -m 700 private
	export HOME=$work/private XDG_CONFIG_HOME=$work/private/.config XDG_CACHE_HOME=$work/private/.cache
	expect_status 0 cardfs "$mnt" -o "nobuiltin,nosystem,store=$store"
	expect_equal "" "$errors"
	expect_output 1 cat "$mnt/asset/field"
	expect_lacks "$(cat "$mnt/.cardfs/problems")" "error"
}

test_a_store_of_roots_that_may_not_be_read_is_told() {
	mkdir -m 700 private
	export HOME=$work/private XDG_CONFIG_HOME=$work/private/.config XDG_CACHE_HOME=$work/private/.cache
	mkdir -p private/.config/fairseq2/assets
	echo 'name: mine' >private/.config/fairseq2/assets/mine.yaml
	expect_status 0 cardfs "$mnt" -o nobuiltin,nosystem,user=nobody
	expect_contains "$errors" "$work/private/.config/fairseq2/assets" "user=NAME"
	expect_output "" ls "$mnt"
}

test_another_user_sees_what_permissions_say() {
	write_asset
	mount_store_with allow_other,default_permissions
	expect_output 1 setpriv --reuid=1234 --regid=1234 --clear-groups cat "$mnt/asset/field"
	expect_output asset setpriv --reuid=1234 --regid=1234 --clear-groups ls "$mnt"
	attempt setpriv --reuid=1234 --regid=1234 --clear-groups touch "$mnt/asset/field"
	[ "$status" -ne 0 ]
	attempt setpriv --reuid=1234 --regid=1234 --clear-groups touch "$mnt/new"
	[ "$status" -ne 0 ]
	expect_output 1 cat "$mnt/asset/field"
}

test_without_allow_other_another_user_sees_nothing() {
	write_asset
	mount_store
	attempt setpriv --reuid=1234 --regid=1234 --clear-groups ls "$mnt"
	[ "$status" -ne 0 ]
	expect_contains "$errors" "Permission denied"
	# Nor does whoever serves it: the mount is root's.
	attempt setpriv --reuid=65534 --regid=65534 --clear-groups ls "$mnt"
	[ "$status" -ne 0 ]
}

# watch_bait: from now on every opening of a file in bait/ is noted in the file "opened".
watch_bait() {
	inotifywait --monitor --quiet --event open --format %f --outfile "$work/opened" "$work/bait" &
	watcher=$!
	# It is watched once an opening of ours is noted.
	# shellcheck disable=SC2317 # "eventually" calls it
	has_noted() {
		cat "$work/bait/first" >/dev/null
		grep -qsx first "$work/opened"
	}
	eventually has_noted
}

# Nothing but what this test opened has been opened. The last opening is noted after all others.
expect_bait_untouched() {
	cat "$work/bait/last" >/dev/null
	eventually grep -qx last "$work/opened"
	kill "$watcher"
	expect_equal "$(printf 'first\nlast')" "$(sort -u "$work/opened")"
}

# Everything that can be asked of a mount, by reading all of it, extended attributes too.
read_everything() {
	find "$mnt" -type f -exec cat {} + >/dev/null
	find "$mnt" -type l -exec readlink {} + >/dev/null
	getfattr --recursive --no-dereference --dump --match=- "$mnt" >/dev/null 2>&1 || true
	ls -lAR "$mnt" "$mnt/.cardfs" "$mnt/.by" >/dev/null
}

test_what_cards_name_is_never_opened() {
	mkdir bait
	echo 'name: bait' >bait/secret.yaml
	cp bait/secret.yaml bait/first
	cp bait/secret.yaml bait/last
	mkfifo bait/pipe
	ln -s bait/secret.yaml bait-link
	write_card cards.yaml <<CARDS
name: shadow
checkpoint: /etc/shadow
tokenizer: file://$work/bait/secret.yaml
data: ../bait/secret.yaml
---
name: climbing
checkpoint: ../../../../../../../../../../../../$work/bait/secret.yaml
base: ../bait/secret
---
name: referring
tokenizer_ref: $work/bait/secret.yaml
other_ref: ../bait/secret
---
name: pipe
checkpoint: $work/bait/pipe
checkpoint_path: .
---
name: linked
checkpoint: $work/bait-link
data: hg://../../bait/secret.yaml
---
name: $work/bait/secret.yaml
checkpoint: /dev/zero
CARDS
	watch_bait
	mount_store
	read_everything
	attempt cardfs check --no-default-stores --store "$store"
	cardfs show --all --no-default-stores --store "$store" >/dev/null 2>&1 || true
	expect_bait_untouched
	expect_output "$work/bait/pipe" readlink "$mnt/pipe/checkpoint"
	expect_output /etc/shadow readlink "$mnt/shadow/checkpoint"
}

test_what_is_no_file_is_never_opened() {
	write_asset
	mkfifo "$store/pipe.yaml"
	mknod "$store/device.yaml" c 1 5
	ln -s /dev/zero "$store/zero.yaml"
	ln -s /proc/kmsg "$store/messages.yaml"
	mkdir bait
	touch bait/first bait/last
	mkfifo bait/pipe
	ln -s ../bait/pipe "$store/piped.yaml"
	watch_bait
	mount_store
	expect_output asset ls "$mnt"
	read_everything
	expect_contains "$(cat "$mnt/.cardfs/problems")" "$store/pipe.yaml: error: it is a FIFO" \
		"$store/device.yaml: error: it is a device" "$store/zero.yaml: error: it is a device" \
		"$store/piped.yaml: error: it is a FIFO"
	expect_bait_untouched
}

test_a_card_file_that_is_a_link_to_a_secret_is_not_read() {
	write_asset
	echo 'name: secret' >secret.yaml
	chmod 600 secret.yaml
	ln -s "$work/secret.yaml" "$store/secret.yaml"
	ln -s /etc/shadow "$store/shadow.yaml"
	mount_store
	expect_output asset ls "$mnt"
	expect_contains "$(cat "$mnt/.cardfs/problems")" "$store/secret.yaml: error: " "$store/shadow.yaml: error: "
}

test_a_store_that_is_exchanged_is_read_by_another_server() {
	write_asset
	mkdir new
	echo 'name: newer' >new/asset.yaml
	mount_store
	expect_output asset ls "$mnt"
	mv "$store" was
	mv new "$store"
	# shellcheck disable=SC2317 # "eventually" calls it
	shows_newer() {
		[ "$(ls "$mnt")" = newer ]
	}
	eventually shows_newer
	expect_equal "" "$(cat "$mnt/.cardfs/problems")"
	expect_confined
}

test_a_store_that_appears_later_is_read() {
	mount_store_with "store=$work/later"
	expect_contains "$(cat "$mnt/.cardfs/problems")" "$work/later: error: "
	mkdir made
	echo 'name: late' >made/late.yaml
	mv made later
	# shellcheck disable=SC2317 # "eventually" calls it
	shows_late() {
		[ "$(ls "$mnt")" = late ] && [ -z "$(cat "$mnt/.cardfs/problems")" ]
	}
	eventually shows_late
	expect_confined
}

test_a_link_that_comes_later_is_followed() {
	write_asset
	mkdir elsewhere
	echo 'name: linked' >elsewhere/linked.yaml
	mount_store
	ln -s "$work/elsewhere/linked.yaml" "$store/link.yaml"
	# shellcheck disable=SC2317 # "eventually" calls it
	shows_linked() {
		[ "$(ls "$mnt")" = $'asset\nlinked' ]
	}
	eventually shows_linked
	expect_equal "" "$(cat "$mnt/.cardfs/problems")"
}

test_a_link_of_another_user_to_a_file_of_roots_is_not_followed() {
	write_asset
	echo 'name: secret' >secret.yaml
	chmod 600 secret.yaml
	ln -s "$work/secret.yaml" "$store/link.yaml"
	chown -h 1234 "$store/link.yaml"
	mount_store_with user=root
	expect_output asset ls "$mnt"
	expect_contains "$(cat "$mnt/.cardfs/problems")" "$store/link.yaml: error: it is a link of user 1234" "not followed"
	chown -h 0 "$store/link.yaml"
	# shellcheck disable=SC2046,SC2317 # one word a process; "eventually" calls it
	shows_secret() {
		kill -HUP $(servers) && [ "$(ls "$mnt")" = $'asset\nsecret' ]
	}
	eventually shows_secret
}

test_what_was_read_is_kept_for_the_next_start() {
	local i
	for i in $(seq 4000); do
		printf -- '--- {name: asset_%s, base: other_%s, field: "0123456789012345678901234567890123456789"}\n' "$i" "$i"
	done | write_card many.yaml
	mount_store
	# shellcheck disable=SC2317 # "eventually" calls it
	has_landlock_or_is_relaxed() {
		[ -n "$(find "$XDG_CACHE_HOME/cardfs/65534" -type f 2>/dev/null)" ]
	}
	expect_output 4000 sh -c "ls $mnt | wc -l"
	expect_output "65534 700" stat -c '%u %a' "$XDG_CACHE_HOME/cardfs/65534"
	expect_output "0 700" stat -c '%u %a' "$XDG_CACHE_HOME/cardfs"
}

run_test "$@"
