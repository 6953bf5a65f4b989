#include "fuse/options.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

static struct options_summary assert_prepared(
	const char *options, const char *source, const char *wanted) {
	struct buffer list = {0};
	struct options_summary summary;
	options_prepare(&list, options, source, &summary);
	assert_string_equal(list.data, wanted);
	buffer_finish(&list);
	return summary;
}

static void test_a_mount_is_read_only_and_named_when_nobody_says_otherwise(void **state) {
	(void)state;
	const struct options_summary summary =
		assert_prepared(NULL, NULL, "subtype=cardfs,ro,fsname=cardfs");
	assert_false(summary.may_cover);
	assert_false(summary.for_others);
}

static void test_options_are_passed_on_in_order(void **state) {
	(void)state;
	assert_prepared("dev,,noexec,max_read=4096", NULL,
		"subtype=cardfs,dev,noexec,max_read=4096,ro,fsname=cardfs");
}

static void test_rw_leaves_ro_out(void **state) {
	(void)state;
	assert_prepared("rw", NULL, "subtype=cardfs,rw,fsname=cardfs");
}

static void test_the_source_is_what_mount_lists(void **state) {
	(void)state;
	assert_prepared("", "/a,b\\c", "subtype=cardfs,ro,fsname=/a\\,b\\\\c");
}

static void test_an_fsname_wins_over_the_source(void **state) {
	(void)state;
	assert_prepared("fsname=x\\,nonempty", "/a", "subtype=cardfs,fsname=x\\,nonempty,ro");
}

static void test_nonempty_is_for_us_and_unknown_to_libfuse(void **state) {
	(void)state;
	const struct options_summary summary =
		assert_prepared("nonempty,dev", NULL, "subtype=cardfs,dev,ro,fsname=cardfs");
	assert_true(summary.may_cover);
}

static void test_a_mount_for_others_is_noted_and_passed_on(void **state) {
	(void)state;
	assert_true(
		assert_prepared("allow_other", NULL, "subtype=cardfs,allow_other,ro,fsname=cardfs")
			.for_others);
	assert_true(
		assert_prepared("allow_root", NULL, "subtype=cardfs,allow_root,ro,fsname=cardfs")
			.for_others);
}

static void test_nobody_takes_the_subtype_away(void **state) {
	(void)state;
	assert_prepared("subtype=other", NULL, "subtype=cardfs,ro,fsname=cardfs");
}

static void test_options_about_times_of_reading_are_dropped(void **state) {
	(void)state;
	assert_prepared(
		"relatime,noatime,strictatime", NULL, "subtype=cardfs,noatime,ro,fsname=cardfs");
}

static void test_a_backslash_at_the_end_is_kept(void **state) {
	(void)state;
	assert_prepared("fsname=a\\", NULL, "subtype=cardfs,fsname=a\\,ro");
}

int main(void) {
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_mount_is_read_only_and_named_when_nobody_says_otherwise),
		cmocka_unit_test(test_options_are_passed_on_in_order),
		cmocka_unit_test(test_rw_leaves_ro_out),
		cmocka_unit_test(test_the_source_is_what_mount_lists),
		cmocka_unit_test(test_an_fsname_wins_over_the_source),
		cmocka_unit_test(test_nonempty_is_for_us_and_unknown_to_libfuse),
		cmocka_unit_test(test_a_mount_for_others_is_noted_and_passed_on),
		cmocka_unit_test(test_nobody_takes_the_subtype_away),
		cmocka_unit_test(test_options_about_times_of_reading_are_dropped),
		cmocka_unit_test(test_a_backslash_at_the_end_is_kept),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
