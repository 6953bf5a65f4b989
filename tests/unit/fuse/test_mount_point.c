#include "fuse/mount_point.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

struct fixture {
	char *root; /* a directory without links in its path */
	char *home; /* where the test was started */
};

static int create(void **state) {
	struct fixture *fixture = calloc(1, sizeof(*fixture));
	char path[] = "/tmp/cardfs-mount-point-XXXXXX";
	assert_non_null(fixture);
	assert_non_null(mkdtemp(path));
	fixture->root = realpath(path, NULL);
	fixture->home = getcwd(NULL, 0);
	assert_non_null(fixture->root);
	assert_non_null(fixture->home);
	assert_int_equal(chdir(fixture->root), 0);
	assert_int_equal(mkdir("empty", 0755), 0);
	assert_int_equal(mkdir("full", 0755), 0);
	assert_int_equal(symlink("empty", "link"), 0);
	const int file = open("full/file", O_CREAT | O_WRONLY | O_CLOEXEC, 0644);
	assert_true(file >= 0);
	close(file);
	*state = fixture;
	return 0;
}

static int destroy(void **state) {
	struct fixture *fixture = *state;
	assert_int_equal(remove("full/file"), 0);
	assert_int_equal(remove("full"), 0);
	assert_int_equal(remove("empty"), 0);
	assert_int_equal(remove("link"), 0);
	assert_int_equal(chdir(fixture->home), 0);
	assert_int_equal(remove(fixture->root), 0);
	free(fixture->root);
	free(fixture->home);
	free(fixture);
	return 0;
}

/* What is wrong with a mount point; empty where nothing is. */
static struct error check(const char *path, bool may_cover) {
	struct error error = {0};
	char *resolved = mount_point_resolve(path, &error);
	assert_non_null(resolved);
	assert_true(mount_point_check(resolved, may_cover, &error) == (error.kind == ERROR_NONE));
	free(resolved);
	return error;
}

static void assert_complains(const char *path, const char *part) {
	const struct error error = check(path, false);
	assert_non_null(strstr(error.message, part));
}

static void assert_resolves(const struct fixture *fixture, const char *path, const char *below) {
	char wanted[4200];
	snprintf(wanted, sizeof(wanted), "%s/%s", fixture->root, below);
	struct error error = {0};
	char *resolved = mount_point_resolve(path, &error);
	assert_string_equal(resolved, wanted);
	free(resolved);
}

static void test_a_path_is_made_absolute_and_its_links_are_followed(void **state) {
	const struct fixture *fixture = *state;
	assert_resolves(fixture, "empty", "empty");
	assert_resolves(fixture, "./link/", "empty");
	assert_resolves(fixture, "full/../empty", "empty");
}

static void test_what_does_not_exist_is_resolved_as_far_as_it_can_be(void **state) {
	const struct fixture *fixture = *state;
	assert_resolves(fixture, "link/nothing", "empty/nothing");
	assert_resolves(fixture, "nothing/at/all", "nothing/at/all");
}

static void test_the_root_directory_can_be_resolved(void **state) {
	(void)state;
	struct error error = {0};
	char *resolved = mount_point_resolve("/", &error);
	assert_string_equal(resolved, "/");
	free(resolved);
}

static void test_an_empty_directory_is_good(void **state) {
	(void)state;
	assert_int_equal(check("empty", false).kind, ERROR_NONE);
	assert_int_equal(check("link", false).kind, ERROR_NONE);
}

static void test_a_missing_one_comes_with_the_command_that_makes_it(void **state) {
	(void)state;
	assert_complains("nothing/here", "does not exist; create it with: mkdir -p /");
	assert_complains("nothing/here", "/nothing/here");
}

static void test_a_file_is_no_mount_point(void **state) {
	(void)state;
	assert_complains("full/file", "is not a directory");
}

static void test_a_full_one_is_refused_and_what_it_has_is_named(void **state) {
	(void)state;
	assert_complains("full", "is not empty (it has file)");
	assert_complains("full", "-o nonempty");
}

static void test_a_full_one_is_good_when_it_may_be_covered(void **state) {
	(void)state;
	assert_int_equal(check("full", true).kind, ERROR_NONE);
}

static void test_one_that_is_mounted_on_is_refused_and_the_mount_is_named(void **state) {
	(void)state;
	assert_complains("/proc", "something else is mounted on /proc (");
	assert_complains("/proc", "type proc)");
}

static void test_others_are_let_in_by_a_line_of_the_configuration(void **state) {
	(void)state;
	assert_true(mount_point_allows_others(TEXT("user_allow_other")));
	assert_true(mount_point_allows_others(TEXT("# x\nmount_max = 3\n user_allow_other \n")));
	assert_false(mount_point_allows_others(TEXT("")));
	assert_false(mount_point_allows_others(TEXT("#user_allow_other\n")));
	assert_false(mount_point_allows_others(TEXT("user_allow_others\n")));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, create, destroy)

int main(void) {
	const struct CMUnitTest tests[] = {
		TEST(test_a_path_is_made_absolute_and_its_links_are_followed),
		TEST(test_what_does_not_exist_is_resolved_as_far_as_it_can_be),
		TEST(test_the_root_directory_can_be_resolved),
		TEST(test_an_empty_directory_is_good),
		TEST(test_a_missing_one_comes_with_the_command_that_makes_it),
		TEST(test_a_file_is_no_mount_point),
		TEST(test_a_full_one_is_refused_and_what_it_has_is_named),
		TEST(test_a_full_one_is_good_when_it_may_be_covered),
		TEST(test_one_that_is_mounted_on_is_refused_and_the_mount_is_named),
		TEST(test_others_are_let_in_by_a_line_of_the_configuration),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
