/*
 * From a name to a resolved card: environment over document, base chain below it ("semantics.md,
 * Resolution").
 */
#ifndef CARDFS_CARD_RESOLVE_H
#define CARDFS_CARD_RESOLVE_H

#include "card/catalog.h"

/*
 * Returns the card of asset in those environments, with one reference; a card that cannot be
 * resolved is returned as broken. NULL only for want of memory.
 */
struct card *resolve_card(const struct catalog *catalog, const struct asset *asset,
	const struct environments *environments, struct error *error);

/* Whether a top-level field of that name holds a locator ("layout.md, Links"). */
bool resolve_is_locator_field(const struct catalog_options *options, struct text key);

#endif
