/*
 * What can be known of a mount without asking it: from the kernel, and from /proc.
 */
#ifndef CARDFS_FUSE_OUTSIDE_H
#define CARDFS_FUSE_OUTSIDE_H

#include "base/mount_table.h"

/*
 * Appends parts as state_append does: the mount in the kernel's table, how many requests wait for
 * an answer, and every process of cardfs that holds /dev/fuse (or may, for those that this user may
 * not look into) with what its threads are doing.
 */
void outside_append(struct buffer *text, const char *mount_point, const struct mount_entry *entry);

#endif
