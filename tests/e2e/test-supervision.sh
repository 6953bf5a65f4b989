#!/usr/bin/env bash
# Servers that die below a mount whose users must not notice, and programs that take over a mount.
set -eEu
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"

write_assets() {
	local i
	for i in $(seq 0 $(($1 - 1))); do
		echo "{name: asset_$i, field: $i, checkpoint: /x/$i, map: {a: 1}}"
		echo "---"
	done | sed '$d' | write_card many.yaml
}

# Mounts the store in the foreground, with what it says in the file "log".
mount_and_log() {
	cardfs "$mnt" -f -v -o "nodefaults,store=$store" 2>>log &
	eventually is_mounted "$mnt"
	expect_status 0 ls "$mnt"
}

has_logged() {
	grep -q -- "$1" log
}

has_other_worker() {
	local now
	now=$(workers)
	[ -n "$now" ] && [ "$now" != "$1" ]
}

shows() {
	[ "$(cat "$2")" = "$1" ]
}

# Kills the worker, and waits until there is another.
kill_worker() {
	local before
	before=$(workers)
	kill "${1--KILL}" "$before"
	eventually has_other_worker "$before"
}

# What has served for a while counts as good.
kill_worker_that_is_good() {
	sleep 1.1
	kill_worker
}

loads() {
	grep -c 'loaded what changed' log || true
}

has_loaded() {
	[ "$(loads)" -gt "$1" ]
}

# Has the kernel forget all, and the server say what it knows after that.
knows_nothing() {
	local before
	before=$(loads)
	echo 2 >/proc/sys/vm/drop_caches
	kill -HUP "$(servers)"
	eventually has_loaded "$before"
	grep 'loaded what changed' log | tail -n 1 | grep -q ' 0 inodes known'
}

start_readers() {
	"$(dirname "$0")/support/read-steadily.py" "$mnt" "$1" 4 "$work/stop" >complaints &
	readers=$!
}

stop_readers() {
	touch stop
	wait "$readers" || fail "a reader met an error:" "$(cat complaints)"
}

drop_caches() {
	while [ ! -e "$work/stop" ]; do
		echo 2 >/proc/sys/vm/drop_caches
		sleep 0.5
	done
}

test_nobody_notices_that_the_server_is_killed() {
	local i
	write_assets 20
	mount_and_log
	start_readers 20
	drop_caches &
	for i in $(seq 20); do
		kill_worker_that_is_good
	done
	stop_readers
	expect_equal 20 "$(grep -c 'the server was killed by SIGKILL; it is started again' log)"
	eventually knows_nothing
	umount "$mnt"
}

test_tools_do_not_notice_either() {
	local i tool tools=()
	write_assets 30
	mount_store
	{ while [ ! -e stop ]; do find "$mnt" -name .cardfs -prune -o -ls; done >/dev/null 2>>complaints; } &
	tools+=($!)
	{ while [ ! -e stop ]; do cat "$mnt"/*/*.yaml "$mnt"/*/map/a; done >/dev/null 2>>complaints; } &
	tools+=($!)
	{ while [ ! -e stop ]; do grep -r field "$mnt"/asset_1*; done >/dev/null 2>>complaints; } &
	tools+=($!)
	drop_caches &
	for i in 1 2 3 4 5; do
		kill_worker_that_is_good
	done
	touch stop
	for tool in "${tools[@]}"; do
		wait "$tool" || true
	done
	expect_output "" cat complaints
}

test_a_worker_that_is_told_to_end_is_replaced() {
	write_assets 2
	mount_and_log
	kill_worker -TERM
	expect_output 1 cat "$mnt/asset_1/field"
	has_logged 'the server ended with status'
	umount "$mnt"
}

crash_until_logged() {
	local worker
	worker=$(workers)
	[ -z "$worker" ] || kill -ABRT "$worker" || true
	has_logged "$1"
}

