#!/usr/bin/env bash
# File systems that fail below a mount: what was good stays, it is said what is wrong, and all is well
# again when they are.
set -eEu
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"

# shellcheck source-path=SCRIPTDIR source=faulty.sh
. "$(dirname "$0")/faulty.sh"

keeps_its_last_good_cards() {
	local failure=$1 words=$2
	two_cards_on_a_faulty_store
	becomes_faulty remote "$failure"
	load
	eventually has_problem "$work/remote"
	expect_contains "$(problems)" "$words" "what it last held is served"
	expect_output $'one\ntwo' ls "$mnt"
	expect_output old cat "$mnt/two/field"
	echo '{name: one, field: new}' >remote.d/one.yaml
	becomes_sound remote
	eventually has_no_problems
	expect_output new cat "$mnt/two/field"
}

# What a file system that fails is asked, by how often it looks up what is to become of that.
has_been_asked() {
	[ "$(grep -c OPEN "$work/asked")" -ge "$1" ]
}

test_the_generation_stays_while_a_store_goes_on_failing() {
	local generation
	two_cards_on_a_faulty_store
	becomes_faulty remote EIO
	load
	eventually has_problem "Input/output error"
	inotifywait -qm -e open remote.control >asked 2>/dev/null &
	eventually has_been_asked 1
	generation=$(cat "$mnt/.cardfs/generation")
	# More often than to look once takes.
	eventually has_been_asked 25
	expect_output "$generation" cat "$mnt/.cardfs/generation"
	kill $!
	becomes_sound remote
	eventually has_no_problems
	[ "$(cat "$mnt/.cardfs/generation")" -gt "$generation" ]
}

test_errors_of_a_disk_leave_the_last_good_cards() {
	keeps_its_last_good_cards EIO "Input/output error"
}

test_stale_handles_leave_the_last_good_cards() {
	keeps_its_last_good_cards ESTALE "Stale file handle"
}

test_refusals_leave_the_last_good_cards() {
	keeps_its_last_good_cards EACCES "Permission denied"
}

test_a_lost_connection_leaves_the_last_good_cards() {
	keeps_its_last_good_cards ENOTCONN "not connected"
}

test_one_directory_that_fails_leaves_the_others_fresh() {
	two_cards_on_a_faulty_store
	becomes_faulty remote "EIO /below"
	echo '{name: one, field: new}' >remote.d/one.yaml
	echo '{name: two, base: nobody}' >remote.d/below/two.yaml
	eventually reads "$mnt/one/field" new
	expect_output new cat "$mnt/two/field"
	expect_contains "$(problems)" "$work/remote/below: error: " "Input/output error; what it last held is served"
	becomes_sound remote
	eventually test -e "$mnt/two/card.error"
	expect_output new cat "$mnt/one/field"
}

test_one_file_that_fails_leaves_its_last_good_cards() {
	two_cards_on_a_faulty_store
	becomes_faulty remote "EIO /one.yaml"
	echo '{name: one, field: newer}' >remote.d/one.yaml
	load
	eventually has_problem "$work/remote/one.yaml: error: "
	expect_output old cat "$mnt/one/field"
	becomes_sound remote
	eventually has_no_problems
	expect_output newer cat "$mnt/one/field"
}

test_a_store_that_fails_from_the_start_is_shown_when_it_is_well() {
	mkdir remote.d
	echo '{name: one}' >remote.d/one.yaml
	write_card other.yaml <<<'{name: other}'
	becomes_faulty remote EIO
	faulty remote
	cardfs "$mnt" -o "nodefaults,store=$store,store=$work/remote,poll=1"
	expect_output other ls "$mnt"
	expect_contains "$(problems)" "$work/remote: error: cannot open the store: Input/output error"
	expect_lacks "$(problems)" "is served"
	becomes_sound remote
	eventually test -e "$mnt/one"
	expect_output "" problems
}

test_a_file_system_that_goes_and_comes_back() {
	two_cards_on_a_faulty_store
	umount --lazy remote
	eventually has_problem "$work/remote: error: the file system that its cards were read from is not mounted"
	expect_output $'one\ntwo' ls "$mnt"
	echo '{name: one, field: new}' >remote.d/one.yaml
	faulty remote
	eventually has_no_problems
	expect_output new cat "$mnt/two/field"
}

