#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "unit/yaml/values.h"
#include "yaml/json.h"

#include <math.h>
#include <string.h>

static void check(const struct value *value, bool indent, const char *expected) {
	struct buffer buffer = {0};
	json_write(&buffer, value, indent);
	assert_false(buffer.failed);
	assert_string_equal(buffer.data, expected);
	buffer_finish(&buffer);
}

static void check_json(const struct value *value, const char *expected) {
	check(value, false, expected);
}

static void test_containers_indent_by_two_spaces(void **state) {
	(void)state;
	check(MAPPING(PAIR(STRING("a"), SEQUENCE(INTEGER("1"), NOTHING)),
		      PAIR(STRING("b"), EMPTY(VALUE_MAPPING)), PAIR(STRING("c"), BOOLEAN(false))),
		true, "{\n  \"a\": [\n    1,\n    null\n  ],\n  \"b\": {},\n  \"c\": false\n}");
}

static void test_without_indent_all_is_one_line(void **state) {
	(void)state;
	check_json(MAPPING(PAIR(STRING("a"), SEQUENCE(INTEGER("1"), NOTHING)),
			   PAIR(STRING("b"), EMPTY(VALUE_SEQUENCE))),
		"{\"a\":[1,null],\"b\":[]}");
}

static void test_floats_stay_floats(void **state) {
	(void)state;
	check_json(FLOAT(1, "1e0"), "1.0");
	check_json(FLOAT(1e22, "1e22"), "1.0e+22");
	check_json(FLOAT(-0.0, "-0.0"), "-0.0");
	check_json(FLOAT(0.1, "0.10"), "0.1");
}

static void test_integers_of_any_size_are_numbers(void **state) {
	(void)state;
	check_json(INTEGER("123456789012345678901234567890"), "123456789012345678901234567890");
}

static void test_what_json_lacks_is_the_string_that_yaml_has(void **state) {
	(void)state;
	check_json(SEQUENCE(FLOAT(INFINITY, "x"), FLOAT(-INFINITY, "x"), FLOAT(NAN, "x")),
		"[\".inf\",\"-.inf\",\".nan\"]");
	check_json(SEQUENCE(DATE("2001-12-14"), DATETIME("2001-12-14T21:59:43")),
		"[\"2001-12-14\",\"2001-12-14T21:59:43\"]");
	check_json(SEQUENCE(BINARY("hello"), BINARY("")), "[\"aGVsbG8=\",\"\"]");
}

static void test_sets_and_pairs_are_arrays(void **state) {
	(void)state;
	check_json(SET(MEMBER(STRING("a")), MEMBER(INTEGER("1"))), "[\"a\",1]");
	check_json(PAIRS(PAIR(STRING("a"), INTEGER("1")), PAIR(STRING("a"), INTEGER("2"))),
		"[[\"a\",1],[\"a\",2]]");
	check_json(EMPTY(VALUE_SET), "[]");
	check_json(EMPTY(VALUE_PAIRS), "[]");
}

static void test_ordered_map_is_an_object(void **state) {
	(void)state;
	check_json(ORDERED_MAP(PAIR(STRING("b"), INTEGER("1")), PAIR(STRING("a"), INTEGER("2"))),
		"{\"b\":1,\"a\":2}");
	check_json(EMPTY(VALUE_ORDERED_MAP), "{}");
}

static void test_keys_are_spelled_as_yaml_has_them(void **state) {
	(void)state;
	check_json(MAPPING(PAIR(BOOLEAN(true), INTEGER("1")), PAIR(FLOAT(2.5, "2.5"), INTEGER("2")),
			   PAIR(NOTHING, INTEGER("3")),
			   PAIR(SEQUENCE(INTEGER("1"), STRING("yes")), INTEGER("4"))),
		"{\"true\":1,\"2.5\":2,\"null\":3,\"[1, \\\"yes\\\"]\":4}");
}

static void test_mapping_whose_keys_would_collide_becomes_pairs(void **state) {
	(void)state;
	check_json(MAPPING(PAIR(INTEGER("1"), STRING("a")), PAIR(STRING("1"), STRING("b"))),
		"[[1,\"a\"],[\"1\",\"b\"]]");
	check_json(ORDERED_MAP(PAIR(STRING("a"), INTEGER("1")), PAIR(STRING("a"), INTEGER("2"))),
		"[[\"a\",1],[\"a\",2]]");
}

static void test_pairs_indent(void **state) {
	(void)state;
	check(PAIRS(PAIR(STRING("a"), INTEGER("1"))), true, "[\n  [\n    \"a\",\n    1\n  ]\n]");
}

static void check_quoted(const char *string, const char *expected) {
	struct buffer buffer = {0};
	json_write_string(&buffer, text_of(string));
	assert_string_equal(buffer.data, expected);
	buffer_finish(&buffer);
}

static void test_controls_and_direction_marks_are_escaped(void **state) {
	(void)state;
	check_quoted("\"\\\b\f\n\r\t\x1B\x7F", "\"\\\"\\\\\\b\\f\\n\\r\\t\\u001b\\u007f\"");
	check_quoted(
		"\xC2\x9B\xE2\x80\xAE\xE2\x81\xA6\xEF\xBB\xBF", "\"\\u009b\\u202e\\u2066\\ufeff\"");
	check_quoted("\xF4\x8F\xBF\xBF", "\"\\udbff\\udfff\"");
	check_quoted("é日😀/", "\"é日😀/\"");
	check_json(STRING("a\0b"), "\"a\\u0000b\"");
}

static void test_bytes_that_are_not_utf8_become_replacement_characters(void **state) {
	(void)state;
	check_quoted("a\xFF\xE2\x80", "\"a\\ufffd\\ufffd\\ufffd\"");
}

static void test_deep_values_stand_on_one_line(void **state) {
	(void)state;
	enum { DEPTH = 10000 };
	static struct value values[DEPTH];
	static const struct value *items[DEPTH];
	for (size_t i = 0; i + 1 < DEPTH; i++) {
		items[i] = &values[i + 1];
		values[i].type = VALUE_SEQUENCE;
		values[i].sequence.items = &items[i];
		values[i].sequence.count = 1;
	}
	values[DEPTH - 1].type = VALUE_SEQUENCE;
	struct buffer buffer = {0};
	json_write(&buffer, &values[0], true);
	assert_false(buffer.failed);
	assert_non_null(strstr(buffer.data, "\n  [\n    [\n"));
	assert_non_null(strstr(buffer.data, "[[[[]]]]"));
	assert_true(buffer.length < (size_t)DEPTH * 2 + 1000);
	buffer_finish(&buffer);
}

int main(void) {
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_containers_indent_by_two_spaces),
		cmocka_unit_test(test_without_indent_all_is_one_line),
		cmocka_unit_test(test_floats_stay_floats),
		cmocka_unit_test(test_integers_of_any_size_are_numbers),
		cmocka_unit_test(test_what_json_lacks_is_the_string_that_yaml_has),
		cmocka_unit_test(test_sets_and_pairs_are_arrays),
		cmocka_unit_test(test_ordered_map_is_an_object),
		cmocka_unit_test(test_keys_are_spelled_as_yaml_has_them),
		cmocka_unit_test(test_mapping_whose_keys_would_collide_becomes_pairs),
		cmocka_unit_test(test_pairs_indent),
		cmocka_unit_test(test_controls_and_direction_marks_are_escaped),
		cmocka_unit_test(test_bytes_that_are_not_utf8_become_replacement_characters),
		cmocka_unit_test(test_deep_values_stand_on_one_line),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
