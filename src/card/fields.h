/*
 * The fields of a card at every depth, by dotted names: "tokenizer_config_overrides.impl". Items of
 * sequences are no fields.
 */
#ifndef CARDFS_CARD_FIELDS_H
#define CARDFS_CARD_FIELDS_H

#include "card/card.h"

struct nested_field {
	struct text path;               /* dotted; valid during the call */
	const struct card_field *field; /* the top-level one; NULL where no card is visited */
	const struct value *value;
};

/* Called for each field, a mapping before what is in it. Returns whether to go on. */
typedef bool fields_visitor(void *context, const struct nested_field *field);

/* Visits every field of a card, in its order. Fails for want of memory. */
bool fields_visit(
	const struct card *card, fields_visitor *visitor, void *context, struct error *error);

/* The same for one pair of a document: what it sets, and everything below. */
bool fields_visit_pair(
	const struct value_pair *pair, fields_visitor *visitor, void *context, struct error *error);

/* Whether no further fields are below it. */
bool fields_is_leaf(const struct value *value);

/*
 * What a scalar's file holds in a mount, without the line break: the scalar as it was written,
 * nothing for null ("layout.md, Values"). A part of the value.
 */
struct text fields_scalar_text(const struct value *value);

#endif
