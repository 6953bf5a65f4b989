/*
 * What the requests of the kernel are answered from, and what they have in common.
 */
#ifndef CARDFS_FUSE_FILESYSTEM_H
#define CARDFS_FUSE_FILESYSTEM_H

#include "fuse/current.h"
#include "fuse/inodes.h"
#include "fuse/listings.h"
#include "fuse/place.h"
#include "fuse/statistics.h"

#include <fuse_lowlevel.h>
#include <semaphore.h>

struct filesystem {
	struct current current;
	struct inodes inodes;
	struct listings listings;
	struct statistics *statistics; /* not its own */
	sem_t looks;                   /* how many more may look at targets of links at a time */
	uid_t user;                    /* who everything belongs to */
	gid_t group;
	/* Whether the kernel can do without opening, which is set when it is first heard of: */
	bool opens_files;
	bool opens_directories;
};

/* The one that a request is for. */
struct filesystem *filesystem_of(fuse_req_t request);

/*
 * For how many seconds the kernel may keep what it is told of a place: for as long as it likes,
 * since it will be told of every change; but not what changes by itself, or is about to.
 */
double filesystem_seconds(const struct visit *visit, const struct place *place);

/* For how many seconds it may keep that there is no entry of that name in the directory. */
double filesystem_seconds_of_absence(
	const struct visit *visit, const struct place *directory, struct text name);

/*
 * Walks to the place that an inode stands for, and fills known with what it was when it was looked
 * up. Fails with ESTALE where it is there no more, or is of another kind now.
 */
bool filesystem_find(struct filesystem *filesystem, const struct visit *visit, fuse_ino_t number,
	struct place *place, struct inode *known, struct error *error);

/* Describes a place and counts a look-up of it, for a reply that has to arrive. */
bool filesystem_enter(struct filesystem *filesystem, const struct visit *visit, struct place *place,
	struct fuse_entry_param *entry, struct error *error);

/* Takes back the look-ups counted for the request of this thread, but for so many of the first. */
void filesystem_take_back(struct filesystem *filesystem, size_t kept);

/*
 * Appends that part of what a file, or a link's target, was when it was looked up, whatever its
 * place shows now. Fails with ESTALE where nothing can tell any more.
 */
bool filesystem_read(struct filesystem *filesystem, const struct visit *visit, fuse_ino_t number,
	size_t offset, size_t size, struct buffer *part, struct error *error);

/* Fills what stat(2) tells of an inode. */
void filesystem_fill_status(const struct filesystem *filesystem, fuse_ino_t number,
	const struct inode *inode, struct stat *status);

#endif
