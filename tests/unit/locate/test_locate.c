#include "unit/locate/fixture.h"

#include <pwd.h>

static void test_absolute_path_is_linked_as_written_byte_for_byte(void **state) {
	check(*state, "/nowhere/models/tiny.pt", "/nowhere/models/tiny.pt", LOCATION_MISSING);
	check(*state, "/nowhere//a/./b/", "/nowhere//a/./b/", LOCATION_MISSING);
	check(*state, "//nowhere/x", "//nowhere/x", LOCATION_MISSING);
	check(*state, "/nowhere/a b%20c?d#e;gated=true", "/nowhere/a b%20c?d#e;gated=true",
		LOCATION_MISSING);
	check(*state, "/nowhere/\xFF\n", "/nowhere/\xFF\n", LOCATION_MISSING);
	check(*state, "/", "/", LOCATION_LOCAL);
}

static void test_paths_have_no_uri_and_no_flags(void **state) {
	struct fixture *fixture = *state;
	check(fixture, "/nowhere/x%20y;gated=true", "/nowhere/x%20y;gated=true", LOCATION_MISSING);
	assert_int_equal(fixture->location.uri.length, 0);
	assert_false(fixture->location.gated);
	assert_false(fixture->location.decoded);
}

static void test_state_tells_whether_a_local_file_exists(void **state) {
	struct fixture *fixture = *state;
	char path[PATH_MAX];
	snprintf(path, sizeof(path), "%s", path_in(fixture, "tiny.pt"));
	check(fixture, path, path, LOCATION_MISSING);
	make_file(fixture, "tiny.pt", "");
	check(fixture, path, path, LOCATION_LOCAL);
}

static void test_link_to_nothing_is_missing(void **state) {
	struct fixture *fixture = *state;
	char path[PATH_MAX];
	snprintf(path, sizeof(path), "%s", path_in(fixture, "dangling"));
	assert_int_equal(symlink("nowhere", path), 0);
	check(fixture, path, path, LOCATION_MISSING);
}

static void test_relative_path_is_joined_to_the_directory_of_the_card(void **state) {
	check(*state, "tiny.pt", "/cards/tiny.pt", LOCATION_MISSING);
	check(*state, "./runs//1/./tiny.pt", "/cards/runs/1/tiny.pt", LOCATION_MISSING);
	check(*state, "../models/../tiny.pt", "/cards/../models/../tiny.pt", LOCATION_MISSING);
	check(*state, "runs/", "/cards/runs", LOCATION_MISSING);
	check(*state, "", "/cards", LOCATION_MISSING);
	check(*state, ".", "/cards", LOCATION_MISSING);
	check(*state, " ", "/cards/ ", LOCATION_MISSING);
	check(*state, "...", "/cards/...", LOCATION_MISSING);
	check(*state, "~/x", "/cards/~/x", LOCATION_MISSING);
	check(*state, "9p:volume", "/cards/9p:volume", LOCATION_MISSING);
	check(*state, "http://[fe80/x", "/cards/http:/[fe80/x", LOCATION_MISSING);
}

static void test_relative_path_in_the_root_has_one_slash(void **state) {
	struct fixture *fixture = *state;
	assert_true(try_locator(
		fixture, (struct locator){.text = TEXT("nowhere"), .directory = TEXT("/")}));
	assert_path(fixture, "/nowhere", LOCATION_MISSING);
	assert_true(
		try_locator(fixture, (struct locator){.text = TEXT("."), .directory = TEXT("/")}));
	assert_path(fixture, "/", LOCATION_LOCAL);
}

static void test_file_uri_is_its_path(void **state) {
	struct fixture *fixture = *state;
	check(fixture, "file:///nowhere/tiny.pt", "/nowhere/tiny.pt", LOCATION_MISSING);
	assert_false(fixture->location.decoded);
	check(fixture, "FILE:nowhere", "/nowhere", LOCATION_MISSING);
	assert_string_equal(fixture->location.uri.data, "file:///nowhere");
	check(fixture, "file:///nowhere//a/./b/", "/nowhere/a/b", LOCATION_MISSING);
	check(fixture, "file:///nowhere?a#b", "/nowhere?a#b", LOCATION_MISSING);
	check(fixture, "file:/", "/", LOCATION_LOCAL);
}