test_one_that_dies_again_and_again_is_started_ever_more_slowly() {
	write_assets 2
	mount_and_log
	eventually crash_until_logged "was killed by SIGABRT; it is started again"
	eventually crash_until_logged \
		"was killed by SIGABRT, after 1 others that died soon; it is started again in 10 ms"
	eventually crash_until_logged "after 3 others that died soon; it is started again in 40 ms"
	expect_output 1 cat "$mnt/asset_1/field"
	umount "$mnt"
}

# pause_supervision COMMAND...: runs it while there is no worker. It must not look into the mount, which
# would wait for ever: the kernel may give back at any time what it keeps.
pause_supervision() {
	local supervisor worker
	supervisor=$(servers)
	worker=$(workers)
	kill -STOP "$supervisor"
	kill -KILL "$worker"
	"$@"
	kill -CONT "$supervisor"
	eventually has_other_worker "$worker"
}

is_output() {
	local wanted=$1
	shift
	attempt "$@"
	[ "$status" -eq 0 ] && [ "$output" = "$wanted" ]
}

warm() {
	find "$mnt" -name .cardfs -prune -o -ls >/dev/null
	find "$mnt" -name .cardfs -prune -o -type f -exec cat {} + >/dev/null
}

change_everything() {
	echo '{name: asset_1, field: changed, checkpoint: /x/other, added: 5, map: {b: 1}}' >"$store/many.yaml"
	echo '{name: another}' >"$store/another.yaml"
}

test_what_changed_meanwhile_is_seen_at_once() {
	write_assets 3
	mount_store
	warm
	expect_status 1 stat "$mnt/another"
	expect_status 1 stat "$mnt/asset_1/added"
	expect_status 1 stat "$mnt/asset_1/map/b"
	pause_supervision change_everything
	expect_output changed cat "$mnt/asset_1/field"
	expect_output 8 stat -c %s "$mnt/asset_1/field"
	expect_output /x/other readlink "$mnt/asset_1/checkpoint"
	expect_output 5 cat "$mnt/asset_1/added"
	expect_output 1 cat "$mnt/asset_1/map/b"
	expect_output $'another\nasset_1' ls "$mnt"
	expect_output b ls "$mnt/asset_1/map"
	expect_status 1 stat "$mnt/asset_2"
	expect_output another cat "$mnt/another/name"
	expect_output "$(stat -c %y "$store/many.yaml")" stat -c %y "$mnt/asset_1"
}

test_a_broken_file_keeps_its_last_good_cards() {
	write_card asset.yaml <<<'{name: asset, field: good, checkpoint: w.pt}'
	mount_and_log
	write_card .new <<<'{name: asset, field: ['
	mv "$store/.new" "$store/asset.yaml"
	eventually has_problem "$store/asset.yaml:"
	kill_worker
	expect_output good cat "$mnt/asset/field"
	expect_output "$store/w.pt" readlink "$mnt/asset/checkpoint"
	expect_contains "$(cat "$mnt/.cardfs/problems")" "$store/asset.yaml:"
	kill_worker_that_is_good
	expect_output good cat "$mnt/asset/field"
	write_card .new <<<'{name: asset, field: mended}'
	mv "$store/.new" "$store/asset.yaml"
	eventually shows mended "$mnt/asset/field"
	kill_worker_that_is_good
	expect_output mended cat "$mnt/asset/field"
	expect_output "" cat "$mnt/.cardfs/problems"
}

test_the_generation_only_grows() {
	local before
	write_assets 1
	mount_store
	before=$(cat "$mnt/.cardfs/generation")
	kill_worker
	[ "$(cat "$mnt/.cardfs/generation")" -gt "$before" ]
}

test_whoever_is_in_a_directory_stays_there() {
	write_assets 2
	mount_store
	cd "$mnt/asset_1/map"
	warm
	kill_worker
	expect_output "$mnt/asset_1/map" realpath .
	expect_output a ls
	expect_output 1 cat "$mnt/asset_1/field"
	expect_output "$mnt/asset_1/map" realpath .
	cd "$work"
}

