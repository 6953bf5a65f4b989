#include "base/error.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { LONGEST = sizeof(((struct error *)NULL)->message) - 1 };

static void test_setting_an_error_fills_it_and_returns_false(void **state) {
	struct error error = {0};
	(void)state;
	assert_false(error_set(&error, ERROR_LIMIT, "%d of %s", 7, "nine"));
	assert_int_equal(error.kind, ERROR_LIMIT);
	assert_string_equal(error.message, "7 of nine");
	assert_int_equal(error.line, 0);
	assert_int_equal(error.column, 0);
	assert_int_equal(error.system_error, 0);
}

static void test_an_error_may_have_a_place(void **state) {
	struct error error = {0};
	(void)state;
	assert_false(error_set_at(&error, ERROR_INVALID, 12, 34, "no %s", "good"));
	assert_int_equal(error.kind, ERROR_INVALID);
	assert_int_equal(error.line, 12);
	assert_int_equal(error.column, 34);
	assert_string_equal(error.message, "no good");
}

static void test_a_later_error_replaces_all_of_an_earlier_one(void **state) {
	struct error error = {0};
	(void)state;
	error_set_at(&error, ERROR_INVALID, 12, 34, "first");
	error_set_system(&error, EPERM, "second");
	assert_int_equal(error.line, 0);
	assert_int_equal(error.column, 0);
	error_set(&error, ERROR_USAGE, "third");
	assert_int_equal(error.system_error, 0);
	assert_string_equal(error.message, "third");
}

static void test_a_system_error_says_its_reason(void **state) {
	struct error error = {0};
	(void)state;
	assert_false(error_set_system(&error, ENOENT, "cannot open %s", "x"));
	assert_int_equal(error.kind, ERROR_SYSTEM);
	assert_int_equal(error.system_error, ENOENT);
	assert_string_equal(error.message, "cannot open x: No such file or directory");
}

static void test_memory_errors_say_so(void **state) {
	struct error error = {0};
	(void)state;
	assert_false(error_set_memory(&error));
	assert_int_equal(error.kind, ERROR_MEMORY);
	assert_string_not_equal(error.message, "");
}

static void test_nobody_need_ask_for_the_error(void **state) {
	(void)state;
	assert_false(error_set(NULL, ERROR_LIMIT, "%d", 7));
	assert_false(error_set_at(NULL, ERROR_LIMIT, 1, 2, "%d", 7));
	assert_false(error_set_system(NULL, ENOENT, "%d", 7));
	assert_false(error_set_memory(NULL));
}

static void test_a_message_may_be_made_from_the_one_it_replaces(void **state) {
	struct error error = {0};
	char whole[128];
	(void)state;
	error_set(&error, ERROR_INVALID, "inner");
	error_set(&error, error.kind, "outer: %s", error.message);
	assert_int_equal(error.kind, ERROR_INVALID);
	assert_string_equal(error.message, "outer: inner");
	error_set_system(&error, EIO, "%s", error.message);
	snprintf(whole, sizeof(whole), "outer: inner: %s", strerror(EIO));
	assert_string_equal(error.message, whole);
}

static void test_a_message_that_fits_exactly_is_whole(void **state) {
	struct error error = {0};
	(void)state;
	error_set(&error, ERROR_INVALID, "%*s", (int)LONGEST, "x");
	assert_int_equal(strlen(error.message), LONGEST);
	assert_int_equal(error.message[LONGEST - 1], 'x');
}

static void test_a_long_message_is_cut_with_dots(void **state) {
	struct error error = {0};
	(void)state;
	error_set(&error, ERROR_INVALID, "%-*s", (int)LONGEST + 1, "x");
	assert_int_equal(strlen(error.message), LONGEST);
	assert_string_equal(error.message + LONGEST - 4, " ...");
	assert_int_equal(error.message[0], 'x');
}

static void test_a_long_message_is_cut_between_characters(void **state) {
	static const char *const characters[] = {
		"a", "\xC3\xA4", "\xE2\x82\xAC", "\xF0\x9F\x98\x80"};
	(void)state;
	for (size_t size = 1; size <= 4; size++) {
		for (size_t shift = 0; shift < 4; shift++) {
			struct error error = {0};
			char message[2048] = "xxxx";
			for (size_t end = shift; end + size < sizeof(message); end += size) {
				memcpy(message + end, characters[size - 1], size + 1);
			}
			error_set(&error, ERROR_INVALID, "%s", message);
			const struct text cut = text_of(error.message);
			assert_true(text_is_utf8(cut));
			assert_true(text_ends_with(cut, TEXT("...")));
			assert_in_range(cut.length, LONGEST - size + 1, LONGEST);
			assert_memory_equal(cut.data, message, cut.length - 3);
		}
	}
}

static void test_a_long_message_that_is_not_utf8_is_cut_as_well(void **state) {
	struct error error = {0};
	char message[2048];
	(void)state;
	memset(message, 0x80, sizeof(message) - 1);
	message[sizeof(message) - 1] = '\0';
	error_set(&error, ERROR_INVALID, "%s", message);
	assert_in_range(strlen(error.message), LONGEST - 3, LONGEST);
	assert_true(text_ends_with(text_of(error.message), TEXT("...")));
}

static void test_a_reason_that_does_not_fit_is_cut(void **state) {
	(void)state;
	for (int length = LONGEST - 30; length < (int)LONGEST + 5; length++) {
		struct error error = {0};
		error_set_system(&error, ENOENT, "%*s", length, "x");
		const struct text message = text_of(error.message);
		assert_in_range(message.length, 1, LONGEST);
		assert_true(text_ends_with(message, TEXT("...")) ||
			    text_ends_with(message, TEXT("x: No such file or directory")));
	}
}

static void test_every_kind_stands_for_an_errno(void **state) {
	static const struct {
		enum error_kind kind;
		int number;
	} examples[] = {
		{ERROR_NONE, 0},
		{ERROR_MEMORY, ENOMEM},
		{ERROR_INVALID, EIO},
		{ERROR_LIMIT, EFBIG},
		{ERROR_NOT_FOUND, ENOENT},
		{ERROR_SYSTEM, EIO},
		{ERROR_USAGE, EINVAL},
	};
	(void)state;
	for (size_t i = 0; i < sizeof(examples) / sizeof(examples[0]); i++) {
		const struct error error = {.kind = examples[i].kind};
		assert_int_equal(error_number(&error), examples[i].number);
	}
	const struct error denied = {.kind = ERROR_SYSTEM, .system_error = EACCES};
	assert_int_equal(error_number(&denied), EACCES);
}

int main(void) {
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_setting_an_error_fills_it_and_returns_false),
		cmocka_unit_test(test_an_error_may_have_a_place),
		cmocka_unit_test(test_a_later_error_replaces_all_of_an_earlier_one),
		cmocka_unit_test(test_a_system_error_says_its_reason),
		cmocka_unit_test(test_memory_errors_say_so),
		cmocka_unit_test(test_nobody_need_ask_for_the_error),
		cmocka_unit_test(test_a_message_may_be_made_from_the_one_it_replaces),
		cmocka_unit_test(test_a_message_that_fits_exactly_is_whole),
		cmocka_unit_test(test_a_long_message_is_cut_with_dots),
		cmocka_unit_test(test_a_long_message_is_cut_between_characters),
		cmocka_unit_test(test_a_long_message_that_is_not_utf8_is_cut_as_well),
		cmocka_unit_test(test_a_reason_that_does_not_fit_is_cut),
		cmocka_unit_test(test_every_kind_stands_for_an_errno),
	};
	return cmocka_run_group_tests_name("error", tests, NULL, NULL);
}