static void test_file_uri_is_percent_decoded_and_says_so(void **state) {
	struct fixture *fixture = *state;
	check(fixture, "file:///nowhere/a%20b%2525%C3%bc", "/nowhere/a b%25\xC3\xBC",
		LOCATION_MISSING);
	assert_true(fixture->location.decoded);
	assert_string_equal(fixture->location.uri.data, "file:///nowhere/a%20b%2525%C3%bc");
}

static void test_percent_sign_that_starts_no_escape_stays(void **state) {
	struct fixture *fixture = *state;
	check(fixture, "file:///nowhere/%zz%4%", "/nowhere/%zz%4%", LOCATION_MISSING);
	assert_false(fixture->location.decoded);
}

static void test_file_uri_with_a_host_is_on_no_machine(void **state) {
	check(*state, "file://shelf/tmp", "shelf/tmp", LOCATION_MISSING);
	check(*state, "file://..", "..", LOCATION_MISSING);
	check(*state, "file://", ".", LOCATION_MISSING);
}

static void test_what_nothing_here_reads_is_its_uri(void **state) {
	struct fixture *fixture = *state;
	check(fixture, "S3://Bucket/a key", "s3://Bucket/a key", LOCATION_REMOTE);
	assert_string_equal(fixture->location.uri.data, "s3://Bucket/a key");
	check(fixture, "gs://bucket/key", "gs://bucket/key", LOCATION_REMOTE);
	check_sub_path(
		fixture, "s3://bucket/set/", "./1/x", "s3://bucket/set/1/x", LOCATION_REMOTE);
}

static void test_without_a_cache_remote_locators_are_their_uri(void **state) {
	struct fixture *fixture = *state;
	char empty[] = "";
	fixture->settings.asset_cache = empty;
	fixture->settings.hub_cache = empty;
	check(fixture, "HTTP:/x;gated=true", "http:///x;gated=true", LOCATION_REMOTE);
	assert_true(fixture->location.gated);
	check(fixture, "HG://org/tiny", "hg://org/tiny", LOCATION_REMOTE);
}

static void test_sub_path_is_joined_by_its_text(void **state) {
	check_sub_path(*state, "/nowhere", "a/b", "/nowhere/a/b", LOCATION_MISSING);
	check_sub_path(*state, "/nowhere//", ".//a/../b/", "/nowhere/b", LOCATION_MISSING);
	check_sub_path(*state, "/no//where", "a/..", "/no//where", LOCATION_MISSING);
	check_sub_path(*state, "/", "nowhere", "/nowhere", LOCATION_MISSING);
	check_sub_path(*state, "/", ".", "/", LOCATION_LOCAL);
	check_sub_path(*state, "nowhere", "...", "/cards/nowhere/...", LOCATION_MISSING);
	check_sub_path(*state, "file:///nowhere", "a%20b", "/nowhere/a%20b", LOCATION_MISSING);
}

static void test_sub_path_that_leads_out_is_an_error(void **state) {
	static const char *const sub_paths[] = {
		"..", "../nowhere/x", "a/../..", "a/../../nowhere/a", "./..", "/", "/nowhere/a"};
	static const char *const texts[] = {"/nowhere", "/", "nowhere",
		"https://models.example/tiny.pt", "hg://org/tiny", "s3://bucket/a"};
	for (size_t i = 0; i < sizeof(sub_paths) / sizeof(sub_paths[0]); i++) {
		for (size_t j = 0; j < sizeof(texts) / sizeof(texts[0]); j++) {
			const struct locator locator = {.text = text_of(texts[j]),
				.directory = TEXT("/cards"),
				.sub_path = text_of(sub_paths[i])};
			check_refused(*state, locator, sub_paths[i]);
		}
	}
}

static void test_path_of_shards_is_their_directory(void **state) {
	check(*state, "/nowhere/x.{shard_idx}.pt", "/nowhere", LOCATION_MISSING);
	check(*state, "/nowhere//shard_idx/", "/nowhere", LOCATION_MISSING);
	check(*state, "/shard_idx", "/", LOCATION_LOCAL);
	check(*state, "runs/x.{shard_idx}.pt", "/cards/runs", LOCATION_MISSING);
	check(*state, "/shard_idx/x.pt", "/shard_idx/x.pt", LOCATION_MISSING);
	check(*state, "s3://bucket/run/x.{shard_idx}.pt", "s3://bucket/run", LOCATION_REMOTE);
	check_sub_path(*state, "/nowhere", "1/x.{shard_idx}.pt", "/nowhere/1", LOCATION_MISSING);
}

