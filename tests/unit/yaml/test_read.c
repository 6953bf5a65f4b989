#include "unit/yaml/reading.h"

static void test_a_slice_of_comments_is_no_document(void **state) {
	(void)state;
	static const struct text files[] = {
		{"# c\n", 4}, {"\n", 1}, {"  ", 2}, {"\xEF\xBB\xBF", 3}};
	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
		struct reading reading = read_with(files[i], &yaml_default_limits);
		assert_int_equal(reading.result, YAML_READ_NOTHING);
		arena_finish(&reading.arena);
	}
}

static void test_a_marker_without_content_is_null(void **state) {
	(void)state;
	CHECK_READS("---\n", "null");
	CHECK_READS("---\n...\n", "null");
	CHECK_READS("--- # c\n", "null");
}

static void test_values_of_every_type_are_read(void **state) {
	(void)state;
	CHECK_READS("a: 1\nb: 0x1F\nc: 1e3\nd: yes\ne: true\nf:\ng: 2001-12-14\n",
		"{\"a\": 1, \"b\": 31, \"c\": float(1000), \"d\": \"yes\", \"e\": true, "
		"\"f\": null, \"g\": date(2001-12-14)}");
	CHECK_READS("[a, [], {}, {a: b}, [c]]", "[\"a\", [], {}, {\"a\": \"b\"}, [\"c\"]]");
	CHECK_READS(
		"- a\n- - b\n- c: d\n  e: f\n", "[\"a\", [\"b\"], {\"c\": \"d\", \"e\": \"f\"}]");
	CHECK_READS("'1'", "\"1\"");
	CHECK_READS("\"\\u00e9\\n\"", "\"\xC3\xA9\n\"");
	CHECK_READS("|\n  a\n  b\n", "\"a\nb\n\"");
	CHECK_READS(">-\n  a\n  b\n", "\"a b\"");
}

static void test_an_alias_shares_its_value(void **state) {
	(void)state;
	struct reading reading = read_with(TEXT("a: &x [1]\nb: *x"), &yaml_default_limits);
	assert_int_equal(reading.result, YAML_READ_VALUE);
	const struct value *first = value_find(reading.value, TEXT("a"));
	assert_ptr_equal(value_find(reading.value, TEXT("b")), first);
	assert_true(reading.value->weight > 2 * first->weight);
	arena_finish(&reading.arena);
}

static void test_an_anchor_stands_for_what_it_marked_last(void **state) {
	(void)state;
	CHECK_READS("[&a 1, *a, &a 2, *a]", "[1, 1, 2, 2]");
	CHECK_READS("&a [&a 1, *a]", "[1, 1]");
	CHECK_READS("[&a [1, &a 2], *a]", "[[1, 2], 2]");
	CHECK_READS("&k key: *k", "{\"key\": \"key\"}");
	CHECK_READS("a: &a\nb: *a", "{\"a\": null, \"b\": null}");
	CHECK_READS("{&m <<: {a: 1}, b: *m}", "{\"a\": 1, \"b\": \"<<\"}");
}

static void test_aliases_need_an_anchor_that_is_complete(void **state) {
	(void)state;
	CHECK_FAILS("a: *x", 1, 4,
		"*x stands for nothing: no value before it is marked &x; mark one, or quote it if "
		"it is text");
	CHECK_FAILS("a: &x [1, *x]", 1, 11,
		"the value marked &x contains itself, which no card can; write it out");
	CHECK_FAILS("&x {a: {<<: *x}}", 1, 13,
		"the value marked &x contains itself, which no card can; write it out");
}

static void test_anchors_and_version_end_with_their_document(void **state) {
	(void)state;
	struct text file = TEXT("%YAML 1.1\n---\na: &a yes\n---\nb: yes\n---\n*a");
	struct arena arena = {0};
	struct error error = {0};
	const struct value *value = NULL;
	struct yaml_slice slice = {0};
	assert_true(yaml_next_slice(file, &slice));
	assert_int_equal(yaml_read(&arena, file, &slice, &yaml_default_limits, &value, &error),
		YAML_READ_VALUE);
	assert_int_equal(value_find(value, TEXT("a"))->type, VALUE_BOOLEAN);
	assert_true(yaml_next_slice(file, &slice));
	assert_int_equal(yaml_read(&arena, file, &slice, &yaml_default_limits, &value, &error),
		YAML_READ_VALUE);
	assert_int_equal(value_find(value, TEXT("b"))->type, VALUE_STRING);
	assert_true(yaml_next_slice(file, &slice));
	assert_int_equal(yaml_read(&arena, file, &slice, &yaml_default_limits, &value, &error),
		YAML_READ_ERROR);
	arena_finish(&arena);
}

