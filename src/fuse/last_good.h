/*
 * What files that do not parse any more held when they last did, in memory that outlives the
 * process that read it: the next server shows their last good cards, too ("layout.md, When stores
 * change").
 */
#ifndef CARDFS_FUSE_LAST_GOOD_H
#define CARDFS_FUSE_LAST_GOOD_H

#include "card/catalog.h"
#include "supervise/shared_table.h"

struct last_good_files {
	struct shared *shared;      /* borrowed, as the next */
	struct shared_table *table; /* in shared memory */
	/* Of hashes, the same for every process: not to be known to who names files. */
	uint64_t seed;
};

/* The file of a path as it was, as struct last_good wants it; context is the files. */
struct card_file *last_good_find(void *context, const char *path);

/*
 * Keeps what is served of a catalog in place of what its files hold, and nothing else. What there
 * is no memory for is not kept, and false returned.
 */
bool last_good_keep(struct last_good_files *files, const struct catalog *catalog);

#endif
