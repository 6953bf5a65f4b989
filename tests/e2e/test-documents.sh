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

first_session() {
	blocks_of console <"$root/README.md" | sed '/^\$ cardfs umount fair$/q'
}

test_the_demo_plays_the_first_session_of_the_readme() {
	first_session >written
	expect_status 0 "$root/scripts/demo" --cardfs "$CARDFS"
	expect_equal "" "$errors"
	diff -u written <(printf '%s\n' "$output")
	eventually has_no_servers
	expect_equal "" "$(ls -A "$TMPDIR")"
}

test_the_picture_shows_the_first_session_of_the_readme() {
	first_session | "$root/scripts/draw-session" | diff -u "$root/docs/demo.svg" -
}

test_the_lines_for_fstab_mount() {
	install_helpers "$CARDFS"
	local document line
	for document in README.md docs/man/mount.cardfs.8; do
		grep -E '^cardfs +/assets +(fuse\.)?cardfs ' "$root/$document" >lines
		while IFS= read -r line; do
			printf '%s\n' "${line/\/assets/$mnt}" >fstab
			expect_status 0 mount --fstab fstab "$mnt"
			is_mounted "$mnt"
			umount "$mnt"
		done <lines
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