static void test_a_fault_leaves_the_other_documents_and_knows_its_line(void **state) {
	(void)state;
	struct text file = TEXT("a: 1\n---\nb: 'x\n---\nc: [1\n---\nd: 4\n");
	static const struct {
		enum yaml_result result;
		uint32_t line;
	} expected[] = {{YAML_READ_VALUE, 0}, {YAML_READ_ERROR, 3}, {YAML_READ_ERROR, 6},
		{YAML_READ_VALUE, 0}};
	struct arena arena = {0};
	struct yaml_slice slice = {0};
	for (size_t i = 0; i < sizeof(expected) / sizeof(expected[0]); i++) {
		struct error error = {0};
		const struct value *value = NULL;
		assert_true(yaml_next_slice(file, &slice));
		assert_int_equal(
			yaml_read(&arena, file, &slice, &yaml_default_limits, &value, &error),
			expected[i].result);
		assert_int_equal(error.line, expected[i].line);
	}
	assert_false(yaml_next_slice(file, &slice));
	arena_finish(&arena);
}

static void test_values_know_where_and_how_they_were_written(void **state) {
	(void)state;
	struct reading reading =
		read_with(TEXT("# c\na:\n  - 0x_1F\n  - \"b\\tc\"\n"), &yaml_default_limits);
	assert_int_equal(reading.result, YAML_READ_VALUE);
	assert_int_equal(reading.value->line, 2);
	const struct value *sequence = value_find(reading.value, TEXT("a"));
	assert_int_equal(sequence->line, 3);
	assert_int_equal(sequence->column, 3);
	assert_int_equal(sequence->height, 1);
	assert_int_equal(reading.value->height, 2);
	const struct value *number = sequence->sequence.items[0];
	assert_int_equal(number->line, 3);
	assert_int_equal(number->column, 5);
	assert_true(text_equal(number->written, TEXT("0x_1F")));
	assert_true(text_equal(number->canonical, TEXT("31")));
	assert_true(text_equal(sequence->sequence.items[1]->written, TEXT("b\tc")));
	arena_finish(&reading.arena);
}

static void test_values_do_not_point_into_the_file(void **state) {
	(void)state;
	char bytes[] = "a: [b, 12, !!binary aGk=]";
	struct reading reading =
		read_with((struct text){bytes, sizeof(bytes) - 1}, &yaml_default_limits);
	memset(bytes, 'x', sizeof(bytes));
	struct buffer description = {0};
	describe(&description, reading.value);
	assert_string_equal(description.data, "{\"a\": [\"b\", 12, bytes(hi)]}");
	buffer_finish(&description);
	arena_finish(&reading.arena);
}

static void test_only_yaml_1_1_and_1_2_are_read(void **state) {
	(void)state;
	CHECK_READS("%YAML 1.2\n---\nyes", "\"yes\"");
	CHECK_READS("%YAML 1.1\n---\nyes", "true");
	CHECK_FAILS("%YAML 1.3\n---\na", 1, 1, "only %YAML 1.1 and %YAML 1.2 can be read");
	CHECK_FAILS("%YAML 2.0\n---\na", 1, 1, "only %YAML 1.1 and %YAML 1.2 can be read");
	CHECK_FAILS("%YAML 1.2\n", 2, 1,
		"this does not fit what is before it, or a line \"---\" is missing between them");
}

static void test_other_encodings_are_named(void **state) {
	(void)state;
	static const char message[] =
		"this file is not UTF-8 but UTF-16 or UTF-32; save it as UTF-8";
	CHECK_FAILS("\xFF\xFE"
		    "a\0",
		1, 1, message);
	CHECK_FAILS("\xFE\xFF\0a", 1, 1, message);
	CHECK_FAILS("a\0:\0", 1, 1, message);
	CHECK_FAILS("a: caf\xE9\n", 1, 7, "this byte is not UTF-8; save the file as UTF-8");
	CHECK_FAILS("a: 1\nb: \xC0\xAF", 2, 4, "this byte is not UTF-8; save the file as UTF-8");
	CHECK_FAILS("a: \xED\xA0\xBD", 1, 4, "this byte is not UTF-8; save the file as UTF-8");
}

