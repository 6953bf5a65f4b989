/*
 * Configuration overrides along a base chain, composed to one value with the same effect
 * ("semantics.md, Resolution 4"). fairseq2 merges an override into a configuration so: a mapping is
 * merged key by key, recursively (what is no mapping there counts as an empty one); _del_, a list
 * of strings, first removes those keys from the configuration; _set_, a mapping, last replaces its
 * keys whole, its content taken as it is; anything but a mapping replaces.
 */
#ifndef CARDFS_CARD_COMPOSE_H
#define CARDFS_CARD_COMPOSE_H

#include "base/error.h"
#include "yaml/value.h"

/* Whether a top-level field is composed: {model,tokenizer,dataset}_config, …_override, …_overrides.
 */
bool compose_is_configuration(struct text key);

/*
 * Composes count values of one field, root first; nulls (which fairseq2 passes over) may be among
 * them. Returns the value in *composed, made in the arena of parts of the given ones: the value
 * itself where just one counts. Merging it into any configuration has the effect of merging the
 * values one after another, except below a value that is no mapping at the very top (a mapping over
 * "plain"), which no override can express: there it is right for an empty configuration. _del_ and
 * _set_ stay in it only where that takes them. Fails (ERROR_INVALID, with the line of the fault)
 * when a _del_ is no list of strings or a _set_ no mapping, and for want of memory.
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
