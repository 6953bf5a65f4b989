/*
 * How two cards differ, field by field, and where each value comes from.
 */
#ifndef CARDFS_CARD_DIFF_H
#define CARDFS_CARD_DIFF_H

#include "card/explain.h"

/* A field that one card alone has (the other side is NULL), or that both have with other values. */
struct difference {
	const struct explained_field *first;
	const struct explained_field *second;
};

/* Zeroes are empty. Lives no longer than the cards. */
struct diff {
	struct explanation first;
	struct explanation second;
	struct difference *items; /* in the first card's order, then what only the second has */
	size_t count;
};

/*
 * Compares two cards of the catalog, neither broken. Values of one type and content are the same
 * however they are written. Fails as explain_card does. The caller finishes diff in any case.
 */
bool diff_cards(const struct catalog *catalog, const struct card *first, const struct card *second,
	struct diff *diff, struct error *error);
void diff_finish(struct diff *diff);

#endif
