/*
 * Configuration overrides along a base chain, composed to one value with the same effect
 * ("semantics.md, Resolution 4"). fairseq2 merges an override into a configuration so: a mapping is
 * merged key by key, recursively (what is no mapping there counts as an empty one); _del_, a list
 * of strings, first removes those keys from the configuration; _set_, a mapping with strings as
 * keys, last replaces its keys whole, its content taken as it is; anything but a mapping replaces.
 * A directive that is null counts for nothing, and an ordered map as a mapping, but a set does not.
 */
#ifndef CARDFS_CARD_COMPOSE_H
#define CARDFS_CARD_COMPOSE_H

#include "base/error.h"
#include "yaml/value.h"

/*
 * Whether a top-level field is composed: {model,tokenizer,dataset}_config, …_override, …_overrides.
 */
bool compose_is_configuration(struct text key);

/*
 * Composes count values of one field, root first, of which there must be one; nulls (which fairseq2
 * passes over) may be among them. Returns the value in *composed, made in the arena of parts of the
 * given ones: the value itself where just one counts. Merging it into any configuration has the
 * effect of merging the values one after another, except for two things that no override can
 * express: a mapping over another value at the very top ("plain"), or at a key that is no string
 * (which _set_ cannot name). There it is right for a configuration with nothing in that place.
 * _del_ and _set_ stay in it only where that takes them. Keys are in the order in which the values
 * first name them. Fails (ERROR_INVALID, with the line of the fault) when a _del_ or _set_ that
 * would be interpreted is not what it must be, and for want of memory.
 */
bool compose(struct arena *arena, const struct value *const *values, size_t count,
	const struct value **composed, struct error *error);

/*
 * What configuration becomes when override is merged into it: the definition that compose is held
 * to. configuration may be NULL for an empty one.
 */
bool compose_merge(struct arena *arena, const struct value *configuration,
	const struct value *override, const struct value **merged, struct error *error);

#endif
