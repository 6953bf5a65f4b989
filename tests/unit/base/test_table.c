#include "base/table.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

struct item {
	char name[16];
	size_t length;
	bool is_seen;
};

static struct text item_key(const void *item) {
	const struct item *self = item;
	return (struct text){self->name, self->length};
}

static struct item make_item(unsigned number) {
	struct item item = {0};
	item.length = (size_t)snprintf(item.name, sizeof(item.name), "item %u", number);
	return item;
}

static struct item *make_items(unsigned count) {
	struct item *items = calloc(count, sizeof(*items));
	assert_non_null(items);
	for (unsigned i = 0; i < count; i++) {
		items[i] = make_item(i);
	}
	return items;
}

static void *find_number(const struct table *table, unsigned number) {
	const struct item item = make_item(number);
	return table_find(table, item_key(&item));
}

static void *remove_number(struct table *table, unsigned number) {
	const struct item item = make_item(number);
	return table_remove(table, item_key(&item));
}

static void test_an_empty_table_holds_nothing(void **state) {
	struct table table = {.key = item_key};
	size_t position = 0;
	(void)state;
	assert_null(table_find(&table, TEXT("x")));
	assert_null(table_remove(&table, TEXT("x")));
	assert_null(table_next(&table, &position));
	assert_true(table_reserve(&table, 0));
	assert_int_equal(table.count, 0);
	table_finish(&table);
}

static void test_an_added_item_is_found_by_its_key_and_by_no_other(void **state) {
	struct table table = {.key = item_key};
	struct item item = {"a\0b", 3, false};
	(void)state;
	assert_true(table_add(&table, &item));
	assert_ptr_equal(table_find(&table, TEXT("a\0b")), &item);
	assert_null(table_find(&table, TEXT("a")));
	assert_null(table_find(&table, TEXT("a\0c")));
	assert_null(table_find(&table, TEXT("a\0b\0")));
	assert_null(table_find(&table, TEXT("")));
	table_finish(&table);
}

static void test_the_empty_text_is_a_key_like_others(void **state) {
	struct table table = {.key = item_key};
	struct item empty = {"", 0, false};
	struct item nul = {"", 1, false};
	(void)state;
	assert_true(table_add(&table, &empty));
	assert_true(table_add(&table, &nul));
	assert_ptr_equal(table_find(&table, TEXT("")), &empty);
	assert_ptr_equal(table_find(&table, (struct text){0}), &empty);
	assert_ptr_equal(table_find(&table, TEXT("\0")), &nul);
	table_finish(&table);
}

static void test_many_items_are_all_found_and_each_is_named_once(void **state) {
	enum { COUNT = 50000 };
	struct table table = {.key = item_key};
	struct item *items = make_items(COUNT);
	(void)state;
	for (unsigned i = 0; i < COUNT; i++) {
		assert_true(table_add(&table, &items[i]));
	}
	assert_int_equal(table.count, COUNT);
	for (unsigned i = 0; i < COUNT; i++) {
		assert_ptr_equal(find_number(&table, i), &items[i]);
		assert_null(find_number(&table, i + COUNT));
	}
	size_t position = 0;
	for (unsigned i = 0; i < COUNT; i++) {
		struct item *item = table_next(&table, &position);
		assert_non_null(item);
		assert_false(item->is_seen);
		item->is_seen = true;
	}
	assert_null(table_next(&table, &position));
	assert_null(table_next(&table, &position));
	table_finish(&table);
	free(items);
}

static void test_reserved_room_is_enough(void **state) {
	enum { COUNT = 1000 };
	struct item *items = make_items(COUNT);
	(void)state;
	for (unsigned count = 1; count <= COUNT; count += 37) {
		struct table table = {.key = item_key};
		assert_true(table_reserve(&table, count));
		const size_t capacity = table.capacity;
		for (unsigned i = 0; i < count; i++) {
			assert_true(table_add(&table, &items[i]));
		}
		assert_int_equal(table.capacity, capacity);
		assert_in_range(capacity, count + 1, count < 4 ? 8 : count * 3);
		table_finish(&table);
	}
	free(items);
}

static void test_room_for_an_impossible_number_is_refused(void **state) {
	struct table table = {.key = item_key};
	struct item item = {"a", 1, false};
	(void)state;
	assert_true(table_add(&table, &item));
	assert_false(table_reserve(&table, SIZE_MAX));
	assert_false(table_reserve(&table, SIZE_MAX - SIZE_MAX / 4));
	assert_ptr_equal(table_find(&table, TEXT("a")), &item);
	table_finish(&table);
}

