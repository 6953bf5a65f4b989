#include "supervise/restarts.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

/* As waitpid(2) tells them. */
enum { EXITED_WITH_3 = 3 << 8 };

static void test_the_first_death_costs_no_time(void **state) {
	(void)state;
	unsigned deaths = 0;
	assert_int_equal(restarts_delay(&deaths, 0), 0);
	assert_int_equal(deaths, 1);
}

static void test_those_that_follow_wait_ever_longer(void **state) {
	(void)state;
	static const unsigned delays[] = {
		0, 10, 20, 40, 80, 160, 320, 640, 1280, 2560, 5120, 10000, 10000};
	unsigned deaths = 0;
	for (size_t i = 0; i < sizeof(delays) / sizeof(delays[0]); i++) {
		assert_int_equal(restarts_delay(&deaths, RESTARTS_GOOD - 1), delays[i]);
	}
}

static void test_it_stays_at_the_longest(void **state) {
	(void)state;
	unsigned deaths = 0;
	for (unsigned i = 0; i < 3 * RESTARTS_MOST; i++) {
		restarts_delay(&deaths, 0);
	}
	assert_int_equal(restarts_delay(&deaths, 0), RESTARTS_MOST);
}

static void test_good_service_makes_up_for_deaths(void **state) {
	(void)state;
	unsigned deaths = 5;
	assert_int_equal(restarts_delay(&deaths, RESTARTS_GOOD), 0);
	assert_int_equal(restarts_delay(&deaths, 0), RESTARTS_LEAST);
}

static void assert_described(int status, const char *wanted, bool is_crash) {
	struct buffer text = {0};
	restarts_describe(&text, status);
	assert_string_equal(text.data, wanted);
	assert_true(restarts_is_crash(status) == is_crash);
	buffer_finish(&text);
}

static void test_ends_are_described(void **state) {
	(void)state;
	assert_described(SIGKILL, "was killed by SIGKILL", false);
	assert_described(SIGSEGV, "was killed by SIGSEGV", true);
	assert_described(SIGABRT | 0x80, "was killed by SIGABRT", true);
	assert_described(63, "was killed by signal 63", false);
	assert_described(EXITED_WITH_3, "ended with status 3", false);
}

int main(void) {
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_the_first_death_costs_no_time),
		cmocka_unit_test(test_those_that_follow_wait_ever_longer),
		cmocka_unit_test(test_it_stays_at_the_longest),
		cmocka_unit_test(test_good_service_makes_up_for_deaths),
		cmocka_unit_test(test_ends_are_described),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
