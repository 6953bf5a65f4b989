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
	const struct card_field
		*field; /* the top-level one that it is in; NULL for the card's name */
	const struct value *key;
	const struct value *value;
};

struct entries {
	struct entry *items; /* keys that are strings first, each kind in the mapping's order */
	size_t count;
	struct table by_name;
	struct arena arena;
	/* Keys without an entry: too long for a file name, or taken by a key of another type. */
	const struct value **left_out;
	size_t left_out_count;
};

/*
 * Returns the entries of the directory that shows the card itself (field NULL), or the mapping
 * value below field. They live as long as the card. NULL for want of memory.
 */
const struct entries *entries_of(struct card *card, const struct card_field *field,
	const struct value *mapping, struct error *error);

/* The entry of that file name, or NULL. */
const struct entry *entries_find(const struct entries *entries, struct text name);

#endif
