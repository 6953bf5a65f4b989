#include "base/attempt.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

static bool say_what_is_said(void *context) {
	const bool *said = context;
	return *said;
}

static bool hang(void *context) {
	const volatile bool *is_over = context;
	while (!*is_over) {
		pause();
	}
	return true;
}

static bool die(void *context) {
	(void)context;
	_exit(0);
}

static bool has_nothing_open(void *context) {
	const int *descriptors = context;
	return fcntl(descriptors[0], F_GETFD) < 0 && fcntl(descriptors[1], F_GETFD) < 0;
}

enum { LONG = 60000 };

static void test_what_was_tried_is_what_it_returned(void **state) {
	(void)state;
	bool said = true;
	assert_int_equal(attempt(say_what_is_said, &said, LONG), ATTEMPT_TRUE);
	said = false;
	assert_int_equal(attempt(say_what_is_said, &said, LONG), ATTEMPT_FALSE);
}

static void test_what_hangs_is_left_behind(void **state) {
	(void)state;
	bool is_over = false;
	assert_int_equal(attempt(hang, &is_over, 1), ATTEMPT_UNKNOWN);
}

static void test_what_dies_has_said_nothing(void **state) {
	(void)state;
	assert_int_equal(attempt(die, NULL, LONG), ATTEMPT_UNKNOWN);
}

/* One has a lower number than what it answers by. */
static void test_it_has_nothing_of_what_is_open(void **state) {
	(void)state;
	int descriptors[2] = {open("/dev/null", O_RDONLY), -1};
	descriptors[1] = fcntl(descriptors[0], F_DUPFD, 100);
	assert_int_equal(attempt(has_nothing_open, descriptors, LONG), ATTEMPT_TRUE);
	close(descriptors[0]);
	close(descriptors[1]);
}

int main(void) {
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_what_was_tried_is_what_it_returned),
		cmocka_unit_test(test_what_hangs_is_left_behind),
		cmocka_unit_test(test_what_dies_has_said_nothing),
		cmocka_unit_test(test_it_has_nothing_of_what_is_open),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
