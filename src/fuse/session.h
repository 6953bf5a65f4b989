/*
 * A mount: from options to an answering file system and back to nothing (cardfs-mount(1)).
 */
#ifndef CARDFS_FUSE_SESSION_H
#define CARDFS_FUSE_SESSION_H

#include "card/catalog.h"
#include "locate/locate.h"

#include <sys/types.h>

/* What a mount is made of. Everything is borrowed for the length of the call. */
struct mount_options {
	const char *mount_point;
	const char *source; /* what mount(8) lists as the device; NULL: "cardfs" */
	struct text environment;
	const struct store_set *stores;
	struct catalog_options catalog;
	const struct locate_settings *locate;
	const char *serving_user; /* whom a mount of root's is served by; NULL: nobody */
	bool has_owner_user, has_owner_group;
	uid_t owner_user;
	gid_t owner_group;
	bool foreground;
	bool debug;            /* libfuse's own debugging output; implies foreground */
	bool strict;           /* any problem is fatal at start */
	bool fake;             /* only check whether it could be mounted there */
	unsigned poll_seconds; /* how often to look for changes as well; 0: only where needed */
	/*
	 * -o options that are libfuse's, the kernel's or fusermount3's: "allow_other,fsname=x"; or
	 * NULL.
	 */
	const char *fuse_options;
};

/*
 * Mounts and serves until it is unmounted or told to end (SIGTERM, SIGINT; SIGHUP loads the stores
 * again, SIGUSR2 has another program take over), by a process that a supervisor replaces when it
 * dies (docs/supervision.md). In the background it returns in the calling process once the mount
 * answers. Returns true when it has been mounted (and, in the foreground, has ended cleanly);
 * otherwise error is a sentence that says what to do, and nothing is left mounted. With fake
 * nothing is mounted either way.
 */
bool session_run(const struct mount_options *options, struct error *error);

/*
 * Unmounts as fusermount3 -u does, also a mount whose server is gone. Fails with a sentence for
 * what is not mounted, not a cardfs, busy (naming no more than is known), or not permitted.
 */
bool session_unmount(const char *mount_point, struct error *error);

/*
 * Has the program that is now installed take over a mount, and waits until it answers. Fails with a
 * sentence; the mount goes on as before then.
 */
bool session_reload(const char *mount_point, struct error *error);

#endif
