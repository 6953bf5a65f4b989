/*
 * Editing: the first line is a dotted field, the second what it becomes (empty: it is taken away),
 * the rest a document. What is edited reads as the document did but for the change, and the lines
 * of other fields are what they were to the byte.
 */
#include "fuzz.h"

#include "yaml/edit.h"

enum { KEY_LIMIT = 4 };

struct change {
	struct arena arena;
	const struct value *keys[KEY_LIMIT];
	struct yaml_change change;
};

static const struct value *read(struct arena *arena, struct text text) {
	const struct yaml_slice slice = {.length = text.length, .line = 1};
	const struct value *value = NULL;
	const bool is_read = yaml_read(arena, text, &slice, &yaml_default_limits, &value, NULL) ==
			     YAML_READ_VALUE;
	return is_read ? value : NULL;
}

static bool make_change(struct change *change, struct text field, struct text value) {
	while (field.length > 0 && change->change.key_count < KEY_LIMIT) {
		const struct text key = text_part(field, 0, text_index(field, '.'));
		field = text_part(field, key.length + 1, field.length);
		change->keys[change->change.key_count] = value_create_string(&change->arena, key);
		CHECK(change->keys[change->change.key_count++] != NULL);
	}
	change->change.keys = change->keys;
	change->change.value = value.length == 0 ? NULL : read(&change->arena, value);
	return change->change.key_count > 0 && (value.length == 0 || change->change.value != NULL);
}

static const struct value *find(const struct value *root, const struct yaml_change *change) {
	for (size_t i = 0; root != NULL && i < change->key_count; i++) {
		root = root->type == VALUE_MAPPING || root->type == VALUE_ORDERED_MAP
			       ? value_find(root, change->keys[i]->canonical)
			       : NULL;
	}
	return root;
}

static bool is_edited(const struct value *key, const struct yaml_change *change) {
	return value_same_key(key, change->keys[0]);
}

/* Every other field has the value that it had, in the same order. */
static void check_others(
	const struct value *before, const struct value *after, const struct yaml_change *change) {
	size_t j = 0;
	for (size_t i = 0; i < before->mapping.count; i++) {
		const struct value_pair *pair = &before->mapping.pairs[i];
		if (is_edited(pair->key, change)) {
			continue;
		}
		while (j < after->mapping.count && is_edited(after->mapping.pairs[j].key, change)) {
			j++;
		}
		CHECK(j < after->mapping.count);
		CHECK(value_equal(pair->key, after->mapping.pairs[j].key));
		CHECK(value_equal(pair->value, after->mapping.pairs[j].value));
		j++;
	}
}

/* The text from a line on, counted from 1. */
static struct text from_line(struct text text, uint32_t line) {
	while (line-- > 1) {
		fuzz_take_line(&text);
	}
	return text;
}

/* In a block mapping, what stands above an edited field, and the fields below it. */
static void check_lines(struct text before, const struct value *root, struct text after,
	const struct yaml_change *change) {
	const struct text first = from_line(before, root->line);
	if (root->column == 0 || root->column > first.length ||
		first.data[root->column - 1] == '{' || text_index(before, '\r') < before.length) {
		return;
	}
	for (size_t i = 0; i < root->mapping.count; i++) {
		if (!is_edited(root->mapping.pairs[i].key, change)) {
			continue;
		}
		const uint32_t line = root->mapping.pairs[i].key->line;
		const struct text above =
			text_part(before, 0, before.length - from_line(before, line).length);
		CHECK(root->mapping.count == 1 || text_starts_with(after, above));
		if (i + 1 < root->mapping.count && root->mapping.pairs[i + 1].key->line > line) {
			CHECK(text_ends_with(
				after, from_line(before, root->mapping.pairs[i + 1].key->line)));
		}
	}
}

static void check_edit(
	struct text document, const struct value *before, const struct yaml_change *change) {
	struct buffer edited = {0};
	struct arena arena = {0};
	struct error error = {0};
	if (yaml_edit(&edited, document, 1, change, &yaml_default_limits, &error)) {
		CHECK(!edited.failed && error.kind == ERROR_NONE);
		const struct value *after = read(&arena, buffer_text(&edited));
		CHECK(after != NULL || (change->value == NULL && before->mapping.count == 1));
		if (after != NULL && after->type == VALUE_MAPPING) {
			const struct value *found = find(after, change);
			CHECK(change->value == NULL
					? found == NULL
					: found != NULL && value_equal(found, change->value));
			check_others(before, after, change);
		}
		check_lines(document, before, buffer_text(&edited), change);
	} else {
		CHECK(error.kind != ERROR_NONE && error.kind != ERROR_MEMORY);
	}
	arena_finish(&arena);
	buffer_finish(&edited);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
	struct text rest = {(const char *)data, size};
	struct change change = {0};
	struct arena arena = {0};
	const struct text field = fuzz_take_line(&rest);
	const struct text value = fuzz_take_line(&rest);
	struct yaml_slice slice = {0};
	const bool is_one =
		yaml_next_slice(rest, &slice) && slice.offset == 0 && slice.length == rest.length;
	const struct value *root = is_one ? read(&arena, rest) : NULL;
	if (root != NULL && root->type == VALUE_MAPPING && make_change(&change, field, value)) {
		check_edit(rest, root, &change.change);
	}
	arena_finish(&change.arena);
	arena_finish(&arena);
	return 0;
}
