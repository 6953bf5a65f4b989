/*
 * Random edits of random documents: every edit is possible, every comment stays one, and no other
 * field changes. CARDFS_TEST_SEED picks other documents than the usual ones.
 */
#include "unit/yaml/editing_fixture.h"

#include "yaml/outline.h"
#include "yaml/revise.h"

#include <stdio.h>

enum { DOCUMENT_COUNT = 400, EDIT_COUNT = 4, FIELD_COUNT = 6 };

/* Deeper than any mapping. */
#define DEEP "                    "

static uint64_t random_state;

static unsigned draw(unsigned count) {
	random_state = random_state * 6364136223846793005U + 1442695040888963407U;
	return (unsigned)(random_state >> 33) % count;
}

/* A document in the making; comments are numbered, so that each can be looked for. */
struct draft {
	struct buffer text;
	unsigned comment_count;
};

static void add_spaces(struct draft *draft, unsigned count) {
	for (unsigned i = 0; i < count; i++) {
		buffer_append_byte(&draft->text, ' ');
	}
}

static void add_comment(struct draft *draft) {
	buffer_append_format(&draft->text, "#<%u>", draft->comment_count++);
}

static void add_comment_lines(struct draft *draft, unsigned indentation) {
	while (draw(4) == 0) {
		add_spaces(draft, draw(2) == 0 ? indentation : draw(indentation + 1));
		add_comment(draft);
		buffer_append_byte(&draft->text, '\n');
	}
	if (draw(8) == 0) {
		buffer_append_byte(&draft->text, '\n');
	}
}

static void end_line(struct draft *draft) {
	if (draw(3) == 0) {
		add_spaces(draft, 1 + draw(3));
		add_comment(draft);
	}
	buffer_append_byte(&draft->text, '\n');
}

static void add_scalar(struct draft *draft) {
	static const char *const scalars[] = {"1", "0x1F", "/a/b c", "'it''s #no'",
		"\"a\\\"b #no\"", "x#no", "~", "", "\xE2\x82\xAC", "!!str 12", "[1, {x: 2}]", "{}",
		"1e-5", "\"two\n" DEEP "lines\"", "plain\n" DEEP "lines"};
	buffer_append_byte(&draft->text, ' ');
	buffer_append_string(&draft->text, scalars[draw(sizeof(scalars) / sizeof(scalars[0]))]);
	end_line(draft);
}

static void add_block_scalar(struct draft *draft, unsigned indentation) {
	static const char *const headers[] = {" |", " >", " |-", " |+", " >+", " !!str |"};
	buffer_append_string(&draft->text, headers[draw(sizeof(headers) / sizeof(headers[0]))]);
	end_line(draft);
	for (unsigned i = 1 + draw(3); i > 0; i--) {
		add_spaces(draft, indentation + 2);
		buffer_append_string(&draft->text, draw(2) == 0 ? "text #no\n" : "# no\n");
		buffer_append_string(&draft->text, draw(4) == 0 ? "\n" : "");
	}
}

static void add_mapping(struct draft *draft, unsigned indentation, unsigned depth);

static void add_sequence(struct draft *draft, unsigned indentation) {
	end_line(draft);
	for (unsigned i = 1 + draw(3); i > 0; i--) {
		add_comment_lines(draft, indentation);
		add_spaces(draft, indentation);
		buffer_append_byte(&draft->text, '-');
		add_scalar(draft);
	}
}

static void add_value(struct draft *draft, unsigned indentation, unsigned depth) {
	switch (draw(depth < 3 ? 8 : 5)) {
	case 0:
		add_block_scalar(draft, indentation);
		break;
	case 1:
		add_sequence(draft, indentation + draw(3));
		break;
	case 5:
	case 6:
	case 7:
		end_line(draft);
		add_comment_lines(draft, indentation + 2);
		add_mapping(draft, indentation + 1 + draw(4), depth + 1);
		break;
	default:
		add_scalar(draft);
		break;
	}
}

/* Keys are k0 to k5, some of them. */
static void add_mapping(struct draft *draft, unsigned indentation, unsigned depth) {
	unsigned present = 1 + draw((1U << FIELD_COUNT) - 1);
	for (unsigned i = 0; i < FIELD_COUNT; i++) {
		if ((present & 1U << i) == 0) {
			continue;
		}
		add_spaces(draft, indentation);
		buffer_append_format(&draft->text, draw(6) == 0 ? "\"k%u\" :" : "k%u:", i);
		add_value(draft, indentation, depth);
		add_comment_lines(draft, indentation);
	}
}