test_a_file_system_whose_server_dies() {
	two_cards_on_a_faulty_store
	local process
	for process in /proc/[0-9]*; do
		if grep -qsx faulty "$process/comm"; then
			kill -KILL "${process#/proc/}"
		fi
	done
	eventually has_problem "$work/remote: error: cannot open the store: Transport endpoint is not connected"
	expect_output old cat "$mnt/two/field"
	umount --lazy remote
	faulty remote
	eventually has_no_problems
	expect_output old cat "$mnt/two/field"
}

# The directory that is bound is of the file system that it is bound over.
test_a_bound_directory_that_goes_and_comes_back() {
	mkdir kept
	echo '{name: one, field: old}' >kept/one.yaml
	mount --bind kept "$store"
	mount_store
	umount "$store"
	eventually has_problem "$store: error: the file system that its cards were read from is not mounted"
	expect_output old cat "$mnt/one/field"
	echo '{name: one, field: new}' >kept/one.yaml
	mount --bind kept "$store"
	eventually has_no_problems
	expect_output new cat "$mnt/one/field"
}

test_a_store_that_is_emptied_is_empty() {
	mkdir kept
	echo '{name: one}' >kept/one.yaml
	mount --bind kept "$store"
	mount_store
	expect_output one ls "$mnt"
	rm kept/one.yaml
	eventually reads_nothing
	expect_output "" problems
}

reads_nothing() {
	[ -z "$(ls "$mnt")" ]
}

test_without_descriptors_the_last_good_cards_are_served() {
	write_card one.yaml <<<'{name: one, field: old}'
	write_card two.yaml <<<'{name: two, base: one}'
	# Who is root in a container only may set limits for root alone.
	mount_store_with poll=1,user=root
	expect_output old cat "$mnt/two/field"
	# No less than poll(2) wants.
	prlimit --pid "$(workers)" --nofile=5:
	write_card one.yaml <<<'{name: one, field: new}'
	eventually has_problem "Too many open files; what it last held is served"
	expect_output $'one\ntwo' ls "$mnt"
	expect_output old cat "$mnt/two/field"
	prlimit --pid "$(workers)" --nofile=1024:
	eventually has_no_problems
	expect_output new cat "$mnt/two/field"
	write_card one.yaml <<<'{name: one, field: newer}'
	eventually reads "$mnt/two/field" newer
}

# A file system of half a megabyte with nothing left.
a_full_disk() {
	mkdir -p "$1"
	mount -t tmpfs -o size=512k full "$1"
}

fill_up() {
	! head -c 1M /dev/zero >"$1/filling" 2>/dev/null
}

override() {
	cardfs set --store "$1" asset "field=$2"
}

test_set_on_a_full_disk_says_so_and_changes_nothing() {
	a_full_disk full
	echo '{name: asset, field: new}' >full/asset.yaml
	override full old
	cp full/asset@user.yaml before
	fill_up full
	expect_status 2 override full new
	expect_contains "$errors" "full/asset@user.yaml; nothing is changed: No space left on device"
	cmp before full/asset@user.yaml
	expect_output $'asset.yaml\nasset@user.yaml\nfilling' ls -A full
	rm full/filling
	override full new
	expect_contains "$(cat full/asset@user.yaml)" "field: new"
}

test_set_says_when_a_write_fails() {
	local failure
	mkdir remote.d
	echo '{name: asset, field: none}' >remote.d/asset.yaml
	faulty remote
	override remote old
	cp remote.d/asset@user.yaml before
	for failure in EIO ENOSPC; do
		becomes_faulty remote "$failure /.cardfs.new"
		expect_status 2 override remote new
		expect_contains "$errors" "remote/asset@user.yaml; nothing is changed: "
		becomes_sound remote
		cmp before remote.d/asset@user.yaml
		expect_output $'asset.yaml\nasset@user.yaml' ls -A remote.d
	done
}

# What is kept between starts only saves time.
test_a_mount_does_without_what_it_can_not_keep() {
	a_full_disk home/.cache
	fill_up home/.cache
	local i
	for i in $(seq 2000); do
		printf -- '---\nname: asset_%d\nfield: %0700d\n' "$i" "$i"
	done | write_card many.yaml
	mount_store
	expect_output 2000 sh -c "ls $mnt | wc -l"
	expect_output "" problems
	expect_output "" find home/.cache -type f ! -name filling
	umount "$mnt"
	eventually has_no_servers
	rm home/.cache/filling
	umount home/.cache
	mount -t tmpfs -o size=10M roomy home/.cache
	mount_store
	expect_status 0 grep -q . -r home/.cache
	expect_output 2000 sh -c "ls $mnt | wc -l"
}

run_test "$@"
