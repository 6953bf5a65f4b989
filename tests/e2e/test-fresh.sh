#!/usr/bin/env bash
# Stores that change below a mount whose every answer the kernel has in its caches. What the mount
# shows then is compared with what the stores say by now, through everything that may be cached: open
# files, links, listings, and names that did not exist.
set -eEu
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"

# replace FILE: standard input becomes that file of the store, at once.
replace() {
	mkdir -p "$(dirname "$store/$1")"
	cat >"$store/.new"
	mv "$store/.new" "$store/$1"
}

# Has the kernel keep everything below a directory of the mount, and that some names are not there.
warm() {
	local directory name
	find "$mnt/$1" -name .cardfs -prune -o -ls >/dev/null
	find "$mnt/$1" -name .cardfs -prune -o -type f -exec cat {} + >/dev/null
	find "$mnt/$1" -type d | while read -r directory; do
		for name in card.error added another base tokenizer; do
			[ -e "$directory/$name" ] || true
		done
	done
}

is_output() {
	local wanted=$1
	shift
	attempt "$@"
	[ "$status" -eq 0 ] && [ "$output" = "$wanted" ]
}

# becomes TEXT COMMAND...: its output is that before long.
becomes() {
	eventually is_output "$@"
}

is_missing() {
	[ ! -e "$1" ] && [ ! -L "$1" ]
}

is_there() {
	[ -e "$1" ] || [ -L "$1" ]
}

test_edited_values_are_seen_by_every_path() {
	write_card asset.yaml <<<'{name: asset, field: old, map: {key: [one, two]}}'
	write_card lab.yaml <<<'{name: asset@lab, laboratory: yes}'
	mount_store
	warm .
	warm asset@lab
	warm asset@
	warm @lab
	replace asset.yaml <<<'{name: asset, field: quite new, map: {key: [one, 2]}}'
	local tree
	for tree in asset asset@lab asset@ @lab/asset @lab/asset@; do
		becomes "quite new" cat "$mnt/$tree/field"
		expect_output 10 stat -c %s "$mnt/$tree/field"
		expect_output 2 cat "$mnt/$tree/map/key/1"
		expect_output one cat "$mnt/$tree/map/key/0"
		expect_output "quite new" jq -r .field "$mnt/$tree/card.json"
		expect_contains "$(cat "$mnt/$tree/card.yaml")" "field: quite new" "- 2"
	done
	replace asset.yaml <<<'{name: asset, field: n, map: {key: [one, 2]}}'
	for tree in asset asset@lab asset@ @lab/asset @lab/asset@; do
		becomes n cat "$mnt/$tree/field"
		expect_output 2 stat -c %s "$mnt/$tree/field"
	done
	expect_like_fresh
}

test_a_value_that_comes_back_is_seen() {
	write_card asset.yaml <<<'{name: asset, field: one, checkpoint: /one}'
	mount_store
	local round
	for round in 1 2 3 4 5 6; do
		exec 7<"$mnt/asset/field"
		warm .
		replace asset.yaml <<<'{name: asset, field: two, checkpoint: /two}'
		becomes two cat "$mnt/asset/field"
		becomes /two readlink "$mnt/asset/checkpoint"
		expect_output one cat <&7
		replace asset.yaml <<<'{name: asset, field: one, checkpoint: /one}'
		becomes one cat "$mnt/asset/field"
		becomes /one readlink "$mnt/asset/checkpoint"
	done
	exec 7<&-
	expect_like_fresh
}

test_links_of_every_length_grow_and_shrink() {
	write_card asset.yaml <<<'{name: asset, checkpoint: /}'
	mount_store
	"$(dirname "$0")/support/change-links.py" "$store/asset.yaml" "$mnt/asset/checkpoint"
}

test_an_old_link_is_never_cut_short() {
	write_card asset.yaml <<<'{name: asset, checkpoint: /a/rather/long/target/of/a/link}'
	mount_store
	"$(dirname "$0")/support/hold-link.py" "$store/asset.yaml" "$mnt/asset/checkpoint"
}

