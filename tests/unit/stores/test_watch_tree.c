#include "stores/watch_tree.h"

#include "stores/kinds.h"

#include "fixture.h"
static atomic_bool is_never_cancelled;

/* Watches the entry "s" with at most so many watches. */
static void init(struct watch_tree *tree, struct watch_points *points,
	const struct fixture *fixture, size_t limit) {
	watch_points_init(points, limit);
	*tree = (struct watch_tree){
		.scope = &store_directory_scope,
		.path = strdup(at(fixture, "s")),
		.points = points,
		.is_cancelled = &is_never_cancelled,
	};
	assert_non_null(tree->path);
	watch_tree_init(tree);
}

static void finish(struct watch_tree *tree, struct watch_points *points) {
	free((void *)(uintptr_t)tree->path);
	watch_tree_finish(tree);
	assert_int_equal(points->points.count, 0);
	watch_points_finish(points);
}

static void fill(const struct fixture *fixture) {
	make_directory(fixture, "s/d/e");
	write_file(fixture, "s/a.yaml", "name: a");
	make_link(fixture, "d/e/target", "s/l.yaml");
}

static void test_a_tree_on_a_local_file_system_is_not_polled(void **state) {
	const struct fixture *fixture = *state;
	struct watch_points points;
	struct watch_tree tree;
	fill(fixture);
	init(&tree, &points, fixture, 0);
	assert_int_equal(tree.poll, WATCH_POLL_NOTHING);
	assert_int_equal(tree.failure, 0);
	assert_true(store_changes_is_empty(&tree.news));
	finish(&tree, &points);
}

static void test_every_limit_leaves_a_tree_watched_or_polled(void **state) {
	const struct fixture *fixture = *state;
	fill(fixture);
	for (size_t limit = 1; limit < 12; limit++) {
		struct watch_points points;
		struct watch_tree tree;
		init(&tree, &points, fixture, limit);
		assert_int_equal(tree.failure, tree.poll == WATCH_POLL_ALL ? ENOSPC : 0);
		assert_int_equal(tree.failure == 0, limit >= 6);
		assert_true(points.points.count <= limit);
		finish(&tree, &points);
	}
}

static void test_a_polled_tree_tells_what_changed(void **state) {
	const struct fixture *fixture = *state;
	struct watch_points points;
	struct watch_tree tree;
	fill(fixture);
	init(&tree, &points, fixture, 1);
	watch_tree_poll(&tree);
	assert_true(store_changes_is_empty(&tree.news));
	write_file(fixture, "s/d/e/target", "name: l");
	watch_tree_poll(&tree);
	assert_true(tree.news.everything);
	watch_tree_update(&tree);
	store_changes_finish(&tree.news);
	watch_tree_poll(&tree);
	assert_true(store_changes_is_empty(&tree.news));
	assert_int_equal(tree.failure, ENOSPC);
	finish(&tree, &points);
}

static void test_a_tree_that_gives_watches_back_leaves_them_to_others(void **state) {
	const struct fixture *fixture = *state;
	struct watch_points points;
	struct watch_tree tree;
	fill(fixture);
	init(&tree, &points, fixture, 5);
	assert_int_equal(tree.failure, ENOSPC);
	assert_int_equal(points.points.count, 0);
	finish(&tree, &points);
}

static void test_without_inotify_a_tree_is_polled(void **state) {
	const struct fixture *fixture = *state;
	struct watch_points points = {.descriptor = -1, .failure = EMFILE};
	fill(fixture);
	struct watch_tree tree = {
		.scope = &store_directory_scope,
		.path = at(fixture, "s"),
		.points = &points,
		.is_cancelled = &is_never_cancelled,
	};
	watch_tree_init(&tree);
	assert_int_equal(tree.poll, WATCH_POLL_ALL);
	assert_int_equal(tree.failure, EMFILE);
	watch_tree_finish(&tree);
}

/* A directory that may be passed, but not listed, cannot be watched. */
static void test_behind_a_closed_directory_the_identity_is_polled(void **state) {
	const struct fixture *fixture = *state;
	const bool is_root = geteuid() == 0;
	struct watch_points points;
	struct watch_tree tree;
	make_directory(fixture, "closed/one");
	make_directory(fixture, "closed/two");
	make_link(fixture, "closed/link", "s");
	make_link(fixture, "one", "closed/link");
	chmod(at(fixture, "closed"), 0711);
	assert_true(!is_root || (chown(at(fixture, "closed"), 1, 1) == 0 && seteuid(65534) == 0));
	init(&tree, &points, fixture, 0);
	assert_int_equal(tree.poll, is_root ? WATCH_POLL_IDENTITY : WATCH_POLL_NOTHING);
	watch_tree_poll(&tree);
	assert_true(store_changes_is_empty(&tree.news));
	assert_true(!is_root || seteuid(0) == 0);
	assert_int_equal(remove(at(fixture, "closed/link")), 0);
	make_link(fixture, "two", "closed/link");
	assert_true(!is_root || seteuid(65534) == 0);
	watch_tree_poll(&tree);
	assert_true(!is_root || tree.news.everything);
	assert_true(!is_root || seteuid(0) == 0);
	finish(&tree, &points);
}

static void test_many_directories_are_watched_and_unwatched(void **state) {
	const struct fixture *fixture = *state;
	struct watch_points points;
	struct watch_tree tree;
	for (int i = 0; i < 2000; i++) {
		char entry[32];
		snprintf(entry, sizeof(entry), "s/%d/below", i);
		make_directory(fixture, entry);
	}
	init(&tree, &points, fixture, 0);
	assert_true(points.points.count > 4000);
	finish(&tree, &points);
}

int main(void) {
	const struct CMUnitTest tests[] = {
		STORE_TEST(test_a_tree_on_a_local_file_system_is_not_polled),
		STORE_TEST(test_every_limit_leaves_a_tree_watched_or_polled),
		STORE_TEST(test_a_polled_tree_tells_what_changed),
		STORE_TEST(test_a_tree_that_gives_watches_back_leaves_them_to_others),
		STORE_TEST(test_without_inotify_a_tree_is_polled),
		STORE_TEST(test_behind_a_closed_directory_the_identity_is_polled),
		STORE_TEST(test_many_directories_are_watched_and_unwatched),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
