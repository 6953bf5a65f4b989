/*
 * What the kernel is told when something changes: which of the things that it keeps are no longer
 * so. Never with a lock held, nor by a thread that answers a request ("fuse-notes.md,
 * Invalidation").
 */
#ifndef CARDFS_FUSE_NOTICES_H
#define CARDFS_FUSE_NOTICES_H

#include "base/text.h"

#include <fuse_lowlevel.h>

/* The name is to be looked up again before it is used; what is mounted on it stays. */
void notice_expiry(struct fuse_session *session, struct text path);

/* There is nothing of that name any more. */
void notice_removal(struct fuse_session *session, struct text path);

/* The attributes are others now. */
void notice_attributes(struct fuse_session *session, fuse_ino_t number);

/* The listing of a directory is another one now, and its attributes may be. */
void notice_listing(struct fuse_session *session, fuse_ino_t number);

#endif
