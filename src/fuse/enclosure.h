/*
 * What the process that serves a mount is confined to: the user who serves it, the stores and
 * caches that it shows, and the directory in which it keeps what it read ("docs/security.md").
 */
#ifndef CARDFS_FUSE_ENCLOSURE_H
#define CARDFS_FUSE_ENCLOSURE_H

#include "confine/confine.h"
#include "fuse/session.h"
#include "stores/keepers.h"

/*
 * Finds out what a mount of these options (borrowed) needs, and has it opened or made: by whoever
 * mounts, before there are threads. What a process keeps of the stores is where it may write from
 * now on. Fails for a user who can't be had; enclosure_finish then need not be called.
 */
bool enclosure_init(
	struct confinement *enclosure, const struct mount_options *options, struct error *error);
void enclosure_finish(struct confinement *enclosure);

/* What a keeper needs to confine itself to its place; zeroes but for what is set before. */
struct keeper_enclosure {
	const struct mount_options *options; /* borrowed */
	struct confinement own;              /* in the keeper's process */
};

/*
 * Starts keepers for the stores and caches that lead to file systems which may not answer, and has
 * the enclosure leave out what they read. NULL with *done where there are none; NULL without it for
 * want of memory, descriptors or processes. To be called between confine_identity and
 * confine_process; keepers borrows kept.
 */
struct keepers *enclosure_start_keepers(struct confinement *enclosure,
	struct keeper_enclosure *kept, bool *done, struct error *error);

/*
 * Says on the log which stores this process, once confined, may not read: what whoever mounted can
 * read, the user who serves the mount perhaps can't.
 */
void enclosure_mention_closed(const struct mount_options *options);

#endif
