#!/usr/bin/env bash
# Tools that copy, compare and search trees.
set -eEu
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"

# A mount with something of every kind; links lead to files that exist.
mount_everything() {
	mkdir models
	echo weights >models/weights.pt
	write_card everything.yaml <<CARDS
name: parent
model_family: llama
---
name: everything
base: parent
checkpoint: $work/models/weights.pt
text: |
  one
  two
nothing: null
bytes: !!binary AAECAw==
list: [a, {b: [c]}]
parent_ref: parent
odd/name: {.hidden: 1, "line\nbreak": 2}
---
name: with spaces and é
---
name: broken
base: nobody
CARDS
	mount_store
}

test_cp_copies_everything() {
	mount_everything
	expect_status 0 cp -a "$mnt" copy
	expect_status 0 diff -r --no-dereference "$mnt" copy
	expect_output weights cat copy/everything/checkpoint
	expect_output ../parent readlink copy/everything/base
	expect_equal "$(stat -c '%.9Y' "$mnt/everything/text")" "$(stat -c '%.9Y' copy/everything/text)"
}

test_tar_packs_everything() {
	mount_everything
	mkdir copy
	expect_status 0 tar -C "$mnt" -cf everything.tar .
	expect_equal "" "$errors"
	expect_status 0 tar -C copy -xpf everything.tar
	expect_status 0 diff -r --no-dereference "$mnt" copy
}

test_rsync_copies_everything_once() {
	mount_everything
	expect_status 0 rsync -a "$mnt/" copy
	expect_status 0 diff -r --no-dereference "$mnt" copy
	expect_output "" rsync -a --itemize-changes "$mnt/" copy
	expect_output "" rsync -a --itemize-changes --checksum "$mnt/" copy
}

test_rsync_copies_what_links_lead_to() {
	mount_everything
	expect_status 0 rsync -aL "$mnt/" copy
	expect_output weights cat copy/everything/checkpoint
	expect_output llama cat copy/everything/base/model_family
	expect_output "" find copy -type l
}

test_diff_of_two_mounts_finds_no_difference() {
	mount_everything
	mkdir other
	cardfs other -o "nodefaults,store=$store"
	expect_output "" diff -r --no-dereference "$mnt" other
}

test_grep_finds_values() {
	mount_everything
	expect_output "$mnt/everything/model_family:llama
$mnt/parent/model_family:llama" sh -c "grep -rx llama $mnt | sort"
	expect_output "$mnt/broken/card.error" grep -rl 'does not exist' "$mnt" --exclude-dir=.cardfs
}

test_du_counts_and_ends() {
	mount_everything
	expect_status 0 du -s --apparent-size "$mnt"
	expect_equal "" "$errors"
}

# What Python sees in every directory: os.scandir, lstat and read agree, and nothing is there twice.
walk_in_python() {
	/usr/bin/python3 - "$1" <<'PYTHON'
import os
import stat
import sys

top = sys.argv[1]
seen = {}
count = 0
for directory, directories, files in os.walk(top):
    with os.scandir(directory) as entries:
        listed = {entry.name: entry for entry in entries}
    assert sorted(listed) == sorted(directories + files), directory
    status = os.lstat(directory)
    assert status.st_nlink in (1, 2 + sum(not os.path.islink(os.path.join(directory, d))
                                          for d in directories)), directory
    for name, entry in listed.items():
        path = os.path.join(directory, name)
        status = os.lstat(path)
        count += 1
        assert entry.inode() == status.st_ino, (path, entry.inode(), status.st_ino)
        assert entry.is_symlink() == stat.S_ISLNK(status.st_mode), path
        assert entry.is_dir(follow_symlinks=False) == stat.S_ISDIR(status.st_mode), path
        assert status.st_ino not in seen, (path, seen[status.st_ino])
        seen[status.st_ino] = path
        if stat.S_ISLNK(status.st_mode):
            assert len(os.fsencode(os.readlink(path))) == status.st_size, path
        elif stat.S_ISREG(status.st_mode):
            with open(path, 'rb') as file:
                assert len(file.read()) == status.st_size, path
assert count > 20, count
PYTHON
}

test_python_sees_sizes_types_and_inode_numbers_that_agree() {
	mount_everything
	walk_in_python "$mnt"
	walk_in_python "$mnt/@user"
}

test_inode_numbers_stay_while_it_is_mounted() {
	mount_everything
	find "$mnt" -printf '%i %p\n' | sort >before
	echo 2 >/proc/sys/vm/drop_caches
	expect_output "$(cat before)" sh -c "find $mnt -printf '%i %p\n' | sort"
}

test_mmap_and_shells_read_files() {
	mount_everything
	expect_output llama /usr/bin/python3 -c "
import mmap
with open('$mnt/parent/model_family', 'rb') as file:
    print(mmap.mmap(file.fileno(), 0, prot=mmap.PROT_READ)[:].decode().strip())"
	local value
	read -r value <"$mnt/parent/model_family"
	expect_equal llama "$value"
	expect_status 0 find "$mnt" -name 'odd*' -print0
}

run_test "$@"
