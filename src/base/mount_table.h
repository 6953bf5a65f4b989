/*
 * What is mounted where: the kernel's table of mounts, /proc/self/mountinfo (proc(5)).
 */
#ifndef CARDFS_BASE_MOUNT_TABLE_H
#define CARDFS_BASE_MOUNT_TABLE_H

#include "base/buffer.h"
#include "base/error.h"

/* One mount. Zeroes are empty; mount_entry_finish frees it. */
struct mount_entry {
	struct buffer point;   /* where it is mounted, absolute and without links */
	struct buffer device;  /* "0:57" */
	struct buffer type;    /* "fuse.cardfs" */
	struct buffer source;  /* "cardfs" */
	struct buffer options; /* of the file system: "ro,user_id=0,group_id=0" */
};

void mount_entry_finish(struct mount_entry *entry);

/* Whether it is of that type. */
bool mount_entry_has_type(const struct mount_entry *entry, struct text type);

/* Whether one of its options is just that. */
bool mount_entry_has_option(const struct mount_entry *entry, struct text option);

/*
 * Takes the next line off the front of the text of such a table, and fills entry with it. Returns
 * false at the end. A mount comes behind those that it covers.
 */
bool mount_table_next(struct text *table, struct mount_entry *entry);

/*
 * Fills entry with the topmost mount on mount_point, an absolute path without links, from the text
 * of such a table. Returns false where nothing is mounted there.
 */
bool mount_table_find(struct text table, struct text mount_point, struct mount_entry *entry);

/*
 * The same from the kernel's table, where it can be read; for want of memory nothing is mounted.
 */
bool mount_table_look_up(const char *mount_point, struct mount_entry *entry);

/*
 * Fills table (emptied first) with the kernel's table. Returns false where it can't be read, and
 * for want of memory.
 */
bool mount_table_read(struct buffer *table);

#endif
