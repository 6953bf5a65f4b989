#include "base/clock.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <time.h>

#include <cmocka.h>

static void test_it_counts_milliseconds(void **state) {
	(void)state;
	static const struct timespec pause = {.tv_nsec = 20000000};
	const int64_t before = clock_milliseconds();
	nanosleep(&pause, NULL);
	assert_true(clock_milliseconds() >= before + 19);
}

static void test_it_never_goes_back(void **state) {
	(void)state;
	int64_t last = clock_milliseconds();
	for (int i = 0; i < 10000; i++) {
		const int64_t now = clock_milliseconds();
		assert_true(now >= last);
		last = now;
	}
}

int main(void) {
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_it_counts_milliseconds),
		cmocka_unit_test(test_it_never_goes_back),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
