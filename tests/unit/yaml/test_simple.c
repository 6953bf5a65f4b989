/*
 * Whatever simple_scan takes for a simple document, it must read as libyaml does. CARDFS_TEST_SEED
 * picks other documents than the usual ones.
 */
#include "base/buffer.h"
#include "yaml/simple.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { DOCUMENT_COUNT = 30000, LINE_COUNT = 6, PIECE_COUNT = 12 };

static uint64_t random_state;

static unsigned draw(unsigned count) {
	random_state = random_state * 6364136223846793005U + 1442695040888963407U;
	return (unsigned)(random_state >> 33) % count;
}

#define PICK(words) (words)[draw(sizeof(words) / sizeof((words)[0]))]

/* One line for each event: its kind, where it starts, and what a scalar holds. */
static bool show(void *context, const yaml_event_t *event) {
	struct buffer *shown = context;
	const bool is_end =
		event->type == YAML_MAPPING_END_EVENT || event->type == YAML_SEQUENCE_END_EVENT;
	buffer_append_format(shown, "%d", (int)event->type);
	if (!is_end) {
		buffer_append_format(
			shown, " %zu:%zu", event->start_mark.line, event->start_mark.column);
	}
	if (event->type == YAML_SCALAR_EVENT) {
		const struct text text = {
			(const char *)event->data.scalar.value, event->data.scalar.length};
		buffer_append_format(shown, " %d%d%d ", (int)event->data.scalar.style,
			event->data.scalar.plain_implicit, event->data.scalar.quoted_implicit);
		buffer_append_text(shown, text);
	}
	buffer_append_byte(shown, '\n');
	return true;
}

static bool is_about_nodes(const yaml_event_t *event) {
	return event->type != YAML_STREAM_START_EVENT && event->type != YAML_STREAM_END_EVENT &&
	       event->type != YAML_DOCUMENT_START_EVENT && event->type != YAML_DOCUMENT_END_EVENT;
}

/* Returns the number of documents; 0 where there is a fault. */
static size_t show_as_libyaml(struct text text, struct buffer *shown) {
	yaml_parser_t parser;
	size_t documents = 0;
	bool is_at_end = false;
	assert_true(yaml_parser_initialize(&parser));
	yaml_parser_set_input_string(&parser, (const unsigned char *)text.data, text.length);
	while (!is_at_end) {
		yaml_event_t event;
		if (!yaml_parser_parse(&parser, &event)) {
			documents = 0;
			break;
		}
		is_at_end = event.type == YAML_STREAM_END_EVENT;
		documents += event.type == YAML_DOCUMENT_START_EVENT;
		if (is_about_nodes(&event)) {
			show(shown, &event);
		}
		yaml_event_delete(&event);
	}
	yaml_parser_delete(&parser);
	return documents;
}

/* Whether it is simple; if so, it is read as libyaml reads it. */
static bool check(struct text text) {
	const struct source source = {text, 1};
	struct buffer shown = {0};
	struct buffer expected = {0};
	const bool is_simple = simple_scan(&source, show, &shown);
	if (is_simple) {
		const size_t documents = show_as_libyaml(text, &expected);
		if (documents != 1 || !text_equal(buffer_text(&shown), buffer_text(&expected))) {
			print_error("%.*s\n", TEXT_ARGUMENTS(text));
		}
		assert_int_equal(documents, 1);
		assert_string_equal(shown.data, expected.data);
	}
	buffer_finish(&shown);
	buffer_finish(&expected);
	return is_simple;
}

#define CHECK_SIMPLE(text) assert_true(check(TEXT(text)))
#define CHECK_OTHER(text) assert_false(check(TEXT(text)))

static void test_a_usual_card_is_simple(void **state) {
	(void)state;
	CHECK_SIMPLE("# A card.\n"
		     "---\n"
		     "name: llama3_2_1b@awscluster  # not here\n"
		     "\n"
		     "checkpoint: \"hg://meta-llama/Llama-3.2-1B;gated=true\"\n"
		     "tokenizer_family: 'llama'\n"
		     "model_config:\n"
		     "  max_seq_len: 131072\n"
		     "  dropout: 1e-1\n"
		     "  languages:\n"
		     "  - fr\n"
		     "  - de\n"
		     "url:\n");
}

static void test_nesting_follows_the_columns(void **state) {
	(void)state;
	CHECK_SIMPLE("a:\n   b:\n    c: 1\n   d: 2\ne: 3");
	CHECK_SIMPLE("a:\n- 1\n- 2\nb:\n  - 1\n  -\n  - 3\n");
	CHECK_SIMPLE("- a: 1\n  b:\n  - 2\n-   c: 3\n    d: 4\n-\n  e: 5\n");
	CHECK_OTHER("a: 1\n b: 2\n");
	CHECK_OTHER("a:\n  b: 1\n c: 2\n");
	CHECK_OTHER("a:\n  b: 1\n- c\n");
	CHECK_OTHER("- a\nb: 1\n");
	CHECK_OTHER("- - a\n");
}

