#include "base/mount_table.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

static const char table[] =
	"22 28 0:21 / /sys rw,nosuid shared:7 - sysfs sysfs rw\n"
	"28 1 254:0 / / rw,relatime shared:1 master:2 - ext4 /dev/vda rw,errors=remount-ro\n"
	"90 28 0:50 / /mnt/cards rw - tmpfs none rw\n"
	"91 90 0:51 / /mnt/cards ro,nosuid,nodev - fuse.cardfs my\\040cards "
	"ro,user_id=1000,group_id=100\n"
	"92 28 0:52 / /mnt/a\\040b\\134c\\011d\\012e rw - tmpfs none rw\n"
	"93 28 0:53 / /mnt/- rw - tmpfs dash rw\n";

static bool find(const char *mount_point, struct mount_entry *entry) {
	*entry = (struct mount_entry){0};
	return mount_table_find(TEXT(table), text_of(mount_point), entry);
}

static void assert_source(const char *mount_point, const char *source) {
	struct mount_entry entry;
	assert_true(find(mount_point, &entry));
	assert_string_equal(entry.source.data, source);
	mount_entry_finish(&entry);
}

static void test_fields_are_found_behind_those_that_may_be_left_out(void **state) {
	(void)state;
	struct mount_entry entry;
	assert_true(find("/", &entry));
	assert_string_equal(entry.device.data, "254:0");
	assert_string_equal(entry.type.data, "ext4");
	assert_string_equal(entry.source.data, "/dev/vda");
	assert_string_equal(entry.options.data, "rw,errors=remount-ro");
	assert_false(mount_entry_has_type(&entry, TEXT("fuse.cardfs")));
	mount_entry_finish(&entry);
}

static void test_the_topmost_of_several_mounts_counts(void **state) {
	(void)state;
	struct mount_entry entry;
	assert_true(find("/mnt/cards", &entry));
	assert_true(mount_entry_has_type(&entry, TEXT("fuse.cardfs")));
	assert_string_equal(entry.device.data, "0:51");
	assert_string_equal(entry.source.data, "my cards");
	mount_entry_finish(&entry);
}

static void test_an_option_is_matched_as_a_whole(void **state) {
	(void)state;
	struct mount_entry entry;
	assert_true(find("/mnt/cards", &entry));
	assert_true(mount_entry_has_option(&entry, TEXT("user_id=1000")));
	assert_true(mount_entry_has_option(&entry, TEXT("group_id=100")));
	assert_false(mount_entry_has_option(&entry, TEXT("user_id=100")));
	assert_false(mount_entry_has_option(&entry, TEXT("group_id=1000")));
	mount_entry_finish(&entry);
}

static void test_escaped_bytes_of_a_mount_point_are_read(void **state) {
	(void)state;
	assert_source("/mnt/a b\\c\td\ne", "none");
}

static void test_a_mount_point_may_look_like_the_separator(void **state) {
	(void)state;
	assert_source("/mnt/-", "dash");
}

static void test_a_directory_that_only_begins_like_one_is_no_mount_point(void **state) {
	(void)state;
	struct mount_entry entry;
	assert_false(find("/mnt", &entry));
	assert_false(find("/mnt/cards/x", &entry));
	assert_false(find("", &entry));
}

static void test_lines_that_are_cut_are_passed_over(void **state) {
	(void)state;
	struct mount_entry entry = {0};
	assert_false(mount_table_find(TEXT("22 28\n\n1 2 3 4"), TEXT("/x"), &entry));
	assert_true(mount_table_find(TEXT("1 2 3:4 / /x\\04"), TEXT("/x\\04"), &entry));
	assert_int_equal(entry.type.length, 0);
	mount_entry_finish(&entry);
}

static void test_every_line_is_taken_in_its_order(void **state) {
	(void)state;
	struct mount_entry entry = {0};
	struct text rest = TEXT(table);
	size_t count = 0;
	while (mount_table_next(&rest, &entry)) {
		count++;
		if (count == 4) {
			assert_string_equal(entry.point.data, "/mnt/cards");
			assert_string_equal(entry.type.data, "fuse.cardfs");
		}
	}
	assert_int_equal(count, 6);
	mount_entry_finish(&entry);
}

static void test_the_kernel_s_own_table_has_the_root(void **state) {
	(void)state;
	struct mount_entry entry = {0};
	assert_true(mount_table_look_up("/", &entry));
	assert_true(entry.type.length > 0);
	mount_entry_finish(&entry);
}

int main(void) {
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_fields_are_found_behind_those_that_may_be_left_out),
		cmocka_unit_test(test_the_topmost_of_several_mounts_counts),
		cmocka_unit_test(test_an_option_is_matched_as_a_whole),
		cmocka_unit_test(test_escaped_bytes_of_a_mount_point_are_read),
		cmocka_unit_test(test_a_mount_point_may_look_like_the_separator),
		cmocka_unit_test(test_a_directory_that_only_begins_like_one_is_no_mount_point),
		cmocka_unit_test(test_lines_that_are_cut_are_passed_over),
		cmocka_unit_test(test_every_line_is_taken_in_its_order),
		cmocka_unit_test(test_the_kernel_s_own_table_has_the_root),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
