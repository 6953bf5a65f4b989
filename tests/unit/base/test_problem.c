#include "base/problem.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define NOTHING TEXT("")

/* Adds an error of no asset. */
static void add(struct problem_list *list, const char *file, uint32_t line, uint32_t column,
	const char *message) {
	problem_list_add(list, PROBLEM_ERROR, text_of(file), line, column, NOTHING, "%s", message);
}

static void check_line(const struct problem *problem, bool with_severity, const char *expected) {
	struct buffer line = {0};
	buffer_append_string(&line, "<");
	problem_append(&line, problem, with_severity);
	assert_string_equal(line.data + 1, expected);
	buffer_finish(&line);
}

/* Checks one line for each problem, as people read them. */
static void check_list(const struct problem_list *list, const char *expected) {
	struct buffer lines = {0};
	for (size_t i = 0; i < list->count; i++) {
		problem_append(&lines, &list->items[i], true);
		buffer_append_byte(&lines, '\n');
	}
	assert_string_equal(buffer_text(&lines).data, expected);
	buffer_finish(&lines);
}

static void test_a_problem_keeps_copies_of_what_it_was_given(void **state) {
	struct problem_list list = {0};
	char file[] = "a.yaml";
	char asset[] = "llama";
	(void)state;
	problem_list_add(&list, PROBLEM_WARNING, TEXT(file), 3, 5, TEXT(asset), "%s %d", "x", 7);
	file[0] = asset[0] = '?';
	assert_false(list.failed);
	assert_int_equal(list.count, 1);
	assert_int_equal(list.items[0].severity, PROBLEM_WARNING);
	assert_string_equal(list.items[0].file, "a.yaml");
	assert_int_equal(list.items[0].line, 3);
	assert_int_equal(list.items[0].column, 5);
	assert_string_equal(list.items[0].asset, "llama");
	assert_string_equal(list.items[0].message, "x 7");
	problem_list_finish(&list);
	assert_int_equal(list.count, 0);
	problem_list_finish(&list);
}

static void test_an_empty_file_or_asset_is_none(void **state) {
	struct problem_list list = {0};
	(void)state;
	problem_list_add(&list, PROBLEM_NOTE, NOTHING, 0, 0, NOTHING, "%s", "");
	assert_null(list.items[0].file);
	assert_null(list.items[0].asset);
	assert_string_equal(list.items[0].message, "");
	problem_list_finish(&list);
}

static void test_an_error_is_added_with_its_place(void **state) {
	struct problem_list list = {0};
	struct error error = {0};
	(void)state;
	error_set_at(&error, ERROR_INVALID, 8, 9, "100%% wrong: %%s");
	problem_list_add_error(&list, TEXT("a.yaml"), TEXT("llama"), &error);
	check_list(&list, "a.yaml:8:9: error: 100% wrong: %s\n");
	assert_string_equal(list.items[0].asset, "llama");
	problem_list_finish(&list);
}

static void test_problems_of_another_list_are_copied(void **state) {
	struct problem_list list = {0};
	struct problem_list other = {0};
	(void)state;
	add(&list, "a.yaml", 1, 1, "first");
	problem_list_add(&other, PROBLEM_NOTE, TEXT("b.yaml"), 2, 3, TEXT("llama"), "%s", "%s");
	problem_list_add(&other, PROBLEM_WARNING, NOTHING, 0, 0, NOTHING, "third");
	problem_list_add_all(&list, &other);
	problem_list_finish(&other);
	check_list(&list, "a.yaml:1:1: error: first\nb.yaml:2:3: note: %s\nwarning: third\n");
	assert_string_equal(list.items[1].asset, "llama");
	assert_null(list.items[2].file);
	assert_false(list.failed);
	problem_list_finish(&list);
}

static void test_a_copied_list_that_had_lost_problems_has_still_lost_them(void **state) {
	struct problem_list list = {0};
	const struct problem_list other = {.failed = true};
	(void)state;
	problem_list_add_all(&list, &other);
	assert_true(list.failed);
	problem_list_finish(&list);
	assert_false(list.failed);
}

