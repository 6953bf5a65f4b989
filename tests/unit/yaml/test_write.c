#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "unit/yaml/values.h"
#include "yaml/write.h"

#include <math.h>
#include <string.h>

static void check(void (*write)(struct buffer *, const struct value *), const struct value *value,
	const char *expected) {
	struct buffer buffer = {0};
	write(&buffer, value);
	assert_false(buffer.failed);
	assert_string_equal(buffer.data, expected);
	buffer_finish(&buffer);
}

static void check_yaml(const struct value *value, const char *expected) {
	check(yaml_write, value, expected);
}

static void check_inline(const struct value *value, const char *expected) {
	check(yaml_write_inline, value, expected);
}

static void check_string(const char *string, const char *expected) {
	struct value value = {.type = VALUE_STRING, .canonical = text_of(string)};
	check_inline(&value, expected);
}

static void test_mapping_is_a_line_a_key_in_order(void **state) {
	(void)state;
	check_yaml(MAPPING(PAIR(STRING("name"), STRING("llama3")), PAIR(STRING("base"), NOTHING),
			   PAIR(STRING("arch"), BOOLEAN(true))),
		"name: llama3\nbase: null\narch: true\n");
}

static void test_containers_nest_by_two_spaces(void **state) {
	(void)state;
	check_yaml(MAPPING(PAIR(STRING("a"), MAPPING(PAIR(STRING("b"), SEQUENCE(INTEGER("1")))))),
		"a:\n  b:\n    - 1\n");
}

static void test_first_entry_of_a_list_item_stands_behind_its_dash(void **state) {
	(void)state;
	check_yaml(
		SEQUENCE(SEQUENCE(INTEGER("1"), INTEGER("2")),
			MAPPING(PAIR(STRING("a"), INTEGER("3")), PAIR(STRING("b"), INTEGER("4")))),
		"- - 1\n  - 2\n- a: 3\n  b: 4\n");
}

static void test_empty_containers_stand_on_one_line(void **state) {
	(void)state;
	check_yaml(SEQUENCE(EMPTY(VALUE_SEQUENCE), EMPTY(VALUE_MAPPING), EMPTY(VALUE_SET),
			   EMPTY(VALUE_ORDERED_MAP), EMPTY(VALUE_PAIRS)),
		"- []\n- {}\n- !!set {}\n- !!omap []\n- !!pairs []\n");
	check_yaml(EMPTY(VALUE_MAPPING), "{}\n");
}

static void test_tagged_containers_carry_their_tag(void **state) {
	(void)state;
	const struct value *omap = ORDERED_MAP(PAIR(STRING("k"), INTEGER("1")));
	const struct value *pairs =
		PAIRS(PAIR(STRING("k"), INTEGER("1")), PAIR(STRING("k"), SEQUENCE(NOTHING)));
	check_yaml(MAPPING(PAIR(STRING("s"), SET(MEMBER(STRING("a")), MEMBER(INTEGER("1"))))),
		"s: !!set\n  ? a\n  ? 1\n");
	check_yaml(SEQUENCE(omap, pairs),
		"- !!omap\n  - k: 1\n- !!pairs\n  - k: 1\n  - k:\n      - null\n");
	check_yaml(omap, "!!omap\n- k: 1\n");
	check_inline(SEQUENCE(omap, SET(MEMBER(STRING("a")), MEMBER(SEQUENCE(NOTHING)))),
		"[!!omap [{k: 1}], !!set {a, ? [null]}]");
}

static void test_keys_keep_their_type(void **state) {
	(void)state;
	check_yaml(MAPPING(PAIR(INTEGER("1"), STRING("a")), PAIR(STRING("1"), STRING("b")),
			   PAIR(NOTHING, STRING("c")), PAIR(STRING("null"), STRING("d")),
			   PAIR(STRING(""), STRING("e")), PAIR(STRING("<<"), STRING("f"))),
		"1: a\n\"1\": b\nnull: c\n\"null\": d\n\"\": e\n\"<<\": f\n");
}

