/*
 * Sequences and mappings from the nodes that a document lists in them: merge keys, repeated keys,
 * sets and ordered maps. Errors have the line and column of the value that is at fault.
 */
#ifndef CARDFS_YAML_COLLECTION_H
#define CARDFS_YAML_COLLECTION_H

#include "base/error.h"
#include "yaml/value.h"

/* Returns whether value may be the key of a mapping: a scalar, or a sequence of scalars. */
bool collection_check_key(const struct value *value, struct error *error);

/* Returns whether value may stand behind "<<": a mapping, or a sequence of mappings. */
bool collection_check_merged(const struct value *value, struct error *error);

/* How many pairs value brings, standing behind "<<". */
size_t collection_count_merged(const struct value *value);

/*
 * Fills value, which has the type of a sequence, ordered map or list of pairs, with items. Ordered
 * maps and pairs are written as sequences of mappings of one pair.
 */
bool collection_fill_sequence(struct arena *arena, struct value *value,
	const struct value *const *items, size_t count, struct error *error);

/*
 * Fills value, a mapping or set, with count nodes: keys and values in turn, where a key that is
 * NULL stands for "<<". Merged pairs come first, and give way to own ones. A key that repeats is an
 * error, unless may_repeat is set or pairs were merged: then the last one wins, as in fairseq2.
 */
bool collection_fill_mapping(struct arena *arena, struct value *value,
	const struct value *const *nodes, size_t count, bool may_repeat, struct error *error);

#endif
