#include "base/buffer.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void check_content(const struct buffer *buffer, struct text expected) {
	assert_false(buffer->failed);
	assert_int_equal(buffer->length, expected.length);
	assert_memory_equal(buffer->data, expected.data, expected.length);
	assert_int_equal(buffer->data[expected.length], '\0');
	assert_true(text_equal(buffer_text(buffer), expected));
}

static void exhaust(struct buffer *buffer) {
	assert_false(buffer_reserve(buffer, SIZE_MAX));
}

static void test_a_zeroed_buffer_is_empty(void **state) {
	struct buffer buffer = {0};
	(void)state;
	assert_true(text_equal(buffer_text(&buffer), TEXT("")));
	assert_non_null(buffer_text(&buffer).data);
	buffer_append(&buffer, NULL, 0);
	buffer_append_string(&buffer, "");
	buffer_append_string(&buffer, NULL);
	buffer_append_text(&buffer, (struct text){0});
	buffer_append_format(&buffer, "%s", "");
	buffer_clear(&buffer);
	assert_null(buffer.data);
	assert_false(buffer.failed);
	buffer_finish(&buffer);
}

static void test_what_is_appended_stands_one_after_another_nul_included(void **state) {
	struct buffer buffer = {0};
	(void)state;
	buffer_append(&buffer, "a\0b", 3);
	buffer_append_byte(&buffer, '\0');
	buffer_append_text(&buffer, TEXT("\0c"));
	buffer_append_string(&buffer, "def");
	buffer_append_format(&buffer, "%d%c%s", 7, '\0', "g");
	check_content(&buffer, TEXT("a\0b\0\0cdef7\0g"));
	buffer_finish(&buffer);
}

static void test_it_grows_and_keeps_every_byte(void **state) {
	struct buffer buffer = {0};
	int growths = 0;
	(void)state;
	for (unsigned i = 0; i < 100000; i++) {
		const size_t capacity = buffer.capacity;
		buffer_append_byte(&buffer, (char)(i % 127));
		growths += buffer.capacity != capacity;
		assert_int_equal(buffer.data[buffer.length], '\0');
	}
	assert_false(buffer.failed);
	assert_int_equal(buffer.length, 100000);
	assert_in_range(buffer.capacity, 100001, 200002);
	assert_in_range(growths, 1, 20);
	for (unsigned i = 0; i < 100000; i++) {
		assert_int_equal(buffer.data[i], i % 127);
	}
	buffer_finish(&buffer);
}

static void test_a_format_may_be_longer_than_any_room_left(void **state) {
	struct buffer buffer = {0};
	(void)state;
	for (int width = 1; width < 3000; width += 7) {
		const size_t before = buffer.length;
		buffer_append_format(&buffer, "%*d", width, 5);
		assert_int_equal(buffer.length, before + (size_t)width);
		assert_int_equal(buffer.data[buffer.length - 1], '5');
		assert_int_equal(buffer.data[buffer.length], '\0');
	}
	assert_false(buffer.failed);
	buffer_finish(&buffer);
}

static void test_clearing_keeps_the_memory(void **state) {
	struct buffer buffer = {0};
	(void)state;
	buffer_append_string(&buffer, "something");
	const char *data = buffer.data;
	buffer_clear(&buffer);
	check_content(&buffer, TEXT(""));
	buffer_append_string(&buffer, "else");
	check_content(&buffer, TEXT("else"));
	assert_ptr_equal(buffer.data, data);
	buffer_finish(&buffer);
	assert_null(buffer.data);
	assert_int_equal(buffer.capacity, 0);
}

static void test_reserved_room_is_used_without_moving(void **state) {
	struct buffer buffer = {0};
	(void)state;
	assert_true(buffer_reserve(&buffer, 1000));
	check_content(&buffer, TEXT(""));
	const char *data = buffer.data;
	for (int i = 0; i < 1000; i++) {
		buffer_append_byte(&buffer, 'x');
	}
	assert_ptr_equal(buffer.data, data);
	assert_int_equal(buffer.length, 1000);
	buffer_finish(&buffer);
}

static void test_room_that_overflows_is_refused(void **state) {
	(void)state;
	for (size_t missing = 0; missing < 3; missing++) {
		struct buffer buffer = {0};
		buffer_append_string(&buffer, "ab");
		assert_false(buffer_reserve(&buffer, SIZE_MAX - missing));
		assert_true(buffer.failed);
		buffer_finish(&buffer);
	}
}

