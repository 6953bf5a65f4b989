#!/usr/bin/env bash
# Stores that somebody has filled to do harm: what is not what it is called, what changes into something
# else while it is looked at, and names that reach for a terminal or out of the mount.
set -eEu
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source-path=SCRIPTDIR source=../hostile-names.sh
. "$(dirname "$0")/../hostile-names.sh"

# What is there beside the hostile is served all the time.
write_sound_card() {
	write_card sound.yaml <<<'{name: sound, field: 1}'
}

expect_sound() {
	expect_output 1 cat "$mnt/sound/field"
}

test_a_card_file_that_becomes_something_else_takes_its_cards_along() {
	local other
	write_sound_card
	mount_store
	for other in "mkdir" "mkfifo" "mknod -m 666" "ln -s /dev/zero" "ln -s ." "ln -s x.yaml"; do
		write_card x.yaml <<<'{name: x, field: 1}'
		eventually reads "$mnt/x/field" 1
		rm "$store/x.yaml"
		case $other in
		mknod*) $other "$store/x.yaml" c 1 5 ;;
		*) $other "$store/x.yaml" ;;
		esac
		eventually is_gone "$mnt/x"
		expect_sound
		rm -r "$store/x.yaml"
		eventually has_no_problems
	done
}

test_a_card_file_that_becomes_a_directory_of_cards_and_a_file_again() {
	local i
	write_sound_card
	mount_store
	for i in 1 2 3; do
		write_card x.yaml <<<"{name: x, field: $i}"
		eventually reads "$mnt/x/field" "$i"
		rm "$store/x.yaml"
		mkdir "$store/x.yaml"
		write_card x.yaml/below.yaml <<<"{name: below, field: $i}"
		eventually reads "$mnt/below/field" "$i"
		eventually is_gone "$mnt/x"
		rm -r "$store/x.yaml"
		eventually is_gone "$mnt/below"
	done
	expect_output "" problems
	expect_sound
}

# Changes from one to the other as fast as it can, by renames, so that one of them is always there.
alternate_until_stopped() {
	while [ ! -e stop ]; do
		mkdir beside
		echo '{name: below}' >beside/below.yaml
		mv --no-target-directory "$store/x.yaml" "aside" && mv --no-target-directory beside "$store/x.yaml"
		rm -rf aside
		echo '{name: x}' >beside
		mv --no-target-directory "$store/x.yaml" "aside" && mv --no-target-directory beside "$store/x.yaml"
		rm -rf aside
	done
}

test_a_card_file_that_is_exchanged_with_a_directory_without_end() {
	write_sound_card
	write_card x.yaml <<<'{name: x}'
	mount_store
	alternate_until_stopped &
	local i
	for i in $(seq 200); do
		ls -R "$mnt" >/dev/null 2>&1 || true
		expect_sound
	done
	touch stop
	wait
	expect_like_fresh
	expect_output x cat "$mnt/x/name"
	expect_output "" problems
}

test_a_file_that_grows_while_it_is_read() {
	write_sound_card
	write_card x.yaml <<<'{name: x, field: 1}'
	mount_store
	# Twice as long as a file may be, in blocks of 1024 bytes.
	(ulimit -f 131072 && exec yes '# more' >>"$store/x.yaml") &
	eventually has_problem "$store/x.yaml: error: it is larger than 67108864 bytes, which is the limit"
	wait || true
	expect_sound
	write_card x.yaml <<<'{name: x, field: 2}'
	eventually reads "$mnt/x/field" 2
	eventually has_no_problems
}