static void test_text_with_nul_is_an_error_where_it_becomes_a_path(void **state) {
	struct fixture *fixture = *state;
	const struct text directory = TEXT("/cards");
	check_refused(fixture, (struct locator){.text = TEXT("/a\0b")}, "NUL");
	check_refused(
		fixture, (struct locator){.text = TEXT("a\0b"), .directory = directory}, "NUL");
	check_refused(fixture, (struct locator){.text = TEXT("file:///a%00b")}, "NUL");
	check_refused(fixture, (struct locator){.text = TEXT("s3://a\0b")}, "NUL");
	check_refused(
		fixture, (struct locator){.text = TEXT("/a"), .sub_path = TEXT("b\0c")}, "NUL");
	assert_true(try_text(fixture, TEXT("http://models.example/a\0b")));
	assert_int_equal(fixture->location.uri.length, 25);
}

static void test_path_that_is_too_long_for_any_system_call_is_an_error(void **state) {
	char path[PATH_MAX + 1];
	memset(path, 'x', sizeof(path));
	path[0] = '/';
	assert_true(try_text(*state, (struct text){path, PATH_MAX - 1}));
	check_refused(*state, (struct locator){.text = {path, PATH_MAX}}, "4096 bytes");
}

static void check_absolute_text(const char *text, const char *expected) {
	struct buffer buffer = {0};
	locate_absolute_text(&buffer, text_of(text), TEXT("/cards/tiny"));
	assert_string_equal(buffer.data, expected);
	buffer_finish(&buffer);
}

static void test_relative_paths_stand_absolute_in_a_self_contained_card(void **state) {
	(void)state;
	check_absolute_text("tiny.pt", "/cards/tiny/tiny.pt");
	check_absolute_text("./a//b/.", "/cards/tiny/a/b");
	check_absolute_text("../a/../b", "/cards/tiny/../a/../b");
	check_absolute_text(".", "/cards/tiny");
	check_absolute_text("", "/cards/tiny");
	check_absolute_text("~/a b%20c", "/cards/tiny/~/a b%20c");
	check_absolute_text("9p:volume", "/cards/tiny/9p:volume");
	check_absolute_text("a/b:c", "/cards/tiny/a/b:c");
	check_absolute_text("a\nb\n", "/cards/tiny/a\nb\n");
}

static void test_other_locators_stand_as_written_in_a_self_contained_card(void **state) {
	static const char *const texts[] = {"/a/./b//", "//a", "HTTP://h.example/x?#",
		" hg://org/tiny", "file:a/./b", "s3:x", "D:\\x", "x:", "ht\ntp://h.example",
		"http://[fe80/x"};
	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		check_absolute_text(texts[i], texts[i]);
	}
}

/* Settings from only the variables given, as "NAME=VALUE". */
static void check_settings(
	const char *const *variables, size_t count, const char *assets, const char *hub) {
	static const char *const names[] = {
		"FAIRSEQ2_CACHE_DIR", "HF_HUB_CACHE", "HF_HOME", "XDG_CACHE_HOME", "HOME"};
	struct locate_settings settings;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		assert_int_equal(unsetenv(names[i]), 0);
	}
	for (size_t i = 0; i < count; i++) {
		char name[128];
		snprintf(name, sizeof(name), "%s", variables[i]);
		char *value = strchr(name, '=');
		*value++ = '\0';
		assert_int_equal(setenv(name, value, 1), 0);
	}
	assert_true(locate_settings_init(&settings, NULL));
	assert_string_equal(settings.asset_cache, assets);
	assert_string_equal(settings.hub_cache, hub);
	locate_settings_finish(&settings);
	assert_null(settings.asset_cache);
}

#define CHECK_SETTINGS(assets, hub, ...)                                                          \
	do {                                                                                      \
		static const char *const variables[] = {__VA_ARGS__};                             \
		check_settings(variables, sizeof(variables) / sizeof(variables[0]), assets, hub); \
	} while (false)

