#!/usr/bin/env bash
# What those see who run a mount: what it counts, and says.
set -eEu
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"

support=$(dirname "$0")/support

# metric SAMPLE: its value.
metric() {
	sed -E 's/mount="[^"]*",?//; s/\{\}//' "$mnt/.cardfs/metrics" |
		SAMPLE="$1 " awk 'index($0, ENVIRON["SAMPLE"]) == 1 { print $NF }'
}

# metric_is_above SAMPLE VALUE
metric_is_above() {
	local value
	value=$(metric "$1")
	[ "$value" -gt "$2" ]
}

test_metrics_are_in_the_format_of_prometheus() {
	write_card asset.yaml <<<'{name: asset, field: value}'
	write_card broken.yaml <<<'{name: other, base: missing}'
	mount_store_with "store=$work/a \"b\" \\\\c"
	cat "$mnt/asset/field" >"$work/read"
	attempt cat "$mnt/absent"
	"$support/check-metrics.py" <"$mnt/.cardfs/metrics"
	grep -qxF "cardfs_assets{mount=\"$mnt\"} 2" "$mnt/.cardfs/metrics"
	expect_equal 1 "$(metric "cardfs_build_info{version=\"$(cardfs --version | cut -d ' ' -f 2)\"}")"
	expect_equal 2 "$(metric cardfs_assets)"
	expect_equal 2 "$(metric "cardfs_store_cards{origin=\"added\",store=\"dir:$store\"}")"
}

test_the_check_of_metrics_finds_what_is_wrong() {
	local wrong
	for wrong in 'cardfs_x 1' $'# HELP x h\n# TYPE x gauge\nx{a="b} 1' $'# HELP x h\n# TYPE x counter\nx 1' \
		$'# HELP x h\n# TYPE x gauge\nx one' $'# HELP x h\n# TYPE x gauge\nx 1\nx 1' \
		$'# HELP x h\n# TYPE x histogram\nx_bucket{le="1"} 2\nx_bucket{le="+Inf"} 1\nx_sum 1\nx_count 1' \
		$'# HELP x h\n# TYPE x histogram\nx_bucket{le="1"} 1\nx_sum 1\nx_count 1'; do
		attempt "$support/check-metrics.py" <<<"$wrong"
		expect_equal 1 "$status"
	done
}

test_requests_are_counted_by_kind_and_error() {
	write_card asset.yaml <<<'{name: asset, field: value, checkpoint: /nowhere}'
	mount_store_with rw
	local lookups absences
	lookups=$(metric 'cardfs_request_seconds_count{request="lookup"}')
	absences=$(metric 'cardfs_request_errors_total{request="lookup",error="ENOENT"}')
	attempt stat "$mnt/absent"
	metric_is_above 'cardfs_request_seconds_count{request="lookup"}' "$lookups"
	metric_is_above 'cardfs_request_errors_total{request="lookup",error="ENOENT"}' "$absences"
	expect_equal 0 "$(metric 'cardfs_request_seconds_count{request="readlink"}')"
	expect_output /nowhere readlink "$mnt/asset/checkpoint"
	metric_is_above 'cardfs_request_seconds_count{request="readlink"}' 0
	expect_equal 0 "$(metric 'cardfs_request_seconds_count{request="change"}')"
	attempt mkdir "$mnt/new"
	metric_is_above 'cardfs_request_errors_total{request="change",error="EROFS"}' 0
}

test_reloads_are_counted() {
	write_card asset.yaml <<<'{name: asset, field: one}'
	mount_store
	expect_output one cat "$mnt/asset/field"
	expect_equal 0 "$(metric 'cardfs_reloads_total{result="done"}')"
	expect_equal 0 "$(metric cardfs_last_reload_timestamp_seconds)"
	write_card asset.yaml <<<'{name: asset, field: two}'
	eventually metric_is_above 'cardfs_reloads_total{result="done"}' 0
	metric_is_above cardfs_last_reload_timestamp_seconds 0
	metric_is_above 'cardfs_notifications_total{kind="name"}' 0
	metric_is_above cardfs_files_read_total 1
	expect_output two cat "$mnt/asset/field"
}

