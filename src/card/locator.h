/*
 * Which values of a card are locators, and where they lead ("layout.md, Links";
 * "semantics.md, From locator to path").
 */
#ifndef CARDFS_CARD_LOCATOR_H
#define CARDFS_CARD_LOCATOR_H

#include "card/card.h"
#include "locate/locate.h"

/*
 * Whether value is a locator that becomes a link. field is its top-level field, value what is
 * looked at: the field's own value, or one below it at any depth.
 */
bool locator_is_link(const struct card_field *field, const struct value *value);

/*
 * The field that says where in what a locator field stands for the file is: checkpoint_path of
 * checkpoint, tokenizer_path of tokenizer. NULL where there is none.
 */
const struct card_field *locator_sub_path(const struct card *card, const struct card_field *field);

/*
 * Fills location with where a locator of the card leads: locate() with the card's directory and the
 * sub-path that checkpoint_path or tokenizer_path give to the fields checkpoint and tokenizer.
 */
bool locator_locate(const struct card *card, const struct card_field *field,
	const struct value *value, const struct locate_settings *settings,
	struct location *location, struct error *error);

/*
 * The same without a look at the target, which may be slow, or in this very mount: for whoever
 * answers requests. The state is left at what it is if the target exists.
 */
bool locator_find_path(const struct card *card, const struct card_field *field,
	const struct value *value, const struct locate_settings *settings,
	struct location *location, struct error *error);

/* The same without a look at anything: whether it can be placed, and what is to be said of it. */
bool locator_check(const struct card *card, const struct card_field *field,
	const struct value *value, const struct locate_settings *settings,
	struct location *location, struct error *error);

#endif
