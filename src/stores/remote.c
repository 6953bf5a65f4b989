#include "stores/remote.h"

#include "base/array.h"
#include "base/mount_table.h"

#include <stdlib.h>
#include <string.h>

/* As mountinfo names them; "fuse.sshfs" is one of "fuse". */
static const char *const remote_types[] = {"9p", "acfs", "afs", "autofs", "beegfs", "ceph", "cifs",
	"coda", "fuse", "fuseblk", "gfs2", "gpfs", "lustre", "ncpfs", "nfs", "nfs4", "ocfs2",
	"panfs", "pvfs2", "smb3", "smbfs", "vboxsf", "virtiofs", "vmhgfs"};

static bool is_remote(struct text type) {
	const struct text family = text_part(type, 0, text_index(type, '.'));
	for (size_t i = 0; i < sizeof(remote_types) / sizeof(remote_types[0]); i++) {
		if (text_equal(family, text_of(remote_types[i]))) {
			return true;
		}
	}
	return false;
}

/* Where it is among them; their count where it is not. */
static size_t find(const struct remote_mounts *mounts, struct text path) {
	size_t index = 0;
	while (index < mounts->count && !text_equal(text_of(mounts->points[index]), path)) {
		index++;
	}
	return index;
}

static bool add(struct remote_mounts *mounts, struct text path) {
	if (find(mounts, path) < mounts->count) {
		return true;
	}
	char **points =
		array_make_room(mounts->points, mounts->count, &mounts->capacity, sizeof(char *));
	if (points == NULL) {
		return false;
	}
	mounts->points = points;
	char *point = strndup(path.data, path.length);
	if (point == NULL) {
		return false;
	}
	mounts->points[mounts->count++] = point;
	return true;
}

static void remove_covered(struct remote_mounts *mounts, struct text path) {
	const size_t index = find(mounts, path);
	if (index < mounts->count) {
		free(mounts->points[index]);
		mounts->points[index] = mounts->points[--mounts->count];
	}
}

bool remote_mounts_take(struct remote_mounts *mounts, struct text table) {
	struct remote_mounts taken = {0};
	struct mount_entry entry = {0};
	bool done = true;
	while (done && mount_table_next(&table, &entry)) {
		const struct text point = buffer_text(&entry.point);
		if (entry.point.failed || entry.type.failed) {
			done = false;
		} else if (is_remote(buffer_text(&entry.type))) {
			done = add(&taken, point);
		} else {
			remove_covered(&taken, point);
		}
	}
	mount_entry_finish(&entry);
	if (!done) {
		remote_mounts_finish(&taken);
		return false;
	}
	remote_mounts_finish(mounts);
	*mounts = taken;
	return true;
}

bool remote_mounts_read(struct remote_mounts *mounts) {
	struct buffer table = {0};
	const bool done =
		mount_table_read(&table) && remote_mounts_take(mounts, buffer_text(&table));
	buffer_finish(&table);
	return done;
}

void remote_mounts_finish(struct remote_mounts *mounts) {
	for (size_t i = 0; i < mounts->count; i++) {
		free(mounts->points[i]);
	}
	free(mounts->points);
	*mounts = (struct remote_mounts){0};
}

bool remote_mounts_hold(const struct remote_mounts *mounts, struct text path) {
	return find(mounts, path) < mounts->count;
}

static bool is_in(struct text path, struct text directory) {
	const bool is_root = text_equal(directory, TEXT("/"));
	return text_starts_with(path, directory) &&
	       (is_root || path.length == directory.length || path.data[directory.length] == '/');
}

bool remote_mounts_touch(const struct remote_mounts *mounts, struct text path) {
	for (size_t i = 0; i < mounts->count; i++) {
		const struct text point = text_of(mounts->points[i]);
		if (is_in(path, point) || is_in(point, path)) {
			return true;
		}
	}
	return false;
}