static void test_caches_are_where_the_first_variable_that_is_set_says(void **state) {
	(void)state;
	CHECK_SETTINGS("/h/.cache/fairseq2/assets", "/h/.cache/huggingface/hub", "HOME=/h");
	CHECK_SETTINGS("/c/fairseq2/assets", "/c/huggingface/hub", "HOME=/h", "XDG_CACHE_HOME=/c");
	CHECK_SETTINGS("/c/fairseq2/assets", "/f/hub", "XDG_CACHE_HOME=/c", "HF_HOME=/f");
	CHECK_SETTINGS("/a", "/u", "XDG_CACHE_HOME=/c", "HF_HOME=/f", "FAIRSEQ2_CACHE_DIR=/a",
		"HF_HUB_CACHE=/u");
}

static void test_empty_variable_is_one_that_is_not_set(void **state) {
	(void)state;
	CHECK_SETTINGS("/h/.cache/fairseq2/assets", "/h/.cache/huggingface/hub", "HOME=/h",
		"XDG_CACHE_HOME=", "HF_HOME=", "FAIRSEQ2_CACHE_DIR=", "HF_HUB_CACHE=");
}

static void test_without_home_the_user_database_says_where_it_is(void **state) {
	char assets[PATH_MAX];
	const struct passwd *user = getpwuid(getuid());
	(void)state;
	if (user == NULL) {
		skip();
		return;
	}
	snprintf(assets, sizeof(assets), "%s/.cache/fairseq2/assets", user->pw_dir);
	CHECK_SETTINGS(assets, "/u", "HOME=", "HF_HUB_CACHE=/u");
}

static void test_tilde_in_a_variable_is_the_home_directory(void **state) {
	(void)state;
	CHECK_SETTINGS("/h/a", "/h/hub", "HOME=/h", "FAIRSEQ2_CACHE_DIR=~/a", "HF_HOME=~");
	CHECK_SETTINGS("/c/~a", "/h/.cache/huggingface/hub", "HOME=/h", "FAIRSEQ2_CACHE_DIR=/c/~a");
}

static void test_relative_variable_is_made_absolute(void **state) {
	struct fixture *fixture = *state;
	char here[PATH_MAX];
	char assets[PATH_MAX + 8];
	assert_int_equal(chdir(fixture->root), 0);
	assert_non_null(getcwd(here, sizeof(here)));
	snprintf(assets, sizeof(assets), "%s/a", here);
	CHECK_SETTINGS(assets, "/u/x", "HOME=/h", "FAIRSEQ2_CACHE_DIR=./a", "HF_HUB_CACHE=/u//x/");
	assert_int_equal(chdir("/"), 0);
}

int main(void) {
	const struct CMUnitTest tests[] = {
		WITH_FIXTURE(test_absolute_path_is_linked_as_written_byte_for_byte),
		WITH_FIXTURE(test_paths_have_no_uri_and_no_flags),
		WITH_FIXTURE(test_state_tells_whether_a_local_file_exists),
		WITH_FIXTURE(test_link_to_nothing_is_missing),
		WITH_FIXTURE(test_relative_path_is_joined_to_the_directory_of_the_card),
		WITH_FIXTURE(test_relative_path_in_the_root_has_one_slash),
		WITH_FIXTURE(test_file_uri_is_its_path),
		WITH_FIXTURE(test_file_uri_is_percent_decoded_and_says_so),
		WITH_FIXTURE(test_percent_sign_that_starts_no_escape_stays),
		WITH_FIXTURE(test_file_uri_with_a_host_is_on_no_machine),
		WITH_FIXTURE(test_what_nothing_here_reads_is_its_uri),
		WITH_FIXTURE(test_without_a_cache_remote_locators_are_their_uri),
		WITH_FIXTURE(test_sub_path_is_joined_by_its_text),
		WITH_FIXTURE(test_sub_path_that_leads_out_is_an_error),
		WITH_FIXTURE(test_path_of_shards_is_their_directory),
		WITH_FIXTURE(test_text_with_nul_is_an_error_where_it_becomes_a_path),
		WITH_FIXTURE(test_path_that_is_too_long_for_any_system_call_is_an_error),
		cmocka_unit_test(test_relative_paths_stand_absolute_in_a_self_contained_card),
		cmocka_unit_test(test_other_locators_stand_as_written_in_a_self_contained_card),
		cmocka_unit_test(test_caches_are_where_the_first_variable_that_is_set_says),
		cmocka_unit_test(test_empty_variable_is_one_that_is_not_set),
		cmocka_unit_test(test_without_home_the_user_database_says_where_it_is),
		cmocka_unit_test(test_tilde_in_a_variable_is_the_home_directory),
		WITH_FIXTURE(test_relative_variable_is_made_absolute),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