test_links_in_circles_end() {
	write_sound_card
	ln -s b.yaml "$store/a.yaml"
	ln -s a.yaml "$store/b.yaml"
	ln -s self.yaml "$store/self.yaml"
	mkdir -p "$store/d/e"
	ln -s ../.. "$store/d/e/up"
	ln -s .. "$store/d/e/up.yaml"
	write_card d/e/deep.yaml <<<'{name: deep, checkpoint: round, tokenizer: /proc/self/root}'
	ln -s round "$store/d/e/round"
	ln -s circle-2 circle-1
	ln -s circle-1 circle-2
	mount_store_with "store=$work/circle-1"
	expect_output $'deep\nsound' ls "$mnt"
	expect_contains "$(problems)" "$store/a.yaml: error: it cannot be read: Too many levels of symbolic links" \
		"$store/self.yaml: error: " "$store/d/e/up.yaml: error: it is a directory" \
		"$work/circle-1: error: cannot open the store: Too many levels of symbolic links"
	expect_output "$store/d/e/round" readlink "$mnt/deep/checkpoint"
	expect_status 1 stat -L "$mnt/deep/checkpoint"
	expect_output missing getfattr -h -n system.cardfs.state --only-values "$mnt/deep/checkpoint"
	expect_sound
	rm "$store/a.yaml" "$store/b.yaml" "$store/self.yaml" "$store/d/e/up.yaml" circle-1
	mkdir circle-1
	eventually has_no_problems
}

# A name of a card is one of the root; nothing leads out of it, and no byte of it steers a terminal.
test_no_name_leads_out_of_the_mount_or_steers_a_terminal() {
	write_hostile_cards
	printf '%s\n' '---' 'name: "a/../../etc/passwd"' '---' 'name: "/etc/passwd"' '---' 'name: "."' '---' \
		'name: "keys"' 'map: {"..": 1, "a/../../b": 2, "nul\0": 3, "new\nline": 4, ".": 5, "": 6}' |
		write_card paths.yaml
	mount_store
	expect_output 1 cat "$mnt/%2E./field"
	expect_output 1 cat "$mnt/a%2F..%2F..%2F%1B[5m/field"
	expect_output 1 cat "$mnt/nul%00%1B[7m/field"
	expect_output 1 cat "$mnt/new%0Aline%1B[1m/field"
	expect_output "/etc/passwd" cat "$mnt/%2Fetc%2Fpasswd/name"
	expect_output "a/../../etc/passwd" cat "$mnt/a%2F..%2F..%2Fetc%2Fpasswd/name"
	expect_output . cat "$mnt/%2E/name"
	expect_output 1 cat "$mnt/keys/map/%2E."
	expect_output 2 cat "$mnt/keys/map/a%2F..%2F..%2Fb"
	expect_output 3 cat "$mnt/keys/map/nul%00"
	expect_output 4 cat "$mnt/keys/map/new%0Aline"
	expect_output 5 cat "$mnt/keys/map/%2E"
	find "$mnt" "$mnt/.by" "$mnt/.cardfs" -print0 >names
	expect_equal "" "$(LC_ALL=C tr -d '\0' <names | LC_ALL=C grep -a $'[\x01-\x1f\x7f]' || true)"
	expect_equal "" "$(tr '\0' '\n' <names | grep $'[\u0080-\u009f]' || true)"
}

test_what_a_mount_says_of_hostile_cards_is_harmless() {
	local file
	write_hostile_cards
	cardfs "$mnt" -f -v -o "nodefaults,store=$store,store=$work/"$'no-store\e]0;x\a\u202e' 2>messages &
	eventually is_mounted "$mnt"
	for file in problems stores state stats metrics environments; do
		expect_harmless "$(cat "$mnt/.cardfs/$file")"
	done
	has_problem 'nobody\x1B[1m\u{2067}'
	find "$mnt" -name card.error -print0 | xargs -0 cat >errors
	[ -s errors ]
	expect_harmless "$(cat errors)"
	write_card $'later\e]0;x\a\u202e.yaml' <<<'{name: unclosed'
	eventually has_problem 'later\x1B]0;x\x07\u{202E}.yaml'
	kill -HUP "$(servers)"
	kill -QUIT "$(servers)"
	eventually grep -q 'no-store\\x1B' messages
	umount "$mnt"
	wait
	expect_harmless "$(cat messages)"
}

test_a_strict_mount_refuses_hostile_cards_in_harmless_words() {
	write_hostile_cards
	attempt mount_store_with strict
	expect_equal 1 "$status"
	expect_contains "$errors" '\x1B' '\u{202E}'
	expect_harmless "$output$errors"
}

run_test "$@"
