/*
 * Finding cards by what their fields hold: what `cardfs find` prints and .by/FIELD/VALUE/ shows, so
 * that the two answer alike (cardfs-find(1); "layout.md, Assets by what they hold").
 */
#ifndef CARDFS_CARD_FIND_H
#define CARDFS_CARD_FIND_H

#include "card/fields.h"

enum find_operator {
	FIND_PRESENT,   /* FIELD: it has the field, be it a mapping or null */
	FIND_ABSENT,    /* !FIELD */
	FIND_EQUAL,     /* FIELD=VALUE */
	FIND_DIFFERENT, /* FIELD!=VALUE: it has the field, with another value */
	/* Numbers alone: */
	FIND_LESS,
	FIND_LESS_OR_EQUAL,
	FIND_GREATER,
	FIND_GREATER_OR_EQUAL,
};

struct find_condition {
	enum find_operator operator;
	struct text field;  /* dotted */
	struct text text;   /* the value, as it was written */
	struct value value; /* what it means as a plain YAML scalar */
	/*
	 * Of the card that is being looked at: whether the field is there, whether it has a value
	 * there that is a scalar, and whether the operator holds for one.
	 */
	bool is_present, has_scalar, holds;
};

/* Conditions that hold together. Not for use by two threads at a time. */
struct find_query {
	struct arena arena;
	struct find_condition *conditions;
	size_t count;
};

/*
 * Fills query from "FIELD=VALUE" and the other forms. Borrows the texts. Fails with ERROR_USAGE for
 * what is no condition. The caller finishes query in any case.
 */
bool find_query_init(
	struct find_query *query, const char *const *conditions, size_t count, struct error *error);
void find_query_finish(struct find_query *query);

/* Sets *matches to whether every condition holds for the card. Fails for want of memory. */
bool find_query_matches(
	struct find_query *query, const struct card *card, bool *matches, struct error *error);

/*
 * Visits all that a card can be found by: every field at every depth, and before them "kind" with
 * the kind of the card. Those that have a value are the scalars; fields_scalar_text is its name.
 */
bool find_visit(
	const struct card *card, fields_visitor *visitor, void *context, struct error *error);

/*
 * Whether a scalar is what somebody wrote: the same text, or the same number, truth, date or null
 * in another spelling. meaning is what find_construct made of text.
 */
bool find_equal(const struct value *scalar, struct text text, const struct value *meaning);

/*
 * What text, which has a NUL behind it, means as a plain scalar: a string where it is nothing else.
 */
void find_construct(struct arena *arena, struct text text, struct value *meaning);

#endif
