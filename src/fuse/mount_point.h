/*
 * Whether something can be mounted on a directory; where not, why, and what to do about it.
 */
#ifndef CARDFS_FUSE_MOUNT_POINT_H
#define CARDFS_FUSE_MOUNT_POINT_H

#include "base/error.h"
#include "base/mount_table.h"

/*
 * The absolute path of a mount point, without links as far as it can be followed: it may not exist,
 * its server may be gone, or it may be another user's. The caller frees it; NULL for want of memory
 * or of a working directory.
 */
char *mount_point_resolve(const char *path, struct error *error);

/*
 * Whether mount_point (resolved) is a directory that this user may mount on: an empty one that
 * nothing is mounted on, unless it may cover something.
 */
bool mount_point_check(const char *mount_point, bool may_cover, struct error *error);

/* Whether a mount is one of ours. */
bool mount_point_is_cardfs(const struct mount_entry *entry);

/* Whether this user can mount at all: there is a device, and what an ordinary user needs. */
bool mount_point_check_system(bool for_others, struct error *error);

/* Whether the text of a fuse.conf lets ordinary users mount for others. */
bool mount_point_allows_others(struct text configuration);

#endif
