/*
 * What a store gives that can't be read for a while: what it gave before.
 */
#include "stores/kinds.h"

#include "fixture.h"

#include <sys/resource.h>

/* Closed and opened again: no more descriptors can be had meanwhile. */
struct shortage {
	struct rlimit before;
};

static void begin_shortage(struct shortage *shortage) {
	assert_int_equal(getrlimit(RLIMIT_NOFILE, &shortage->before), 0);
	struct rlimit none = {0, shortage->before.rlim_max};
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &none), 0);
}

static void end_shortage(const struct shortage *shortage) {
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &shortage->before), 0);
}

static void fill(struct fixture *fixture) {
	make_directory(fixture, "d/e");
	write_file(fixture, "a.yaml", "name: a");
	write_file(fixture, "d/b.yaml", "name: b");
	write_file(fixture, "d/e/c.yaml", "name: c");
	write_file(fixture, "d0.yaml", "name: 0");
	open_store(fixture, "", "");
	list_again(fixture);
}

static void become_nobody(void) {
	assert_true(geteuid() != 0 || seteuid(65534) == 0);
}

static void become_oneself(void) {
	assert_true(getuid() != 0 || seteuid(0) == 0);
}

static void test_without_descriptors_everything_stays_and_is_looked_at_again(void **state) {
	struct fixture *fixture = *state;
	struct shortage shortage;
	fill(fixture);
	assert_false(fixture->listing.is_incomplete);
	begin_shortage(&shortage);
	list_again(fixture);
	list_again(fixture);
	end_shortage(&shortage);
	ASSERT_LISTED(fixture, "a.yaml", "d/b.yaml", "d/e/c.yaml", "d0.yaml");
	assert_problem(fixture, "", strerror(EMFILE));
	assert_problem(fixture, "", "; what it last held is served");
	assert_true(fixture->listing.is_incomplete);
	remove(at(fixture, "a.yaml"));
	list_again(fixture);
	ASSERT_LISTED(fixture, "d/b.yaml", "d/e/c.yaml", "d0.yaml");
	assert_int_equal(fixture->problems.count, 0);
	assert_false(fixture->listing.is_incomplete);
}

static void test_a_first_listing_without_descriptors_is_empty(void **state) {
	struct fixture *fixture = *state;
	struct shortage shortage;
	write_file(fixture, "a.yaml", "name: a");
	open_store(fixture, "", "");
	begin_shortage(&shortage);
	list_again(fixture);
	end_shortage(&shortage);
	assert_int_equal(fixture->listing.count, 0);
	assert_problem(fixture, "", "cannot open the store: ");
	assert_problem(fixture, "", strerror(EMFILE));
	assert_null(strstr(fixture->problems.items[0].message, "served"));
	assert_true(fixture->listing.is_incomplete);
	list_again(fixture);
	ASSERT_LISTED(fixture, "a.yaml");
}

static void test_a_store_that_is_one_file_stays(void **state) {
	struct fixture *fixture = *state;
	struct shortage shortage;
	write_file(fixture, "cards.txt", "name: a");
	open_store(fixture, "", "cards.txt");
	list_again(fixture);
	begin_shortage(&shortage);
	list_again(fixture);
	end_shortage(&shortage);
	ASSERT_LISTED(fixture, "cards.txt");
	assert_problem(fixture, "cards.txt", "what it last held is served");
}

static void test_checkpoints_stay_all_together(void **state) {
	struct fixture *fixture = *state;
	struct shortage shortage;
	make_directory(fixture, "step_1");
	make_directory(fixture, "step_2");
	make_directory(fixture, "scores");
	write_file(fixture, "model.yaml", "name: checkpoint");
	write_file(fixture, "scores/step_1.txt", "1.5");
	open_store(fixture, "checkpoints:", "");
	list_again(fixture);
	ASSERT_LISTED(fixture, "model.yaml", "step_1", "step_2");
	begin_shortage(&shortage);
	list_again(fixture);
	end_shortage(&shortage);
	ASSERT_LISTED(fixture, "model.yaml", "step_1", "step_2");
	assert_problem(fixture, "", "what it last held is served");
	assert_true(fixture->listing.is_incomplete);
}

static void test_what_may_not_be_read_any_more_stays(void **state) {
	struct fixture *fixture = *state;
	fill(fixture);
	write_file(fixture, "a.yaml", "name: changed");
	chmod(at(fixture, "a.yaml"), 0);
	chmod(at(fixture, "d"), 0);
	become_nobody();
	list_again(fixture);
	become_oneself();
	chmod(at(fixture, "d"), 0755);
	ASSERT_LISTED(fixture, "a.yaml", "d/b.yaml", "d/e/c.yaml", "d0.yaml");
	assert_string_equal(listed(fixture, "a.yaml")->text, "name: a");
	assert_int_equal(fixture->problems.count, 2);
	/* Who may read is told by those who watch. */
	assert_false(fixture->listing.is_incomplete);
	list_again(fixture);
	assert_int_equal(fixture->problems.count, 0);
}

