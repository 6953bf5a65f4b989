/*
 * What is worth saying about cards that resolve: relations that name no card, gated assets,
 * locators that fairseq2 reads differently ("semantics.md").
 */
#ifndef CARDFS_CARD_INSPECT_H
#define CARDFS_CARD_INSPECT_H

#include "card/catalog.h"
#include "locate/locate.h"

/* Adds what there is to say about a card that is not broken. Fails for want of memory. */
bool inspect_card(const struct catalog *catalog, const struct card *card,
	const struct locate_settings *settings, struct problem_list *problems, struct error *error);

/*
 * Adds every problem there is: the catalog's own and those of each card, resolved in the
 * environments given. Sorted. Costs one pass over all cards.
 */
bool inspect_catalog(struct catalog *catalog, const struct environments *environments,
	const struct locate_settings *settings, struct problem_list *problems, struct error *error);

#endif