static void test_sorting_goes_by_file_then_place_then_message(void **state) {
	struct problem_list list = {0};
	(void)state;
	add(&list, "b.yaml", 1, 1, "x");
	add(&list, "a.yaml", 10, 1, "x");
	add(&list, "a.yaml", 9, 10, "x");
	add(&list, "a.yaml", 9, 9, "y");
	add(&list, "a.yaml", 9, 9, "x");
	add(&list, "a.yaml", 4000000000, 1, "x");
	add(&list, NULL, 0, 0, "x");
	add(&list, "a.yaml", 0, 0, "z");
	problem_list_sort(&list);
	check_list(&list, "error: x\n"
			  "a.yaml: error: z\n"
			  "a.yaml:9:9: error: x\n"
			  "a.yaml:9:9: error: y\n"
			  "a.yaml:9:10: error: x\n"
			  "a.yaml:10:1: error: x\n"
			  "a.yaml:4000000000:1: error: x\n"
			  "b.yaml:1:1: error: x\n");
	problem_list_finish(&list);
}

static void test_sorting_drops_repeats_but_nothing_that_differs(void **state) {
	struct problem_list list = {0};
	(void)state;
	for (int i = 0; i < 3; i++) {
		problem_list_add(&list, PROBLEM_ERROR, TEXT("a"), 1, 1, TEXT("x"), "m");
		problem_list_add(&list, PROBLEM_ERROR, TEXT("a"), 1, 1, TEXT("y"), "m");
		problem_list_add(&list, PROBLEM_ERROR, TEXT("a"), 1, 1, NOTHING, "m");
		problem_list_add(&list, PROBLEM_NOTE, TEXT("a"), 1, 1, TEXT("x"), "m");
		problem_list_add(&list, PROBLEM_ERROR, NOTHING, 1, 1, TEXT("x"), "m");
	}
	problem_list_sort(&list);
	assert_int_equal(list.count, 5);
	assert_int_equal(problem_list_count(&list, PROBLEM_ERROR), 4);
	assert_int_equal(problem_list_count(&list, PROBLEM_NOTE), 1);
	problem_list_finish(&list);
}

static void test_lists_of_none_and_one_are_sorted_already(void **state) {
	struct problem_list list = {0};
	(void)state;
	problem_list_sort(&list);
	assert_int_equal(list.count, 0);
	add(&list, "a", 1, 1, "x");
	problem_list_sort(&list);
	check_list(&list, "a:1:1: error: x\n");
	problem_list_finish(&list);
}

/* In quadratic time this takes minutes. */
static void test_sorting_many_repeats_is_quick(void **state) {
	struct problem_list list = {0};
	(void)state;
	for (uint32_t i = 0; i < 200000; i++) {
		add(&list, "a.yaml", i % 2 + 1, 1, "x");
	}
	problem_list_sort(&list);
	check_list(&list, "a.yaml:1:1: error: x\na.yaml:2:1: error: x\n");
	add(&list, "a.yaml", 1, 1, "w");
	problem_list_sort(&list);
	assert_int_equal(list.count, 3);
	problem_list_finish(&list);
}

static void add_many(struct problem_list *list, const char *file, uint32_t count) {
	for (uint32_t i = count; i > 0; i--) {
		add(list, file, i, 1, "m");
	}
}

static void check_last(const struct problem_list *list, size_t count, const char *expected) {
	assert_false(list->failed);
	assert_int_equal(list->count, count);
	check_line(&list->items[count - 1], true, expected);
}

static void test_of_one_file_no_more_are_kept_than_anybody_reads(void **state) {
	struct problem_list list = {0};
	(void)state;
	add_many(&list, "a", PROBLEMS_OF_A_FILE + 1);
	problem_list_sort(&list);
	check_last(&list, PROBLEMS_OF_A_FILE + 1, "a:1001:1: error: m");
	add_many(&list, "a", PROBLEMS_OF_A_FILE + 5);
	problem_list_sort(&list);
	check_last(&list, PROBLEMS_OF_A_FILE + 1,
		"a:1001: error: from here on the file has more problems, to be seen when those "
		"before are mended");
	add_many(&list, "b", 2);
	problem_list_sort(&list);
	check_last(&list, PROBLEMS_OF_A_FILE + 3, "b:2:1: error: m");
	problem_list_finish(&list);
}