static void test_anything_that_needs_a_parser_is_left_to_it(void **state) {
	(void)state;
	static const char *const values[] = {"[1]", "{}", "&a 1", "*a", "!!str 1", "|", ">", "-1",
		"? b", "b: c", "b:", "\"\\n\"", "\"b", "'it''s'", "\"b\" c", "\"b\"#c", "\xC3\xA9",
		"\tb", "b\r", "@b", "`b", "%b", ", b"};
	for (size_t i = 0; i < sizeof(values) / sizeof(values[0]); i++) {
		struct buffer text = {0};
		buffer_append_format(&text, "a: %s\n", values[i]);
		assert_false(check(buffer_text(&text)));
		buffer_finish(&text);
	}
	CHECK_OTHER("");
	CHECK_OTHER("# only a comment\n");
	CHECK_OTHER("---\n");
	CHECK_OTHER("--- a\n");
	CHECK_OTHER("%YAML 1.1\n---\na: yes\n");
	CHECK_OTHER("a: 1\n...\n");
	CHECK_OTHER("a: 1\n---\nb: 2\n");
	CHECK_OTHER("a\n");
	CHECK_OTHER("\"a\": 1\n");
	CHECK_OTHER("a b: 1\n");
	CHECK_OTHER("a: b\n  c\n");
	CHECK_OTHER("a: 1 # \xC3\xA9\n");
}

static void test_what_is_too_deep_or_too_long_is_left_to_the_parser(void **state) {
	(void)state;
	struct buffer deep = {0};
	struct buffer line = {0};
	for (size_t depth = 0; depth < 100; depth++) {
		buffer_append_format(&deep, "%*sa:\n", (int)depth, "");
		buffer_append_string(&line, "aaaaaaaaaaaa");
	}
	buffer_append_string(&line, ": 1\n");
	assert_false(check(buffer_text(&deep)));
	assert_false(check(buffer_text(&line)));
	buffer_finish(&deep);
	buffer_finish(&line);
}

static bool take_nothing(void *context, const yaml_event_t *event) {
	(void)event;
	++*(size_t *)context;
	return false;
}

static void test_a_scan_ends_when_no_more_is_wanted(void **state) {
	(void)state;
	const struct source source = {TEXT("a: 1\nb: 2\n"), 1};
	size_t count = 0;
	assert_false(simple_scan(&source, take_nothing, &count));
	assert_int_equal(count, 1);
}

static void append_line(struct buffer *text) {
	static const char *const indentations[] = {"", "", "", "  ", "  ", " ", "   ", "    "};
	static const char *const items[] = {"", "", "", "- ", "-   ", "-"};
	static const char *const keys[] = {"a: ", "b2:", "c.d-e:   ", "1: ", "<<: ", "f:g: ", ""};
	static const char *const values[] = {"", "", "x", "a b  c", "a:b", "/p/q", "\"q # r\"",
		"''", "'s", "12", "~", "a: b", "- c", "#", "x#y", "...", "[", "&a", "\"\\\""};
	static const char *const ends[] = {"", "", "", " ", " # c", "#", "\n", "\n# c", "\n   # c"};
	buffer_append_string(text, PICK(indentations));
	buffer_append_string(text, PICK(items));
	buffer_append_string(text, PICK(keys));
	buffer_append_string(text, PICK(values));
	buffer_append_string(text, PICK(ends));
	buffer_append_byte(text, '\n');
}

static void append_piece(struct buffer *text) {
	static const char *const pieces[] = {"a", "b", "a: ", "b:", "c: 1\n", "- ", "-", " ", "  ",
		"\n", "\n", "\n  ", "#", " #", "\"", "'", "---", "...", "\\", ":", "?", "|", "\t"};
	buffer_append_string(text, PICK(pieces));
}

static void check_random(void (*append)(struct buffer *text), unsigned most) {
	const char *seed = getenv("CARDFS_TEST_SEED");
	struct buffer text = {0};
	size_t simple_count = 0;
	random_state = seed == NULL ? 1 : strtoull(seed, NULL, 10);
	for (size_t i = 0; i < DOCUMENT_COUNT; i++) {
		buffer_clear(&text);
		for (unsigned left = 1 + draw(most); left > 0; left--) {
			append(&text);
		}
		simple_count += check(buffer_text(&text));
	}
	assert_true(simple_count > DOCUMENT_COUNT / 100);
	buffer_finish(&text);
}

static void test_random_lines_are_read_as_libyaml_reads_them(void **state) {
	(void)state;
	check_random(append_line, LINE_COUNT);
}

static void test_random_pieces_are_read_as_libyaml_reads_them(void **state) {
	(void)state;
	check_random(append_piece, PIECE_COUNT);
}

int main(void) {
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_usual_card_is_simple),
		cmocka_unit_test(test_nesting_follows_the_columns),
		cmocka_unit_test(test_anything_that_needs_a_parser_is_left_to_it),
		cmocka_unit_test(test_what_is_too_deep_or_too_long_is_left_to_the_parser),
		cmocka_unit_test(test_a_scan_ends_when_no_more_is_wanted),
		cmocka_unit_test(test_random_lines_are_read_as_libyaml_reads_them),
		cmocka_unit_test(test_random_pieces_are_read_as_libyaml_reads_them),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
