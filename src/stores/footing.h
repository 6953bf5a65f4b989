/*
 * Where a store stood when it was read. It tells a store whose cards have been removed from one
 * whose file system has been unmounted below it.
 */
#ifndef CARDFS_STORES_FOOTING_H
#define CARDFS_STORES_FOOTING_H

#include "base/mounts.h"

/* Zeroes are none. */
struct footing {
	char *path; /* absolute, without links */
	struct mounts mounts;
};

/* Fills an empty footing for what is at location. None where there is nothing; false: no memory. */
bool footing_take(struct footing *footing, const char *location);

/* Returns false without memory. */
bool footing_copy(struct footing *footing, const struct footing *other);
void footing_finish(struct footing *footing);

bool footing_is_same(const struct footing *footing, const struct footing *other);

/*
 * Whether its path, or as much of it as is still there, is in another mount than it was. Never for
 * none.
 */
bool footing_is_lost(const struct footing *footing);

/* Whether the mount that it was in is gone, and nothing else is mounted in its place. */
bool footing_is_uncovered(const struct footing *footing);

#endif
