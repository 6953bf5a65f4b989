/*
 * A hash table from texts to pointers, by open addressing. It owns neither: the key of an item is
 * read from the item. Readers may share it while nobody changes it.
 */
#ifndef CARDFS_BASE_TABLE_H
#define CARDFS_BASE_TABLE_H

#include "base/text.h"

/* Returns the key of an item; it must not change while the item is in a table. */
typedef struct text table_key_function(const void *item);

/* Zeroes but for key are an empty table. */
struct table {
	table_key_function *key;
	void **slots;
	uint32_t *hashes; /* of the items in the slots; in the same piece of memory */
	size_t count;
	size_t capacity;
};

/* Frees the table's memory, not its items. */
void table_finish(struct table *table);

/* Makes room for count items in all. Returns false when there is no memory. */
bool table_reserve(struct table *table, size_t count);

/* The item with that key, or NULL. */
void *table_find(const struct table *table, struct text key);

/*
 * Adds an item whose key is not in the table, which does not change it: it may be const to whoever
 * takes it for that when it is found. Returns false when there is no memory.
 */
bool table_add(struct table *table, const void *item);

/* Removes and returns the item with that key; NULL where there is none. */
void *table_remove(struct table *table, struct text key);

/* Each item once, in no order: start with *position 0; NULL at the end. */
void *table_next(const struct table *table, size_t *position);

#endif
