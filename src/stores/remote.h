/*
 * Mounts of file systems that others serve: over a network, or by a process. One that is asked may
 * not answer for as long as it likes, and who asks waits. So they are told by the kernel's table of
 * mounts, which asks none of them.
 */
#ifndef CARDFS_STORES_REMOTE_H
#define CARDFS_STORES_REMOTE_H

#include "base/text.h"

/* Where they are mounted. Zeroes are none. */
struct remote_mounts {
	char **points; /* absolute, without links */
	size_t count;
	size_t capacity;
};

/*
 * Makes mounts what is mounted now. Returns false where that can't be told, and for want of memory:
 * they are then as they were.
 */
bool remote_mounts_read(struct remote_mounts *mounts);

/* The same from the text of such a table. Returns false for want of memory. */
bool remote_mounts_take(struct remote_mounts *mounts, struct text table);
void remote_mounts_finish(struct remote_mounts *mounts);

/* Whether one is mounted just there. Paths are absolute and without links, here and below. */
bool remote_mounts_hold(const struct remote_mounts *mounts, struct text path);

/* Whether path is in one, or one is below path. */
bool remote_mounts_touch(const struct remote_mounts *mounts, struct text path);

#endif
