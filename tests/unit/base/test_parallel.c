#include "base/parallel.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

enum { COUNT = 10007 };

static atomic_uint visits[COUNT];

static bool visit(void *context, size_t first, size_t end) {
	const size_t *bad = context;
	for (size_t i = first; i < end; i++) {
		atomic_fetch_add(&visits[i], 1);
		if (bad != NULL && i == *bad) {
			return false;
		}
	}
	return true;
}

static void clear(void) {
	for (size_t i = 0; i < COUNT; i++) {
		atomic_store(&visits[i], 0);
	}
}

static void test_each_thing_is_worked_on_once(void **state) {
	(void)state;
	static const size_t steps[] = {1, 7, 64, COUNT, (size_t)2 * COUNT};
	for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++) {
		clear();
		assert_true(parallel_run(COUNT, steps[i], 8, visit, NULL));
		for (size_t j = 0; j < COUNT; j++) {
			assert_int_equal(atomic_load(&visits[j]), 1);
		}
	}
}

static void test_nothing_is_done_at_once(void **state) {
	(void)state;
	assert_true(parallel_run(0, 1, 8, visit, NULL));
}

static void test_a_failure_ends_the_run(void **state) {
	(void)state;
	size_t bad = 0;
	clear();
	assert_false(parallel_run(COUNT, 1, 0, visit, &bad));
	assert_int_equal(atomic_load(&visits[0]), 1);
	assert_int_equal(atomic_load(&visits[1]), 0);
}

int main(void) {
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_each_thing_is_worked_on_once),
		cmocka_unit_test(test_nothing_is_done_at_once),
		cmocka_unit_test(test_a_failure_ends_the_run),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