static void test_container_keys_are_marked(void **state) {
	(void)state;
	const struct value *key = SEQUENCE(INTEGER("1"), STRING("a, b"));
	check_yaml(MAPPING(PAIR(key, SEQUENCE(NOTHING))), "? [1, \"a, b\"]\n:\n  - null\n");
	check_inline(MAPPING(PAIR(key, INTEGER("2"))), "{? [1, \"a, b\"] : 2}");
}

static void test_key_of_more_than_128_bytes_is_marked(void **state) {
	(void)state;
	char name[130] = {0};
	memset(name, 'k', 128);
	struct value key = {.type = VALUE_STRING, .canonical = {name, 128}};
	struct buffer buffer = {0};
	yaml_write(&buffer, MAPPING(PAIR(&key, NOTHING)));
	assert_memory_equal(buffer.data, "kkk", 3);

	name[128] = 'k';
	key.canonical.length = 129;
	buffer_clear(&buffer);
	yaml_write(&buffer, MAPPING(PAIR(&key, NOTHING)));
	assert_memory_equal(buffer.data, "? kkk", 5);
	assert_string_equal(buffer.data + buffer.length - strlen("k\n: null\n"), "k\n: null\n");
	buffer_finish(&buffer);
}

static void test_key_with_a_line_break_stays_on_one_line(void **state) {
	(void)state;
	check_yaml(MAPPING(PAIR(STRING("a\nb"), INTEGER("1"))), "\"a\\nb\": 1\n");
}

static void test_ordinary_strings_are_plain(void **state) {
	(void)state;
	static const char *const strings[] = {"llama3_2_1b", "https://x/y?z=1#f", "/a b/c", "a,b",
		"a:b", "v1.0", "8b", "1/2", "~/x", "x#y", "it's", "日本", "😀", "a[0]", "\\d", "<<x",
		"=x", "./x", "0xG", "nullable", "Norway", "1e3x", "a%", "__x__", "x{y}"};
	for (size_t i = 0; i < sizeof(strings) / sizeof(strings[0]); i++) {
		check_string(strings[i], strings[i]);
	}
}

static void test_strings_that_some_reader_takes_for_something_else_are_quoted(void **state) {
	(void)state;
	static const char *const strings[] = {"", "~", "null", "Null", "NULL", "nULL", "true",
		"TRUE", "False", "yes", "No", "ON", "off", "y", "N", "=", "<<", "1", "-1", "+1",
		"+", "0", "007", "1_000", "+_", "_1", "1,000", "0o17", "0x1F", "0b11", "12:30",
		"190:20:30.15", "1e3", "1E+3", "e5", "E-1", ".5", "1.", "1.5", "-.5", ".", "..",
		"...", "... a", ".inf", "-.INF", "+.inf", ".NaN", "nan", "Infinity", "2001-12-14",
		"2001-1-1", "2001-12-14 21:59:43.10 -5", "2001-12-14T21:59:43Z", "1.0.0", " a",
		"a ", "-", "- a", "-a", "---", "?", "? a", ":", ":a", "a:", "a: b", "a #b", "#a",
		"&a", "*a", "!a", "|", ">a", "'a", "%a", "@a", "`a", "[", "]", "{", "}", ",",
		"a\302\240b"};
	for (size_t i = 0; i < sizeof(strings) / sizeof(strings[0]); i++) {
		struct buffer quoted = {0};
		buffer_append_format(&quoted, "\"%s\"", strings[i]);
		check_string(strings[i], quoted.data);
		buffer_finish(&quoted);
	}
}

static void test_brackets_quote_more(void **state) {
	(void)state;
	check_inline(SEQUENCE(STRING("a,b"), STRING("a:b"), STRING("a]"), STRING("a b")),
		"[\"a,b\", \"a:b\", \"a]\", a b]");
}

static void test_single_quotes_save_backslashes(void **state) {
	(void)state;
	check_string("\"it's\"", "'\"it''s\"'");
	check_string("[\\d]", "'[\\d]'");
}

