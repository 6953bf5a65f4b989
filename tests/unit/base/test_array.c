#include "base/array.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

static void test_it_grows_by_doubling(void **state) {
	(void)state;
	size_t *items = NULL;
	size_t capacity = 0, moves = 0;
	for (size_t count = 0; count < 10000; count++) {
		const size_t before = capacity;
		items = array_make_room(items, count, &capacity, sizeof(*items));
		assert_non_null(items);
		assert_true(capacity > count);
		moves += capacity != before;
		items[count] = count;
	}
	assert_true(moves < 16);
	for (size_t i = 0; i < 10000; i++) {
		assert_int_equal(items[i], i);
	}
	free(items);
}

int main(void) {
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_it_grows_by_doubling),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
