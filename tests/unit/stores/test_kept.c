#include "stores/kept.h"

#include "fixture.h"

static void use_cache(const struct fixture *fixture, const char *entry) {
	setenv("XDG_CACHE_HOME", at(fixture, entry), 1);
}

static void test_what_is_kept_is_read_again(void **state) {
	struct fixture *fixture = *state;
	struct buffer content = {0};
	struct error error = {0};
	write_file(fixture, "a.yaml", "name: a");
	open_store(fixture, "", "");
	use_cache(fixture, "cache");
	assert_true(kept_write(fixture->store, TEXT("first\0bytes"), &error));
	assert_true(kept_write(fixture->store, TEXT("second\0bytes"), &error));
	kept_read(fixture->store, &content);
	assert_int_equal(content.length, sizeof("second\0bytes") - 1);
	assert_memory_equal(content.data, "second\0bytes", content.length);
	buffer_finish(&content);
}

static void test_nothing_is_read_where_nothing_was_kept(void **state) {
	struct fixture *fixture = *state;
	struct buffer content = {0};
	open_store(fixture, "", "");
	use_cache(fixture, "cache");
	kept_read(fixture->store, &content);
	assert_int_equal(content.length, 0);
	buffer_finish(&content);
}

static void test_a_home_that_does_not_exist_is_not_made(void **state) {
	struct fixture *fixture = *state;
	struct error error = {0};
	open_store(fixture, "", "");
	use_cache(fixture, "no/home/cache");
	assert_false(kept_write(fixture->store, TEXT("bytes"), &error));
	assert_int_equal(error.kind, ERROR_SYSTEM);
	assert_int_not_equal(access(at(fixture, "no"), F_OK), 0);
}

int main(void) {
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
			test_what_is_kept_is_read_again, fixture_create, fixture_destroy),
		cmocka_unit_test_setup_teardown(test_nothing_is_read_where_nothing_was_kept,
			fixture_create, fixture_destroy),
		cmocka_unit_test_setup_teardown(test_a_home_that_does_not_exist_is_not_made,
			fixture_create, fixture_destroy),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
