/*
 * What kind of asset a card describes, by the family field that it has.
 */
#ifndef CARDFS_CARD_KIND_H
#define CARDFS_CARD_KIND_H

#include "card/card.h"

enum card_kind { KIND_MODEL, KIND_DATASET, KIND_TOKENIZER, KIND_OTHER };

/*
 * A card with a model_family is a model, else one with a dataset_family a dataset, else one with a
 * tokenizer_family a tokenizer.
 */
enum card_kind card_kind(const struct card *card);

/* The family of a card, as its kind's family field names it; empty where it has none. */
struct text card_family(const struct card *card);

/* "model", "dataset", "tokenizer", "other". */
const char *card_kind_name(enum card_kind kind);

/* Sets *kind to the one of that name. Returns false where there is none. */
bool card_kind_parse(const char *name, enum card_kind *kind);

#endif