static void test_what_a_terminal_or_reader_trips_over_is_escaped(void **state) {
	(void)state;
	check_string("\a\t\r\n\x7F", "\"\\x07\\t\\r\\n\\x7f\"");
	check_string(
		"\xC2\x85\xE2\x80\xA8\xE2\x80\xA9\xEF\xBB\xBF", "\"\\x85\\u2028\\u2029\\ufeff\"");
	check_string("a\xE2\x80\xAE"
		     "b",
		"\"a\\u202eb\"");
	check_string("\xEF\xBF\xBF\xF4\x8F\xBF\xBF", "\"\\uffff\\U0010ffff\"");
	check_inline(STRING("a\0b"), "\"a\\0b\"");
}

static void test_bytes_that_are_not_utf8_become_replacement_characters(void **state) {
	(void)state;
	check_string("a\xFF\xC3", "\"a\\ufffd\\ufffd\"");
	check_string("a\nb\xFF", "\"a\\nb\\ufffd\"");
}

static void check_text(const char *string, const char *expected) {
	struct value value = {.type = VALUE_STRING, .canonical = text_of(string)};
	check_yaml(MAPPING(PAIR(STRING("k"), &value)), expected);
}

static void test_lines_are_a_block(void **state) {
	(void)state;
	check_text("a: 1\n# b\n", "k: |\n  a: 1\n  # b\n");
	check_text("a\n\n \tb", "k: |-\n  a\n\n   \tb\n");
	check_text("a\n\n\n", "k: |+\n  a\n\n\n");
	check_text("a \n  \nb \n", "k: |\n  a \n    \n  b \n");
}

static void test_block_says_its_indentation_where_the_first_line_would_mislead(void **state) {
	(void)state;
	check_text(" a\nb", "k: |2-\n   a\n  b\n");
	check_text("\n a\n", "k: |2\n\n   a\n");
	check_text("\ta\n\n", "k: |2+\n  \ta\n\n");
	check_yaml(SEQUENCE(SEQUENCE(STRING(" a\n"))), "- - |2\n     a\n");
}

static void test_lines_that_no_block_can_hold_are_quoted(void **state) {
	(void)state;
	check_text("a\r\nb\n", "k: \"a\\r\\nb\\n\"\n");
	check_text("a\n\xC2\x85", "k: \"a\\n\\x85\"\n");
	check_text("\n\n", "k: \"\\n\\n\"\n");
	check_text("a\n \n\n", "k: \"a\\n \\n\\n\"\n");
	check_yaml(STRING("a\nb"), "\"a\\nb\"\n");
}

static void test_integers_are_decimal(void **state) {
	(void)state;
	struct value value = {
		.type = VALUE_INTEGER, .written = TEXT("0x1_F"), .canonical = TEXT("31")};
	check_inline(&value, "31");
	check_inline(INTEGER("-123456789012345678901234567890"), "-123456789012345678901234567890");
}

static void test_floats_stay_as_written_where_all_readers_agree(void **state) {
	(void)state;
	check_inline(FLOAT(1.5, "1.50"), "1.50");
	check_inline(FLOAT(-2.25e10, "-2.25E+10"), "-2.25E+10");
	check_inline(FLOAT(1e-5, "1.0e-5"), "1.0e-5");
	check_inline(FLOAT(-0.0, "-0.0"), "-0.0");
}

static void test_other_floats_get_a_point_and_a_signed_exponent(void **state) {
	(void)state;
	check_inline(FLOAT(1e-5, "1e-5"), "1.0e-05");
	check_inline(FLOAT(1000, "1e3"), "1000.0");
	check_inline(FLOAT(1.5e10, "1.5e10"), "15000000000.0");
	check_inline(FLOAT(1000.5, "1_000.5"), "1000.5");
	check_inline(FLOAT(0.5, ".5"), "0.5");
	check_inline(FLOAT(1, "1."), "1.0");
	check_inline(FLOAT(1.5, "01.5"), "1.5");
	check_inline(FLOAT(-0.0, "-0e0"), "-0.0");
	check_inline(FLOAT(1e16, "1e16"), "1.0e+16");
	check_inline(FLOAT(1234567890123456, "x"), "1234567890123456.0");
	check_inline(FLOAT(0.00012, "x"), "0.00012");
	check_inline(FLOAT(0.1 + 0.2, "x"), "0.30000000000000004");
	check_inline(FLOAT(5e-324, "x"), "5.0e-324");
	check_inline(FLOAT(1.7976931348623157e308, "x"), "1.7976931348623157e+308");
}

