#include "stores/changes.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static void test_zeroes_are_no_change(void **state) {
	(void)state;
	struct store_changes changes = {0};
	assert_true(store_changes_is_empty(&changes));
	store_changes_finish(&changes);
	assert_true(store_changes_is_empty(&changes));
}

static void test_a_path_is_copied_and_there_once(void **state) {
	(void)state;
	struct store_changes changes = {0};
	char path[] = "/s/a.yaml";
	store_changes_add(&changes, path);
	path[3] = 'b';
	store_changes_add(&changes, path);
	store_changes_add(&changes, "/s/a.yaml");
	assert_int_equal(changes.count, 2);
	assert_string_equal(changes.paths[0], "/s/a.yaml");
	assert_string_equal(changes.paths[1], "/s/b.yaml");
	assert_false(changes.everything);
	assert_false(store_changes_is_empty(&changes));
	store_changes_finish(&changes);
}

static void test_many_paths_are_each_there_once(void **state) {
	(void)state;
	struct store_changes changes = {0};
	for (int i = 0; i < 40000; i++) {
		char path[32];
		snprintf(path, sizeof(path), "/s/%d.yaml", i % 20000);
		store_changes_add(&changes, path);
	}
	assert_int_equal(changes.count, 20000);
	store_changes_finish(&changes);
}

static void test_everything_takes_the_place_of_paths(void **state) {
	(void)state;
	struct store_changes changes = {0};
	store_changes_add(&changes, "/s/a.yaml");
	store_changes_add_everything(&changes);
	store_changes_add(&changes, "/s/b.yaml");
	assert_true(changes.everything);
	assert_int_equal(changes.count, 0);
	assert_false(store_changes_is_empty(&changes));
	store_changes_finish(&changes);
	assert_true(store_changes_is_empty(&changes));
}

static void test_changes_are_added_to_changes(void **state) {
	(void)state;
	struct store_changes changes = {0}, other = {0};
	store_changes_add(&changes, "/s/a.yaml");
	store_changes_add(&other, "/s/a.yaml");
	store_changes_add(&other, "/s/b.yaml");
	store_changes_add_all(&changes, &other);
	assert_int_equal(changes.count, 2);
	store_changes_add_everything(&other);
	store_changes_add_all(&changes, &other);
	assert_true(changes.everything);
	store_changes_finish(&changes);
	store_changes_finish(&other);
}

int main(void) {
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_zeroes_are_no_change),
		cmocka_unit_test(test_a_path_is_copied_and_there_once),
		cmocka_unit_test(test_many_paths_are_each_there_once),
		cmocka_unit_test(test_everything_takes_the_place_of_paths),
		cmocka_unit_test(test_changes_are_added_to_changes),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
