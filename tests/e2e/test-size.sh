#!/usr/bin/env bash
# Stores and cards of a size that nobody writes by hand. MANY says how many files and keys there are;
# "make soak" has a million.
set -eEu
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"

many=${MANY:-20000}

count_of() {
	# shellcheck disable=SC2012 # a line a name: none has a line break
	ls "$1" | wc -l
}

resident_kilobytes() {
	sed -n 's/^VmHWM:[^0-9]*\([0-9]*\).*/\1/p' "/proc/$(workers)/status"
}

# As many files as there are to be, a thousand in a directory; the disk is spared.
fill_store_with_files() {
	local i
	mount -t tmpfs -o mode=755,nr_inodes=0,size=16G none "$store"
	for ((i = 0; i < many; i++)); do
		if ((i % 1000 == 0)); then
			mkdir "$store/$((i / 1000))"
		fi
		echo "{name: a$i, field: $i}" >"$store/$((i / 1000))/$i.yaml"
	done
}

test_a_store_of_very_many_files() {
	fill_store_with_files
	local last=$((many - 1))
	local changed=$store/$((last / 1000))/$last.yaml
	mount_store
	expect_output "$many" count_of "$mnt"
	expect_output "$last" cat "$mnt/a$last/field"
	echo "{name: a$last, field: new}" >"$changed"
	eventually reads "$mnt/a$last/field" new
	rm "$changed"
	eventually is_gone "$mnt/a$last"
	echo "{name: b, base: a0}" >"$changed"
	eventually reads "$mnt/b/field" 0
	expect_output "$many" count_of "$mnt"
	has_no_problems
	echo "$many files: $(resident_kilobytes) kB at most"
}

test_a_mapping_of_very_many_keys() {
	local last=$((many - 1))
	{
		echo 'name: keys'
		echo 'map:'
		seq -f '  k%.0f: 1' 0 "$last"
		echo '---'
		echo 'name: fields'
		seq -f 'k%.0f: 1' 0 "$last"
	} | write_card keys.yaml
	write_card twice.yaml < <(echo 'name: twice' && seq -f 'k%.0f: 1' 0 "$last" && echo 'k0: 2')
	write_card other.yaml <<<'{name: other, field: 1}'
	mount_store
	expect_output "$many" count_of "$mnt/keys/map"
	expect_output 1 cat "$mnt/keys/map/k$last"
	expect_output 1 cat "$mnt/fields/k$last"
	expect_output "$many" grep -c '^k[0-9]*: 1$' "$mnt/fields/card.yaml"
	expect_status 1 stat "$mnt/keys/map/k$many"
	expect_status 1 stat "$mnt/twice"
	expect_contains "$(cat "$mnt/.cardfs/problems")" \
		"twice.yaml:$((many + 2)):1: error: the key \"k0\" stands on line 2 as well"
	expect_output 1 cat "$mnt/other/field"
	echo "$many keys: $(resident_kilobytes) kB at most"
}

# repeat TEXT BYTES
repeat() {
	yes "$1" | tr -d '\n' | head -c "$2"
}

test_texts_as_long_as_they_may_be_and_longer() {
	local limit=$((16 * 1024 * 1024))
	write_card long.yaml < <(echo 'name: long' && printf 'text: ' && repeat ab $((limit - 100)))
	write_card longer.yaml < <(echo 'name: longer' && printf 'text: ' && repeat ab $((limit + 1)))
	write_card digits.yaml < <(echo 'name: digits' && printf 'number: ' && repeat 7 $((limit - 100)))
	write_card fraction.yaml < <(echo 'name: fraction' && printf 'number: 0.' && repeat 7 $((limit - 100)))
	write_card key.yaml < <(echo 'name: key' && printf '? ' && repeat k $((limit - 200)) && printf '\n: 1\n')
	write_card name.yaml < <(printf 'name: ' && repeat n $((limit - 100)))
	write_card path.yaml < <(echo 'name: path' && printf 'checkpoint: /' && repeat a/ $((limit - 100)))
	write_card other.yaml <<<'{name: other, field: 1}'
	mount_store
	(repeat ab $((limit - 100)) && echo) | cmp - "$mnt/long/text"
	expect_output $((limit - 99)) stat -c %s "$mnt/long/text"
	expect_output $((limit - 97)) stat -c %s "$mnt/fraction/number"
	expect_status 1 stat "$mnt/longer"
	expect_status 1 stat "$mnt/digits"
	expect_output name ls "$mnt/key" --ignore='card.*'
	expect_contains "$(cat "$mnt/.cardfs/problems")" "this text is longer than $limit bytes, which is the limit" \
		"this integer has more than 4300 digits" "its name is longer than 255 bytes" \
		"a key of key has no entry in the mount" "no path has more than 4095"
	expect_output 1 cat "$mnt/other/field"
}

# Each document is a few bytes, and its problem would be a few hundred. Three million make a file as large as it may be.
test_a_file_of_very_many_faults_takes_little_memory() {
	local last=$((many < 600000 ? many * 5 : 3000000))
	write_card broken.yaml < <(yes -- $'---\n[' | head -n $((last * 2)))
	write_card orphans.yaml < <(seq -f $'---\nname: a%.0f@e' "$last")
	write_card other.yaml <<<'{name: other, field: 1}'
	mount_store
	expect_output 1 cat "$mnt/other/field"
	expect_equal 2002 "$(wc -l <"$mnt/.cardfs/problems")"
	expect_contains "$(problems)" \
		"broken.yaml:2003: error: from here on the file has $((last - 1000)) more problems, to be seen when" \
		"orphans.yaml:2002: error: from here on the file has more problems, to be seen when"
	expect_contains "$(sed -n 2p "$mnt/.cardfs/stats" && cat "$mnt/.cardfs/stores")" "1 cards"
	echo "$last faults: $(resident_kilobytes) kB at most"
	! is_sanitized || skip "sanitizers keep what was freed"
	[ "$(resident_kilobytes)" -lt $((40000 + last)) ]
}

# What is said of a name is as long for each card that it is said of.
test_gigantic_names_are_told_of_in_short() {
	local i
	{
		printf 'name: parent\nbase: ' && repeat nobody 10000000
		for i in $(seq 300); do
			printf '\n---\nname: child-%d\nbase: parent' "$i"
		done
	} | write_card parent.yaml
	mount_store
	expect_equal 301 "$(wc -l <"$mnt/.cardfs/problems")"
	[ "$(wc -c <"$mnt/.cardfs/problems")" -lt 500000 ]
	[ "$(wc -c <"$mnt/child-1/card.error")" -lt 2000 ]
	[ "$(resident_kilobytes)" -lt 500000 ]
}

run_test "$@"