static void test_special_floats(void **state) {
	(void)state;
	check_inline(FLOAT(INFINITY, "1.0e+400"), ".inf");
	check_inline(FLOAT(-INFINITY, "-.Inf"), "-.inf");
	check_inline(FLOAT(NAN, ".NaN"), ".nan");
}

static void test_dates_and_times(void **state) {
	(void)state;
	check_inline(DATE("2001-12-14"), "2001-12-14");
	check_inline(
		DATETIME("2001-12-14T21:59:43.100000-05:00"), "2001-12-14T21:59:43.100000-05:00");
	check_inline(DATETIME("2001-12-14T21:59:43"), "2001-12-14 21:59:43");
}

static void test_binary_is_base64(void **state) {
	(void)state;
	check_inline(BINARY("hello"), "!!binary aGVsbG8=");
	check_inline(BINARY(""), "!!binary \"\"");
	check_yaml(SEQUENCE(BINARY("0123456789012345678901234567890123456789012345678901234567")),
		"- !!binary |\n"
		"  MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2\n"
		"  Nw==\n");
}

static void test_deep_values_stand_on_one_line(void **state) {
	(void)state;
	enum { DEPTH = 10000 };
	static struct value values[DEPTH];
	static struct value_pair pairs[DEPTH];
	const struct value *key = STRING("a");
	for (size_t i = 0; i + 1 < DEPTH; i++) {
		pairs[i] = PAIR(key, &values[i + 1]);
		values[i].type = VALUE_MAPPING;
		values[i].mapping.pairs = &pairs[i];
		values[i].mapping.count = 1;
	}
	values[DEPTH - 1].type = VALUE_NULL;
	struct buffer buffer = {0};
	yaml_write(&buffer, &values[0]);
	assert_false(buffer.failed);
	const char *deep = strstr(buffer.data, "{a: {a:");
	assert_non_null(deep);
	assert_ptr_equal(strchr(deep, '\n'), buffer.data + buffer.length - 1);
	assert_true(buffer.length < (size_t)DEPTH * 8);
	buffer_finish(&buffer);
}

int main(void) {
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_mapping_is_a_line_a_key_in_order),
		cmocka_unit_test(test_containers_nest_by_two_spaces),
		cmocka_unit_test(test_first_entry_of_a_list_item_stands_behind_its_dash),
		cmocka_unit_test(test_empty_containers_stand_on_one_line),
		cmocka_unit_test(test_tagged_containers_carry_their_tag),
		cmocka_unit_test(test_keys_keep_their_type),
		cmocka_unit_test(test_container_keys_are_marked),
		cmocka_unit_test(test_key_of_more_than_128_bytes_is_marked),
		cmocka_unit_test(test_key_with_a_line_break_stays_on_one_line),
		cmocka_unit_test(test_ordinary_strings_are_plain),
		cmocka_unit_test(test_strings_that_some_reader_takes_for_something_else_are_quoted),
		cmocka_unit_test(test_brackets_quote_more),
		cmocka_unit_test(test_single_quotes_save_backslashes),
		cmocka_unit_test(test_what_a_terminal_or_reader_trips_over_is_escaped),
		cmocka_unit_test(test_bytes_that_are_not_utf8_become_replacement_characters),
		cmocka_unit_test(test_lines_are_a_block),
		cmocka_unit_test(
			test_block_says_its_indentation_where_the_first_line_would_mislead),
		cmocka_unit_test(test_lines_that_no_block_can_hold_are_quoted),
		cmocka_unit_test(test_integers_are_decimal),
		cmocka_unit_test(test_floats_stay_as_written_where_all_readers_agree),
		cmocka_unit_test(test_other_floats_get_a_point_and_a_signed_exponent),
		cmocka_unit_test(test_special_floats),
		cmocka_unit_test(test_dates_and_times),
		cmocka_unit_test(test_binary_is_base64),
		cmocka_unit_test(test_deep_values_stand_on_one_line),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
