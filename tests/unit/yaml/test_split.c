#include "base/buffer.h"
#include "yaml/read.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/*
 * Splits file and compares what is between the bars of expected; the line of each slice must follow
 * from the breaks before it, which are \n here.
 */
static void check_slices(struct text file, const char *expected) {
	struct buffer slices = {0};
	struct yaml_slice slice = {0};
	uint32_t line = 1;
	while (yaml_next_slice(file, &slice)) {
		struct text text = text_part(file, slice.offset, slice.length);
		buffer_append_string(&slices, slices.length == 0 ? "" : "|");
		buffer_append_text(&slices, text);
		assert_int_equal(slice.line, line);
		for (size_t i = 0; i < text.length; i++) {
			line += text.data[i] == '\n';
		}
	}
	assert_true(text_equal(buffer_text(&slices), text_of(expected)));
	buffer_finish(&slices);
}

#define CHECK_SLICES(file, expected) check_slices(TEXT(file), expected)

static void test_a_file_is_split_before_each_marker(void **state) {
	(void)state;
	CHECK_SLICES("", "");
	CHECK_SLICES("a: 1", "a: 1");
	CHECK_SLICES("a: 1\n---\nb: 2\n", "a: 1\n|---\nb: 2\n");
	CHECK_SLICES("---\na: 1\n--- {b: 2}\n", "---\na: 1\n|--- {b: 2}\n");
	CHECK_SLICES("---\n---\n---", "---\n|---\n|---");
	CHECK_SLICES("a: |\n x\n---\n", "a: |\n x\n|---\n");
}

static void test_comments_and_directives_go_with_the_marker_behind_them(void **state) {
	(void)state;
	CHECK_SLICES("# c\n\n  # d\n---\na: 1\n", "# c\n\n  # d\n---\na: 1\n");
	CHECK_SLICES("%YAML 1.1\n---\na: 1\n...\n%YAML 1.2\n---\nb: 2\n",
		"%YAML 1.1\n---\na: 1\n...\n|%YAML 1.2\n---\nb: 2\n");
	CHECK_SLICES("---\n# c\n---\n", "---\n# c\n|---\n");
	CHECK_SLICES("\xEF\xBB\xBF# c\n---\na: 1\n", "\xEF\xBB\xBF# c\n---\na: 1\n");
	CHECK_SLICES("\xEF\xBB\xBF---\n---\n", "\xEF\xBB\xBF---\n|---\n");
}

static void test_dots_end_a_slice_and_belong_to_it(void **state) {
	(void)state;
	CHECK_SLICES("a: 1\n...\nb: 2\n", "a: 1\n...\n|b: 2\n");
	CHECK_SLICES("a: 1\n...\n# c\n---\nb: 2\n...", "a: 1\n...\n|# c\n---\nb: 2\n...");
	CHECK_SLICES("... # c\n", "... # c\n");
}

static void test_a_marker_stands_at_the_start_of_a_line_and_alone(void **state) {
	(void)state;
	CHECK_SLICES("a\n---b\n", "a\n---b\n");
	CHECK_SLICES("a\n ---\n", "a\n ---\n");
	CHECK_SLICES("a\n--\n", "a\n--\n");
	CHECK_SLICES("a\n....\n", "a\n....\n");
	CHECK_SLICES("a\n---\tb\n", "a\n|---\tb\n");
}

static void test_every_kind_of_line_break_ends_a_line(void **state) {
	(void)state;
	struct text file = TEXT("a: 1\r---\r\nb: 2\n\r---\rc: 3\r\n...");
	static const struct yaml_slice slices[] = {
		{.offset = 0, .length = 5, .line = 1, .next_line = 2},
		{.offset = 5, .length = 11, .line = 2, .next_line = 5},
		{.offset = 16, .length = 13, .line = 5, .next_line = 8},
	};
	struct yaml_slice slice = {0};
	for (size_t i = 0; i < sizeof(slices) / sizeof(slices[0]); i++) {
		assert_true(yaml_next_slice(file, &slice));
		assert_int_equal(slice.offset, slices[i].offset);
		assert_int_equal(slice.length, slices[i].length);
		assert_int_equal(slice.line, slices[i].line);
		assert_int_equal(slice.next_line, slices[i].next_line);
	}
	assert_false(yaml_next_slice(file, &slice));
}

int main(void) {
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_file_is_split_before_each_marker),
		cmocka_unit_test(test_comments_and_directives_go_with_the_marker_behind_them),
		cmocka_unit_test(test_dots_end_a_slice_and_belong_to_it),
		cmocka_unit_test(test_a_marker_stands_at_the_start_of_a_line_and_alone),
		cmocka_unit_test(test_every_kind_of_line_break_ends_a_line),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