static void draw_document(struct draft *draft) {
	add_comment_lines(draft, 0);
	buffer_append_string(&draft->text, draw(3) == 0 ? "---\n" : "");
	buffer_append_string(&draft->text, "name: m\n");
	add_mapping(draft, 0, 0);
}

static void count_comments(struct text document, unsigned *seen, unsigned count) {
	struct yaml_slice slice = {.length = document.length, .line = 1};
	struct source source = source_of_slice(document, &slice);
	struct outline outline;
	struct text comment;
	size_t offset = 0;
	assert_true(outline_init(&outline, &source, NULL));
	while (outline_next_comment(&outline, &offset, document.length, &comment)) {
		unsigned number;
		assert_int_equal(sscanf(comment.data, "#<%u>", &number), 1);
		assert_true(number < count);
		seen[number]++;
	}
	outline_finish(&outline);
}

static void check_comments(struct text document, unsigned count) {
	unsigned *seen = calloc(count + 1, sizeof(*seen));
	assert_non_null(seen);
	count_comments(document, seen, count);
	for (unsigned i = 0; i < count; i++) {
		assert_int_equal(seen[i], 1);
	}
	free(seen);
}

/* What must be so before and after: every field but the one that is changed has its value. */
static void check_others(struct text before, struct text after, const struct yaml_change *change) {
	struct reading old = read_with(before, &yaml_default_limits);
	struct reading new = read_with(after, &yaml_default_limits);
	assert_int_equal(new.result, YAML_READ_VALUE);
	for (size_t i = 0; i < old.value->mapping.count; i++) {
		const struct value_pair *pair = &old.value->mapping.pairs[i];
		if (value_same_key(pair->key, change->keys[0])) {
			continue;
		}
		const struct value_pair *other = revise_find(new.value, pair->key);
		assert_non_null(other);
		assert_true(value_equal(pair->value, other->value));
	}
	arena_finish(&old.arena);
	arena_finish(&new.arena);
}

static void draw_field(char field[32]) {
	char *end = field + sprintf(field, "k%u", draw(FIELD_COUNT));
	while (draw(2) == 0 && end < field + 9) {
		end += sprintf(end, ".k%u", draw(FIELD_COUNT));
	}
}

static const char *draw_value(void) {
	static const char *const values[] = {"1", "/a/b", "'#'", "[1, 2]", "{a: {b: 'x: y'}}", "~",
		"\"two\\nlines\"", "\"lines\\n\\n\"", "1e-5", "[]", "{a: \"lines\\n\\n\"}"};
	return draw(4) == 0 ? NULL : values[draw(sizeof(values) / sizeof(values[0]))];
}

/*
 * A field of what is no mapping, a missing one, and comments within brackets are refused rightly.
 */
static bool is_rightly_refused(const struct error *error) {
	return error->kind == ERROR_NOT_FOUND || strstr(error->message, "has no fields") != NULL;
}

static void edit_once(struct draft *draft) {
	char field[32];
	draw_field(field);
	const char *value = draw_value();
	struct change change;
	struct buffer edited = {0};
	struct error error = {0};
	struct text document = buffer_text(&draft->text);
	make_change(&change, field, value);
	bool done = yaml_edit(&edited, document, 1, &change.change, &yaml_default_limits, &error);
	if (!done && !is_rightly_refused(&error)) {
		print_error("%s = %s\n%s\n%s", field, value == NULL ? "(unset)" : value,
			error.message, document.data);
		fail();
	}
	if (done) {
		check_others(document, buffer_text(&edited), &change.change);
		check_comments(buffer_text(&edited), draft->comment_count);
		buffer_finish(&draft->text);
		draft->text = edited;
	} else {
		buffer_finish(&edited);
	}
	arena_finish(&change.arena);
}

static void test_random_edits_keep_other_fields_and_all_comments(void **state) {
	(void)state;
	const char *seed = getenv("CARDFS_TEST_SEED");
	random_state = seed == NULL ? 1 : strtoull(seed, NULL, 10);
	for (unsigned i = 0; i < DOCUMENT_COUNT; i++) {
		struct draft draft = {0};
		draw_document(&draft);
		check_comments(buffer_text(&draft.text), draft.comment_count);
		for (unsigned j = 0; j < EDIT_COUNT; j++) {
			edit_once(&draft);
		}
		buffer_finish(&draft.text);
	}
}

int main(void) {
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_random_edits_keep_other_fields_and_all_comments),
	};
	return cmocka_run_group_tests_name("edit_random", tests, NULL, NULL);
}
