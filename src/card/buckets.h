/*
 * Documents, and the uses that they make of others, in the order of the shards that they are in:
 * the first step of putting them there.
 */
#ifndef CARDFS_CARD_BUCKETS_H
#define CARDFS_CARD_BUCKETS_H

#include "card/shard.h"

struct buckets {
	/* Each shard's behind those of the one before, as they came. */
	const struct document **documents;
	struct shard_use *uses;
	const size_t *document_ends, *use_ends; /* behind each shard's last */
	/* Inside. */
	struct bulk_array array; /* of documents and uses */
	size_t *counts;
};

/*
 * Fills buckets with that many documents for so many shards, a power of two; with many of them on
 * several threads. Fails for want of memory; the caller finishes buckets in any case.
 */
bool buckets_init(struct buckets *buckets, const struct document *const *documents, size_t count,
	size_t shard_count);
void buckets_finish(struct buckets *buckets);

/* Where a shard's run begins that ends at ends[shard]. */
static inline size_t buckets_start(const size_t *ends, size_t shard) {
	return shard == 0 ? 0 : ends[shard - 1];
}

#endif
