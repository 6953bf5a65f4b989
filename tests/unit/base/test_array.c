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

static void test_what_there_is_stays_where_there_is_no_more(void **state) {
	(void)state;
	size_t capacity = 0;
	char *items = array_make_room(NULL, 0, &capacity, 1);
	assert_non_null(items);
	items[0] = 'a';
	const size_t before = capacity;
	/* More than any process has, and more than a size can say. */
	assert_null(array_make_room(items, capacity, &capacity, SIZE_MAX / 4));
	assert_int_equal(capacity, before);
	assert_int_equal(items[0], 'a');
	free(items);
}

int main(void) {
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_it_grows_by_doubling),
		cmocka_unit_test(test_what_there_is_stays_where_there_is_no_more),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