test_assets_come_and_go() {
	write_card one.yaml <<<'{name: one, field: 1}'
	mount_store_with env=lab
	warm .
	warm @user
	expect_status 1 stat "$mnt/two"
	expect_status 1 stat "$mnt/@user/two"
	replace two.yaml <<<'{name: two, field: 2}'
	becomes 2 cat "$mnt/two/field"
	becomes 2 cat "$mnt/@user/two/field"
	expect_output $'one\ntwo' ls "$mnt"
	expect_output $'one\ntwo' ls "$mnt/@user"
	warm .
	rm "$store/one.yaml"
	eventually is_missing "$mnt/one"
	expect_status 1 cat "$mnt/one/field"
	expect_output two ls "$mnt"
	expect_output two ls "$mnt/@user"
	expect_status 1 stat "$mnt/one@lab"
}

test_fields_come_and_go() {
	write_card asset.yaml <<<'{name: asset, field: 1, map: {a: 1}}'
	mount_store
	warm .
	expect_status 1 stat "$mnt/asset/added"
	expect_status 1 stat "$mnt/asset/map/added"
	replace asset.yaml <<<'{name: asset, added: 2, map: {a: 1, added: 2}}'
	becomes 2 cat "$mnt/asset/added"
	becomes 2 cat "$mnt/asset/map/added"
	expect_output $'added\ncard.json\ncard.yaml\nmap\nname' ls "$mnt/asset"
	expect_output $'a\nadded' ls "$mnt/asset/map"
	expect_status 1 stat "$mnt/asset/field"
	warm .
	replace asset.yaml <<<'{name: asset, field: 1, map: {a: 1}}'
	becomes 1 cat "$mnt/asset/field"
	expect_status 1 stat "$mnt/asset/added"
	expect_status 1 stat "$mnt/asset/map/added"
	expect_output a ls "$mnt/asset/map"
	expect_like_fresh
}

# As it is, and as it is listed.
type_of_changing() {
	find "$mnt/asset/changing" -maxdepth 0 -printf '%y '
	find "$mnt/asset" -maxdepth 1 -name changing -printf '%y\n'
}

test_fields_change_their_type() {
	local type value
	write_card asset.yaml <<<'{name: asset, changing: text}'
	mount_store
	while read -r type value; do
		warm .
		replace asset.yaml <<<"{name: asset, changing: $value}"
		becomes "$type $type" type_of_changing
	done <<'VALUES'
d {a: 1}
f text
d [1, {a: 2}]
l /nowhere/at/all
d {b: {c: 1}}
l /nowhere
f 5
l /nowhere/else
d {a: 1, added: 2}
VALUES
	expect_like_fresh
}

# A directory that somebody is in may go and come back: with what is in it then.
test_a_directory_that_comes_back_has_nothing_of_the_past() {
	write_card asset.yaml <<<'{name: asset, map: {a: 1, deep: {b: 1}}}'
	mount_store
	cd "$mnt/asset/map/deep"
	exec 7<b 8<../a
	warm .
	expect_status 1 cat added
	expect_status 1 cat ../added
	replace asset.yaml <<<'{name: asset, map: 5}'
	becomes 5 cat "$mnt/asset/map"
	expect_output 1 cat <&7
	expect_output 1 cat <&8
	replace asset.yaml <<<'{name: asset, map: {a: 2, added: 2, deep: {b: 2, added: 2}}}'
	becomes 2 cat "$mnt/asset/map/deep/b"
	expect_output 2 cat b
	expect_output 2 cat added
	expect_output 2 cat ../added
	expect_output 2 cat ../a
	expect_output $'added\nb' ls
	expect_output $'a\nadded\ndeep' ls ..
	rm "$store/asset.yaml"
	eventually is_missing "$mnt/asset"
	replace asset.yaml <<<'{name: asset, map: {deep: {another: 3}}}'
	becomes 3 cat "$mnt/asset/map/deep/another"
	expect_output 3 cat another
	expect_output another ls
	expect_output deep ls ..
	cd "$work"
	exec 7<&- 8<&-
	expect_like_fresh
}

