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
	expect_refusal "cannot tell where the store cards is: No such file or directory"
}

# finds_the_problem STORE: that a base is missing is what is said of it, and nothing else.
finds_the_problem() {
	attempt cardfs check "$1"
	expect_equal 1 "$status"
	expect_contains "$output" 'error: base card "nowhere" does not exist (needed by one)'
	expect_equal 1 "$(wc -l <<<"$output")"
	expect_equal "1 error" "$errors"
}

test_a_store_may_be_named_as_anywhere_else() {
	write_card one.yaml <<<'{name: one, base: nowhere}'
	ln -s "$store" other-name
	finds_the_problem store
	finds_the_problem "$store/"
	finds_the_problem dir:store
	finds_the_problem "dir:$store"
	finds_the_problem store/one.yaml
	finds_the_problem other-name
	mkdir -p run/step_1
	echo '{name: checkpoint, base: nowhere}' >run/model.yaml
	attempt cardfs check checkpoints:run
	expect_equal 1 "$status"
	expect_contains "$output" "$work/run/model.yaml:1:26: error: base card"
}

test_a_store_in_force_may_be_named() {
	mkdir -p "$XDG_CONFIG_HOME/fairseq2"
	ln -s "$store" "$XDG_CONFIG_HOME/fairseq2/assets"
	write_card one.yaml <<<'{name: one, base: nowhere}'
	finds_the_problem "$XDG_CONFIG_HOME/fairseq2/assets"
	finds_the_problem "$store"
}

test_what_is_no_store_is_refused() {
	attempt cardfs check package:
	expect_refusal "location is empty"
}

run_test "$@"