static void test_a_removed_item_is_gone_and_may_come_back(void **state) {
	struct table table = {.key = item_key};
	struct item item = {"a", 1, false};
	(void)state;
	for (int i = 0; i < 100; i++) {
		assert_true(table_add(&table, &item));
		assert_ptr_equal(table_remove(&table, TEXT("a")), &item);
		assert_null(table_remove(&table, TEXT("a")));
		assert_null(table_find(&table, TEXT("a")));
		assert_int_equal(table.count, 0);
	}
	assert_int_equal(table.capacity, 8);
	table_finish(&table);
}

static void test_removing_keeps_every_other_item_in_reach(void **state) {
	enum { COUNT = 6 };
	struct item *items = make_items(COUNT * 200);
	(void)state;
	/* Full small tables of many keys: runs of every shape, round the end of the slots too. */
	for (unsigned round = 0; round < 200; round++) {
		struct table table = {.key = item_key};
		const unsigned first = round * COUNT;
		for (unsigned i = 0; i < COUNT; i++) {
			assert_true(table_add(&table, &items[first + i]));
		}
		assert_int_equal(table.capacity, 8);
		for (unsigned removed = 0; removed < COUNT; removed++) {
			assert_ptr_equal(
				remove_number(&table, first + removed), &items[first + removed]);
			for (unsigned i = 0; i < COUNT; i++) {
				struct item *expected = i > removed ? &items[first + i] : NULL;
				assert_ptr_equal(find_number(&table, first + i), expected);
			}
		}
		table_finish(&table);
	}
	free(items);
}

/*
 * A table and an array of what it should hold are changed alike, at random but the same each time.
 */
static void test_additions_and_removals_in_any_order_agree_with_an_array(void **state) {
	enum { COUNT = 3000, STEPS = 100000 };
	struct table table = {.key = item_key};
	struct item *items = make_items(COUNT);
	bool *is_held = calloc(COUNT, sizeof(*is_held));
	size_t held = 0;
	uint32_t random = 12345;
	(void)state;
	assert_non_null(is_held);
	for (int step = 0; step < STEPS; step++) {
		random = random * 1664525 + 1013904223;
		const unsigned i = (random >> 8) % COUNT;
		assert_ptr_equal(find_number(&table, i), is_held[i] ? &items[i] : NULL);
		if (is_held[i]) {
			assert_ptr_equal(remove_number(&table, i), &items[i]);
			held--;
		} else {
			assert_true(table_add(&table, &items[i]));
			held++;
		}
		is_held[i] = !is_held[i];
		assert_int_equal(table.count, held);
	}
	for (unsigned i = 0; i < COUNT; i++) {
		assert_ptr_equal(find_number(&table, i), is_held[i] ? &items[i] : NULL);
	}
	size_t position = 0;
	for (; held > 0; held--) {
		const struct item *item = table_next(&table, &position);
		assert_non_null(item);
		assert_true(is_held[item - items]);
	}
	assert_null(table_next(&table, &position));
	table_finish(&table);
	free(is_held);
	free(items);
}

static void test_a_finished_table_may_be_used_again(void **state) {
	struct table table = {.key = item_key};
	struct item item = {"a", 1, false};
	(void)state;
	assert_true(table_add(&table, &item));
	table_finish(&table);
	assert_int_equal(table.count, 0);
	assert_null(table_find(&table, TEXT("a")));
	assert_true(table_add(&table, &item));
	assert_ptr_equal(table_find(&table, TEXT("a")), &item);
	table_finish(&table);
	table_finish(&table);
}

int main(void) {
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_an_empty_table_holds_nothing),
		cmocka_unit_test(test_an_added_item_is_found_by_its_key_and_by_no_other),
		cmocka_unit_test(test_the_empty_text_is_a_key_like_others),
		cmocka_unit_test(test_many_items_are_all_found_and_each_is_named_once),
		cmocka_unit_test(test_reserved_room_is_enough),
		cmocka_unit_test(test_room_for_an_impossible_number_is_refused),
		cmocka_unit_test(test_a_removed_item_is_gone_and_may_come_back),
		cmocka_unit_test(test_removing_keeps_every_other_item_in_reach),
		cmocka_unit_test(test_additions_and_removals_in_any_order_agree_with_an_array),
		cmocka_unit_test(test_a_finished_table_may_be_used_again),
	};
	return cmocka_run_group_tests_name("table", tests, NULL, NULL);
}
