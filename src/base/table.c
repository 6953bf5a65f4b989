#include "base/table.h"

#include <stdlib.h>

enum { SMALLEST_CAPACITY = 8 };

void table_finish(struct table *table) {
	free(table->slots);
	*table = (struct table){.key = table->key};
}

/* The capacity is a power of two; a slot is where its item belongs or behind it, round the end. */
static size_t following(const struct table *table, size_t slot) {
	return (slot + 1) & (table->capacity - 1);
}

static size_t first_slot(const struct table *table, uint32_t hash) {
	return hash & (table->capacity - 1);
}

static void put(struct table *table, void *item, uint32_t hash) {
	size_t slot = first_slot(table, hash);
	while (table->slots[slot] != NULL) {
		slot = following(table, slot);
	}
	table->slots[slot] = item;
	table->hashes[slot] = hash;
}

static bool resize(struct table *table, size_t capacity) {
	void **slots = calloc(capacity, sizeof(*table->slots) + sizeof(*table->hashes));
	if (slots == NULL) {
		return false;
	}
	struct table larger = *table;
	larger.slots = slots;
	larger.hashes = (uint32_t *)(slots + capacity);
	larger.capacity = capacity;
	for (size_t i = 0; i < table->capacity; i++) {
		if (table->slots[i] != NULL) {
			put(&larger, table->slots[i], table->hashes[i]);
		}
	}
	free(table->slots);
	*table = larger;
	return true;
}

/* A quarter of the slots stay free, so that a search ends soon. */
static bool has_room(size_t capacity, size_t count) {
	return count <= capacity / 4 * 3;
}

bool table_reserve(struct table *table, size_t count) {
	if (has_room(table->capacity, count)) {
		return true;
	}
	size_t capacity = table->capacity == 0 ? SMALLEST_CAPACITY : table->capacity;
	while (!has_room(capacity, count)) {
		if (capacity > SIZE_MAX / 2) {
			return false;
		}
		capacity *= 2;
	}
	return resize(table, capacity);
}

/* The slot of the item with that key, or table->capacity. */
static size_t find_slot(const struct table *table, struct text key) {
	if (table->count == 0) {
		return table->capacity;
	}
	const uint32_t hash = (uint32_t)text_hash(key);
	size_t slot = first_slot(table, hash);
	while (table->slots[slot] != NULL) {
		if (table->hashes[slot] == hash &&
			text_equal(table->key(table->slots[slot]), key)) {
			return slot;
		}
		slot = following(table, slot);
	}
	return table->capacity;
}

void *table_find(const struct table *table, struct text key) {
	const size_t slot = find_slot(table, key);
	return slot == table->capacity ? NULL : table->slots[slot];
}

bool table_add(struct table *table, const void *item) {
	if (!table_reserve(table, table->count + 1)) {
		return false;
	}
	put(table, (void *)(uintptr_t)item, (uint32_t)text_hash(table->key(item)));
	table->count++;
	return true;
}

/*
 * Empties a slot and moves into it, and so on, the next item that a search would now miss: one that
 * belongs at the empty slot or before it, seen from where the item is.
 */
static void empty_slot(struct table *table, size_t empty) {
	const size_t mask = table->capacity - 1;
	for (size_t slot = following(table, empty); table->slots[slot] != NULL;
		slot = following(table, slot)) {
		const size_t distance = (slot - first_slot(table, table->hashes[slot])) & mask;
		if (distance >= ((slot - empty) & mask)) {
			table->slots[empty] = table->slots[slot];
			table->hashes[empty] = table->hashes[slot];
			empty = slot;
		}
	}
	table->slots[empty] = NULL;
}

void *table_remove(struct table *table, struct text key) {
	const size_t slot = find_slot(table, key);
	if (slot == table->capacity) {
		return NULL;
	}
	void *item = table->slots[slot];
	empty_slot(table, slot);
	table->count--;
	return item;
}

void *table_next(const struct table *table, size_t *position) {
	while (*position < table->capacity) {
		void *item = table->slots[(*position)++];
		if (item != NULL) {
			return item;
		}
	}
	return NULL;
}
