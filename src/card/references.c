#include "card/references.h"

#include "card/name.h"
#include "card/value_set.h"

struct gathering {
	struct buffer *names;
	struct value_set seen;
};

bool references_is_key(const struct value *key) {
	return key->type == VALUE_STRING && text_ends_with(key->canonical, TEXT("_ref"));
}

static void gather_references(struct gathering *gathering, const struct value *value);

static void gather_reference(struct gathering *gathering, const struct value_pair *pair) {
	if (pair->value->type != VALUE_STRING) {
		gather_references(gathering, pair->value);
	} else if (references_is_key(pair->key) && value_set_add(&gathering->seen, pair->value)) {
		buffer_append_text(
			gathering->names, card_name_of_request(pair->value->canonical).name);
		buffer_append_byte(gathering->names, '\0');
	}
}

static void gather_references(struct gathering *gathering, const struct value *value) {
	if (value_is_scalar(value) || !value_set_add(&gathering->seen, value)) {
		return;
	}
	if (value->type == VALUE_SEQUENCE) {
		for (size_t i = 0; i < value->sequence.count; i++) {
			gather_references(gathering, value->sequence.items[i]);
		}
		return;
	}
	for (size_t i = 0; i < value->mapping.count; i++) {
		gather_reference(gathering, &value->mapping.pairs[i]);
	}
}

void references_append(struct buffer *names, struct arena *arena, const struct value *root) {
	struct gathering gathering = {.names = names, .seen = {.arena = arena}};
	gather_references(&gathering, root);
	names->failed |= gathering.seen.failed;
	value_set_finish(&gathering.seen);
}
