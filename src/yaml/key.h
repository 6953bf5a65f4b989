/*
 * Finding the pair of a mapping by its key, for keys of any type. Few keys are compared one by one;
 * more are hashed, so that a mapping of a million keys takes no longer than its parts.
 */
#ifndef CARDFS_YAML_KEY_H
#define CARDFS_YAML_KEY_H

#include "yaml/value.h"

#define KEY_NOT_FOUND SIZE_MAX

/*
 * Of the first count of an array of pairs, which the caller holds and passes each time. Zeroes are
 * an empty index that compares one by one.
 */
struct key_index {
	struct key_slot *slots;
	size_t capacity;
	size_t count;
};

/* Makes room for count keys. Returns false when there is no memory: it works, but slowly. */
bool key_index_init(struct key_index *index, size_t count);

void key_index_finish(struct key_index *index);

/* The position in pairs of the pair with that key, or KEY_NOT_FOUND. */
size_t key_index_find(
	const struct key_index *index, const struct value_pair *pairs, const struct value *key);

/*
 * Adds the pair behind those that it has, pairs[index->count], and returns KEY_NOT_FOUND; or adds
 * nothing and returns the position of the pair that has its key already.
 */
size_t key_index_add(struct key_index *index, const struct value_pair *pairs);

#endif
