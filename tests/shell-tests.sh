# shellcheck shell=bash
# What the runners of shell tests have in common. A runner sets "here", the directory of its
# test-*.sh, and "scratch", a directory of its own; defines run_test FILE NAME; and calls
# run_wanted_tests [TEST...]. A TEST is a topic ("find" for test-find.sh) or a test of it
# ("find/NAME").

# What sanitizers find goes to files: a server in the background has nobody to complain to. Any user
# may write there, since servers give up being root.
reports=${scratch:?}/reports
prepare_reports() {
	rm -rf "$reports"
	mkdir -p "$reports"
	chmod 1777 "$reports"
}

direct_reports() {
	export ASAN_OPTIONS="${ASAN_OPTIONS-}:log_path=$reports/address"
	export UBSAN_OPTIONS="${UBSAN_OPTIONS-}:log_path=$reports/undefined"
	export TSAN_OPTIONS="${TSAN_OPTIONS-}:log_path=$reports/thread"
}

tests_of() {
	sed -n 's/^test_\([a-z0-9_]*\)() {$/\1/p' "$1"
}

is_wanted() {
	local topic=$1 name=$2 wanted
	shift 2
	[ $# -gt 0 ] || return 0
	for wanted in "$@"; do
		[ "$wanted" = "$topic" ] || [ "$wanted" = "$topic/$name" ] && return 0
	done
	return 1
}

has_reports() {
	[ -n "$(find "$reports" -type f -size +0 -print -quit)" ]
}

# Where a log is long, its beginning and its end.
explain_log() {
	local length
	length=$(wc -l <"$1")
	if [ "$length" -gt 60 ]; then
		head -n 20 "$1"
		echo "… $((length - 60)) lines …"
		tail -n 40 "$1"
	else
		cat "$1"
	fi | sed 's/^/    /'
}

# Fails when a test does, and when none ran.
run_wanted_tests() {
	local file topic name status report passed=0 skipped=0
	local -a failed=()
	direct_reports
	for file in "${here:?}"/test-*.sh; do
		topic=$(basename "$file" .sh)
		topic=${topic#test-}
		for name in $(tests_of "$file"); do
			is_wanted "$topic" "$name" "$@" || continue
			rm -rf --one-file-system "$scratch/work"
			prepare_reports
			status=0
			run_test "$file" "$name" >"$scratch/log" 2>&1 </dev/null || status=$?
			if has_reports; then
				status="$status, and a sanitizer's report"
			fi
			case $status in
			0)
				passed=$((passed + 1))
				echo "ok $topic/$name"
				;;
			77)
				skipped=$((skipped + 1))
				echo "SKIPPED $topic/$name: $(tail -n 1 "$scratch/log")"
				;;
			*)
				failed+=("$topic/$name")
				echo "FAILED $topic/$name (status $status)"
				[ "$status" != 124 ] && [ "$status" != 137 ] ||
					echo "    it hung: cut off after its time"
				explain_log "$scratch/log"
				for report in "$reports"/*; do
					[ ! -s "$report" ] || explain_log "$report"
				done
				;;
			esac
		done
	done
	[ $skipped -eq 0 ] || echo "$skipped SKIPPED"
	[ ${#failed[@]} -eq 0 ] || printf 'FAILED %s\n' "${failed[@]}"
	echo "$passed passed, ${#failed[@]} failed"
	[ "$passed" -gt 0 ] && [ ${#failed[@]} -eq 0 ]
}