# Who stayed in it may look for a name before anybody looks for the directory.
test_who_stays_in_a_directory_that_comes_back_misses_nothing() {
	local directory
	write_card lab.yaml <<<'{name: asset@lab, other: 1}'
	write_card asset.yaml <<<'{name: asset, field: 1, map: {a: 1}}'
	mount_store
	for directory in asset/map asset@lab @lab/asset/map; do
		replace asset.yaml <<<'{name: asset, field: 1, map: {a: 1}}'
		becomes 1 cat "$mnt/asset/field"
		cd "$mnt/$directory"
		expect_status 1 cat added
		rm "$store/asset.yaml"
		eventually is_missing "$mnt/asset"
		replace asset.yaml <<<'{name: asset, field: 2, map: {a: 2}}'
		becomes 2 cat "$mnt/asset/field"
		expect_status 1 cat added
		replace asset.yaml <<<'{name: asset, field: 3, added: 3, map: {a: 3, added: 3}}'
		becomes 3 cat "$mnt/asset/field"
		expect_output 3 cat added
		expect_output 3 cat "$mnt/$directory/added"
		cd "$work"
	done
	expect_like_fresh
}

test_who_stays_in_an_environment_that_comes_back_misses_nothing() {
	write_card asset.yaml <<<'{name: asset, field: 1, map: {a: 1}}'
	write_card lab.yaml <<<'{name: asset@lab, other: 1}'
	mount_store
	cd "$mnt/@lab/asset/map"
	expect_status 1 cat added
	rm "$store/lab.yaml"
	eventually is_missing "$mnt/@lab"
	replace asset.yaml <<<'{name: asset, field: 2, map: {a: 2, added: 2}}'
	becomes 2 cat "$mnt/asset/field"
	replace lab.yaml <<<'{name: asset@lab, other: 2}'
	becomes 2 cat "$mnt/@lab/asset/other"
	expect_output 2 cat added
	expect_output 2 cat "$mnt/@lab/asset/map/added"
	replace asset.yaml <<<'{name: asset, field: 3, map: {a: 3, another: 3}}'
	becomes 3 cat "$mnt/asset/field"
	expect_output 3 cat another
	expect_status 1 cat added
	cd "$work"
	expect_like_fresh
}

test_open_files_keep_their_bytes_whatever_becomes_of_them() {
	local file number numbers=()
	write_card asset.yaml <<<'{name: asset, field: old, map: {deep: [old]}}'
	write_card lab.yaml <<<'{name: asset@lab, field: old}'
	write_card other.yaml <<<'{name: other, field: old}'
	mount_store
	for file in asset/{field,map/deep/0} asset@lab/{field,map/deep/0} @lab/asset{,@}/field \
		@lab/other{,@}/field; do
		exec {number}<"$mnt/$file"
		numbers+=("$number")
	done
	replace asset.yaml <<<'{name: asset, map: 1}'
	rm "$store/lab.yaml"
	eventually is_missing "$mnt/@lab"
	eventually is_missing "$mnt/asset/field"
	echo 2 >/proc/sys/vm/drop_caches
	for number in "${numbers[@]}"; do
		expect_output 4 stat -L -c %s "/proc/self/fd/$number"
		# What was not read before is asked for now.
		expect_output old cat <&"$number"
		exec {number}<&-
	done
	expect_like_fresh
}

test_environments_come_and_go() {
	write_card asset.yaml <<<'{name: asset, field: 1}'
	mount_store
	warm .
	expect_status 1 stat "$mnt/@lab"
	expect_output 1 cat "$mnt/asset@lab/field"
	replace lab.yaml <<<'{name: asset@lab, field: 2}'
	becomes 2 cat "$mnt/asset@lab/field"
	becomes 2 cat "$mnt/@lab/asset/field"
	warm @lab
	replace lab.yaml <<<'{name: asset@lab, field: 3}'
	becomes 3 cat "$mnt/@lab/asset/field"
	becomes 3 cat "$mnt/asset@lab/field"
	rm "$store/lab.yaml"
	eventually is_missing "$mnt/@lab"
	becomes 1 cat "$mnt/asset@lab/field"
	expect_status 1 stat "$mnt/@lab/asset"
	replace lab.yaml <<<'{name: asset@lab, field: 4}'
	becomes 4 cat "$mnt/@lab/asset/field"
	expect_output 4 cat "$mnt/asset@lab/field"
}

