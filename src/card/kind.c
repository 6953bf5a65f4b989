#include "card/kind.h"

#include <string.h>

static const struct {
	const char *name;
	struct text field;
} kinds[] = {
	[KIND_MODEL] = {"model", {"model_family", 12}},
	[KIND_DATASET] = {"dataset", {"dataset_family", 14}},
	[KIND_TOKENIZER] = {"tokenizer", {"tokenizer_family", 16}},
	[KIND_OTHER] = {"other", {NULL, 0}},
};

enum card_kind card_kind(const struct card *card) {
	enum card_kind kind = KIND_MODEL;
	while (kind < KIND_OTHER && card_find(card, kinds[kind].field) == NULL) {
		kind++;
	}
	return kind;
}

struct text card_family(const struct card *card) {
	enum card_kind kind = card_kind(card);
	if (kind == KIND_OTHER) {
		return TEXT("");
	}
	const struct value *family = card_find(card, kinds[kind].field)->value;
	return family->type == VALUE_STRING ? family->canonical : TEXT("");
}

const char *card_kind_name(enum card_kind kind) {
	return kinds[kind].name;
}

bool card_kind_parse(const char *name, enum card_kind *kind) {
	for (*kind = KIND_MODEL; *kind <= KIND_OTHER; (*kind)++) {
		if (strcmp(kinds[*kind].name, name) == 0) {
			return true;
		}
	}
	return false;
}
