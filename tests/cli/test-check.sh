#!/usr/bin/env bash
# cardfs check.
set -eEu
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"

test_a_relative_path_needs_a_working_directory() {
	mkdir gone
	cd gone
	rmdir ../gone
	attempt cardfs check cards
	expect_refusal "cannot tell where cards is: No such file or directory"
}

run_test "$@"
