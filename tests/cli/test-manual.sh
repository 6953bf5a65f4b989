#!/usr/bin/env bash
# The help and the manual say the same, and the help fits a terminal.
set -eEu
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"

pages=$(cd "$(dirname "$0")/../../docs/man" && pwd)

topics() {
	echo options
	commands_of_help
}

# The options that a help describes, each at the start of a line: "-f" and "--foreground".
described_options() {
	sed -nE 's/^  (-[^ ,]+(, -[^ ]+)?) .*/\1/p' | tr -d ' ' | tr , '\n' | sort -u
}

# The same of a page, each an item of a list.
options_of_page() {
	sed -n 's/^\.It Fl /Fl /p' "$pages/$1" | grep -oE 'Fl [^ ]+' | sed 's/Fl /-/' | sort -u
}

test_the_help_fits_a_terminal() {
	local topic
	for topic in "" $(topics); do
		# shellcheck disable=SC2086 # none or one
		expect_status 0 cardfs help $topic
		[ "$(wc -l <<<"$output")" -le 24 ] || fail "too long:" "$output"
		[ "$(width <<<"$output")" -le 80 ] || fail "too wide:" "$output"
	done
}

test_help_is_the_same_in_every_form() {
	local command
	expect_status 0 cardfs help
	expect_output "$output" cardfs --help
	expect_output "$output" cardfs -h
	for command in $(commands_of_help); do
		expect_status 0 cardfs help "$command"
		expect_contains "$output" "cardfs $command "
		expect_output "$output" cardfs "$command" --help
	done
}

test_without_arguments_it_helps() {
	expect_status 0 cardfs help
	local help=$output
	expect_status 2 cardfs
	expect_equal "$help" "$output"
}

test_wrong_topics_are_refused() {
	attempt cardfs help lst
	expect_refusal "there is no command lst; did you mean list?"
	attempt cardfs help option
	expect_refusal "did you mean options?"
	attempt cardfs help list show
	expect_refusal "help takes one command"
}

test_each_command_has_a_page_and_each_page_a_command() {
	commands_of_help | sort >commands
	find "$pages" -name 'cardfs-*.1' -printf '%f\n' | sed 's/^cardfs-//; s/\.1$//' | sort | diff -u commands -
	sed -nE 's/^\.It Xr cardfs-([a-z]+) 1$/\1/p' "$pages/cardfs.1" | sort | diff -u commands -
}

test_each_page_says_of_a_command_what_the_help_says() {
	local command
	for command in $(commands_of_help); do
		grep -qx ".Cm $command" "$pages/cardfs-$command.1" || grep -qx ".Op Cm $command" "$pages/cardfs-$command.1"
		cardfs help "$command" | described_options >described
		options_of_page "cardfs-$command.1" | diff -u described - || fail "in cardfs-$command.1"
	done
}

# A bare .Nm is the name of the page there, as in "cardfs-reload".
test_pages_of_commands_call_the_program_by_its_name() {
	expect_status 1 grep -nE '^\.Nm( [.,;:)])?$' "$pages"/cardfs-*.1
}

test_the_manual_has_the_options_of_the_help_and_no_other() {
	cardfs help options | described_options >described
	grep -qx -e --store described
	options_of_page cardfs.1 | diff -u described -
}

test_the_manual_has_the_mount_options_of_the_help_and_no_other() {
	cardfs help options | sed '1,/^Their names/d' | tr ' ' '\n' | grep . | sort >described
	grep -qx store= described
	{
		sed -nE 's/^\.It .*Pq Cm ([a-z-]+=?).*/\1/p' "$pages/cardfs.1"
		grep -E '^\.It Cm (uid|served_by)=' "$pages/mount.cardfs.8" | grep -oE '[a-z_]+='
	} | sort | diff -u described -
}

test_what_the_manual_names_exists() {
	local option page
	for page in "$pages"/cardfs*.1; do
		for option in $(options_of_page "${page##*/}"); do
			attempt cardfs --version "$option"
			expect_lacks "$errors" "there is no option"
		done
	done
	# shellcheck disable=SC2013 # names are words
	for page in $(grep -hoE '^\.Xr (mount\.)?cardfs[a-z.-]* [1-8]' "$pages"/* | sed 's/^\.Xr //; s/ /./'); do
		[ -e "$pages/$page" ] || fail "there is no page $page"
	done
}

run_test "$@"
