#!/usr/bin/env bash
# What the documents say is what happens.
set -eEu
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"

# shellcheck source-path=SCRIPTDIR source=documents.sh
. "$(dirname "$0")/documents.sh"

test_the_sessions_of_the_readme_go_as_it_says() {
	be_the_reader
	blocks_of console <"$root/README.md" >"$work/written"
	expect_session "$work/written"
}

test_the_lines_for_fstab_mount() {
	mount -t tmpfs none /usr/local/bin
	cp -L "$CARDFS" /usr/local/bin/cardfs
	local document
	for document in README.md docs/cardfs.1; do
		grep -E '^cardfs +/assets +fuse\.cardfs ' "$root/$document" | sed "s,/assets,$mnt," >fstab
		test -s fstab
		PATH=/usr/sbin:/usr/bin:/sbin:/bin expect_status 0 mount --fstab fstab "$mnt"
		is_mounted "$mnt"
		cardfs umount "$mnt"
	done
}

# Every long option that the program's help speaks of, of itself and of its commands.
options_of_help() {
	local command
	for command in "" $(commands_of_help); do
		# shellcheck disable=SC2086 # none or one
		cardfs $command --help
	done | grep -oE -e '--[a-z][a-z-]+' | sort -u
}

options_of_manual() {
	sed -nE 's/^\.It (Fl . , )?Fl -([a-z-]+).*/--\2/p; s/^\.It Fl . , Fl -([a-z-]+).*/--\1/p' \
		"$root/docs/cardfs.1" | sort -u
}

test_the_manual_has_every_option_of_the_help_and_no_other() {
	options_of_help >help
	options_of_manual >manual
	grep -q -e --store help
	# The help of the help is not in itself; nor is that of the version.
	diff -u <(printf '%s\n' --help --version | sort -u - help) manual
}

test_the_manual_has_every_command() {
	local command
	for command in $(commands_of_help); do
		grep -qE "^\.(It |Op )?Cm $command\b" "$root/docs/cardfs.1" || fail "the manual lacks $command"
	done
}

mount_options_of_manual() {
	sed -nE 's/^\.It .*Pq Cm ([a-z-]+).*/\1/p' "$root/docs/cardfs.1"
}

test_options_of_the_manual_exist() {
	local option
	for option in $(options_of_manual); do
		attempt cardfs --version "$option"
		expect_lacks "$errors" "there is no option"
	done
	for option in $(mount_options_of_manual); do
		attempt cardfs --version -o "$option"
		expect_lacks "$errors" "there is no mount option"
	done
}

test_links_between_documents_lead_somewhere() {
	local document target
	for document in "$root"/*.md "$root"/docs/*.md; do
		# shellcheck disable=SC2013 # targets have no spaces
		for target in $(grep -oE '\]\([^)# ]+' "$document" | cut -c 3- | grep -v '^http'); do
			[ -e "$(dirname "$document")/$target" ] || fail "$document links to $target"
		done
	done
}

run_test "$@"
