/*
 * Listings that somebody is in the middle of, in shared memory: whoever reads on after the death of
 * a server reads on from the same one, and neither misses an entry nor meets one twice.
 */
#ifndef CARDFS_FUSE_LISTING_STORE_H
#define CARDFS_FUSE_LISTING_STORE_H

#include "fuse/listing.h"
#include "supervise/shared.h"

enum { LISTINGS_STORED = 32 };

struct stored_listing {
	uint64_t directory;
	uint64_t block; /* for each entry its kind, its name, and a NUL; 0: there is none */
	uint64_t size;
	uint64_t count;
	uint32_t token;
};

/* In shared memory. Zeroes are an empty store. */
struct listing_store {
	uint32_t last_token; /* that was given to a listing, stored or not */
	struct stored_listing items[LISTINGS_STORED];
};

/*
 * Stores a listing in a free place. Without memory, or a place, it does without: what then reads on
 * after a death may be given the directory as it is by then.
 */
void listing_store_add(struct shared *shared, struct listing_store *store, uint64_t directory,
	uint32_t token, const struct listing *listing);

/* Takes away the one with that token, if there is one. */
void listing_store_remove(struct shared *shared, struct listing_store *store, uint32_t token);

/* Fills an empty listing from what is stored. Fails for want of memory. */
bool listing_store_read(
	const struct shared *shared, const struct stored_listing *stored, struct listing *listing);

#endif
