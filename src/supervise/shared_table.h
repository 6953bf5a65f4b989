/*
 * A hash table in shared memory. It grows by one chain at a time, so that each addition is a small
 * mutation, however many items there are. Everything that changes it is part of a mutation.
 */
#ifndef CARDFS_SUPERVISE_SHARED_TABLE_H
#define CARDFS_SUPERVISE_SHARED_TABLE_H

#include "supervise/shared.h"

enum { SHARED_TABLE_SEGMENTS = 40 };

/* At the start of the block of each item. */
struct shared_item {
	uint64_t next;
	uint64_t hash;
};

/* In shared memory. Zeroes are an empty table. */
struct shared_table {
	uint64_t count;
	uint64_t chains;
	uint64_t segments[SHARED_TABLE_SEGMENTS]; /* of chains; each is as long as all before it */
};

/* Adds an item whose hash is set. Returns false for want of memory. */
bool shared_table_add(struct shared *shared, struct shared_table *table, struct shared_item *item);

void shared_table_remove(
	struct shared *shared, struct shared_table *table, struct shared_item *item);

/* The first item with that hash, and the next one with the same; NULL where there is none. */
struct shared_item *shared_table_find(
	const struct shared *shared, const struct shared_table *table, uint64_t hash);
struct shared_item *shared_table_next(const struct shared *shared, const struct shared_item *item);

/* Each item once, in no order: start with *chain 0 and item NULL; NULL at the end. */
struct shared_item *shared_table_each(const struct shared *shared, const struct shared_table *table,
	uint64_t *chain, const struct shared_item *item);

#endif
