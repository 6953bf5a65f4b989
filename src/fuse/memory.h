/*
 * What outlives the processes that serve a mount, one after another: in memory that they share
 * (supervise/shared.h), all zeroes at first.
 */
#ifndef CARDFS_FUSE_MEMORY_H
#define CARDFS_FUSE_MEMORY_H

#include "base/recent.h"
#include "fuse/inodes.h"
#include "fuse/last_good.h"
#include "fuse/listing_store.h"
#include "fuse/statistics.h"

/*
 * Another number for every change in what follows, or in what it is made of: a program that keeps
 * it otherwise must not take over a mount.
 */
enum { MEMORY_LAYOUT = 2 };

struct memory {
	struct inode_table inodes;
	struct listing_store listings;
	struct shared_table last_good;
	uint64_t generation; /* of the newest catalog that was shown */
	struct statistics statistics;
	struct recent recent; /* the last lines of the log */
};

#endif
