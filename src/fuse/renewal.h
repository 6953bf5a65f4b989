/*
 * What the kernel is told when a server takes the place of a dead one: what it keeps of the mount
 * and may not be so any more. Nobody knows by then what the dead one had shown, but what the kernel
 * knows is in the table of inodes.
 */
#ifndef CARDFS_FUSE_RENEWAL_H
#define CARDFS_FUSE_RENEWAL_H

#include "fuse/filesystem.h"
#include "fuse/notices.h"

struct renewal {
	struct filesystem *filesystem;
	const struct notifier *notifier;
	atomic_ulong told; /* how many names, so far */
};

/*
 * Makes the kernel ask again for attributes and listings, before any request is answered. What
 * inodes hold stays, since it never changes.
 */
void renewal_expire_inodes(struct renewal *renewal);

/*
 * The same for names: those of files and links, those of directories that are gone, and those that
 * there are now and the kernel may know to be absent. Directories that are there still are left
 * alone, with who is in them and what is mounted there. By a thread that answers no requests; it
 * may wait for some. Fails for want of memory.
 */
bool renewal_expire_names(struct renewal *renewal, struct error *error);

#endif
