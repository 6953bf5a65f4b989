#include "stores/built_in.h"
#include "stores/defaults.h"

#include "fixture.h"

/* A fixture in whose environment nothing but HOME is set. */
static int create(void **state) {
	fixture_create(state);
	struct fixture *fixture = *state;
	setenv("HOME", at(fixture, "home"), 1);
	unsetenv("XDG_CONFIG_HOME");
	unsetenv("FAIRSEQ2_ASSET_DIR");
	unsetenv("FAIRSEQ2_USER_ASSET_DIR");
	return 0;
}

static const struct store_options user_only = {.no_built_in = true, .no_system = true};

static void open_set(
	struct fixture *fixture, struct store_set *set, const struct store_options *options) {
	assert_true(store_set_open(set, options, &fixture->problems, &fixture->error));
}

static void assert_user_store(struct fixture *fixture, const char *entry) {
	struct store_set set;
	open_set(fixture, &set, &user_only);
	assert_int_equal(set.count, 1);
	assert_string_equal(set.stores[0]->location, at(fixture, entry));
	assert_int_equal(set.stores[0]->origin, STORE_USER);
	assert_true(set.stores[0]->optional);
	store_set_close(&set);
}

static void test_stores_are_in_the_order_in_which_later_ones_win(void **state) {
	struct fixture *fixture = *state;
	const char *const locations[] = {at(fixture, "b"), at(fixture, "a")};
	const struct store_options options = {.locations = locations, .location_count = 2};
	static const enum store_origin origins[] = {
		STORE_BUILT_IN, STORE_SYSTEM, STORE_ADDED, STORE_ADDED, STORE_USER};
	struct store_set set;
	open_set(fixture, &set, &options);
	assert_int_equal(set.count, 5);
	for (size_t i = 0; i < set.count; i++) {
		assert_int_equal(set.stores[i]->origin, origins[i]);
		assert_int_equal(set.stores[i]->optional, origins[i] != STORE_ADDED);
	}
	assert_string_equal(set.stores[1]->location, "/etc/fairseq2/assets");
	assert_string_equal(set.stores[2]->location, locations[0]);
	assert_string_equal(set.stores[3]->location, locations[1]);
	store_set_close(&set);
}

static void test_each_default_store_can_be_left_out(void **state) {
	struct fixture *fixture = *state;
	const struct store_options options = {
		.no_built_in = true, .no_system = true, .no_user = true};
	struct store_set set;
	open_set(fixture, &set, &options);
	assert_int_equal(set.count, 0);
	assert_int_equal(fixture->problems.count, 0);
	store_set_close(&set);
}

static void test_the_user_store_is_below_the_home_directory(void **state) {
	assert_user_store(*state, "home/.config/fairseq2/assets");
}

static void test_the_user_store_is_below_the_configuration_directory(void **state) {
	struct fixture *fixture = *state;
	setenv("XDG_CONFIG_HOME", at(fixture, "configuration"), 1);
	assert_user_store(fixture, "configuration/fairseq2/assets");
	assert_int_equal(fixture->problems.count, 0);
}

static void test_a_variable_names_the_user_store(void **state) {
	struct fixture *fixture = *state;
	make_directory(fixture, "mine");
	setenv("XDG_CONFIG_HOME", at(fixture, "configuration"), 1);
	setenv("FAIRSEQ2_USER_ASSET_DIR", at(fixture, "mine"), 1);
	assert_user_store(fixture, "mine");
	assert_int_equal(fixture->problems.count, 0);
}

static void test_a_variable_names_the_system_store(void **state) {
	struct fixture *fixture = *state;
	const struct store_options options = {.no_built_in = true, .no_user = true};
	struct store_set set;
	make_directory(fixture, "shared");
	setenv("FAIRSEQ2_ASSET_DIR", at(fixture, "shared"), 1);
	open_set(fixture, &set, &options);
	assert_int_equal(set.count, 1);
	assert_string_equal(set.stores[0]->location, at(fixture, "shared"));
	store_set_close(&set);
}

static void test_a_variable_that_names_nothing_is_warned_of(void **state) {
	struct fixture *fixture = *state;
	setenv("FAIRSEQ2_USER_ASSET_DIR", at(fixture, "nothing"), 1);
	assert_user_store(fixture, "home/.config/fairseq2/assets");
	assert_int_equal(fixture->problems.count, 1);
	assert_int_equal(fixture->problems.items[0].severity, PROBLEM_WARNING);
	assert_string_equal(fixture->problems.items[0].file, at(fixture, "nothing"));
	assert_non_null(strstr(fixture->problems.items[0].message, "FAIRSEQ2_USER_ASSET_DIR"));
}

static void test_an_empty_variable_is_as_none(void **state) {
	setenv("FAIRSEQ2_USER_ASSET_DIR", "", 1);
	setenv("XDG_CONFIG_HOME", "", 1);
	assert_user_store(*state, "home/.config/fairseq2/assets");
}