static void test_control_characters_are_named(void **state) {
	(void)state;
	CHECK_FAILS("a: \xC3\xA9\x07", 1, 5,
		"the character U+0007 cannot stand in YAML; remove it, or write \"\\x07\" in "
		"double quotes");
	CHECK_FAILS("name: a # \x01", 1, 11,
		"the character U+0001 cannot stand in YAML; remove it, or write \"\\x01\" in "
		"double quotes");
	CHECK_FAILS("name: a\r\nb: \0", 2, 4,
		"the character U+0000 cannot stand in YAML; remove it, or write \"\\x00\" in "
		"double quotes");
	CHECK_FAILS("a: \xEF\xBF\xBE", 1, 4,
		"the character U+FFFE cannot stand in YAML; remove it, or write \"\\uFFFE\" in "
		"double quotes");
}

static void test_a_byte_order_mark_may_only_begin_the_file(void **state) {
	(void)state;
	CHECK_READS("\xEF\xBB\xBF"
		    "a: 1",
		"{\"a\": 1}");
	CHECK_READS("a: \"\xEF\xBB\xBF\"", "{\"a\": \"\xEF\xBB\xBF\"}");
	CHECK_FAILS("---\n\xEF\xBB\xBF"
		    "a: 1",
		2, 1, "an invisible byte order mark (U+FEFF) stands here; delete it");
}

static void test_tabs_separate_nothing(void **state) {
	(void)state;
	static const char message[] = "a tab may stand only in quotes, in comments, and in the "
				      "lines below \"|\" or \">\"; use blanks";
	CHECK_FAILS("a:\tb", 1, 3, message);
	CHECK_FAILS("a: \xC3\xA9\nb: c\t\n", 2, 5, message);
	CHECK_FAILS("a: b\tc", 1, 5, message);
	CHECK_FAILS("a: b\t# c", 1, 5, message);
	CHECK_FAILS("a: [b,\tc]", 1, 7, message);
	CHECK_FAILS("a: &x\tb", 1, 6, message);
	CHECK_READS(
		"a: \"b\tc\" #\td\n# \t\ne: |\n  f\tg\n", "{\"a\": \"b\tc\", \"e\": \"f\tg\n\"}");
	CHECK_READS("a: b#c # \t\nd: '\t'", "{\"a\": \"b#c\", \"d\": \"\t\"}");
}

static void test_faults_of_syntax_are_explained(void **state) {
	(void)state;
	CHECK_FAILS("name: a: b", 1, 8,
		"\": \" cannot stand here; quote the text that it is in or, if it ends a key, "
		"check the indentation");
	CHECK_FAILS("a: @b", 1, 4, "a value cannot begin with \"@\"; quote it");
	CHECK_FAILS("a:\n\tb: 1", 2, 1, "no tab may stand here; use blanks");
	CHECK_FAILS("a: [b\nc: d", 2, 2,
		"\",\" or \"]\" is missing before this (in the list in brackets that begins on "
		"line 1)");
	CHECK_FAILS("a: |x", 1, 5,
		"nothing but a comment may follow here; put the text on the next line");
	CHECK_FAILS("a: 'b", 1, 4, "this quote is not closed before the document ends; close it");
	CHECK_FAILS("a: 1\n... b", 2, 5,
		"this does not fit what is before it, or a line \"---\" is missing between them");
	CHECK_FAILS("a: 2001-13-40", 1, 4,
		"2001-13-40 is no date: the month must be 1 to 12; quote it if it is meant as "
		"text");
}

static void test_scalars_are_limited(void **state) {
	(void)state;
	struct yaml_limits limits = yaml_default_limits;
	limits.scalar_size = 3;
	struct reading reading = read_with(TEXT("abc: def"), &limits);
	assert_int_equal(reading.result, YAML_READ_VALUE);
	arena_finish(&reading.arena);
	check_fails_with(TEXT("a: abcd"), &limits, ERROR_LIMIT, 1, 4,
		"this text is longer than 3 bytes, which is the limit");
}

