/*
 * File systems that may not answer, and what keeps away from them.
 */
#include "stores/remote.h"

#include "stores/kinds.h"
#include "stores/watch.h"
#include "stores/watch_tree.h"

#include "fixture.h"

static const char table[] = "22 1 254:0 / / rw - ext4 /dev/vda rw\n"
			    "30 22 0:50 / /home rw shared:1 - nfs4 server:/home rw\n"
			    "31 22 0:51 / /mnt/a\\040b rw - fuse.sshfs host: rw\n"
			    "32 22 0:52 / /mnt/covered rw - cifs //host/share rw\n"
			    "33 32 0:53 / /mnt/covered rw - tmpfs none rw\n"
			    "34 22 0:54 / /mnt/covering rw - tmpfs none rw\n"
			    "35 34 0:55 / /mnt/covering rw - fuse host: rw\n"
			    "36 22 0:56 / /fused rw - fusectl none rw\n";

static void assert_holds(const struct remote_mounts *mounts, const char *path, bool expected) {
	assert_int_equal(remote_mounts_hold(mounts, text_of(path)), expected);
}

static void test_the_table_of_mounts_tells_what_may_not_answer(void **state) {
	(void)state;
	struct remote_mounts mounts = {0};
	assert_true(remote_mounts_take(&mounts, TEXT(table)));
	assert_holds(&mounts, "/home", true);
	assert_holds(&mounts, "/mnt/a b", true);
	assert_holds(&mounts, "/mnt/covering", true);
	assert_holds(&mounts, "/mnt/covered", false);
	assert_holds(&mounts, "/fused", false);
	assert_holds(&mounts, "/", false);
	assert_holds(&mounts, "/home/you", false);
	assert_true(remote_mounts_take(&mounts, TEXT("22 1 254:0 / / rw - ext4 /dev/vda rw\n")));
	assert_int_equal(mounts.count, 0);
	remote_mounts_finish(&mounts);
}

static void assert_touches(const struct remote_mounts *mounts, const char *path, bool expected) {
	assert_int_equal(remote_mounts_touch(mounts, text_of(path)), expected);
}

static void test_a_path_is_touched_by_what_is_above_and_below(void **state) {
	(void)state;
	struct remote_mounts mounts = {0};
	assert_true(remote_mounts_take(&mounts, TEXT(table)));
	assert_touches(&mounts, "/home", true);
	assert_touches(&mounts, "/home/you/cards", true);
	assert_touches(&mounts, "/mnt", true);
	assert_touches(&mounts, "/", true);
	assert_touches(&mounts, "/homes", false);
	assert_touches(&mounts, "/srv", false);
	remote_mounts_finish(&mounts);
}

static void test_the_kernel_s_own_table_is_read(void **state) {
	(void)state;
	struct remote_mounts mounts = {0};
	assert_true(remote_mounts_read(&mounts));
	remote_mounts_finish(&mounts);
}

/* Whether the store "s" is remote where a remote file system is mounted on that entry. */
static bool is_remote(const struct fixture *fixture, const char *entry) {
	char *point = strdup(at(fixture, entry));
	const struct remote_mounts mounts = {.points = &point, .count = 1};
	const bool result = watch_tree_is_remote(&mounts, at(fixture, "s"), &store_directory_scope);
	free(point);
	return result;
}

static void test_a_store_is_remote_where_it_or_its_directories_are(void **state) {
	const struct fixture *fixture = *state;
	make_directory(fixture, "s/d/e");
	make_directory(fixture, "other");
	assert_true(is_remote(fixture, "s"));
	assert_true(is_remote(fixture, "s/d"));
	assert_true(is_remote(fixture, "s/d/e"));
	assert_false(is_remote(fixture, "other"));
	assert_false(is_remote(fixture, "s/d/missing"));
}

static void test_a_store_is_remote_where_links_lead(void **state) {
	const struct fixture *fixture = *state;
	make_directory(fixture, "real/d");
	make_directory(fixture, "far/d");
	make_link(fixture, "real", "s");
	make_link(fixture, "../far/d/a.yaml", "real/a.yaml");
	make_link(fixture, "../elsewhere", "far/l");
	make_directory(fixture, "elsewhere");
	assert_true(is_remote(fixture, "real"));
	assert_true(is_remote(fixture, "real/d"));
	assert_true(is_remote(fixture, "far"));
	assert_true(is_remote(fixture, "far/d"));
	assert_false(is_remote(fixture, "elsewhere"));
}

static void test_a_tree_keeps_away_from_what_may_not_answer(void **state) {
	const struct fixture *fixture = *state;
	make_directory(fixture, "s/d/e");
	char *point = strdup(at(fixture, "s/d"));
	char *path = strdup(at(fixture, "s"));
	const struct remote_mounts mounts = {.points = &point, .count = 1};
	struct watch_points points;
	watch_points_init(&points, 0);
	points.remote = &mounts;
	atomic_bool is_never_cancelled = false;
	struct watch_tree tree = {
		.scope = &store_directory_scope,
		.path = path,
		.points = &points,
		.is_cancelled = &is_never_cancelled,
	};
	watch_tree_init(&tree);
	assert_int_equal(tree.poll, WATCH_POLL_ELSEWHERE);
	assert_null(table_find(&tree.places, text_of(at(fixture, "s/d/e"))));
	watch_tree_poll(&tree);
	assert_true(store_changes_is_empty(&tree.news));
	points.remote = NULL;
	watch_tree_identify(&tree);
	watch_tree_update(&tree);
	assert_int_equal(tree.poll, WATCH_POLL_NOTHING);
	assert_true(tree.news.everything);
	assert_non_null(table_find(&tree.places, text_of(at(fixture, "s/d/e"))));
	points.remote = &mounts;
	watch_tree_identify(&tree);
	watch_tree_update(&tree);
	assert_int_equal(tree.poll, WATCH_POLL_ELSEWHERE);
	watch_tree_finish(&tree);
	watch_points_finish(&points);
	free(point);
	free(path);
}

int main(void) {
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_the_table_of_mounts_tells_what_may_not_answer),
		cmocka_unit_test(test_a_path_is_touched_by_what_is_above_and_below),
		cmocka_unit_test(test_the_kernel_s_own_table_is_read),
		STORE_TEST(test_a_store_is_remote_where_it_or_its_directories_are),
		STORE_TEST(test_a_store_is_remote_where_links_lead),
		STORE_TEST(test_a_tree_keeps_away_from_what_may_not_answer),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
