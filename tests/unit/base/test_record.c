#include "base/record.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

static void test_what_was_appended_is_read_in_turn(void **state) {
	(void)state;
	struct buffer record = {0};
	record_append_number(&record, 7);
	record_append_text(&record, TEXT("a\0b"));
	record_append_text(&record, TEXT(""));
	record_append_number(&record, UINT64_MAX);
	struct record_reading reading = {.rest = buffer_text(&record)};
	assert_int_equal(record_read_number(&reading), 7);
	assert_true(text_equal(record_read_text(&reading), TEXT("a\0b")));
	assert_int_equal(record_read_text(&reading).length, 0);
	assert_true(record_read_number(&reading) == UINT64_MAX);
	assert_false(reading.failed);
	assert_int_equal(reading.rest.length, 0);
	buffer_finish(&record);
}

static void test_behind_the_end_there_is_nothing(void **state) {
	(void)state;
	struct record_reading reading = {0};
	assert_int_equal(record_read_number(&reading), 0);
	assert_true(reading.failed);
	reading = (struct record_reading){0};
	assert_int_equal(record_read_text(&reading).length, 0);
	assert_true(reading.failed);
}

static void test_a_text_is_not_longer_than_what_is_left(void **state) {
	(void)state;
	struct buffer record = {0};
	record_append_number(&record, UINT64_MAX);
	buffer_append_string(&record, "abc");
	struct record_reading reading = {.rest = buffer_text(&record)};
	assert_int_equal(record_read_text(&reading).length, 0);
	assert_true(reading.failed);
	buffer_finish(&record);
}

int main(void) {
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_what_was_appended_is_read_in_turn),
		cmocka_unit_test(test_behind_the_end_there_is_nothing),
		cmocka_unit_test(test_a_text_is_not_longer_than_what_is_left),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