static void test_what_stands_for_others_is_as_severe_as_the_worst_of_them(void **state) {
	struct problem_list list = {0};
	(void)state;
	for (uint32_t i = 1; i <= PROBLEMS_OF_A_FILE + 3; i++) {
		problem_list_add(&list,
			i == PROBLEMS_OF_A_FILE + 2 ? PROBLEM_WARNING : PROBLEM_NOTE, TEXT("a"), i,
			0, TEXT("llama"), "m");
	}
	problem_list_sort(&list);
	assert_int_equal(problem_list_count(&list, PROBLEM_WARNING), 1);
	assert_null(list.items[PROBLEMS_OF_A_FILE].asset);
	problem_list_finish(&list);
}

static void test_a_list_of_ever_so_many_takes_little_memory(void **state) {
	struct problem_list list = {0};
	(void)state;
	add_many(&list, "a", 300 * PROBLEMS_OF_A_FILE);
	assert_true(list.capacity <= 64 * PROBLEMS_OF_A_FILE);
	problem_list_sort(&list);
	assert_int_equal(list.items[0].line, 1);
	assert_int_equal(list.count, PROBLEMS_OF_A_FILE + 1);
	problem_list_finish(&list);
}

static void test_problems_of_no_file_stay(void **state) {
	struct problem_list list = {0};
	(void)state;
	add_many(&list, "", 2 * PROBLEMS_OF_A_FILE);
	problem_list_sort(&list);
	assert_int_equal(list.count, 2 * PROBLEMS_OF_A_FILE);
	problem_list_finish(&list);
}

static void test_it_is_said_how_many_are_left_out(void **state) {
	struct problem_list list = {0};
	(void)state;
	problem_list_add_rest(&list, TEXT("a"), 7, 1);
	problem_list_add_rest(&list, TEXT("a"), 8, 2);
	check_list(&list, "a:7: error: from here on the file has 1 more problem, to be seen when "
			  "those before are mended\n"
			  "a:8: error: from here on the file has 2 more problems, to be seen when "
			  "those before are mended\n");
	problem_list_finish(&list);
}

static void test_problems_are_counted_by_severity(void **state) {
	struct problem_list list = {0};
	(void)state;
	for (int i = 0; i < 100; i++) {
		const enum problem_severity severity = i % 10 == 0  ? PROBLEM_ERROR
						       : i % 2 == 0 ? PROBLEM_NOTE
								    : PROBLEM_WARNING;
		problem_list_add(&list, severity, NOTHING, 0, 0, NOTHING, "x");
	}
	assert_int_equal(problem_list_count(&list, PROBLEM_ERROR), 10);
	assert_int_equal(problem_list_count(&list, PROBLEM_WARNING), 50);
	assert_int_equal(problem_list_count(&list, PROBLEM_NOTE), 40);
	problem_list_finish(&list);
}

static void test_severities_have_the_names_that_editors_know(void **state) {
	(void)state;
	assert_string_equal(problem_severity_name(PROBLEM_ERROR), "error");
	assert_string_equal(problem_severity_name(PROBLEM_WARNING), "warning");
	assert_string_equal(problem_severity_name(PROBLEM_NOTE), "note");
}

static void test_a_line_leaves_out_what_is_not_known(void **state) {
	struct problem problem = {.severity = PROBLEM_WARNING, .message = (char[]){"no good"}};
	(void)state;
	check_line(&problem, false, "no good");
	check_line(&problem, true, "warning: no good");
	problem.line = 3;
	problem.column = 4;
	check_line(&problem, false, "no good");
	check_line(&problem, true, "warning: no good");
	problem.file = (char[]){"a.yaml"};
	check_line(&problem, false, "a.yaml:3: no good");
	check_line(&problem, true, "a.yaml:3:4: warning: no good");
	problem.column = 0;
	check_line(&problem, false, "a.yaml:3: no good");
	check_line(&problem, true, "a.yaml:3: warning: no good");
	problem.line = 0;
	check_line(&problem, false, "a.yaml: no good");
	check_line(&problem, true, "a.yaml: warning: no good");
	problem.column = 4;
	check_line(&problem, true, "a.yaml: warning: no good");
}

