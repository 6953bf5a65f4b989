/*
 * Changing fields of one card document in the text of its file: an override of an asset for one
 * environment, most of the time. Text in, text out: nothing is read or written here but what the
 * catalog holds.
 */
#ifndef CARDFS_CARD_OVERRIDE_H
#define CARDFS_CARD_OVERRIDE_H

#include "card/catalog.h"

/* All borrowed but for text, which override_finish frees. */
struct override {
	struct catalog *catalog; /* as it is before the change */
	const struct card *card; /* the asset in that environment, likewise; may be broken */
	struct text name;        /* of the asset */
	struct text environment; /* whose card is changed; empty: the asset's own */
	struct buffer text;      /* of the file, with the changes made so far */
};

void override_finish(struct override *override);

/*
 * Sets a field, dotted for one of a mapping: "model_config.max_seq_len". A key that has a dot in it
 * is found where the asset has it. The document is made where the file lacks it, unless it is the
 * asset's own. What the override would hide of a mapping is taken over first, so that it is one
 * field that changes. Fails with ERROR_USAGE for what no card can have set ("name"), and with
 * ERROR_INVALID, a sentence and the line in the text, for what the text does not allow.
 */
bool override_set(struct override *override, struct text field, const struct value *value,
	struct error *error);

/*
 * Takes a field out of the document, so that what is below shows again. Fails with ERROR_NOT_FOUND
 * where the document does not set it.
 */
bool override_unset(struct override *override, struct text field, struct error *error);

/*
 * Takes the document out of the text where it has nothing but its name left: it would hide the
 * cards of other environments. Sets *is_empty to whether nothing but blanks is left of the file.
 */
bool override_settle(struct override *override, bool *is_empty, struct error *error);

#endif
