/*
 * What the kernel is told when something changes: which of the things that it keeps are no longer
 * so. Each of these may wait until requests are answered that are under way: never with a lock
 * held, nor by a thread that answers a request ("architecture.md, Staying fresh"). What the kernel
 * does not know needs no telling: nothing here fails. Paths have a NUL behind them.
 */
#ifndef CARDFS_FUSE_NOTICES_H
#define CARDFS_FUSE_NOTICES_H

#include "base/text.h"
#include "fuse/statistics.h"

#include <fuse_lowlevel.h>

/* Who is told, and where that is counted. */
struct notifier {
	struct fuse_session *session;
	struct statistics *statistics;
};

/* The directory that a path is in. */
fuse_ino_t notice_parent(struct text path);

/*
 * The name stands for another inode now, or for none, or there was none of that name. What is
 * mounted there goes with it.
 */
void notice_name(const struct notifier *notifier, struct text path);

/* The directory of that name may be gone, or have come; what is mounted there stays. */
void notice_doubt(const struct notifier *notifier, struct text path);

/*
 * Waits until the kernel has made use of every answer about entries of the directory that it was
 * given.
 */
void notice_wait(const struct notifier *notifier, fuse_ino_t directory);

/* The listing of a directory is another one now, and its attributes may be. */
void notice_listing(const struct notifier *notifier, fuse_ino_t directory);

/* The same, when no answer about its entries is on its way: waits for none. */
void notice_content(const struct notifier *notifier, fuse_ino_t number);

/*
 * The attributes are others now. notice_wait is for the directory that the inode is in, before: one
 * that the kernel is about to know can't be told of.
 */
void notice_attributes(const struct notifier *notifier, fuse_ino_t number);

#endif
