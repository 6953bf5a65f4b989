#include "stores/kept.h"

#include "fixture.h"

#include <sys/wait.h>

/* Fills content, which is emptied first. */
static void read_kept(const struct store *store, struct buffer *content) {
	size_t length;
	struct bulk *bulk;
	const char *kept = kept_read(store, &length, &bulk);
	buffer_clear(content);
	if (kept != NULL) {
		buffer_append(content, kept, length);
		bulk_release(bulk);
	}
	bulk_end();
}

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
	read_kept(fixture->store, &content);
	assert_int_equal(content.length, sizeof("second\0bytes") - 1);
	assert_memory_equal(content.data, "second\0bytes", content.length);
	buffer_finish(&content);
}

static void test_nothing_is_read_where_nothing_was_kept(void **state) {
	struct fixture *fixture = *state;
	struct buffer content = {0};
	open_store(fixture, "", "");
	use_cache(fixture, "cache");
	read_kept(fixture->store, &content);
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

static void test_it_is_where_it_is_told_to_be(void **state) {
	struct fixture *fixture = *state;
	struct buffer content = {0};
	struct error error = {0};
	open_store(fixture, "", "");
	use_cache(fixture, "cache");
	const int directory = kept_open(geteuid(), getegid(), &error);
	assert_true(directory >= 0);
	use_cache(fixture, "elsewhere");
	kept_use(directory);
	assert_true(kept_write(fixture->store, TEXT("bytes"), &error));
	read_kept(fixture->store, &content);
	kept_use(KEPT_OWN);
	assert_int_equal(content.length, 5);
	buffer_finish(&content);
	assert_int_not_equal(access(at(fixture, "elsewhere"), F_OK), 0);
	read_kept(fixture->store, &content);
	assert_int_equal(content.length, 0);
	close(directory);
}

static void test_it_may_be_nowhere(void **state) {
	struct fixture *fixture = *state;
	struct buffer content = {0};
	struct error error = {0};
	open_store(fixture, "", "");
	use_cache(fixture, "cache");
	assert_true(kept_write(fixture->store, TEXT("bytes"), &error));
	kept_use(KEPT_NOWHERE);
	assert_false(kept_write(fixture->store, TEXT("others"), &error));
	assert_int_equal(error.kind, ERROR_NOT_FOUND);
	read_kept(fixture->store, &content);
	assert_int_equal(content.length, 0);
	kept_use(KEPT_OWN);
	read_kept(fixture->store, &content);
	assert_int_equal(content.length, 5);
	buffer_finish(&content);
}

static void test_a_directory_that_others_write_to_is_not_believed(void **state) {
	struct fixture *fixture = *state;
	struct error error = {0};
	make_directory(fixture, "cache");
	make_directory(fixture, "cache/cardfs");
	assert_int_equal(chmod(at(fixture, "cache/cardfs"), 0777), 0);
	use_cache(fixture, "cache");
	assert_int_equal(kept_open(geteuid(), getegid(), &error), -1);
	assert_int_equal(error.kind, ERROR_SYSTEM);
}

/* Of a user whom only root can become. */
static int keep_as_other(const struct fixture *fixture, int directory) {
	struct buffer content = {0};
	struct error error = {0};
	kept_use(directory);
	const bool done = setresgid(1234, 1234, 1234) == 0 && setresuid(1234, 1234, 1234) == 0 &&
			  kept_write(fixture->store, TEXT("bytes"), &error);
	read_kept(fixture->store, &content);
	return done && content.length == 5 && access(at(fixture, "cache/cardfs/1234"), F_OK) != 0;
}

static void test_another_user_has_a_directory_that_others_do_not_get_at(void **state) {
	struct fixture *fixture = *state;
	struct error error = {0};
	if (geteuid() != 0) {
		skip();
	}
	open_store(fixture, "", "");
	use_cache(fixture, "cache");
	const int directory = kept_open(1234, 1234, &error);
	assert_true(directory >= 0);
	const pid_t child = fork();
	assert_true(child >= 0);
	if (child == 0) {
		_exit(keep_as_other(fixture, directory) ? 0 : 1);
	}
	int status = 0;
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
	close(directory);
	/* The next start finds it. */
	const int again = kept_open(1234, 1234, &error);
	assert_true(again >= 0);
	close(again);
	assert_int_equal(chmod(at(fixture, "cache/cardfs"), 0755), 0);
	assert_int_equal(kept_open(1234, 1234, &error), -1);
}

int main(void) {
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
			test_what_is_kept_is_read_again, fixture_create, fixture_destroy),
		cmocka_unit_test_setup_teardown(test_nothing_is_read_where_nothing_was_kept,
			fixture_create, fixture_destroy),
		cmocka_unit_test_setup_teardown(test_a_home_that_does_not_exist_is_not_made,
			fixture_create, fixture_destroy),
		cmocka_unit_test_setup_teardown(
			test_it_is_where_it_is_told_to_be, fixture_create, fixture_destroy),
		cmocka_unit_test_setup_teardown(
			test_it_may_be_nowhere, fixture_create, fixture_destroy),
		cmocka_unit_test_setup_teardown(
			test_a_directory_that_others_write_to_is_not_believed, fixture_create,
			fixture_destroy),
		cmocka_unit_test_setup_teardown(
			test_another_user_has_a_directory_that_others_do_not_get_at, fixture_create,
			fixture_destroy),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
