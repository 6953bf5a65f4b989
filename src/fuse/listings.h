/*
 * Listings of directories that are being read: the kernel does not open directories, so what it
 * reads on from names the listing that it started with. Those who read a directory at the same time
 * share one, so that the kernel can put together what it keeps from what they read.
 *
 * May be used by several threads at a time.
 */
#ifndef CARDFS_FUSE_LISTINGS_H
#define CARDFS_FUSE_LISTINGS_H

#include "fuse/listing_store.h"
#include "fuse/statistics.h"

#include <pthread.h>

/* How many that are not read to their end are kept: those used last. */
enum { LISTINGS_KEPT = 32 };

struct shared_listing {
	struct listing listing;
	uint64_t directory;  /* its inode's number */
	uint64_t generation; /* of the catalog that it is of */
	uint32_t token;      /* tells it from others; never 0 */
	unsigned references;
	unsigned readers; /* that have started and not come to the end */
	uint64_t last_use;
	bool is_stored; /* in shared memory */
};

struct listings {
	struct statistics *statistics; /* borrowed: where to count */
	pthread_mutex_t lock;
	struct shared_listing *kept[LISTINGS_KEPT];
	uint64_t uses;
	struct buffer passing; /* numbers of directories */
	bool is_closed;        /* for those */
	struct shared *shared;
	struct listing_store *store;
};

/*
 * Takes up what another server has stored, and borrows where. Returns false for want of memory, or
 * where the system has no more locks.
 */
bool listings_init(struct listings *listings, struct statistics *statistics, struct shared *shared,
	struct listing_store *store);
void listings_finish(struct listings *listings);

/*
 * Returns the listing that token stands for. Where there is none such (or token is 0) that is one
 * of the directory as it is now. The caller releases it. NULL for want of memory.
 */
struct shared_listing *listings_take(struct listings *listings, uint64_t number,
	const struct node *directory, uint32_t token, struct error *error);
void listings_release(struct listings *listings, struct shared_listing *listing);

/* Somebody will read on: it is kept where it outlives this server. */
void listings_store(struct listings *listings, struct shared_listing *listing);

/*
 * Somebody has come to the end: the last one who does makes it go. Returns whether the kernel may
 * keep what was listed.
 */
bool listings_end(struct listings *listings, uint64_t number, uint32_t token);

/*
 * Notes that a directory is listed as it will not be any more soon; fails for want of memory. From
 * listings_close to listings_open the kernel may keep nothing of such; the latter forgets them.
 */
bool listings_note_passing(struct listings *listings, uint64_t number, struct error *error);
void listings_close(struct listings *listings);
void listings_open(struct listings *listings);

/* The number of one such directory, each once, from index 0 on. Returns false behind the last. */
bool listings_passing(struct listings *listings, size_t index, uint64_t *number);

#endif
