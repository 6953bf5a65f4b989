#include "unit/locate/fixture.h"

/* The SHA-1 of https://models.example/tiny.pt, as sha1sum has it. */
#define TINY_URI "https://models.example/tiny.pt"
#define TINY_CACHE "assets/040ea4ad1f1636ad57b26509"

static void test_download_that_was_not_made_is_where_it_would_be(void **state) {
	struct fixture *fixture = *state;
	check_in(fixture, TINY_URI, TINY_CACHE, LOCATION_REMOTE);
	assert_string_equal(fixture->location.uri.data, TINY_URI);
}

static void test_download_is_found_by_the_normalised_uri(void **state) {
	struct fixture *fixture = *state;
	check_in(fixture, " HTTPS://models.example/ti\nny.pt?#", TINY_CACHE, LOCATION_REMOTE);
	assert_string_equal(fixture->location.uri.data, TINY_URI);
}

static void test_download_of_one_file_is_that_file(void **state) {
	make_file(*state, TINY_CACHE "/tiny.pt", "");
	check_in(*state, TINY_URI, TINY_CACHE "/tiny.pt", LOCATION_CACHED);
}

static void test_download_of_several_files_is_their_directory(void **state) {
	make_file(*state, TINY_CACHE "/tiny.pt", "");
	make_file(*state, TINY_CACHE "/tiny.json", "");
	check_in(*state, TINY_URI, TINY_CACHE, LOCATION_CACHED);
}

static void test_download_of_one_directory_is_the_directory_around_it(void **state) {
	make_file(*state, TINY_CACHE "/tiny/tiny.pt", "");
	check_in(*state, TINY_URI, TINY_CACHE, LOCATION_CACHED);
}

static void test_empty_download_is_remote(void **state) {
	make_directories(*state, TINY_CACHE "/");
	check_in(*state, TINY_URI, TINY_CACHE, LOCATION_REMOTE);
}

static void test_unfinished_download_is_remote(void **state) {
	make_file(*state, TINY_CACHE "/tiny.pt", "");
	make_directories(*state, TINY_CACHE ".download/");
	check_in(*state, TINY_URI, TINY_CACHE, LOCATION_REMOTE);
}

static void test_sub_path_is_one_in_the_download(void **state) {
	struct fixture *fixture = *state;
	char path[PATH_MAX];
	make_file(fixture, TINY_CACHE "/tiny/tiny.pt", "");
	snprintf(path, sizeof(path), "%s", path_in(fixture, TINY_CACHE "/tiny/tiny.pt"));
	check_sub_path(fixture, TINY_URI, "tiny/tiny.pt", path, LOCATION_CACHED);
	snprintf(path, sizeof(path), "%s", path_in(fixture, TINY_CACHE "/tiny.pt"));
	check_sub_path(fixture, TINY_URI, "tiny.pt", path, LOCATION_REMOTE);
}

static void test_sub_path_may_name_the_only_file_of_a_download(void **state) {
	struct fixture *fixture = *state;
	char path[PATH_MAX];
	make_file(fixture, TINY_CACHE "/tiny.pt", "");
	snprintf(path, sizeof(path), "%s", path_in(fixture, TINY_CACHE "/tiny.pt"));
	check_sub_path(fixture, TINY_URI, "tiny.pt", path, LOCATION_CACHED);
}

static void test_parameter_says_that_an_asset_is_gated(void **state) {
	struct fixture *fixture = *state;
	check_in(fixture, "http://models.example/a;gated=true", "assets/ea0eeef98194e4f0ebaa1f82",
		LOCATION_REMOTE);
	assert_true(fixture->location.gated);
	assert_true(try_text(fixture, TEXT("http://models.example/a;b=c;Gated=True")));
	assert_true(fixture->location.gated);
	assert_true(try_text(fixture, TEXT("http://models.example/a;gated=false")));
	assert_false(fixture->location.gated);
	assert_true(try_text(fixture, TEXT("http://models.example/;gated=true/a")));
	assert_false(fixture->location.gated);
	assert_true(try_text(fixture, TEXT("http://models.example/a?;gated=true")));
	assert_false(fixture->location.gated);
}

int main(void) {
	const struct CMUnitTest tests[] = {
		WITH_FIXTURE(test_download_that_was_not_made_is_where_it_would_be),
		WITH_FIXTURE(test_download_is_found_by_the_normalised_uri),
		WITH_FIXTURE(test_download_of_one_file_is_that_file),
		WITH_FIXTURE(test_download_of_several_files_is_their_directory),
		WITH_FIXTURE(test_download_of_one_directory_is_the_directory_around_it),
		WITH_FIXTURE(test_empty_download_is_remote),
		WITH_FIXTURE(test_unfinished_download_is_remote),
		WITH_FIXTURE(test_sub_path_is_one_in_the_download),
		WITH_FIXTURE(test_sub_path_may_name_the_only_file_of_a_download),
		WITH_FIXTURE(test_parameter_says_that_an_asset_is_gated),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
