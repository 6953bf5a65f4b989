#!/usr/bin/env bash
# What cardfs set writes, and what a configuration file says, as mounts show them.
set -eEu
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"

# Mounts the store and the user's, which is not there at first.
mount_with_user() {
	write_card asset.yaml <<<'{name: asset, checkpoint: /shared/weights}'
	mkdir -p "$XDG_CONFIG_HOME/cardfs"
	echo "{stores: [$store], nobuiltin: true, nosystem: true}" >"$XDG_CONFIG_HOME/cardfs/config.yaml"
	cardfs "$mnt"
}

leads_to() {
	[ "$(readlink "$mnt/asset/checkpoint")" = "$1" ]
}

test_a_mount_shows_overrides_at_once() {
	mount_with_user
	leads_to /shared/weights
	expect_status 0 cardfs set asset checkpoint=mine
	eventually leads_to "$work/mine"
	expect_status 0 cardfs set asset checkpoint=/quite/another/place
	eventually leads_to /quite/another/place
	expect_status 0 cardfs unset asset checkpoint
	eventually leads_to /shared/weights
	expect_equal "" "$(cat "$mnt/.cardfs/problems")"
}

test_a_mount_reads_the_configuration_file() {
	write_card asset.yaml <<<'{name: asset, x: none}'
	write_card lab.yaml <<<'{name: asset@lab, x: lab}'
	cat >config.yaml <<-CONFIG
		nodefaults: true
		stores: store
		environments: [{name: lab, when: {exists: $work/lab}}]
	CONFIG
	export CARDFS_CONFIG=$work/config.yaml
	cardfs "$mnt"
	expect_output none cat "$mnt/asset/x"
	cardfs umount "$mnt"
	touch lab
	cardfs "$mnt"
	expect_output lab cat "$mnt/asset/x"
	expect_contains "$(cat "$mnt/.cardfs/environment")" lab
	cardfs umount "$mnt"
	echo 'store: x: y' >config.yaml
	attempt cardfs "$mnt"
	expect_equal 2 "$status"
	expect_contains "$errors" "$work/config.yaml:1" "cannot be used"
	is_unmounted "$mnt"
}

run_test "$@"
