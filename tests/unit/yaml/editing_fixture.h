/*
 * Editing small documents in tests.
 */
#ifndef CARDFS_TESTS_UNIT_YAML_EDITING_FIXTURE_H
#define CARDFS_TESTS_UNIT_YAML_EDITING_FIXTURE_H

#include "unit/yaml/reading.h"
#include "yaml/edit.h"

enum { KEY_LIMIT = 8 };

/* A change made of strings: a dotted field, and YAML (NULL: take it away). */
struct change {
	struct arena arena;
	const struct value *keys[KEY_LIMIT];
	struct yaml_change change;
};

static inline void make_change(struct change *change, const char *field, const char *value) {
	*change = (struct change){0};
	struct text rest = text_of(field);
	while (rest.length > 0) {
		struct text key = text_part(rest, 0, text_index(rest, '.'));
		rest = text_part(rest, key.length + 1, rest.length);
		assert_true(change->change.key_count < KEY_LIMIT);
		change->keys[change->change.key_count++] = value_create_string(&change->arena, key);
	}
	change->change.keys = change->keys;
	if (value != NULL) {
		struct yaml_slice slice = {.length = strlen(value), .line = 1};
		assert_int_equal(yaml_read(&change->arena, text_of(value), &slice,
					 &yaml_default_limits, &change->change.value, NULL),
			YAML_READ_VALUE);
	}
}

static inline void check_edit(
	struct text document, const char *field, const char *value, struct text expected) {
	struct change change;
	struct buffer edited = {0};
	struct error error = {0};
	make_change(&change, field, value);
	if (!yaml_edit(&edited, document, 1, &change.change, &yaml_default_limits, &error)) {
		print_error("%u: %s\n", error.line, error.message);
		fail();
	}
	if (!text_equal(buffer_text(&edited), expected)) {
		print_error("%s", edited.data);
	}
	assert_true(text_equal(buffer_text(&edited), expected));
	buffer_finish(&edited);
	arena_finish(&change.arena);
}

static inline void check_refuses(struct text document, const char *field, const char *value,
	enum error_kind kind, uint32_t line, const char *message) {
	struct change change;
	struct buffer edited = {0};
	struct error error = {0};
	make_change(&change, field, value);
	assert_false(yaml_edit(&edited, document, 1, &change.change, &yaml_default_limits, &error));
	assert_string_equal(error.message, message);
	assert_int_equal(error.kind, kind);
	assert_int_equal(error.line, line);
	buffer_finish(&edited);
	arena_finish(&change.arena);
}

#define CHECK_SET(document, field, value, expected) \
	check_edit(TEXT(document), field, value, TEXT(expected))
#define CHECK_UNSET(document, field, expected) \
	check_edit(TEXT(document), field, NULL, TEXT(expected))

#endif
