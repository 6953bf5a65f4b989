/*
 * The names of cards that a card's fields refer to ("layout.md, Links").
 */
#ifndef CARDFS_CARD_REFERENCES_H
#define CARDFS_CARD_REFERENCES_H

#include "base/buffer.h"
#include "yaml/value.h"

/* Whether a key is that of a relation, whose value names a card: a string that ends in "_ref". */
bool references_is_key(const struct value *key);

/*
 * Appends each to names, with a NUL behind it. Works in the arena; for want of memory names has
 * failed.
 */
void references_append(struct buffer *names, struct arena *arena, const struct value *root);

#endif
