#include "card/fields.h"

#include "yaml/write.h"

struct walk {
	fields_visitor *visitor;
	void *context;
	const struct card_field *field;
	struct buffer path;
	bool go_on;
};

static void append_key(struct buffer *path, const struct value *key) {
	if (value_is_scalar(key)) {
		buffer_append_text(path, key->type == VALUE_STRING ? key->canonical : key->written);
	} else {
		yaml_write_inline(path, key);
	}
}

/* Visits the pair and what is below; its name is appended to the path, which is then as before. */
static void walk_pair(struct walk *walk, const struct value_pair *pair) {
	size_t length = walk->path.length;
	append_key(&walk->path, pair->key);
	const struct value *value = pair->value;
	const struct nested_field nested = {buffer_text(&walk->path), walk->field, value};
	walk->go_on = !walk->path.failed && walk->visitor(walk->context, &nested);
	if (value_has_pairs(value)) {
		buffer_append_byte(&walk->path, '.');
		for (size_t i = 0; walk->go_on && i < value->mapping.count; i++) {
			walk_pair(walk, &value->mapping.pairs[i]);
		}
	}
	walk->path.length = length;
}

static bool finish(struct walk *walk, struct error *error) {
	bool failed = walk->path.failed;
	buffer_finish(&walk->path);
	return !failed || error_set_memory(error);
}

bool fields_visit(
	const struct card *card, fields_visitor *visitor, void *context, struct error *error) {
	struct walk walk = {.visitor = visitor, .context = context, .go_on = true};
	for (size_t i = 0; walk.go_on && i < card->field_count; i++) {
		const struct card_field *field = &card->fields[i];
		const struct value_pair pair = {field->key, field->value};
		walk.field = field;
		walk_pair(&walk, &pair);
	}
	return finish(&walk, error);
}

bool fields_visit_pair(const struct value_pair *pair, fields_visitor *visitor, void *context,
	struct error *error) {
	struct walk walk = {.visitor = visitor, .context = context, .go_on = true};
	walk_pair(&walk, pair);
	return finish(&walk, error);
}

bool fields_is_leaf(const struct value *value) {
	return !value_has_pairs(value) || value->mapping.count == 0;
}

struct text fields_scalar_text(const struct value *value) {
	switch (value->type) {
	case VALUE_NULL:
		return TEXT("");
	case VALUE_STRING:
	case VALUE_BINARY:
		return value->canonical;
	default:
		return value->written;
	}
}
