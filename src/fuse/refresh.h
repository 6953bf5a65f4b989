/*
 * A change: what the kernel has to be told so that nothing that it keeps is stale, and little more
 * than that ("architecture.md, Staying fresh").
 *
 * What the kernel keeps of a file or link never changes, since a new content is a new inode. So
 * what has to go are names: those that will stand for another inode or for nothing, and those that
 * did not exist when the kernel asked; and the listings and attributes of directories.
 *
 * Names and listings go before the new view is shown, so that nobody who has seen something new is
 * given something old. Times go afterwards, of whatever depends on a file that changed.
 */
#ifndef CARDFS_FUSE_REFRESH_H
#define CARDFS_FUSE_REFRESH_H

#include "fuse/filesystem.h"
#include "fuse/notices.h"

/* What was modified at another time, and the directory that it is in. */
struct changed_time {
	fuse_ino_t directory, number;
};

/* What it works for, and zeroes, are a refresh that has not begun. */
struct refresh {
	struct filesystem *filesystem;
	struct notifier notifier;
	bool avoids_caches; /* what leads into a cache counts as changed, without being looked at */
	struct view *old, *new;      /* borrowed; there is no old one in the end */
	struct buffer times;         /* struct changed_time, of what is the same else */
	struct table by_directories; /* paths of those of .by that may have changed */
	struct arena arena;          /* of the paths */
};

/*
 * Tells of the names for which what is loaded has something else than what is shown; once it is
 * announced, and before it is shown. By a thread that answers no requests, with no lock held, as
 * with everything here. Fails for want of memory: it must not be shown then.
 */
bool refresh_begin(struct refresh *refresh, struct error *error);

/* Tells of the rest, once it is shown. Fails for want of memory, and can be tried again. */
bool refresh_end(struct refresh *refresh, struct error *error);

void refresh_finish(struct refresh *refresh);

/* Tells of links into caches that lead elsewhere now. Fails for want of memory. */
bool refresh_after_download(struct refresh *refresh, struct error *error);

#endif
