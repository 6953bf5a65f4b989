#include "watching.h"

static void test_the_target_of_a_link_is_watched(void **state) {
	struct watching *watching = *state;
	struct fixture *fixture = watching->fixture;
	make_directory(fixture, "targets");
	write_file(fixture, "targets/t", "name: t");
	make_directory(fixture, "s");
	make_link(fixture, "../targets/t", "s/relative.yaml");
	make_link(fixture, at(fixture, "targets/t"), "s/absolute.yaml");
	watch_directory(watching);
	append_to(fixture, "targets/t");
	settle(watching);
	assert_true(is_told(watching, "s/relative.yaml"));
	assert_true(is_told(watching, "s/absolute.yaml"));
	forget(watching);
	replace_file(fixture, "targets/t", "name: u");
	settle(watching);
	assert_true(is_told(watching, "s/relative.yaml"));
	assert_true(is_told(watching, "s/absolute.yaml"));
	forget(watching);
	rename_entry(fixture, "targets", "targets-gone");
	settle(watching);
	assert_true(is_told(watching, "s/relative.yaml"));
	assert_true(is_told(watching, "s/absolute.yaml"));
}

static void test_the_neighbours_of_a_target_are_not_told(void **state) {
	struct watching *watching = *state;
	struct fixture *fixture = watching->fixture;
	make_directory(fixture, "targets");
	make_directory(fixture, "s");
	write_file(fixture, "targets/t", "name: t");
	make_link(fixture, "../targets/t", "s/l.yaml");
	watch_directory(watching);
	write_file(fixture, "targets/u.yaml", "name: u");
	expect_nothing(watching);
}

static void test_a_link_that_is_pointed_elsewhere_is_followed(void **state) {
	struct watching *watching = *state;
	struct fixture *fixture = watch_directory(watching);
	write_file(fixture, "one", "name: one");
	write_file(fixture, "two", "name: two");
	make_link(fixture, "../one", "s/l.yaml");
	expect_only(watching, "s/l.yaml");
	make_link(fixture, "../two", "s/l.yaml~");
	rename_entry(fixture, "s/l.yaml~", "s/l.yaml");
	expect_only(watching, "s/l.yaml");
	append_to(fixture, "one");
	expect_nothing(watching);
	append_to(fixture, "two");
	expect_only(watching, "s/l.yaml");
}

static void test_a_target_that_appears_is_told(void **state) {
	struct watching *watching = *state;
	struct fixture *fixture = watching->fixture;
	make_directory(fixture, "s");
	make_link(fixture, "../not/yet/there", "s/l.yaml");
	watch_directory(watching);
	make_directory(fixture, "not/yet");
	write_file(fixture, "not/yet/there", "name: l");
	expect_only(watching, "s/l.yaml");
	append_to(fixture, "not/yet/there");
	expect_only(watching, "s/l.yaml");
}

/* Kubernetes swaps all files of a mounted configuration so. */
static void test_a_link_by_way_of_a_link_to_a_directory_is_followed(void **state) {
	struct watching *watching = *state;
	struct fixture *fixture = watching->fixture;
	make_directory(fixture, "s/..v1");
	make_directory(fixture, "s/..v2");
	write_file(fixture, "s/..v1/c.yaml", "name: c");
	write_file(fixture, "s/..v2/c.yaml", "name: c2");
	make_link(fixture, "..v1", "s/..data");
	make_link(fixture, "..data/c.yaml", "s/c.yaml");
	watch_directory(watching);
	make_link(fixture, "..v2", "s/..data-new");
	rename_entry(fixture, "s/..data-new", "s/..data");
	expect_only(watching, "s/c.yaml");
	append_to(fixture, "s/..v2/c.yaml");
	settle(watching);
	assert_true(is_told(watching, "s/c.yaml"));
	assert_true(is_told(watching, "s/..v2/c.yaml"));
}

static void test_links_in_a_circle_are_not_followed_for_ever(void **state) {
	struct watching *watching = *state;
	struct fixture *fixture = watching->fixture;
	make_directory(fixture, "s");
	make_link(fixture, "b.yaml", "s/l.yaml");
	make_link(fixture, "l.yaml", "s/b.yaml");
	make_link(fixture, ".", "s/self");
	make_link(fixture, "../s", "s/c.yaml");
	watch_directory(watching);
	append_to(fixture, "s/a.yaml");
	expect_only(watching, "s/a.yaml");
}

static void test_links_to_directories_are_not_followed(void **state) {
	struct watching *watching = *state;
	struct fixture *fixture = watching->fixture;
	make_directory(fixture, "s");
	make_directory(fixture, "outside");
	make_link(fixture, "../outside", "s/l");
	watch_directory(watching);
	write_file(fixture, "outside/x.yaml", "name: x");
	expect_nothing(watching);
}

int main(void) {
	const struct CMUnitTest tests[] = {
		WATCH_TEST(test_the_target_of_a_link_is_watched),
		WATCH_TEST(test_the_neighbours_of_a_target_are_not_told),
		WATCH_TEST(test_a_link_that_is_pointed_elsewhere_is_followed),
		WATCH_TEST(test_a_target_that_appears_is_told),
		WATCH_TEST(test_a_link_by_way_of_a_link_to_a_directory_is_followed),
		WATCH_TEST(test_links_in_a_circle_are_not_followed_for_ever),
		WATCH_TEST(test_links_to_directories_are_not_followed),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
