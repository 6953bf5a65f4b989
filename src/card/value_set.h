/*
 * A set of values, each for itself and not for what it holds: for walks that look once at what
 * aliases repeat. Written out, that can be far more than the document that it stands in.
 */
#ifndef CARDFS_CARD_VALUE_SET_H
#define CARDFS_CARD_VALUE_SET_H

#include "base/table.h"
#include "yaml/value.h"

/* Zeroes but for the arena, which the set allocates from, are an empty set. */
struct value_set {
	struct arena *arena;
	struct table table;
	bool failed; /* a value was not added for want of memory */
};

void value_set_finish(struct value_set *set);

/* Adds a value. Returns false where it is there already, or for want of memory. */
bool value_set_add(struct value_set *set, const struct value *value);

#endif
