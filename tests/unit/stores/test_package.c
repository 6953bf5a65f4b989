#include "fixture.h"

/* A fixture in which the environment says nothing of Python. */
static int create(void **state) {
	fixture_create(state);
	struct fixture *fixture = *state;
	setenv("HOME", at(fixture, "home"), 1);
	unsetenv("VIRTUAL_ENV");
	unsetenv("CONDA_PREFIX");
	unsetenv("PYTHONPATH");
	return 0;
}

/* Makes DIRECTORY/cardfs_test/cards with one card file in it. */
static void install(struct fixture *fixture, const char *directory) {
	char entry[256];
	snprintf(entry, sizeof(entry), "%s/cardfs_test/cards", directory);
	make_directory(fixture, entry);
	strcat(entry, "/a.yaml");
	write_file(fixture, entry, "name: a");
}

static bool open_package(struct fixture *fixture, const char *name) {
	char location[256];
	snprintf(location, sizeof(location), "package:%s", name);
	store_close(fixture->store);
	fixture->store = store_open(text_of(location), STORE_ADDED, 0, &fixture->error);
	return fixture->store != NULL;
}

static void assert_found(struct fixture *fixture, const char *directory) {
	char entry[256];
	snprintf(entry, sizeof(entry), "%s/cardfs_test/cards", directory);
	assert_true(open_package(fixture, "cardfs_test.cards"));
	assert_string_equal(fixture->store->location, at(fixture, entry));
}

static void test_lists_the_cards_of_a_package(void **state) {
	struct fixture *fixture = *state;
	install(fixture, "venv/lib/python3.11/site-packages");
	setenv("VIRTUAL_ENV", at(fixture, "venv"), 1);
	assert_found(fixture, "venv/lib/python3.11/site-packages");
	list_again(fixture);
	ASSERT_LISTED(fixture, "venv/lib/python3.11/site-packages/cardfs_test/cards/a.yaml");
	assert_string_equal(fixture->store->type->kind, "package");
}

static void test_finds_a_package_of_a_conda_environment(void **state) {
	struct fixture *fixture = *state;
	install(fixture, "conda/lib/python3.12/site-packages");
	setenv("CONDA_PREFIX", at(fixture, "conda"), 1);
	assert_found(fixture, "conda/lib/python3.12/site-packages");
}

static void test_finds_a_package_of_the_user(void **state) {
	struct fixture *fixture = *state;
	install(fixture, "home/.local/lib/python3.11/site-packages");
	assert_found(fixture, "home/.local/lib/python3.11/site-packages");
}

static void test_python_path_comes_first(void **state) {
	struct fixture *fixture = *state;
	char path[256];
	install(fixture, "venv/lib/python3.11/site-packages");
	install(fixture, "checkout/src");
	setenv("VIRTUAL_ENV", at(fixture, "venv"), 1);
	snprintf(path, sizeof(path), ":%s:%s", at(fixture, "nothing"), at(fixture, "checkout/src"));
	setenv("PYTHONPATH", path, 1);
	assert_found(fixture, "checkout/src");
}

static void test_the_newest_python_wins(void **state) {
	struct fixture *fixture = *state;
	install(fixture, "venv/lib/python3.9/site-packages");
	install(fixture, "venv/lib/python3.12/site-packages");
	install(fixture, "venv/lib/python3.11/dist-packages");
	setenv("VIRTUAL_ENV", at(fixture, "venv"), 1);
	assert_found(fixture, "venv/lib/python3.12/site-packages");
}

static void test_follows_the_path_file_of_an_editable_install(void **state) {
	struct fixture *fixture = *state;
	char lines[512];
	install(fixture, "checkout/src");
	make_directory(fixture, "venv/lib/python3.11/site-packages");
	snprintf(lines, sizeof(lines), "# comment\nimport sys\n\n%s\r\n",
		at(fixture, "checkout/src"));
	write_file(
		fixture, "venv/lib/python3.11/site-packages/__editable__.cardfs_test-1.pth", lines);
	setenv("VIRTUAL_ENV", at(fixture, "venv"), 1);
	assert_found(fixture, "checkout/src");
}

static void test_a_path_file_may_name_a_directory_beside_it(void **state) {
	struct fixture *fixture = *state;
	install(fixture, "venv/lib/python3.11/site-packages/beside");
	write_file(fixture, "venv/lib/python3.11/site-packages/cardfs_test.pth", "beside");
	setenv("VIRTUAL_ENV", at(fixture, "venv"), 1);
	assert_found(fixture, "venv/lib/python3.11/site-packages/beside");
}

static void test_a_package_that_is_nowhere_says_where_it_looked(void **state) {
	struct fixture *fixture = *state;
	make_directory(fixture, "venv/lib/python3.11/site-packages");
	setenv("VIRTUAL_ENV", at(fixture, "venv"), 1);
	assert_false(open_package(fixture, "cardfs_test.cards"));
	assert_int_equal(fixture->error.kind, ERROR_NOT_FOUND);
	assert_non_null(strstr(fixture->error.message, "cardfs_test.cards"));
	assert_non_null(
		strstr(fixture->error.message, at(fixture, "venv/lib/python3.11/site-packages")));
}

static void test_what_is_no_package_name_is_refused(void **state) {
	static const char *const names[] = {
		".", "a.", ".a", "a..b", "a/b", "../a", "1a", "a-b", "a b"};
	struct fixture *fixture = *state;
	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
		assert_false(open_package(fixture, names[i]));
		assert_int_equal(fixture->error.kind, ERROR_INVALID);
	}
}

#define PACKAGE_TEST(function) cmocka_unit_test_setup_teardown(function, create, fixture_destroy)

int main(void) {
	const struct CMUnitTest tests[] = {
		PACKAGE_TEST(test_lists_the_cards_of_a_package),
		PACKAGE_TEST(test_finds_a_package_of_a_conda_environment),
		PACKAGE_TEST(test_finds_a_package_of_the_user),
		PACKAGE_TEST(test_python_path_comes_first),
		PACKAGE_TEST(test_the_newest_python_wins),
		PACKAGE_TEST(test_follows_the_path_file_of_an_editable_install),
		PACKAGE_TEST(test_a_path_file_may_name_a_directory_beside_it),
		PACKAGE_TEST(test_a_package_that_is_nowhere_says_where_it_looked),
		PACKAGE_TEST(test_what_is_no_package_name_is_refused),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
