#include "base/descriptors.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <unistd.h>

#include <cmocka.h>

enum { PLACE = 200 };

static bool is_open(int descriptor) {
	return fcntl(descriptor, F_GETFD) >= 0;
}

static int open_places(void **state) {
	(void)state;
	for (int i = PLACE; i < PLACE + 4; i++) {
		if (dup2(STDERR_FILENO, i) < 0) {
			return -1;
		}
	}
	return 0;
}

static void test_one_is_closed_once(void **state) {
	(void)state;
	int descriptor = PLACE;
	descriptor_close(&descriptor);
	assert_int_equal(descriptor, -1);
	assert_false(is_open(PLACE));
	descriptor_close(&descriptor);
	assert_int_equal(descriptor, -1);
	assert_true(is_open(PLACE + 1));
}

static void test_a_range_is_closed_with_both_ends(void **state) {
	(void)state;
	descriptors_close(PLACE + 1, PLACE + 2);
	assert_true(is_open(PLACE));
	assert_false(is_open(PLACE + 1));
	assert_false(is_open(PLACE + 2));
	assert_true(is_open(PLACE + 3));
}

static void test_an_empty_range_closes_nothing(void **state) {
	(void)state;
	descriptors_close(PLACE + 1, PLACE);
	assert_true(is_open(PLACE));
	assert_true(is_open(PLACE + 1));
}

static void test_all_from_one_on_are_closed(void **state) {
	(void)state;
	descriptors_close_from(PLACE + 1);
	assert_true(is_open(PLACE));
	assert_false(is_open(PLACE + 1));
	assert_false(is_open(PLACE + 3));
}

int main(void) {
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_one_is_closed_once, open_places),
		cmocka_unit_test_setup(test_a_range_is_closed_with_both_ends, open_places),
		cmocka_unit_test_setup(test_an_empty_range_closes_nothing, open_places),
		cmocka_unit_test_setup(test_all_from_one_on_are_closed, open_places),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
