/*
 * After a change: what the kernel has to be told so that nothing that it keeps is stale, and no
 * more than that ("fuse-notes.md, Invalidation").
 *
 * What the kernel keeps of a file or link never changes, since a new content is a new inode. So
 * what has to go are names: those that stand for another inode now, that stand for nothing, or that
 * did not exist when the kernel asked; and the listings and attributes of directories.
 */
#ifndef CARDFS_FUSE_REFRESH_H
#define CARDFS_FUSE_REFRESH_H

#include "fuse/filesystem.h"

/*
 * Tells of everything that differs between the previous and the present view of filesystem. To be
 * called between current_load and current_settle, with no lock held, by a thread that answers no
 * requests. Fails for want of memory: the kernel may keep something stale then, until the next
 * change of the same.
 */
bool refresh_after_load(
	struct filesystem *filesystem, struct fuse_session *session, struct error *error);

/* Tells of links into caches that lead elsewhere now. */
bool refresh_after_download(
	struct filesystem *filesystem, struct fuse_session *session, struct error *error);

#endif