test_a_base_changes_what_derives_from_it() {
	write_card base.yaml <<<'{name: base, shared: 1}'
	write_card between.yaml <<<'{name: between, base: base}'
	write_card leaf.yaml <<<'{name: leaf, base: between}'
	mount_store
	warm .
	expect_status 1 stat "$mnt/leaf/added"
	replace base.yaml <<<'{name: base, shared: 2, added: 3}'
	becomes 2 cat "$mnt/leaf/shared"
	expect_output 3 cat "$mnt/leaf/added"
	expect_output 2 cat "$mnt/between/shared"
	warm .
	rm "$store/base.yaml"
	becomes card.error ls "$mnt/leaf"
	expect_contains "$(cat "$mnt/leaf/card.error")" "base"
	expect_status 1 cat "$mnt/leaf/shared"
	warm .
	replace base.yaml <<<'{name: base, shared: 4}'
	becomes 4 cat "$mnt/leaf/shared"
	expect_status 1 cat "$mnt/leaf/card.error"
	expect_output $'base\ncard.json\ncard.yaml\nname\nshared' ls "$mnt/leaf"
	expect_like_fresh
}

types_of_reference() {
	find "$mnt/asset" -name '*_ref' -printf '%P %y %l\n' | sort
}

test_references_become_links_when_their_target_is_there() {
	write_card asset.yaml <<<'{name: asset, teacher_ref: teacher, deep: {list: [{student_ref: "teacher@lab"}]}}'
	mount_store
	warm .
	expect_output $'deep/list/0/student_ref f \nteacher_ref f ' types_of_reference
	replace teacher.yaml <<<'{name: teacher}'
	becomes $'deep/list/0/student_ref l ../../../../teacher@lab\nteacher_ref l ../teacher' types_of_reference
	warm .
	rm "$store/teacher.yaml"
	becomes $'deep/list/0/student_ref f \nteacher_ref f ' types_of_reference
	expect_output teacher cat "$mnt/asset/teacher_ref"
	expect_like_fresh
}

test_a_borrowed_tokenizer_comes_and_goes() {
	write_card model.yaml <<<'{name: model, tokenizer_ref: between}'
	write_card between.yaml <<<'{name: between, tokenizer_ref: tokenizer}'
	write_card tokenizer.yaml <<<'{name: tokenizer}'
	mount_store
	warm .
	expect_status 1 readlink "$mnt/model/tokenizer"
	replace tokenizer.yaml <<<'{name: tokenizer, tokenizer: /one}'
	becomes ../between/tokenizer readlink "$mnt/model/tokenizer"
	becomes /one realpath -m "$mnt/model/tokenizer"
	warm .
	replace tokenizer.yaml <<<'{name: tokenizer, tokenizer: /another}'
	becomes /another realpath -m "$mnt/model/tokenizer"
	replace between.yaml <<<'{name: between}'
	eventually is_missing "$mnt/model/tokenizer"
	expect_like_fresh
}

test_conflicts_come_and_go() {
	write_card asset.yaml <<<'{name: asset, field: 1}'
	write_card leaf.yaml <<<'{name: leaf, base: asset}'
	mount_store
	warm .
	replace double.yaml <<<'{name: asset, field: 2}'
	becomes card.error ls "$mnt/asset"
	becomes card.error ls "$mnt/leaf"
	expect_contains "$(cat "$mnt/asset/card.error")" "twice"
	warm .
	rm "$store/asset.yaml"
	becomes 2 cat "$mnt/asset/field"
	becomes 2 cat "$mnt/leaf/field"
	expect_like_fresh
}