static void test_a_file_that_grows_over_the_limit_keeps_what_it_held(void **state) {
	struct fixture *fixture = *state;
	fill(fixture);
	fixture->store->file_size_limit = 10;
	write_file(fixture, "a.yaml", "name: longer");
	list_again(fixture);
	assert_string_equal(listed(fixture, "a.yaml")->text, "name: a");
	assert_problem(fixture, "a.yaml", "which is the limit; what it last held is served");
	assert_false(fixture->listing.is_incomplete);
}

static void test_what_is_gone_does_not_stay(void **state) {
	struct fixture *fixture = *state;
	fill(fixture);
	remove(at(fixture, "a.yaml"));
	assert_int_equal(mkfifo(at(fixture, "a.yaml"), 0644), 0);
	remove(at(fixture, "d/e/c.yaml"));
	remove(at(fixture, "d/e"));
	make_directory(fixture, "d/b.yaml.d");
	remove(at(fixture, "d/b.yaml"));
	make_directory(fixture, "d/b.yaml");
	list_again(fixture);
	ASSERT_LISTED(fixture, "d0.yaml");
	assert_problem(fixture, "a.yaml", "FIFO");
}

static void empty(const struct fixture *fixture) {
	remove(at(fixture, "a.yaml"));
	remove(at(fixture, "d0.yaml"));
	remove(at(fixture, "d/b.yaml"));
	remove(at(fixture, "d/e/c.yaml"));
}

static void test_a_store_that_was_emptied_is_empty(void **state) {
	struct fixture *fixture = *state;
	fill(fixture);
	empty(fixture);
	list_again(fixture);
	assert_int_equal(fixture->listing.count, 0);
	assert_int_equal(fixture->problems.count, 0);
}

/* It is as if it had been mounted elsewhere. */
static void test_a_store_whose_file_system_is_gone_stays_until_it_is_back(void **state) {
	struct fixture *fixture = *state;
	fill(fixture);
	fixture->listing.footing.mounts.here++;
	empty(fixture);
	list_again(fixture);
	list_again(fixture);
	ASSERT_LISTED(fixture, "a.yaml", "d/b.yaml", "d/e/c.yaml", "d0.yaml");
	assert_problem(fixture, "", "is not mounted any more; its last good cards are served");
	assert_true(fixture->listing.is_incomplete);
	write_file(fixture, "a.yaml", "name: back");
	list_again(fixture);
	ASSERT_LISTED(fixture, "a.yaml");
	assert_int_equal(fixture->problems.count, 0);
}

static void test_a_store_whose_path_is_gone_with_its_file_system_stays(void **state) {
	struct fixture *fixture = *state;
	make_directory(fixture, "mount/point");
	write_file(fixture, "mount/point/a.yaml", "name: a");
	open_store(fixture, "", "mount/point");
	list_again(fixture);
	remove(at(fixture, "mount/point/a.yaml"));
	remove(at(fixture, "mount/point"));
	remove(at(fixture, "mount"));
	fixture->listing.footing.mounts.here++;
	list_again(fixture);
	ASSERT_LISTED(fixture, "mount/point/a.yaml");
	fixture->listing.footing.mounts.here--;
	list_again(fixture);
	assert_int_equal(fixture->listing.count, 0);
	assert_problem(fixture, "mount/point", strerror(ENOENT));
}

/* Where a path of changes is looked at alone, too. */
static void test_a_change_that_cannot_be_looked_at_leaves_the_rest(void **state) {
	struct fixture *fixture = *state;
	struct store_changes changes = {0};
	fill(fixture);
	store_changes_add(&changes, at(fixture, "d"));
	write_file(fixture, "d0.yaml", "name: changed");
	chmod(at(fixture, "d/e"), 0);
	struct store_listing previous = fixture->listing;
	fixture->listing = (struct store_listing){0};
	become_nobody();
	assert_true(store_update(fixture->store, &previous, &changes, &fixture->listing,
		&fixture->problems, &fixture->error));
	become_oneself();
	chmod(at(fixture, "d/e"), 0755);
	store_listing_finish(&previous);
	store_changes_finish(&changes);
	ASSERT_LISTED(fixture, "a.yaml", "d/b.yaml", "d/e/c.yaml", "d0.yaml");
	assert_string_equal(listed(fixture, "d0.yaml")->text, "name: 0");
	assert_problem(fixture, "d/e", strerror(EACCES));
	assert_non_null(fixture->listing.footing.path);
}

int main(void) {
	const struct CMUnitTest tests[] = {
		STORE_TEST(test_without_descriptors_everything_stays_and_is_looked_at_again),
		STORE_TEST(test_a_first_listing_without_descriptors_is_empty),
		STORE_TEST(test_a_store_that_is_one_file_stays),
		STORE_TEST(test_checkpoints_stay_all_together),
		STORE_TEST(test_what_may_not_be_read_any_more_stays),
		STORE_TEST(test_a_file_that_grows_over_the_limit_keeps_what_it_held),
		STORE_TEST(test_what_is_gone_does_not_stay),
		STORE_TEST(test_a_store_that_was_emptied_is_empty),
		STORE_TEST(test_a_store_whose_file_system_is_gone_stays_until_it_is_back),
		STORE_TEST(test_a_store_whose_path_is_gone_with_its_file_system_stays),
		STORE_TEST(test_a_change_that_cannot_be_looked_at_leaves_the_rest),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
