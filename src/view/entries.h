/*
 * The entries of a directory that shows a mapping or the fields of a card: each with its file name,
 * made once and kept with the card.
 */
#ifndef CARDFS_VIEW_ENTRIES_H
#define CARDFS_VIEW_ENTRIES_H

#include "base/table.h"
#include "view/names.h"
#include "view/node.h"

struct entry {
	struct text name;
	const struct value_pair *pair;
};

struct entries {
	struct entry *items; /* keys that are strings first, each kind in the mapping's order */
	size_t count;
	struct table by_name;
	struct buffer names;
	/* Without an entry: the key is too long for a file name, or another has the name. */
	const struct value_pair **left_out; /* NULL for none */
	size_t left_out_count;
};

/*
 * Returns the entries of the directory that shows mapping: the card's value itself
 * (NAMES_IN_ASSET), or one below it. They live as long as the card. NULL for want of memory.
 */
const struct entries *entries_of(struct card *card, const struct value *mapping,
	enum names_place place, struct error *error);

/* The entry of that file name, or NULL. */
const struct entry *entries_find(const struct entries *entries, struct text name);

/* The field that a pair of the card's own value is; NULL for its name. */
const struct card_field *entries_field(const struct card *card, const struct value_pair *pair);

#endif
