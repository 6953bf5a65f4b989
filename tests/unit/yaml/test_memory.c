/*
 * Whatever allocation fails while YAML is read, written and edited, libyaml's own among them: an
 * error of memory, nothing leaked.
 */
#include "unit/support/allocation.h"

#include "yaml/edit.h"
#include "yaml/json.h"
#include "yaml/read.h"
#include "yaml/write.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static const char *const documents[] = {
	"name: simple\nmodel:\n  layers: 12\n  list: [a, 'b', \"c\"]\n",
	"a: &a {x: 1, y: [2, 3]}\nb:\n  <<: *a\n  y: 4\nc: [*a, *a]\n",
	"%YAML 1.1\n---\n? [1, 2]\n: |\n  a text\n  of lines\n? b\n: >-\n  folded\n",
	("a: !!set {x, y}\nb: !!omap [x: 1]\nc: !!pairs [x: 1, x: 2]\nd: !!binary aGVsbG8=\n"
	 "e: 2001-12-14t21:59:43.10-05:00\nf: 123456789012345678901234567890\ng: 0x1F\n"),
	("%YAML 1.1\n---\na: [1.5, 1e100, .inf, .nan, 1_000.25, 1:30, 1:30.5, null, true]\n"
	 "b: [\"\\x01\\u2028\\U0001F600\", 'it''s', \"a: b\", \"#\", \"\", \"1\"]\n"
	 "c: [!!set {x}, !!omap [x: 1], ? [k] : v]\n"),
};

static const char *const faulty[] = {
	"a: 1\na: 2\n",
	"a: [1\n",
	"a: *nobody\n",
	"a: !unknown x\n",
	"a: \"\\q\"\n",
	"\xff\n",
	"a: &a [*a]\n",
};

static enum yaml_result read(
	struct arena *arena, const char *text, const struct value **value, struct error *error) {
	const struct yaml_slice slice = {.length = strlen(text), .line = 1};
	return yaml_read(arena, text_of(text), &slice, &yaml_default_limits, value, error);
}

/* Something that is to come out the same each time, or not at all. */
struct attempt {
	const void *given;
	struct buffer expected;
};

static void fail_each(allocation_run *run, const void *given, unsigned least) {
	struct attempt attempt = {.given = given};
	assert_true(buffer_reserve(&attempt.expected, 4096));
	allocation_fail_each(run, &attempt, least);
	buffer_finish(&attempt.expected);
}

static bool read_and_write(void *context, struct error *error) {
	struct attempt *attempt = context;
	struct arena arena = {0};
	struct buffer text = {0};
	const struct value *value;
	const bool is_read = read(&arena, attempt->given, &value, error) == YAML_READ_VALUE;
	if (is_read) {
		yaml_write(&text, value);
		json_write(&text, value, true);
	}
	const bool done = is_read && !text.failed;
	if (done) {
		allocation_compare(&attempt->expected, buffer_text(&text));
	}
	buffer_finish(&text);
	arena_finish(&arena);
	return done || (is_read ? error_set_memory(error) : false);
}

static void test_reading_and_writing(void **state) {
	(void)state;
	for (size_t i = 0; i < sizeof(documents) / sizeof(documents[0]); i++) {
		fail_each(read_and_write, documents[i], 3);
	}
}

/* What is wrong is said as it is, or memory is what was short. */
static bool read_faulty(void *context, struct error *error) {
	struct arena arena = {0};
	const struct value *value;
	const bool is_faulty = read(&arena, context, &value, error) == YAML_READ_ERROR;
	arena_finish(&arena);
	return is_faulty && error->kind != ERROR_MEMORY;
}

static void test_reading_what_is_faulty(void **state) {
	(void)state;
	for (size_t i = 0; i < sizeof(faulty) / sizeof(faulty[0]); i++) {
		allocation_fail_each(read_faulty, (void *)(uintptr_t)faulty[i], 1);
	}
}

struct edit {
	const char *document, *field, *value;
};

static const struct edit edits[] = {
	{"a: 1 # one\nb: {c: 1, d: 2}\n# end\n", "a", "[x, {y: z}]"},
	{"a: 1\nm:\n  x: 1\n  y: 2 # two\n", "m.x", NULL},
	{"a: 1\n", "p.q.r", "text"},
	{"{a: 1, b: 2}\n", "b", "3"},
	{"{a: 1, b: 2}\n", "c", "{d: 1}"},
	{"{a: 1, b: 2}\n", "a", NULL},
	{"m:\n  x: 1\n\n  # why\n  y: 2\nn: 3\n", "m.y", "|\n  a\n  b\n"},
	{"a:\n- 1\n- 2\nb: 1\n", "a", "1.50"},
};

static bool edit_document(void *context, struct error *error) {
	struct attempt *attempt = context;
	const struct edit *edit = attempt->given;
	struct arena arena = {0};
	struct buffer edited = {0};
	const struct value *keys[4];
	struct yaml_change change = {.keys = keys};
	bool done = edit->value == NULL ||
		    read(&arena, edit->value, &change.value, error) == YAML_READ_VALUE;
	for (struct text rest = text_of(edit->field); done && rest.length > 0;) {
		const struct text key = text_part(rest, 0, text_index(rest, '.'));
		rest = text_part(rest, key.length + 1, rest.length);
		keys[change.key_count] = value_create_string(&arena, key);
		done = keys[change.key_count++] != NULL || error_set_memory(error);
	}
	done = done &&
	       yaml_edit(&edited, text_of(edit->document), 1, &change, &yaml_default_limits, error);
	if (done && edited.failed) {
		done = error_set_memory(error);
	}
	if (done) {
		allocation_compare(&attempt->expected, buffer_text(&edited));
	}
	buffer_finish(&edited);
	arena_finish(&arena);
	return done;
}

static void test_editing(void **state) {
	(void)state;
	for (size_t i = 0; i < sizeof(edits) / sizeof(edits[0]); i++) {
		fail_each(edit_document, &edits[i], 5);
	}
}

static bool take_away(void *context, struct error *error) {
	struct attempt *attempt = context;
	struct buffer edited = {0};
	const bool done = yaml_edit_away(&edited, text_of(attempt->given), 1, error);
	if (done) {
		allocation_compare(&attempt->expected, buffer_text(&edited));
	}
	buffer_finish(&edited);
	return done;
}

static void test_taking_a_document_away(void **state) {
	(void)state;
	fail_each(take_away, "# one\na: 1 # two\nb: {c: 1, d: 2}\n# end\n...\n", 5);
}

int main(void) {
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_reading_and_writing),
		cmocka_unit_test(test_reading_what_is_faulty),
		cmocka_unit_test(test_editing),
		cmocka_unit_test(test_taking_a_document_away),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
