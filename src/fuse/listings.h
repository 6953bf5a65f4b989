/*
 * Listings of directories that are being read: the kernel does not open directories, so what it
 * reads on from names the listing that it started with. The newest few are kept.
 *
 * May be used by several threads at a time.
 */
#ifndef CARDFS_FUSE_LISTINGS_H
#define CARDFS_FUSE_LISTINGS_H

#include "fuse/listing.h"

#include <pthread.h>

enum { LISTINGS_KEPT = 16 };

struct shared_listing {
	struct listing listing;
	uint64_t directory; /* its inode's number */
	uint32_t token;     /* tells it from others; never 0 */
	unsigned references;
};

struct listings {
	pthread_mutex_t lock;
	struct shared_listing *kept[LISTINGS_KEPT];
	size_t next_place;
	uint32_t last_token;
};

/* Returns false where the system has no more locks. */
bool listings_init(struct listings *listings);
void listings_finish(struct listings *listings);

/*
 * Returns the listing that token stands for, or a new one of the directory where there is none such
 * (or token is 0). The caller releases it. NULL for want of memory.
 */
struct shared_listing *listings_take(struct listings *listings, uint64_t number,
	const struct node *directory, uint32_t token, struct error *error);
void listings_release(struct listings *listings, struct shared_listing *listing);

#endif
