#include "base/mounts.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static void test_a_mount_and_what_it_is_on_are_found(void **state) {
	(void)state;
	struct mounts root, below;
	assert_true(mounts_find(&root, "/"));
	assert_true(mounts_find(&below, "/proc/self/fd"));
	assert_int_equal(root.beneath, 0);
	assert_int_not_equal(below.here, root.here);
	assert_int_equal(below.beneath, root.here);
	assert_false(mounts_find(&below, "/no such/place"));
}

static void test_as_much_of_a_path_as_there_is_counts(void **state) {
	(void)state;
	struct mounts known;
	uint64_t here;
	assert_true(mounts_find(&known, "/proc"));
	assert_true(mounts_find_now("/proc/no such/place", &here));
	assert_int_equal(here, known.here);
}

/* As if something had been mounted on a directory and was not any more. */
static void test_what_was_mounted_and_is_not_is_uncovered(void **state) {
	(void)state;
	struct mounts known;
	assert_true(mounts_find(&known, "/proc"));
	assert_false(mounts_are_uncovered(&known, "/proc"));
	const struct mounts past = {.here = known.here + 1000000, .beneath = known.here};
	assert_true(mounts_are_uncovered(&past, "/proc/self"));
	assert_true(mounts_are_uncovered(&past, "/proc/no such/place"));
	assert_false(mounts_are_uncovered(&past, "/"));
	assert_false(mounts_are_uncovered(&(struct mounts){0}, "/proc"));
}

int main(void) {
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_mount_and_what_it_is_on_are_found),
		cmocka_unit_test(test_as_much_of_a_path_as_there_is_counts),
		cmocka_unit_test(test_what_was_mounted_and_is_not_is_uncovered),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
