#include "cli/terminal.h"

#include <locale.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

static const struct terminal wide_characters = {.has_utf8 = true};
static const struct terminal bytes_alone = {.has_utf8 = false};

static int use_utf8(void **state) {
	(void)state;
	return setlocale(LC_CTYPE, "C.UTF-8") == NULL;
}

static void test_characters_take_as_many_columns_as_a_terminal_gives_them(void **state) {
	(void)state;
	assert_int_equal(terminal_text_width(&wide_characters, TEXT("")), 0);
	assert_int_equal(terminal_text_width(&wide_characters, TEXT("plain")), 5);
	assert_int_equal(terminal_text_width(&wide_characters, TEXT("é")), 1);
	assert_int_equal(terminal_text_width(&wide_characters, TEXT("漢字")), 4);
	assert_int_equal(terminal_text_width(&wide_characters, TEXT("e\u0301")), 1);
	assert_int_equal(terminal_text_width(&wide_characters, TEXT("\xFF\xFE")), 2);
}

static void test_without_utf8_every_character_takes_one(void **state) {
	(void)state;
	assert_int_equal(terminal_text_width(&bytes_alone, TEXT("漢字")), 2);
}

static void check_fit(const char *text, size_t width, const char *start, const char *end) {
	struct text whole = text_of(text);
	assert_true(
		text_equal(terminal_fit(&wide_characters, whole, width, false), text_of(start)));
	assert_true(text_equal(terminal_fit(&wide_characters, whole, width, true), text_of(end)));
}

static void test_what_fits_ends_between_characters(void **state) {
	(void)state;
	check_fit("plain", 3, "pla", "ain");
	check_fit("plain", 9, "plain", "plain");
	check_fit("plain", 0, "", "");
	check_fit("漢字", 3, "漢", "字");
	check_fit("aé", 1, "a", "é");
}

/* What terminal_init finds with standard output in that file, and these variables. */
static struct terminal find_out(const char *path, const char *columns, const char *refusal) {
	struct terminal terminal;
	int before = dup(STDOUT_FILENO);
	assert_non_null(freopen(path, "w", stdout));
	setenv("COLUMNS", columns, 1);
	setenv("NO_COLOR", refusal, 1);
	setenv("TERM", "xterm", 1);
	setenv("LC_ALL", "C.UTF-8", 1);
	terminal_init(&terminal);
	assert_int_equal(fflush(stdout), 0);
	assert_int_equal(dup2(before, STDOUT_FILENO), STDOUT_FILENO);
	close(before);
	return terminal;
}

static void test_a_file_is_no_terminal_and_has_no_width(void **state) {
	(void)state;
	struct terminal terminal = find_out("/dev/null", "40", "");
	assert_false(terminal.is_terminal);
	assert_false(terminal.has_colour);
	assert_true(terminal.has_utf8);
	assert_true(terminal.width == SIZE_MAX);
}

static void check_terminal(
	const char *columns, const char *refusal, size_t width, bool has_colour) {
	int master = posix_openpt(2);
	if (master < 0 || grantpt(master) != 0 || unlockpt(master) != 0) {
		skip();
	}
	struct terminal terminal = find_out(ptsname(master), columns, refusal);
	close(master);
	assert_true(terminal.is_terminal);
	assert_int_equal(terminal.width, width);
	assert_int_equal(terminal.has_colour, has_colour);
}

static void test_a_terminal_has_colours_unless_they_are_refused(void **state) {
	(void)state;
	check_terminal("40", "", 40, true);
	check_terminal("40", "0", 40, false);
}

static void test_a_width_that_is_no_number_does_not_count(void **state) {
	(void)state;
	check_terminal("", "", 80, true);
	check_terminal("0", "", 80, true);
	check_terminal("40x", "", 80, true);
	check_terminal("-4", "", 80, true);
	check_terminal("99999999999999999999", "", 80, true);
}

static void append(const struct terminal *terminal, enum terminal_style style, const char *shown) {
	struct buffer buffer = {0};
	terminal_append(terminal, &buffer, style, TEXT("x"));
	assert_string_equal(buffer.data, shown);
	buffer_finish(&buffer);
}

static void test_styles_show_where_there_are_colours(void **state) {
	(void)state;
	const struct terminal coloured = {.has_colour = true};
	append(&coloured, STYLE_BAD, "\033[31mx\033[0m");
	append(&coloured, STYLE_PLAIN, "x");
	append(&bytes_alone, STYLE_BAD, "x");
}

int main(void) {
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_characters_take_as_many_columns_as_a_terminal_gives_them),
		cmocka_unit_test(test_without_utf8_every_character_takes_one),
		cmocka_unit_test(test_what_fits_ends_between_characters),
		cmocka_unit_test(test_a_file_is_no_terminal_and_has_no_width),
		cmocka_unit_test(test_a_terminal_has_colours_unless_they_are_refused),
		cmocka_unit_test(test_a_width_that_is_no_number_does_not_count),
		cmocka_unit_test(test_styles_show_where_there_are_colours),
	};
	return cmocka_run_group_tests(tests, use_utf8, NULL);
}