static void test_nesting_is_limited_also_through_aliases(void **state) {
	(void)state;
	static const char message[] = "this is nested deeper than 3 levels, which is the limit";
	struct yaml_limits limits = yaml_default_limits;
	limits.depth = 3;
	struct reading reading = read_with(TEXT("a: &a [[1]]\nb: *a"), &limits);
	assert_int_equal(reading.result, YAML_READ_VALUE);
	assert_int_equal(reading.value->height, 3);
	arena_finish(&reading.arena);
	check_fails_with(TEXT("[[[[1]]]]"), &limits, ERROR_LIMIT, 1, 4, message);
	check_fails_with(TEXT("a: &a [[1]]\nb: [*a]"), &limits, ERROR_LIMIT, 2, 5, message);
}

static void test_aliases_are_limited_by_what_they_grow_to(void **state) {
	(void)state;
	struct buffer file = {0};
	buffer_append_string(&file, "- &a0 [lol, lol, lol, lol]\n");
	for (int i = 1; i < 100; i++) {
		buffer_append_format(&file, "- &a%d [*a%d, *a%d, *a%d]\n", i, i - 1, i - 1, i - 1);
	}
	struct reading reading = read_with(buffer_text(&file), &yaml_default_limits);
	assert_int_equal(reading.result, YAML_READ_ERROR);
	assert_int_equal(reading.error.kind, ERROR_LIMIT);
	assert_string_equal(reading.error.message, "with its aliases written out, this document is "
						   "longer than 16777216 bytes, which is "
						   "the limit");
	arena_finish(&reading.arena);
	buffer_finish(&file);
}

static void test_merges_are_limited_by_what_they_grow_to(void **state) {
	(void)state;
	struct buffer file = {0};
	buffer_append_string(&file, "- &a {");
	for (int i = 0; i < 10000; i++) {
		buffer_append_format(&file, "k%d: 1, ", i);
	}
	buffer_append_string(&file, "}\n");
	for (int i = 0; i < 10000; i++) {
		buffer_append_string(&file, "- {<<: *a}\n");
	}
	struct reading reading = read_with(buffer_text(&file), &yaml_default_limits);
	assert_int_equal(reading.result, YAML_READ_ERROR);
	assert_int_equal(reading.error.kind, ERROR_LIMIT);
	assert_true(arena_size(&reading.arena) < 8 * yaml_default_limits.expanded_size);
	arena_finish(&reading.arena);
	buffer_finish(&file);
}

static void test_nesting_without_end_is_cut_off(void **state) {
	(void)state;
	static const char *const openings[] = {"[", "{a: ", "- ", "? ", "[[a, {b: "};
	for (size_t i = 0; i < sizeof(openings) / sizeof(openings[0]); i++) {
		struct buffer file = {0};
		for (int j = 0; j < 200000; j++) {
			buffer_append_string(&file, openings[i]);
		}
		struct reading reading = read_with(buffer_text(&file), &yaml_default_limits);
		assert_int_equal(reading.result, YAML_READ_ERROR);
		assert_int_equal(reading.error.kind, ERROR_LIMIT);
		arena_finish(&reading.arena);
		buffer_finish(&file);
	}
}

int main(void) {
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_slice_of_comments_is_no_document),
		cmocka_unit_test(test_a_marker_without_content_is_null),
		cmocka_unit_test(test_values_of_every_type_are_read),
		cmocka_unit_test(test_an_alias_shares_its_value),
		cmocka_unit_test(test_an_anchor_stands_for_what_it_marked_last),
		cmocka_unit_test(test_aliases_need_an_anchor_that_is_complete),
		cmocka_unit_test(test_anchors_and_version_end_with_their_document),
		cmocka_unit_test(test_a_fault_leaves_the_other_documents_and_knows_its_line),
		cmocka_unit_test(test_values_know_where_and_how_they_were_written),
		cmocka_unit_test(test_values_do_not_point_into_the_file),
		cmocka_unit_test(test_only_yaml_1_1_and_1_2_are_read),
		cmocka_unit_test(test_other_encodings_are_named),
		cmocka_unit_test(test_control_characters_are_named),
		cmocka_unit_test(test_a_byte_order_mark_may_only_begin_the_file),
		cmocka_unit_test(test_tabs_separate_nothing),
		cmocka_unit_test(test_faults_of_syntax_are_explained),
		cmocka_unit_test(test_scalars_are_limited),
		cmocka_unit_test(test_nesting_is_limited_also_through_aliases),
		cmocka_unit_test(test_aliases_are_limited_by_what_they_grow_to),
		cmocka_unit_test(test_merges_are_limited_by_what_they_grow_to),
		cmocka_unit_test(test_nesting_without_end_is_cut_off),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
