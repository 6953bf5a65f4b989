#include "base/attempt.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

static void pause_for(long milliseconds) {
	const struct timespec time = {milliseconds / 1000, milliseconds % 1000 * 1000000};
	nanosleep(&time, NULL);
}

static bool say_what_is_said(void *context, int progress) {
	const bool *said = context;
	attempt_go_on(progress);
	return *said;
}

static bool hang(void *context, int progress) {
	const volatile bool *is_over = context;
	(void)progress;
	while (!*is_over) {
		pause();
	}
	return true;
}

static bool die(void *context, int progress) {
	(void)context;
	(void)progress;
	_exit(0);
}

/* Takes much longer than it is silent. */
static bool go_on(void *context, int progress) {
	(void)context;
	for (int i = 0; i < 40; i++) {
		pause_for(5);
		attempt_go_on(progress);
	}
	return true;
}

/* More than a pipe holds, if nobody reads. */
static bool say_much(void *context, int progress) {
	(void)context;
	for (int i = 0; i < 200000; i++) {
		attempt_go_on(progress);
	}
	return true;
}

static bool has_just(void *context, int progress) {
	const int *descriptors = context;
	return fcntl(descriptors[0], F_GETFD) >= 0 && fcntl(descriptors[1], F_GETFD) < 0 &&
	       fcntl(progress, F_GETFD) >= 0;
}

enum { LONG = 60000 };

static void test_what_was_tried_is_what_it_returned(void **state) {
	(void)state;
	bool said = true;
	assert_int_equal(
		attempt(say_what_is_said, &said, ATTEMPT_NO_DESCRIPTOR, LONG), ATTEMPT_TRUE);
	said = false;
	assert_int_equal(attempt(say_what_is_said, &said, ATTEMPT_NO_DESCRIPTOR, ATTEMPT_NO_LIMIT),
		ATTEMPT_FALSE);
}

static void test_what_hangs_is_left_behind(void **state) {
	(void)state;
	bool is_over = false;
	assert_int_equal(attempt(hang, &is_over, ATTEMPT_NO_DESCRIPTOR, 1), ATTEMPT_UNKNOWN);
}

static void test_what_dies_has_said_nothing(void **state) {
	(void)state;
	assert_int_equal(attempt(die, NULL, ATTEMPT_NO_DESCRIPTOR, LONG), ATTEMPT_UNKNOWN);
}

static void test_what_goes_on_is_waited_for(void **state) {
	(void)state;
	assert_int_equal(attempt(go_on, NULL, ATTEMPT_NO_DESCRIPTOR, LONG), ATTEMPT_TRUE);
	assert_int_equal(attempt(say_much, NULL, ATTEMPT_NO_DESCRIPTOR, LONG), ATTEMPT_TRUE);
}

static void test_it_has_one_descriptor_of_what_is_open(void **state) {
	(void)state;
	int descriptors[2] = {open("/dev/null", O_RDONLY), open("/dev/null", O_RDONLY)};
	assert_int_equal(attempt(has_just, descriptors, descriptors[0], LONG), ATTEMPT_TRUE);
	const int other = descriptors[0];
	descriptors[0] = descriptors[1];
	descriptors[1] = other;
	assert_int_equal(attempt(has_just, descriptors, descriptors[0], LONG), ATTEMPT_TRUE);
	close(descriptors[0]);
	close(descriptors[1]);
}

int main(void) {
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_what_was_tried_is_what_it_returned),
		cmocka_unit_test(test_what_hangs_is_left_behind),
		cmocka_unit_test(test_what_dies_has_said_nothing),
		cmocka_unit_test(test_what_goes_on_is_waited_for),
		cmocka_unit_test(test_it_has_one_descriptor_of_what_is_open),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
