/*
 * What the requests of the kernel are answered from, and what they have in common.
 */
#ifndef CARDFS_FUSE_FILESYSTEM_H
#define CARDFS_FUSE_FILESYSTEM_H

#include "fuse/current.h"
#include "fuse/inodes.h"
#include "fuse/place.h"

#include <fuse_lowlevel.h>

/* For how long the kernel may keep a name, that there is no such name, and attributes. */
enum { ENTRY_SECONDS = 0, ABSENCE_SECONDS = 0, ATTRIBUTE_SECONDS = 0 };

struct filesystem {
	struct current current;
	struct inodes inodes;
	uid_t user; /* who everything belongs to */
	gid_t group;
};

/* The one that a request is for. */
struct filesystem *filesystem_of(fuse_req_t request);

/*
 * Walks to the place that an inode stands for, and fills known with what it was when it was looked
 * up. Fails with ESTALE where it is there no more, or is of another kind now.
 */
bool filesystem_find(struct filesystem *filesystem, fuse_ino_t number, struct place *place,
	struct inode *known, struct error *error);

/* Describes a place and counts a look-up of it. A reply that fails to arrive has to forget it. */
bool filesystem_enter(struct filesystem *filesystem, struct place *place,
	struct fuse_entry_param *entry, struct error *error);

/* Fills what stat(2) tells of an inode. */
void filesystem_fill_status(const struct filesystem *filesystem, fuse_ino_t number,
	const struct node_attributes *attributes, struct stat *status);

#endif
