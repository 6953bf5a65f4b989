/*
 * Whether what a card describes is on this machine: the state of its checkpoint, or of a dataset's
 * data and a tokenizer's file.
 */
#ifndef CARDFS_CARD_AVAILABILITY_H
#define CARDFS_CARD_AVAILABILITY_H

#include "card/card.h"
#include "locate/locate.h"

enum availability {
	AVAILABILITY_LOCAL,
	AVAILABILITY_MISSING,
	AVAILABILITY_CACHED,
	AVAILABILITY_REMOTE,
	AVAILABILITY_GATED, /* it has to be asked for ("semantics.md, From locator to path") */
	AVAILABILITY_NONE,  /* the card has no such locator */
};

/* "local", "missing", "cached", "remote", "gated", "-". */
const char *availability_name(enum availability availability);

/*
 * Sets *availability; touches the file system. A locator that cannot be placed is missing. Fails
 * for want of memory.
 */
bool availability_of(const struct card *card, const struct locate_settings *settings,
	enum availability *availability, struct error *error);

/* The url of a model that has no checkpoint: where to ask for it. NULL for any other card. */
const struct card_field *availability_page(const struct card *card);

#endif
