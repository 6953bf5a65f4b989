#include "supervise/shared_table.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { ITEMS = 5000 };

static struct shared shared;

struct number {
	struct shared_item item;
	uint64_t value;
};

static struct shared_table *table(void) {
	return shared_areas(&shared);
}

static int create(void **state) {
	(void)state;
	struct error error;
	return shared_create(&shared, 1, sizeof(struct shared_table), &error) ? 0 : -1;
}

static int destroy(void **state) {
	(void)state;
	shared_finish(&shared);
	return 0;
}

static uint64_t spread(uint64_t value) {
	return value * 0x9E3779B97F4A7C15 ^ value >> 7;
}

static struct number *add(uint64_t value, uint64_t hash) {
	shared_begin(&shared);
	struct number *number = shared_at(&shared, shared_allocate(&shared, sizeof(*number)));
	assert_non_null(number);
	*number = (struct number){.item = {.hash = hash}, .value = value};
	assert_true(shared_table_add(&shared, table(), &number->item));
	shared_end(&shared);
	return number;
}

static struct number *find(uint64_t value, uint64_t hash) {
	struct shared_item *item = shared_table_find(&shared, table(), hash);
	while (item != NULL && ((struct number *)item)->value != value) {
		item = shared_table_next(&shared, item);
	}
	return (struct number *)item;
}

static size_t count_each(void) {
	const struct shared_item *item = NULL;
	uint64_t chain = 0;
	size_t count = 0;
	while ((item = shared_table_each(&shared, table(), &chain, item)) != NULL) {
		count++;
	}
	return count;
}

static void test_an_empty_table_has_nothing(void **state) {
	(void)state;
	assert_null(find(1, 1));
	assert_int_equal(count_each(), 0);
}

static void test_items_are_found_while_it_grows_and_shrinks(void **state) {
	(void)state;
	for (uint64_t i = 0; i < ITEMS; i++) {
		add(i, spread(i));
		assert_int_equal(table()->count, i + 1);
		assert_non_null(find(i / 2, spread(i / 2)));
	}
	assert_true(table()->chains >= ITEMS - 1);
	assert_int_equal(count_each(), ITEMS);
	for (uint64_t i = 0; i < ITEMS; i++) {
		struct number *number = find(i, spread(i));
		assert_non_null(number);
		shared_begin(&shared);
		shared_table_remove(&shared, table(), &number->item);
		shared_end(&shared);
		assert_null(find(i, spread(i)));
	}
	assert_int_equal(count_each(), 0);
}

static void test_equal_hashes_are_told_apart(void **state) {
	(void)state;
	enum { EQUAL = 1500 };
	for (uint64_t i = 0; i < EQUAL; i++) {
		add(i, 42);
	}
	for (uint64_t i = 0; i < EQUAL; i++) {
		assert_non_null(find(i, 42));
	}
	assert_null(find(EQUAL, 42));
	assert_int_equal(count_each(), EQUAL);
}

/* Of each addition, what is left of one that has not ended. */
static void test_an_addition_that_is_taken_back_leaves_no_trace(void **state) {
	(void)state;
	for (uint64_t i = 0; i < 200; i++) {
		shared_begin(&shared);
		struct number *number =
			shared_at(&shared, shared_allocate(&shared, sizeof(*number)));
		*number = (struct number){.item = {.hash = spread(i)}, .value = i};
		assert_true(shared_table_add(&shared, table(), &number->item));
		shared_unlock(&shared);
		shared_recover(&shared);
		assert_null(find(i, spread(i)));
		assert_int_equal(count_each(), i);
		add(i, spread(i));
		for (uint64_t j = 0; j <= i; j++) {
			assert_non_null(find(j, spread(j)));
		}
	}
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, create, destroy)

int main(void) {
	const struct CMUnitTest tests[] = {
		TEST(test_an_empty_table_has_nothing),
		TEST(test_items_are_found_while_it_grows_and_shrinks),
		TEST(test_equal_hashes_are_told_apart),
		TEST(test_an_addition_that_is_taken_back_leaves_no_trace),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