test_what_is_mounted_in_the_mount_stays() {
	write_assets 2
	mount_store
	mount -t tmpfs inner "$mnt/asset_1/map"
	touch "$mnt/asset_1/map/inside"
	kill_worker
	expect_output inside ls "$mnt/asset_1/map"
	expect_output 1 cat "$mnt/asset_1/field"
	expect_output inside ls "$mnt/asset_1/map"
	umount "$mnt/asset_1/map"
}

test_open_files_and_directories_go_on() {
	write_assets 2
	mount_store
	exec 7<"$mnt/asset_1/field"
	cd "$mnt/asset_0/map"
	kill_worker
	echo 2 >/proc/sys/vm/drop_caches
	expect_output 1 cat <&7
	expect_output 1 cat a
	expect_output a ls
	cd "$work"
	exec 7<&-
}

# For another program: kills the worker, and returns when there is another.
write_killer() {
	cat >killer <<KILLER
#!/usr/bin/env bash
set -eEu
before=\$(pgrep -x cardfs-worker)
kill -KILL "\$before"
for i in \$(seq 3000); do
	now=\$(pgrep -x cardfs-worker) && [ "\$now" != "\$before" ] && exit
	sleep 0.01
done
exit 1
KILLER
	chmod +x killer
}

test_a_long_listing_goes_on_where_it_was() {
	seq 0 19999 | sed 's/.*/{name: asset_&}\n---/' | write_card many.yaml
	seq 0 19999 | sed 's/.*/asset_&/' >wanted
	mount_store
	write_killer
	expect_output "" "$(dirname "$0")/support/list-slowly.py" "$mnt" wanted 4 ./killer
	expect_output 20000 sh -c "find $mnt -mindepth 1 -maxdepth 1 -name 'asset_*' | wc -l"
}

# The program is a copy of the test's own, which another can take the place of.
install_program() {
	rm -f bin/cardfs
	cp "$CARDFS" bin/cardfs
}

replace_program() {
	cp "$CARDFS" bin/new
	mv bin/new bin/cardfs
}

runs_new_program() {
	[ "/proc/$1/exe" -ef bin/cardfs ]
}

test_a_new_program_takes_over_under_readers() {
	local i supervisor
	write_assets 20
	install_program
	mount_store
	supervisor=$(servers)
	start_readers 20
	drop_caches &
	for i in 1 2 3 4 5; do
		replace_program
		runs_new_program "$supervisor" && fail "it is the new program already"
		expect_output "" cardfs reload "$mnt"
		expect_equal "$supervisor" "$(servers)"
		runs_new_program "$supervisor"
		runs_new_program "$(workers)"
		kill_worker
	done
	stop_readers
	expect_status 0 cardfs umount "$mnt"
	eventually has_no_servers
}

# There is one of each kind, and none of the program before.
all_run_new_program() {
	local process count=0
	for process in $(servers) $(workers) $(processes_named cardfs-unmount); do
		runs_new_program "$process" || return
		count=$((count + 1))
	done
	[ $count -eq 3 ]
}

test_who_unmounts_runs_the_new_program_too() {
	write_assets 2
	install_program
	mount_store
	all_run_new_program
	replace_program
	expect_output "" cardfs reload "$mnt"
	eventually all_run_new_program
	kill -KILL "$(servers)"
	eventually is_unmounted "$mnt"
	eventually has_no_servers
}

# Before the takeover, which does not wait for it.
test_one_that_cannot_end_is_replaced_all_the_same() {
	local before
	write_assets 2
	install_program
	mount_store
	eventually has_unmounter
	before=$(processes_named cardfs-unmount)
	kill -STOP "$before"
	replace_program
	expect_output "" cardfs reload "$mnt"
	expect_output 1 cat "$mnt/asset_1/field"
	kill -CONT "$before"
	eventually all_run_new_program
	expect_output 1 cat "$mnt/asset_1/field"
}

