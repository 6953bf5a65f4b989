/*
 * Which mount a place is in: tells a directory from one that is mounted over it.
 */
#ifndef CARDFS_BASE_MOUNTS_H
#define CARDFS_BASE_MOUNTS_H

#include <stdbool.h>
#include <stdint.h>

/* Mounts by number, or devices by number where the kernel tells no more. 0 is none. */
struct mounts {
	uint64_t here;    /* what the place is in */
	uint64_t beneath; /* what that is mounted on */
};

/*
 * Finds those of a path, which is absolute and without links. Returns false, with errno, where it
 * can't be looked at, and without memory.
 */
bool mounts_find(struct mounts *mounts, const char *path);

/*
 * The mount that a path, or as much of it as is still there, is in; false where that can't be told.
 */
bool mounts_find_now(const char *path, uint64_t *here);

/* Whether what path was in is not mounted there any more, so that what is beneath it shows. */
bool mounts_are_uncovered(const struct mounts *mounts, const char *path);

#endif