has_no_problem() {
	[ ! -s "$mnt/.cardfs/problems" ]
}

test_a_file_that_does_not_parse_leaves_what_it_said() {
	write_card asset.yaml <<<'{name: asset, field: good}'
	mount_store
	warm .
	replace asset.yaml <<<'{name: asset, field: ['
	eventually has_problem "$store/asset.yaml"
	expect_output good cat "$mnt/asset/field"
	replace asset.yaml <<<'{name: asset, field: still ['
	expect_output good cat "$mnt/asset/field"
	replace asset.yaml <<<'{name: asset, field: mended}'
	becomes mended cat "$mnt/asset/field"
	eventually has_no_problem
	replace asset.yaml <<<'{name: asset, field: ['
	eventually has_problem "$store/asset.yaml"
	rm "$store/asset.yaml"
	eventually is_missing "$mnt/asset"
	eventually has_no_problem
}

test_files_are_written_in_place_too() {
	write_card asset.yaml <<<'{name: asset, field: old}'
	mount_store
	warm .
	write_card asset.yaml <<<'{name: asset, field: new}'
	becomes new cat "$mnt/asset/field"
	printf -- '---\n{name: another, field: appended}\n' >>"$store/asset.yaml"
	becomes appended cat "$mnt/another/field"
	: >"$store/asset.yaml"
	eventually is_missing "$mnt/asset"
	expect_output "" ls "$mnt"
}

test_directories_of_a_store_come_and_go() {
	write_card top.yaml <<<'{name: top}'
	mount_store
	warm .
	mkdir -p "$work/elsewhere/deep"
	echo '{name: moved}' >"$work/elsewhere/moved.yaml"
	echo '{name: deep, checkpoint: here}' >"$work/elsewhere/deep/deep.yaml"
	mv "$work/elsewhere" "$store/sub"
	becomes $'deep\nmoved\ntop' ls "$mnt"
	expect_output "$store/sub/deep/here" readlink "$mnt/deep/checkpoint"
	warm .
	mv "$store/sub" "$store/renamed"
	becomes "$store/renamed/deep/here" readlink "$mnt/deep/checkpoint"
	mkdir -p "$store/a/b/c"
	echo '{name: below}' >"$store/a/b/c/below.yaml"
	becomes below cat "$mnt/below/name"
	replace a/b/c/below.yaml <<<'{name: below, field: 2}'
	becomes 2 cat "$mnt/below/field"
	rm -r "$store/a" "$store/renamed"
	becomes top ls "$mnt"
}

test_a_whole_store_is_swapped() {
	write_card asset.yaml <<<'{name: asset, field: 1}'
	mount_store
	warm .
	mkdir "$work/next"
	echo '{name: asset, field: 2}' >"$work/next/asset.yaml"
	echo '{name: added}' >"$work/next/added.yaml"
	mv "$store" "$work/previous"
	mv "$work/next" "$store"
	becomes 2 cat "$mnt/asset/field"
	becomes added cat "$mnt/added/name"
	rm -r "$store"
	becomes "" ls "$mnt"
	mv "$work/previous" "$store"
	becomes 1 cat "$mnt/asset/field"
	replace asset.yaml <<<'{name: asset, field: 3}'
	becomes 3 cat "$mnt/asset/field"
}

test_a_store_appears_later() {
	cardfs "$mnt" -o "nodefaults,store=$work/not/yet"
	expect_output "" ls "$mnt"
	expect_status 1 stat "$mnt/late"
	mkdir -p "$work/not"
	mkdir "$work/not/yet"
	echo 'name: late' >"$work/not/yet/late.yaml"
	becomes late cat "$mnt/late/name"
	expect_output late ls "$mnt"
}