test_a_signal_has_it_taken_over_too() {
	local supervisor
	write_assets 2
	install_program
	mkdir there
	cd there
	cardfs ../mnt -f -o "nodefaults,store=../store" 2>>"$work/log" &
	eventually is_mounted "$mnt"
	expect_output 1 cat "$mnt/asset_1/field"
	supervisor=$(servers)
	cd "$work"
	replace_program
	kill -USR2 "$supervisor"
	eventually runs_new_program "$supervisor"
	expect_output 1 cat "$mnt/asset_1/field"
	kill -TERM "$supervisor"
	wait "$supervisor"
	is_unmounted "$mnt"
}

# refuses PART...: reload fails and says so, and the mount goes on with the same worker.
refuses() {
	local worker
	worker=$(workers)
	attempt cardfs_before reload "$mnt"
	expect_refusal "$mnt goes on as before" "$@"
	expect_equal "$worker" "$(workers)"
	expect_output 1 cat "$mnt/asset_1/field"
}

cardfs_before() {
	"$CARDFS" "$@"
}

test_a_program_that_cannot_take_over_is_refused() {
	write_assets 2
	install_program
	mount_store
	printf '#!/bin/sh\necho "prog: the store is not to my liking" >&2\nexit 3\n' >bin/new
	chmod +x bin/new
	mv bin/new bin/cardfs
	refuses "the store is not to my liking"
	printf '#!/bin/sh\nkill -SEGV $$\n' >bin/cardfs
	refuses "did not end well"
	rm bin/cardfs
	refuses "No such file or directory"
	install_program
	kill -STOP "$(servers)"
	kill -CONT "$(servers)"
	expect_output "" cardfs reload "$mnt"
	expect_output 1 cat "$mnt/asset_1/field"
}

test_a_successor_of_nobody_is_refused() {
	SUPERVISE_TAKEOVER="1 2" expect_status 2 cardfs --foreground --store "$store" "$mnt"
	expect_contains "$errors" "SUPERVISE_TAKEOVER in the environment is not what a supervisor hands down"
}

test_a_configuration_that_is_wrong_keeps_the_program() {
	write_assets 2
	mkdir -p "$XDG_CONFIG_HOME/cardfs"
	echo "conflicts: error" >"$XDG_CONFIG_HOME/cardfs/config.yaml"
	mount_store
	echo "conflicts: maybe" >"$XDG_CONFIG_HOME/cardfs/config.yaml"
	refuses "configuration"
}

has_reloaded_its_program() {
	grep -q '^cardfs_program_reloads_total{[^}]*} [1-9]' "$mnt/.cardfs/metrics"
}

test_a_supervisor_that_is_stopped_reloads_once_it_goes_on() {
	write_assets 2
	mount_store
	kill -STOP "$(servers)"
	attempt cardfs reload "$mnt"
	expect_refusal "process $(servers), is stopped" "kill -CONT $(servers)"
	expect_output 1 cat "$mnt/asset_1/field"
	kill -CONT "$(servers)"
	eventually has_reloaded_its_program
	expect_output "" cardfs reload "$mnt"
}

test_reload_of_a_supervisor_that_many_wait_for_ends() {
	write_assets 2
	mount_store
	kill -STOP "$(servers)"
	local i
	for i in $(seq 12); do
		cardfs reload "$mnt" >/dev/null 2>"refusal-$i" &
	done
	wait
	expect_equal 12 "$(cat refusal-* | grep -c 'its server')"
	kill -CONT "$(servers)"
	eventually has_reloaded_its_program
	expect_output 1 cat "$mnt/asset_1/field"
}

test_reload_says_what_it_is_for() {
	attempt cardfs reload "$mnt"
	expect_refusal "nothing is mounted on $mnt"
	mount -t tmpfs none "$mnt"
	attempt cardfs reload "$mnt"
	expect_refusal "is no cardfs"
	umount "$mnt"
	attempt cardfs reload
	expect_equal 2 "$status"
	write_assets 1
	mount_store
	kill_everything
	attempt cardfs reload "$mnt"
	expect_refusal "its server does not answer"
}

test_the_mount_goes_with_its_supervisor() {
	write_assets 2
	mount_store
	cd "$mnt/asset_1"
	kill -KILL "$(servers)"
	eventually is_unmounted "$mnt"
	eventually has_no_servers
	cd "$work"
	expect_output "" ls -A "$mnt"
}