static void test_a_line_is_one_printable_line_whatever_a_card_holds(void **state) {
	const struct problem problem = {
		.file = (char[]){"a\nb\xFF.yaml"}, .line = 1, .message = (char[]){"\x1B[2J\r\n"}};
	(void)state;
	check_line(&problem, false, "a\\nb\\xFF.yaml:1: \\x1B[2J\\x0D\\n");
	check_line(&problem, true, "a\\nb\\xFF.yaml:1: error: \\x1B[2J\\x0D\\n");
}

static void test_long_messages_and_assets_are_cut_between_characters(void **state) {
	struct problem_list list = {0};
	struct buffer name = {0};
	(void)state;
	for (int i = 0; i < 1000000; i++) {
		buffer_append_string(&name, "\u00e4");
	}
	problem_list_add(&list, PROBLEM_ERROR, NOTHING, 0, 0,
		text_part(buffer_text(&name), 0, 1022), "%.*s", 1023, name.data);
	problem_list_add(&list, PROBLEM_ERROR, NOTHING, 0, 0, buffer_text(&name), "a%s", name.data);
	assert_int_equal(strlen(list.items[0].message), 1023);
	assert_int_equal(strlen(list.items[0].asset), 1022);
	const char *cut[] = {list.items[1].message, list.items[1].asset};
	for (size_t i = 0; i < 2; i++) {
		const size_t length = strlen(cut[i]);
		assert_in_range(length, 1020, 1023);
		assert_string_equal(cut[i] + length - 3, "...");
		assert_true(text_is_utf8(text_of(cut[i])));
	}
	buffer_finish(&name);
	problem_list_finish(&list);
}

static void test_lists_are_the_same_whose_problems_are(void **state) {
	struct problem_list list = {0}, other = {0};
	(void)state;
	assert_true(problem_list_is_same(&list, &other));
	add(&list, "a.yaml", 1, 2, "x");
	assert_false(problem_list_is_same(&list, &other));
	add(&other, "a.yaml", 1, 2, "x");
	assert_true(problem_list_is_same(&list, &other));
	add(&list, "a.yaml", 2, 2, "x");
	add(&other, "a.yaml", 2, 2, "y");
	assert_false(problem_list_is_same(&list, &other));
	problem_list_finish(&list);
	problem_list_finish(&other);
}

int main(void) {
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_problem_keeps_copies_of_what_it_was_given),
		cmocka_unit_test(test_an_empty_file_or_asset_is_none),
		cmocka_unit_test(test_an_error_is_added_with_its_place),
		cmocka_unit_test(test_problems_of_another_list_are_copied),
		cmocka_unit_test(test_a_copied_list_that_had_lost_problems_has_still_lost_them),
		cmocka_unit_test(test_sorting_goes_by_file_then_place_then_message),
		cmocka_unit_test(test_sorting_drops_repeats_but_nothing_that_differs),
		cmocka_unit_test(test_lists_of_none_and_one_are_sorted_already),
		cmocka_unit_test(test_sorting_many_repeats_is_quick),
		cmocka_unit_test(test_of_one_file_no_more_are_kept_than_anybody_reads),
		cmocka_unit_test(test_what_stands_for_others_is_as_severe_as_the_worst_of_them),
		cmocka_unit_test(test_a_list_of_ever_so_many_takes_little_memory),
		cmocka_unit_test(test_problems_of_no_file_stay),
		cmocka_unit_test(test_it_is_said_how_many_are_left_out),
		cmocka_unit_test(test_problems_are_counted_by_severity),
		cmocka_unit_test(test_severities_have_the_names_that_editors_know),
		cmocka_unit_test(test_a_line_leaves_out_what_is_not_known),
		cmocka_unit_test(test_a_line_is_one_printable_line_whatever_a_card_holds),
		cmocka_unit_test(test_long_messages_and_assets_are_cut_between_characters),
		cmocka_unit_test(test_lists_are_the_same_whose_problems_are),
	};
	return cmocka_run_group_tests_name("problem", tests, NULL, NULL);
}