test_figures_for_people_are_the_same_ones() {
	write_card asset.yaml <<<'{name: asset, field: value}'
	mount_store
	attempt stat "$mnt/absent"
	expect_status 0 cat "$mnt/.cardfs/stats"
	expect_contains "$output" "cardfs $(cardfs --version | cut -d ' ' -f 2), started 20"
	grep -qE '^lookup +[1-9][0-9]* +[1-9][0-9]* ' <<<"$output"
	grep -qE '^lookup +ENOENT +[1-9]' <<<"$output"
	grep -qE '^assets +1$' <<<"$output"
	grep -qE '^restarts +0$' <<<"$output"
	grep -qE '^directories watched +[1-9]' <<<"$output"
}

# Their content changes from one look to the next: what a program opens has to be whole all the same.
test_live_files_are_whole_and_not_listed() {
	write_card asset.yaml <<<'{name: asset, field: value}'
	mount_store
	local name size
	for name in stats metrics state; do
		expect_lacks "$(ls -A "$mnt/.cardfs")" "$name"
		size=$(python3 -c '
import os, sys
with open(sys.argv[1], "rb", buffering=0) as file:
    parts = []
    while part := file.read(100):
        parts.append(part)
    content = b"".join(parts)
    assert len(content) == os.fstat(file.fileno()).st_size, "the size is another"
    assert content.endswith(b"\n") and b"\0" not in content, "it is not whole"
    print(len(content))
' "$mnt/.cardfs/$name")
		[ "$size" -gt 500 ]
		cp "$mnt/.cardfs/$name" "$work/copy"
		[ "$(tail -c 1 "$work/copy" | od -An -tx1)" = " 0a" ]
	done
	expect_equal "$(stat -c '%i %h' "$mnt/.cardfs/stats")" "$(stat -c '%i 1' "$mnt/.cardfs/stats")"
	cp -a "$mnt/.cardfs" "$work/directory"
	diff -r "$mnt/.cardfs" "$work/directory"
	expect_status 0 cat "$mnt/@user/.cardfs/stats"
}

# listen NAME: a socket of that name in $work, whose datagrams go to NAME.log.
listen() {
	"$support/listen.py" "$work/$1" "$work/$1.log" &
	eventually test -e "$work/$1.log"
	eventually test -S "$work/$1"
}

# The journal of this test, which nobody else sees.
start_journal() {
	mount -t tmpfs none /run
	mkdir -p /run/systemd/journal
	listen journal
	ln -s "$work/journal" /run/systemd/journal/socket
}

stop_listening() {
	# shellcheck disable=SC2046 # one word a process
	kill $(jobs -p)
	wait
}

# The process that a mount is known by.
main_server() {
	servers | sort -n | head -n 1
}

# has_line NAME LINE: it was sent to that socket.
has_line() {
	grep -qxF -- "$2" "$work/$1.log"
}

# The states that the manager has been told, but for how it is.
told_states() {
	grep -oE '^(READY|RELOADING|STOPPING|MAINPID)=.*' "$work/manager.log" || true
}

are_told() {
	[ "$(told_states | tr '\n' ' ')" = "$* " ]
}

test_a_service_manager_is_told_of_each_state() {
	write_card asset.yaml <<<'{name: asset, field: value}'
	listen manager
	NOTIFY_SOCKET=$work/manager cardfs -f "$mnt" -o "nodefaults,store=$store" &
	local server=$!
	eventually are_told READY=1
	# It is ready once it answers.
	expect_output value cat "$mnt/asset/field"
	has_line manager "STATUS=1 assets from 1 store, 0 problems in files"
	kill -HUP "$server"
	eventually are_told READY=1 RELOADING=1 READY=1
	grep -qE '^MONOTONIC_USEC=[1-9][0-9]*$' "$work/manager.log"
	write_card broken.yaml <<<'{name: [}'
	eventually has_line manager "STATUS=1 assets from 1 store, 1 problem in files"
	kill "$server"
	wait "$server"
	eventually are_told READY=1 RELOADING=1 READY=1 STOPPING=1
	stop_listening
}

test_a_service_manager_is_told_which_process_serves_in_the_background() {
	write_card asset.yaml <<<'{name: asset}'
	listen manager
	NOTIFY_SOCKET=$work/manager mount_store
	eventually are_told READY=1 "MAINPID=$(main_server)"
	umount "$mnt"
	eventually has_line manager STOPPING=1
	stop_listening
}

test_the_journal_has_messages_with_fields() {
	start_journal
	write_card broken.yaml <<<'{name: [}'
	mount_store_with verbose
	eventually has_line journal "MESSAGE=mounted on $mnt"
	has_line journal PRIORITY=6
	has_line journal SYSLOG_IDENTIFIER=cardfs
	has_line journal "CARDFS_MOUNT=$mnt"
	umount "$mnt"
	stop_listening
}

test_a_service_of_systemd_logs_to_the_journal_though_in_the_foreground() {
	start_journal
	write_card asset.yaml <<<'{name: asset}'
	# What is seen there of a service: standard error leads to the journal.
	: >"$work/errors.log"
	JOURNAL_STREAM=$(stat -c %d:%i "$work/errors.log")
	export JOURNAL_STREAM
	cardfs -f -v "$mnt" -o "nodefaults,store=$store" 2>>"$work/errors.log" &
	eventually has_line journal "MESSAGE=mounted on $mnt"
	expect_equal "" "$(cat "$work/errors.log")"
	umount "$mnt"
	wait $!
	stop_listening
}

test_the_state_says_what_a_report_needs() {
	write_card asset.yaml <<<'{name: asset, field: value}'
	write_card broken.yaml <<<'{name: other, base: missing}'
	mount_store_with env=lab,poll=60
	expect_status 0 cat "$mnt/.cardfs/state"
	expect_contains "$output" "[mount]" "cardfs $(cardfs --version | cut -d ' ' -f 2)" "mounted on $mnt" \
		"environment lab" "poll 60" "kernel Linux" "libfuse 3" \
		"[stores]" "added	dir:$store	2 cards	2 files	ok" "[problems]" "[figures]" "assets                     2" \
		"[log]" "mounted on $mnt"
	expect_lacks "$output" value
	workers | grep -qx "$(sed -nE 's/^process ([0-9]+),.*/\1/p' <<<"$output")"
}

test_sigquit_logs_the_state() {
	start_journal
	write_card asset.yaml <<<'{name: asset, field: value}'
	mount_store
	kill -QUIT "$(main_server)"
	eventually grep -q "^MESSAGE=state: .* mounted on $mnt$" "$work/journal.log"
	has_line journal "MESSAGE=state: mounted on $mnt"
	has_line journal "MESSAGE=state: assets                     1"
	has_line journal PRIORITY=5
	expect_output value cat "$mnt/asset/field"
	umount "$mnt"
	stop_listening
}

test_debug_prints_the_state() {
	write_card asset.yaml <<<'{name: asset, field: value}'
	mount_store
	ln -s mnt link
	expect_status 0 cardfs debug link
	expect_contains "$output" "mounted on $mnt" "[stores]" "[figures]" "[log]"
	expect_equal "" "$errors"
}

test_debug_refuses_what_is_no_mount() {
	attempt cardfs debug "$mnt"
	expect_refusal "no cardfs is mounted on $mnt"
	attempt cardfs debug
	expect_refusal "debug takes one mount point"
}

test_debug_of_a_dead_mount_says_so() {
	write_card asset.yaml <<<'{name: asset}'
	mount_store
	kill_everything
	expect_status 1 cardfs debug "$mnt"
	expect_contains "$errors" "the server of $mnt is gone" "cardfs umount $mnt"
	expect_contains "$output" "[from outside]" "type fuse.cardfs"
	cardfs umount "$mnt"
}

test_debug_of_a_mount_that_does_not_answer_looks_from_outside() {
	write_card asset.yaml <<<'{name: asset}'
	mount_store
	local processes
	processes="$(servers) $(workers)"
	# shellcheck disable=SC2086 # one word a process
	kill -STOP $processes
	expect_status 1 cardfs debug "$mnt"
	# shellcheck disable=SC2086 # one word a process
	kill -CONT $processes
	expect_contains "$errors" "$mnt does not answer within" "cardfs umount $mnt"
	expect_contains "$output" "[from outside]" "mounted on $mnt" "type fuse.cardfs" "device 0:" "[processes]" \
		"process $(main_server): cardfs $mnt -o nodefaults,store=$store" "thread $(main_server) T cardfs" \
		"waits in " "system call "
	eventually test -e "$mnt/asset"
}

test_a_report_has_what_is_needed_and_no_card() {
	write_card asset.yaml <<<'{name: asset, field: the-content}'
	write_card broken.yaml <<<'{name: other, base: "https://user:pass-word@host/x"}'
	mount_store
	mkdir -p "$XDG_CONFIG_HOME/cardfs"
	printf 'stores: [%s]\nnodefaults: true\n' "$store" >"$XDG_CONFIG_HOME/cardfs/config.yaml"
	expect_status 0 "$(dirname "$0")/../../scripts/collect-report" --output "$work/report.tar.gz" "$mnt"
	expect_contains "$output" "collected in $work/report.tar.gz" "  state"
	tar -xf "$work/report.tar.gz"
	(cd cardfs-report && ls) >names
	printf '%s\n' check environments metrics mounts problems settings state stats stores system version |
		grep -vxFf names >missing || true
	expect_equal "" "$(cat missing)"
	expect_contains "$(cat cardfs-report/state)" "mounted on $mnt" "[log]"
	expect_contains "$(cat cardfs-report/check)" "broken.yaml:1" "https://...@host/x"
	expect_contains "$(cat cardfs-report/settings)" "$store"
	expect_contains "$(cat cardfs-report/mounts)" "$mnt"
	expect_contains "$(cat cardfs-report/version)" "cardfs "
	expect_equal "" "$(grep -rlE 'the-content|pass-word' cardfs-report || true)"
	expect_status 0 "$(dirname "$0")/../../scripts/collect-report" --with-cards --output "$work/report.tar.gz" "$mnt"
	expect_contains "$(tar -xOf "$work/report.tar.gz" cardfs-report/cards.yaml)" the-content
}

test_a_report_is_made_without_a_mount_too() {
	expect_status 0 "$(dirname "$0")/../../scripts/collect-report" --output report.tar.gz
	expect_contains "$output" "  version" "  check"
	attempt "$(dirname "$0")/../../scripts/collect-report" --wrong
	expect_equal 2 "$status"
	expect_contains "$errors" "usage: collect-report [--output FILE]"
}

test_each_log_line_of_the_sources_is_in_the_table() {
	local root
	root=$(dirname "$0")/../..
	find "$root/src" -name '*.c' -exec "$support/log-lines.py" "$root/docs/operations.md" {} +
	# shellcheck disable=SC2016 # these are backquotes of the document
	sed '/^| `cannot load what/d; s/^| `served by/| `sorved by/' "$root/docs/operations.md" >document.md
	attempt find "$root/src" -name '*.c' -exec "$support/log-lines.py" document.md {} +
	[ "$status" -ne 0 ]
	expect_contains "$output" "lacks: | \`cannot load what changed: …\` | error |" "lacks: | \`served by"
}

run_test "$1"