test_links_to_card_files_are_followed() {
	mkdir elsewhere
	echo '{name: asset, field: 1}' >elsewhere/one
	echo '{name: asset, field: 2}' >elsewhere/two
	ln -s "$work/elsewhere/one" "$store/asset.yaml"
	mount_store
	warm .
	expect_output 1 cat "$mnt/asset/field"
	echo '{name: asset, field: 11}' >elsewhere/one
	becomes 11 cat "$mnt/asset/field"
	ln -sfn "$work/elsewhere/two" "$store/asset.yaml"
	becomes 2 cat "$mnt/asset/field"
	echo '{name: asset, field: 22}' >elsewhere/new
	mv elsewhere/new elsewhere/two
	becomes 22 cat "$mnt/asset/field"
	rm elsewhere/two
	eventually is_missing "$mnt/asset"
}

test_downloads_of_fairseq2_change_links() {
	local cache
	write_card web.yaml <<'CARDS'
name: one
checkpoint: https://example.com/one.pt
CARDS
	cache=$(download_directory https://example.com/one.pt)
	mount_store
	warm .
	warm one@
	expect_output "$cache" readlink "$mnt/one/checkpoint"
	expect_output "$cache" readlink "$mnt/one@/checkpoint"
	mkdir -p "$cache"
	echo weights >"$cache/one.pt"
	becomes "$cache/one.pt" readlink "$mnt/one/checkpoint"
	becomes "$cache/one.pt" readlink "$mnt/one@/checkpoint"
	expect_output weights cat "$mnt/one/checkpoint"
	rm -r "$cache"
	becomes "$cache" readlink "$mnt/one/checkpoint"
	mkdir -p "$cache"
	touch "$cache/a" "$cache/b"
	expect_output "$cache" readlink "$mnt/one/checkpoint"
	rm "$cache/b"
	becomes "$cache/a" readlink "$mnt/one/checkpoint"
}

test_downloads_from_the_hub_change_links() {
	local repository=$XDG_CACHE_HOME/huggingface/hub/models--org--model
	write_card hub.yaml <<<'{name: hub, checkpoint: "hg://org/model"}'
	mount_store
	warm .
	expect_output "$repository/snapshots/main" readlink "$mnt/hub/checkpoint"
	mkdir -p "$repository/refs" "$repository/snapshots/0123abcd"
	printf 0123abcd >"$repository/refs/main"
	becomes "$repository/snapshots/0123abcd" readlink "$mnt/hub/checkpoint"
	printf 4567 >"$repository/refs/.new"
	mv "$repository/refs/.new" "$repository/refs/main"
	becomes "$repository/snapshots/4567" readlink "$mnt/hub/checkpoint"
	rm -r "$repository"
	becomes "$repository/snapshots/main" readlink "$mnt/hub/checkpoint"
}

test_times_follow_the_files() {
	local day
	write_card asset.yaml <<<'{name: asset, field: 1, map: {a: 1}}'
	write_card other.yaml <<<'{name: other}'
	write_card leaf.yaml <<<'{name: leaf, base: asset}'
	touch -d 2020-01-01 "$store"/*
	mount_store
	for day in 2021-02-03 2020-01-01 2022-03-04 2020-01-01; do
		warm .
		touch -d "$day" "$store/asset.yaml"
		becomes "$day" date -r "$mnt/leaf/map/a" +%F
		becomes "$day" date -r "$mnt" +%F
		expect_like_fresh
	done
	expect_output 2020-01-01 date -r "$mnt/other/name" +%F
}

test_times_in_an_environment_follow_its_file() {
	write_card asset.yaml <<<'{name: asset, field: 1}'
	write_card cluster.yaml <<<'{name: asset@cluster, other: 2}'
	touch -d 2020-01-01 "$store"/*
	mount_store
	warm .
	warm asset@cluster
	touch -d 2021-02-03 "$store/cluster.yaml"
	becomes 2021-02-03 date -r "$mnt/asset@cluster/field" +%F
	expect_output 2021-02-03 date -r "$mnt/asset@cluster" +%F
	expect_output 2020-01-01 date -r "$mnt/asset/field" +%F
	expect_like_fresh
}

test_what_is_mounted_on_directories_stays() {
	local round
	write_card asset.yaml <<<'{name: asset, field: 0, map: {a: 0}}'
	write_card neighbour.yaml <<<'{name: neighbour, field: 0}'
	write_card same.yaml <<<'{name: same, map: {a: 0}}'
	mount_store
	mkdir -p "$work/over"
	echo over >"$work/over/file"
	mount --bind "$work/over" "$mnt/same"
	mount --bind "$work/over" "$mnt/asset/map"
	for round in 1 2 3; do
		warm .
		replace neighbour.yaml <<<"{name: neighbour, field: $round}"
		becomes $round cat "$mnt/neighbour/field"
		replace asset.yaml <<<"{name: asset, field: $round, map: {a: $round, b$round: 1}}"
		becomes $round cat "$mnt/asset/field"
		replace same.yaml <<<"{name: same, map: {a: $round}}"
		becomes $round cat "$mnt/same@/map/a"
		touch -d "2020-01-0$round" "$store/same.yaml"
		becomes "2020-01-0$round" date -u -r "$mnt/same@/map/a" +%F
		expect_output over cat "$mnt/same/file"
		expect_output over cat "$mnt/asset/map/file"
	done
	umount "$mnt/same" "$mnt/asset/map"
	expect_output 3 cat "$mnt/same/map/a"
	expect_output 3 cat "$mnt/asset/map/a"
	expect_like_fresh
}

test_a_mount_that_polls_is_fresh_too() {
	write_card asset.yaml <<<'{name: asset, field: 1}'
	mount_store_with poll=1
	warm .
	replace asset.yaml <<<'{name: asset, field: 2}'
	becomes 2 cat "$mnt/asset/field"
}

# More happens than the kernel keeps for a server that does not come to read it.
test_nothing_is_missed_when_events_overflow() {
	local most
	most=$(cat /proc/sys/fs/inotify/max_queued_events)
	write_card asset.yaml <<<'{name: asset, field: old}'
	mount_store
	warm .
	expect_status 1 stat "$mnt/added"
	# Who supervises is not to see it.
	# shellcheck disable=SC2046 # one word a process
	kill -STOP $(servers) $(workers)
	(cd "$store" && seq $((most / 2 + 100)) | xargs touch)
	replace asset.yaml <<<'{name: asset, field: new}'
	mkdir -p "$store/deep/er"
	replace deep/er/added.yaml <<<'{name: added, field: 1}'
	# shellcheck disable=SC2046
	kill -CONT $(workers) $(servers)
	becomes new cat "$mnt/asset/field"
	becomes 1 cat "$mnt/added/field"
	# What is new is watched, too.
	replace deep/er/added.yaml <<<'{name: added, field: 2}'
	becomes 2 cat "$mnt/added/field"
}

# With few watches left; to be run in a namespace of users, which has limits of its own.
show_changes_without_watches() {
	local i
	echo 4 >/proc/sys/user/max_inotify_watches
	cardfs "$mnt" -f -o "nodefaults,store=$store,poll=1" 2>"$work/messages" &
	eventually is_mounted "$mnt"
	expect_output old cat "$mnt/asset_8/field"
	for i in 8 1 5; do
		replace "$i/asset.yaml" <<<"{name: asset_$i, field: new}"
		becomes new cat "$mnt/asset_$i/field"
	done
	umount "$mnt"
	wait
}

test_a_store_over_the_limit_of_watches_is_polled_and_that_is_said_once() {
	unshare --user --map-root-user true || skip "namespaces of users are refused here"
	local i
	for i in 1 2 3 4 5 6 7 8; do
		mkdir "$store/$i"
		echo "{name: asset_$i, field: old}" >"$store/$i/asset.yaml"
	done
	export store mnt work
	unshare --user --map-root-user --mount --pid --fork --kill-child --mount-proc \
		bash -eEuc "$(declare -f); show_changes_without_watches"
	expect_equal 1 "$(grep -c "max_user_watches" messages)"
	expect_contains "$(grep "max_user_watches" messages)" " stores and caches cannot be watched"
}

# Mounts the store in the foreground, with libfuse's word of each request in the file "requests".
mount_and_log() {
	: >requests
	cardfs "$mnt" -d -v -o "nodefaults,store=$store" 2>>requests &
	eventually is_mounted "$mnt"
}

loads() {
	grep -c 'loaded what changed' requests || true
}

has_loaded() {
	[ "$(loads)" -gt "$1" ]
}

# What the kernel asks for while COMMAND runs, a line each, sorted.
requests_of() {
	: >requests
	"$@" >/dev/null
	sed -nE 's/.*opcode: ([A-Z]+).*/\1/p' requests | grep -v FORGET | sort
}

# But at .cardfs, whose every answer is asked for each time.
look_at_everything() {
	find "$mnt"/* -ls
	find "$mnt"/* -type f -exec cat {} +
}

test_names_are_looked_up_with_the_listing_that_they_are_in() {
	local i
	for i in 1 2 3 4 5 6 7 8 9; do
		write_card "$i.yaml" <<<"{name: asset_$i, field: $i, checkpoint: /x/$i, map: {a: 1}}"
	done
	mount_and_log
	requests_of ls -lR "$mnt" >asked
	expect_equal 9 "$(grep -c READLINK asked)"
	expect_equal 0 "$(grep -c LOOKUP asked)"
	umount "$mnt"
}

test_nothing_that_did_not_change_is_asked_for_again() {
	local i before
	for i in 1 2 3 4 5 6 7 8 9; do
		echo "{name: asset_$i, field: $i, checkpoint: /x/$i, map: {a: 1, b: [1, 2]}}"
		echo "---"
	done | write_card many.yaml
	write_card one.yaml <<<'{name: one, field: 1, checkpoint: /x/1, map: {a: 1}}'
	touch -d 2030-01-01 "$store/many.yaml"
	mount_and_log
	# What others have the kernel drop is asked for again.
	local drops_before round=1
	until [ "${drops_before-}" = "$(drops)" ]; do
		drops_before=$(drops)
		round=$((round + 1))
		take_requests_around_change "{name: one, field: $round, checkpoint: /x/1, map: {a: 1}}"
	done
	expect_output "" cat asked-before
	# Field, card.yaml and card.json are others now, and read. The two directories are listed again,
	# with the attributes of what is in them, since their time is another one.
	expect_output $'1 GETATTR\n3 READ\n4 READDIRPLUS' cat asked
	expect_output "" cat asked-after
	umount "$mnt"
}

# take_requests_around_change CARD: fills files with what is asked for before, because of, and after it.
take_requests_around_change() {
	local before
	look_at_everything >/dev/null
	look_at_everything >/dev/null
	requests_of look_at_everything >asked-before
	before=$(loads)
	replace one.yaml <<<"$1"
	eventually has_loaded "$before"
	requests_of look_at_everything | uniq -c | awk '{print $1, $2}' >asked
	requests_of look_at_everything >asked-after
}

test_forgetting_leaves_no_inode() {
	local i
	for i in $(seq 50); do
		echo "{name: asset_$i, field: $i, checkpoint: /x/$i, map: {a: 1, b: [1, 2]}}"
		echo "---"
	done | write_card many.yaml
	mount_and_log
	look_at_everything >/dev/null
	replace one.yaml <<<'{name: one, field: 1}'
	look_at_everything >/dev/null
	replace one.yaml <<<'{name: one, field: 2}'
	becomes 2 cat "$mnt/one/field"
	rm "$store/one.yaml"
	eventually is_missing "$mnt/one"
	eventually forgets_everything
	umount "$mnt"
}

# Has the kernel forget all, and the server say what it knows after that.
forgets_everything() {
	local before
	before=$(loads)
	echo 2 >/proc/sys/vm/drop_caches
	kill -HUP "$(servers)"
	eventually has_loaded "$before"
	grep 'loaded what changed' requests | tail -n 1 | grep -q ' 0 inodes known'
}

run_test "$@"
