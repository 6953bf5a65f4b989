/*
 * Where each value of a card comes from, and what it hides. The documents of the card's chain are
 * read again for it, so that cards need not carry what is rarely asked for (cardfs-explain(1)).
 */
#ifndef CARDFS_CARD_EXPLAIN_H
#define CARDFS_CARD_EXPLAIN_H

#include "card/catalog.h"

/* A value that a document further down the chain gave. */
struct hidden_value {
	struct hidden_value *next; /* of a document further down */
	const struct card_source *source;
	const struct value *value;
};

/* A field without fields below it. */
struct explained_field {
	struct explained_field *next;
	struct text path;               /* dotted */
	const struct card_field *field; /* the top-level one */
	/*
	 * As the merged view has it; NULL where the nearest value of the top-level field has
	 * nothing here, and hides what others have.
	 */
	const struct value *value;
	const struct value *written; /* the same as its document has it, with its line; or NULL */
	const struct card_source *source; /* the document that set it, or hides the rest */
	struct hidden_value *hidden;      /* nearest first */
};

/* Zeroes are empty. Lives no longer than the card that it explains. */
struct explanation {
	struct arena arena;
	struct explained_field *fields; /* in the card's order */
	size_t field_count;
};

/*
 * Explains every field of a card that is not broken. The catalog is the one that the card was
 * resolved from. In composed fields each value's document is the nearest that gave it. Fails for
 * want of memory, with ERROR_LIMIT where aliases make names too many or too long, and with
 * ERROR_NOT_FOUND where the catalog has the card's documents no longer. The caller finishes
 * explanation in any case.
 */
bool explain_card(const struct catalog *catalog, const struct card *card,
	struct explanation *explanation, struct error *error);
void explanation_finish(struct explanation *explanation);

/* The field of that dotted name, or NULL; one without a value is not found. */
const struct explained_field *explanation_find(
	const struct explanation *explanation, struct text path);

/* Whether a field is the one of that name, or below it. */
bool explained_is_within(const struct explained_field *field, struct text path);

#endif
