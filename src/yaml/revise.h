/*
 * The value of a document with a field changed: what an edited text has to read as.
 */
#ifndef CARDFS_YAML_REVISE_H
#define CARDFS_YAML_REVISE_H

#include "yaml/edit.h"

/*
 * Returns the mapping with the change made, in the arena, of parts of the given one; mappings that
 * are left empty go, the outermost excepted. What is on the way to the field is a mapping or null.
 * NULL for want of memory.
 */
const struct value *revise(
	struct arena *arena, const struct value *mapping, const struct yaml_change *change);

/* The value, as the only one in mappings of those keys, from the outermost on. */
const struct value *revise_wrap(struct arena *arena, const struct value *const *keys,
	size_t key_count, const struct value *value);

/* The pair of a mapping with that key, of any type; NULL where there is none. */
const struct value_pair *revise_find(const struct value *mapping, const struct value *key);

#endif