static void test_failure_sticks_until_the_buffer_is_finished(void **state) {
	struct buffer buffer = {0};
	(void)state;
	buffer_append_string(&buffer, "before");
	exhaust(&buffer);
	buffer_append_string(&buffer, "after");
	buffer_append_byte(&buffer, 'x');
	buffer_append_format(&buffer, "%d", 5);
	buffer_append_printable(&buffer, TEXT("a\nb"));
	assert_false(buffer_reserve(&buffer, 0));
	assert_true(buffer.failed);
	assert_int_equal(buffer.length, strlen("before"));
	assert_true(text_equal(buffer_text(&buffer), TEXT("")));
	buffer_clear(&buffer);
	assert_true(buffer.failed);
	buffer_finish(&buffer);
	buffer_append_string(&buffer, "again");
	check_content(&buffer, TEXT("again"));
	buffer_finish(&buffer);
}

static void test_taking_hands_over_the_bytes_and_leaves_it_empty(void **state) {
	struct buffer buffer = {0};
	(void)state;
	buffer_append(&buffer, "a\0b", 3);
	char *taken = buffer_take(&buffer);
	assert_non_null(taken);
	assert_memory_equal(taken, "a\0b\0", 4);
	free(taken);
	assert_null(buffer.data);
	assert_int_equal(buffer.length, 0);

	taken = buffer_take(&buffer);
	assert_non_null(taken);
	assert_string_equal(taken, "");
	free(taken);
}

static void test_nothing_can_be_taken_from_a_failed_buffer(void **state) {
	struct buffer buffer = {0};
	(void)state;
	buffer_append_string(&buffer, "before");
	exhaust(&buffer);
	assert_null(buffer_take(&buffer));
	assert_false(buffer.failed);
	assert_null(buffer.data);
}

static void test_printable_text_escapes_what_a_terminal_would_act_upon(void **state) {
	static const struct {
		struct text text;
		const char *printable;
	} examples[] = {
		{{"", 0}, ""},
		{{"plain text", 10}, "plain text"},
		{{"a\nb\tc", 5}, "a\\nb\\tc"},
		{{"\0", 1}, "\\x00"},
		{{"a\0\0b", 4}, "a\\x00\\x00b"},
		{{"\r\x1B[31m\x7F", 7}, "\\x0D\\x1B[31m\\x7F"},
		{{"back\\slash \"quote\"", 18}, "back\\slash \"quote\""},
		{{"\xC3\xA4\xE2\x82\xAC\xF0\x9F\x98\x80", 9},
			"\xC3\xA4\xE2\x82\xAC\xF0\x9F\x98\x80"},
		{{"\xC2\x80\xC2\x9F\xC2\xA0", 6}, "\\u{0080}\\u{009F}\xC2\xA0"},
		{{"\xE2\x80\xA8\xE2\x80\xA9", 6}, "\\u{2028}\\u{2029}"},
		{{"\xE2\x80\xAA\xE2\x80\xAE\xE2\x80\xAF", 9}, "\\u{202A}\\u{202E}\xE2\x80\xAF"},
		{{"\xE2\x81\xA5\xE2\x81\xA6\xE2\x81\xA9", 9}, "\xE2\x81\xA5\\u{2066}\\u{2069}"},
		{{"\xE2\x81\xAA", 3}, "\xE2\x81\xAA"},
		{{"\xE2\x80\x8D\xE2\x80\x8E\xE2\x80\x8F", 9}, "\xE2\x80\x8D\\u{200E}\\u{200F}"},
		{{"\xD8\x9C", 2}, "\\u{061C}"},
		{{"\xFFz\x80", 3}, "\\xFFz\\x80"},
		{{"\xE2\x82", 2}, "\\xE2\\x82"},
		{{"\xED\xA0\x80", 3}, "\\xED\\xA0\\x80"},
		{{"\xC0\x8A", 2}, "\\xC0\\x8A"},
	};
	(void)state;
	for (size_t i = 0; i < sizeof(examples) / sizeof(examples[0]); i++) {
		struct buffer buffer = {0};
		buffer_append_string(&buffer, "<");
		buffer_append_printable(&buffer, examples[i].text);
		assert_int_equal(buffer.data[0], '<');
		assert_string_equal(buffer.data + 1, examples[i].printable);
		buffer_finish(&buffer);
	}
}

int main(void) {
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_zeroed_buffer_is_empty),
		cmocka_unit_test(test_what_is_appended_stands_one_after_another_nul_included),
		cmocka_unit_test(test_it_grows_and_keeps_every_byte),
		cmocka_unit_test(test_a_format_may_be_longer_than_any_room_left),
		cmocka_unit_test(test_clearing_keeps_the_memory),
		cmocka_unit_test(test_reserved_room_is_used_without_moving),
		cmocka_unit_test(test_room_that_overflows_is_refused),
		cmocka_unit_test(test_failure_sticks_until_the_buffer_is_finished),
		cmocka_unit_test(test_taking_hands_over_the_bytes_and_leaves_it_empty),
		cmocka_unit_test(test_nothing_can_be_taken_from_a_failed_buffer),
		cmocka_unit_test(test_printable_text_escapes_what_a_terminal_would_act_upon),
	};
	return cmocka_run_group_tests_name("buffer", tests, NULL, NULL);
}
