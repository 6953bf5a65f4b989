#include "card/shard_group.h"

#include <stdlib.h>

struct shard_group *shard_group_create(void) {
	struct shard_group *group = calloc(1, sizeof(*group));
	if (group != NULL) {
		atomic_init(&group->references, 1);
	}
	return group;
}

void shard_group_add(struct shard_group *group, struct shard *shard) {
	group->shards[group->count++] = shard;
	group->document_count += shard->all_count;
	group->asset_count += shard->asset_count;
}

struct shard_group *shard_group_acquire(struct shard_group *group) {
	atomic_fetch_add_explicit(&group->references, 1, memory_order_relaxed);
	return group;
}

void shard_group_release(struct shard_group *group) {
	if (group == NULL ||
		atomic_fetch_sub_explicit(&group->references, 1, memory_order_acq_rel) != 1) {
		return;
	}
	for (size_t i = 0; i < group->count; i++) {
		shard_release(group->shards[i]);
	}
	free(group);
}