test_another_mount_in_its_place_stays() {
	write_assets 2
	mount_store
	eventually has_unmounter
	kill -STOP "$(processes_named cardfs-unmount)"
	kill -KILL "$(servers)"
	eventually has_no_workers
	umount "$mnt"
	mount -t tmpfs other "$mnt"
	kill -CONT "$(processes_named cardfs-unmount)"
	eventually has_no_servers
	expect_output "other tmpfs" findmnt -n -r -o SOURCE,FSTYPE "$mnt"
	umount "$mnt"
}

has_no_workers() {
	[ -z "$(workers)" ]
}

test_it_ends_while_there_is_no_worker() {
	local supervisor worker
	write_assets 2
	mount_store
	supervisor=$(servers)
	worker=$(workers)
	ls -ld "$mnt"
	kill -STOP "$supervisor"
	kill -KILL "$worker"
	umount --lazy --no-canonicalize "$mnt"
	kill -CONT "$supervisor"
	eventually has_no_servers
	mount_store
	supervisor=$(servers)
	kill -STOP "$supervisor"
	kill -KILL "$(workers)"
	kill -TERM "$supervisor"
	kill -CONT "$supervisor"
	eventually is_unmounted "$mnt"
	eventually has_no_servers
}

test_auto_unmount_is_taken() {
	write_assets 2
	mount_store_with auto_unmount
	kill_worker
	expect_output 1 cat "$mnt/asset_1/field"
	expect_status 0 cardfs reload "$mnt"
	expect_output 1 cat "$mnt/asset_1/field"
	kill -KILL "$(servers)"
	eventually is_unmounted "$mnt"
	eventually has_no_servers
}

as_user() {
	env --chdir=/ HOME="$work/nobody" XDG_CONFIG_HOME="" XDG_CACHE_HOME="" \
		setpriv --reuid=65534 --regid=65534 --clear-groups "$@"
}

set_up_user() {
	write_assets 3
	open_fuse_device 666
	mkdir nobody nobody/mnt
	chown -R 65534:65534 nobody
	install_program
	mnt=$work/nobody/mnt
}

test_a_users_server_survives_too() {
	local user_worker
	set_up_user
	as_user cardfs "$mnt" -o "nodefaults,store=$store"
	user_worker=$(workers)
	as_user kill -KILL "$user_worker"
	eventually has_other_worker "$user_worker"
	expect_output 1 as_user cat "$mnt/asset_1/field"
	replace_program
	expect_output "" as_user cardfs reload "$mnt"
	runs_new_program "$(servers)"
	expect_output 2 as_user cat "$mnt/asset_2/field"
	attempt setpriv --reuid=1234 --regid=1234 --clear-groups "$work/bin/cardfs" reload "$mnt"
	expect_refusal "only root and who mounted it may"
	expect_output "" cardfs reload "$mnt"
	as_user kill -KILL "$(servers)"
	eventually is_unmounted "$mnt"
	eventually has_no_servers
}

# Runs in a user namespace of an ordinary user's own.
inner_test() {
	set -e
	"$work/bin/cardfs" "$mnt" -o "nodefaults,store=$store"
	cat "$mnt/asset_1/field"
	kill_worker
	cat "$mnt/asset_1/field"
	"$work/bin/cardfs" reload "$mnt"
	cat "$mnt/asset_2/field"
	kill -KILL "$(servers)"
	eventually is_unmounted "$mnt"
	ls -A "$mnt"
}

test_it_survives_in_a_user_namespace() {
	set_up_user
	as_user unshare --user --map-root-user --mount true ||
		skip "this kernel gives ordinary users no namespaces of their own"
	export mnt store work CARDFS SCRATCH
	export -f inner_test kill_worker has_other_worker workers servers processes_named eventually is_mounted \
		is_unmounted fail
	expect_output $'1\n1\n2' as_user unshare --user --map-root-user --mount bash -c inner_test
	eventually has_no_servers
}

run_test "$@"
