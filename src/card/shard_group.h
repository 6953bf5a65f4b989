/*
 * Shards side by side, which a catalog shares as one: so a change counts groups, and the shards of
 * those in which something changes. Immutable once it is filled, shared by counting.
 */
#ifndef CARDFS_CARD_SHARD_GROUP_H
#define CARDFS_CARD_SHARD_GROUP_H

#include "card/shard.h"

/* A change counts every group, and every shard of those it touches: the least of both for 1024. */
enum { SHARDS_A_GROUP = 32 };

struct shard_group {
	atomic_uint references;
	size_t count;
	size_t document_count; /* of all shards, those in the shadow of another included */
	size_t asset_count;
	struct shard *shards[SHARDS_A_GROUP]; /* each with a reference */
};

/* Returns an empty group with one reference; NULL for want of memory. */
struct shard_group *shard_group_create(void);

/* Adds a shard, of which there are fewer than fit, and takes over the caller's reference. */
void shard_group_add(struct shard_group *group, struct shard *shard);

struct shard_group *shard_group_acquire(struct shard_group *group);
void shard_group_release(struct shard_group *group);

#endif