static void test_a_variable_is_a_path_whatever_it_looks_like(void **state) {
	struct fixture *fixture = *state;
	make_directory(fixture, "package:a");
	assert_int_equal(chdir(fixture->root), 0);
	setenv("FAIRSEQ2_USER_ASSET_DIR", "package:a", 1);
	assert_user_store(fixture, "package:a");
	assert_int_equal(chdir("/"), 0);
}

static void test_the_user_database_knows_the_home_directory(void **state) {
	struct fixture *fixture = *state;
	struct store_set set;
	unsetenv("HOME");
	open_set(fixture, &set, &user_only);
	assert_int_equal(set.count, 1);
	assert_non_null(strstr(set.stores[0]->location, "/.config/fairseq2/assets"));
	store_set_close(&set);
}

static void test_a_store_that_is_named_twice_is_opened_once(void **state) {
	struct fixture *fixture = *state;
	make_directory(fixture, "cards");
	make_link(fixture, "cards", "link");
	const char *const locations[] = {
		at(fixture, "cards"), at(fixture, "cards/."), at(fixture, "link")};
	const struct store_options options = {.no_built_in = true,
		.no_system = true,
		.no_user = true,
		.locations = locations,
		.location_count = 3};
	struct store_set set;
	open_set(fixture, &set, &options);
	assert_int_equal(set.count, 1);
	assert_int_equal(problem_list_count(&fixture->problems, PROBLEM_WARNING), 2);
	store_set_close(&set);
}

static void test_one_directory_may_be_two_kinds_of_store(void **state) {
	struct fixture *fixture = *state;
	char directory[64], checkpoints[64];
	snprintf(directory, sizeof(directory), "dir:%s", fixture->root);
	snprintf(checkpoints, sizeof(checkpoints), "checkpoints:%s", fixture->root);
	const char *const locations[] = {directory, checkpoints};
	const struct store_options options = {.no_built_in = true,
		.no_system = true,
		.no_user = true,
		.locations = locations,
		.location_count = 2};
	struct store_set set;
	open_set(fixture, &set, &options);
	assert_int_equal(set.count, 2);
	store_set_close(&set);
}

static void test_a_location_that_can_be_no_store_fails(void **state) {
	struct fixture *fixture = *state;
	const char *const locations[] = {"package:no-name"};
	const struct store_options options = {.locations = locations, .location_count = 1};
	struct store_set set;
	assert_false(store_set_open(&set, &options, &fixture->problems, &fixture->error));
	assert_non_null(strstr(fixture->error.message, "no-name"));
	store_set_close(&set);
}

static void test_built_in_cards_are_where_cardfs_was_built_to_be_installed(void **state) {
	struct buffer path = {0};
	(void)state;
	store_built_in_directory(&path);
	assert_string_equal(path.data, CARDFS_DATADIR "/cards");
	buffer_finish(&path);
}

static void test_missing_built_in_cards_are_warned_of(void **state) {
	struct fixture *fixture = *state;
	const struct store_options options = {.no_system = true, .no_user = true};
	struct store_set set;
	open_set(fixture, &set, &options);
	assert_int_equal(set.count, 1);
	const bool is_there = access(CARDFS_DATADIR "/cards", F_OK) == 0;
	assert_int_equal(fixture->problems.count, is_there ? 0 : 1);
	store_set_close(&set);
}

#define DEFAULTS_TEST(function) cmocka_unit_test_setup_teardown(function, create, fixture_destroy)

int main(void) {
	const struct CMUnitTest tests[] = {
		DEFAULTS_TEST(test_stores_are_in_the_order_in_which_later_ones_win),
		DEFAULTS_TEST(test_each_default_store_can_be_left_out),
		DEFAULTS_TEST(test_the_user_store_is_below_the_home_directory),
		DEFAULTS_TEST(test_the_user_store_is_below_the_configuration_directory),
		DEFAULTS_TEST(test_a_variable_names_the_user_store),
		DEFAULTS_TEST(test_a_variable_names_the_system_store),
		DEFAULTS_TEST(test_a_variable_that_names_nothing_is_warned_of),
		DEFAULTS_TEST(test_an_empty_variable_is_as_none),
		DEFAULTS_TEST(test_a_variable_is_a_path_whatever_it_looks_like),
		DEFAULTS_TEST(test_the_user_database_knows_the_home_directory),
		DEFAULTS_TEST(test_a_store_that_is_named_twice_is_opened_once),
		DEFAULTS_TEST(test_one_directory_may_be_two_kinds_of_store),
		DEFAULTS_TEST(test_a_location_that_can_be_no_store_fails),
		DEFAULTS_TEST(test_built_in_cards_are_where_cardfs_was_built_to_be_installed),
		DEFAULTS_TEST(test_missing_built_in_cards_are_warned_of),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
