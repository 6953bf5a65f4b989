#!/usr/bin/env bash
# What cards and their files are called reaches no terminal as it is: nothing that moves its cursor,
# changes its title, or turns the direction of what it shows.
set -eEu
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source-path=SCRIPTDIR source=../hostile-names.sh
. "$(dirname "$0")/../hostile-names.sh"

# Runs it on the store, into a pipe and on a terminal.
expect_harmless_command() {
	attempt on_store "$@"
	[ "$status" -le 2 ] || fail "\"$*\" ended with $status"
	expect_harmless "$output$errors"
	[ -n "$output$errors" ] || fail "\"$*\" says nothing"
	on_terminal 80 cardfs "$@" --no-default-stores --store "$store" || true
	expect_harmless "$output"
	[ -n "$output" ] || fail "\"$*\" says nothing on a terminal"
}

test_nothing_harmful_is_missed() {
	local character
	while IFS= read -r -N 1 character; do
		if (expect_harmless "before${character}after") >"$work/complaint" 2>&1; then
			fail "this is thought to be harmless: $(printf %s "$character" | od -An -tx1)"
		fi
	done < <(printf %s "$hostile")
}

test_commands_on_the_whole_store() {
	write_hostile_cards
	local command
	for command in list "list --long" "list --json" check "check --json" "show --all" "show --all --json" \
		"find family" "find !family" "find name=x" graph config; do
		# shellcheck disable=SC2086 # one word an argument
		expect_harmless_command $command
	done
}

test_commands_on_one_card() {
	write_hostile_cards
	local name command
	for name in $'evil\e]0;x\a' $'turned\u202e\u2066\u200f' $'new\nline\e[1m' $'child\u202e' $'refers\a' \
		.. $'a/../../\e[5m' $'no-such\e]0;x\a\u202e'; do
		for command in show "show --json" explain graph; do
			# shellcheck disable=SC2086
			expect_harmless_command $command "$name"
		done
		expect_harmless_command diff "$name" raw
		expect_harmless_command explain "$name" $'key\e[2J\u202e'
		expect_harmless_command path "$name" $'no-such-field\e[1m'
	done
}

# A script needs the path that there is; a person gets one that can be looked at.
test_paths_are_as_they_are_for_programs_alone() {
	write_hostile_cards
	expect_output $'/x/\e[2J\u2066' on_store path $'evil\e]0;x\a'
	on_terminal 80 cardfs path $'evil\e]0;x\a' --no-default-stores --store "$store"
	expect_equal '/x/\x1B[2J\u{2066}' "$output"
}

test_arguments_that_make_no_sense() {
	expect_harmless_command $'no-such-command\e]0;x\a\u202e' x y z
	expect_harmless_command list $'--no-such-option\e[1m'
	expect_harmless_command list --store $'/no/such/store\e[1m\u202e'
	expect_harmless_command check $'/no/such/store\e[1m\u202e'
	expect_harmless_command find $'field\e[1m<no-number\u202e'
	expect_harmless_command set $'nobody\e[1m' $'field\e[2m=\u202e'
	expect_harmless_command umount $'/no/such/mount\e[1m\u202e'
}

test_what_is_completed() {
	write_hostile_cards
	local before
	for before in show explain path "graph evil" "find family="; do
		# shellcheck disable=SC2086
		attempt cardfs complete 3 -- --no-default-stores "--store=$store" $before ""
		expect_harmless "$output$errors"
	done
}

run_test "$@"
