#include <dirent.h>
#include <pthread.h>

#include "watching.h"

#include <time.h>

enum { POLL_SECONDS = 1 };

static void test_a_file_that_changes_in_place_is_told(void **state) {
	struct watching *watching = *state;
	append_to(watch_directory(watching), "s/a.yaml");
	expect_only(watching, "s/a.yaml");
	append_to(watching->fixture, "s/d/b.yaml");
	expect_only(watching, "s/d/b.yaml");
}

static void test_a_file_that_is_still_open_is_told(void **state) {
	struct watching *watching = *state;
	const struct fixture *fixture = watch_directory(watching);
	const int descriptor = open(at(fixture, "s/a.yaml"), O_WRONLY | O_CLOEXEC);
	assert_int_equal(write(descriptor, "#", 1), 1);
	expect_path(watching, "s/a.yaml");
	close(descriptor);
}

static void test_a_new_file_is_told(void **state) {
	struct watching *watching = *state;
	write_file(watch_directory(watching), "s/d/new.yml", "name: new");
	expect_only(watching, "s/d/new.yml");
}

static void test_a_file_that_is_replaced_is_told(void **state) {
	struct watching *watching = *state;
	replace_file(watch_directory(watching), "s/a.yaml", "name: other");
	expect_only(watching, "s/a.yaml");
}

static void test_a_file_that_is_deleted_is_told(void **state) {
	struct watching *watching = *state;
	remove_entry(watch_directory(watching), "s/d/b.yaml");
	expect_only(watching, "s/d/b.yaml");
}

static void test_a_file_that_moves_is_told_at_both_ends(void **state) {
	struct watching *watching = *state;
	rename_entry(watch_directory(watching), "s/a.yaml", "s/d/c.yaml");
	settle(watching);
	assert_true(is_told(watching, "s/a.yaml"));
	assert_true(is_told(watching, "s/d/c.yaml"));
}

static void test_a_change_of_permissions_is_told(void **state) {
	struct watching *watching = *state;
	chmod(at(watch_directory(watching), "s/a.yaml"), 0600);
	expect_only(watching, "s/a.yaml");
}

static void test_what_is_no_card_file_is_not_told(void **state) {
	struct watching *watching = *state;
	struct fixture *fixture = watch_directory(watching);
	write_file(fixture, "s/notes.txt", "x");
	write_file(fixture, "s/d/.b.yaml.swp", "x");
	remove_entry(fixture, "s/notes.txt");
	write_file(fixture, "neighbour.yaml", "x");
	utimensat(AT_FDCWD, at(fixture, "s/d"), NULL, 0);
	utimensat(AT_FDCWD, at(fixture, "s"), NULL, 0);
	expect_nothing(watching);
}

static void test_a_new_directory_is_told_and_watched(void **state) {
	struct watching *watching = *state;
	struct fixture *fixture = watch_directory(watching);
	make_directory(fixture, "s/n/m");
	write_file(fixture, "s/n/m/early.yaml", "name: early");
	settle(watching);
	assert_true(is_told(watching, "s/n"));
	forget(watching);
	write_file(fixture, "s/n/m/late.yaml", "name: late");
	expect_path(watching, "s/n/m/late.yaml");
}

static void test_a_directory_that_is_moved_in_is_watched(void **state) {
	struct watching *watching = *state;
	struct fixture *fixture = watch_directory(watching);
	make_directory(fixture, "outside/below");
	write_file(fixture, "outside/below/x.yaml", "name: x");
	rename_entry(fixture, "outside", "s/inside");
	expect_only(watching, "s/inside");
	append_to(fixture, "s/inside/below/x.yaml");
	expect_only(watching, "s/inside/below/x.yaml");
}

static void test_a_directory_that_is_moved_out_is_not_watched_any_more(void **state) {
	struct watching *watching = *state;
	struct fixture *fixture = watch_directory(watching);
	rename_entry(fixture, "s/d", "outside");
	expect_only(watching, "s/d");
	append_to(fixture, "outside/b.yaml");
	expect_nothing(watching);
}

static void test_a_directory_that_is_renamed_is_told_by_its_new_name(void **state) {
	struct watching *watching = *state;
	struct fixture *fixture = watch_directory(watching);
	rename_entry(fixture, "s/d", "s/e");
	settle(watching);
	assert_true(is_told(watching, "s/d"));
	assert_true(is_told(watching, "s/e"));
	settle(watching);
	forget(watching);
	append_to(fixture, "s/e/b.yaml");
	expect_only(watching, "s/e/b.yaml");
}

static void test_directories_that_change_places_are_watched(void **state) {
	struct watching *watching = *state;
	struct fixture *fixture = watch_directory(watching);
	make_directory(fixture, "s/e");
	write_file(fixture, "s/e/c.yaml", "name: c");
	settle(watching);
	settle(watching);
	forget(watching);
	exchange(fixture, "s/d", "s/e");
	settle(watching);
	assert_true(is_told(watching, "s/d"));
	assert_true(is_told(watching, "s/e"));
	settle(watching);
	forget(watching);
	append_to(fixture, "s/d/c.yaml");
	expect_only(watching, "s/d/c.yaml");
}

static void test_a_directory_that_is_deleted_and_made_again_is_watched(void **state) {
	struct watching *watching = *state;
	struct fixture *fixture = watch_directory(watching);
	for (int i = 0; i < 3; i++) {
		remove_entry(fixture, "s/d/b.yaml");
		remove_entry(fixture, "s/d");
		settle(watching);
		assert_true(is_told(watching, "s/d"));
		forget(watching);
		make_directory(fixture, "s/d");
		settle(watching);
		settle(watching);
		forget(watching);
		write_file(fixture, "s/d/b.yaml", "name: b");
		expect_only(watching, "s/d/b.yaml");
	}
}

static void test_an_overflow_of_events_tells_everything(void **state) {
	struct watching *watching = *state;
	struct fixture *fixture = watch_directory(watching);
	FILE *stream = fopen("/proc/sys/fs/inotify/max_queued_events", "r");
	unsigned limit;
	assert_non_null(stream);
	assert_int_equal(fscanf(stream, "%u", &limit), 1);
	fclose(stream);
	for (unsigned i = 0; i <= limit / 2; i++) {
		assert_int_equal(mkdir(at(fixture, "s/x"), 0755), 0);
		remove_entry(fixture, "s/x");
	}
	make_directory(fixture, "s/lost");
	expect_everything(watching);
	write_file(fixture, "s/lost/x.yaml", "name: x");
	expect_path(watching, "s/lost/x.yaml");
}

/* What is written to standard error meanwhile goes to that entry. */
static int divert_messages(const struct fixture *fixture, const char *entry) {
	const int before = dup(STDERR_FILENO);
	const int file = open(at(fixture, entry), O_WRONLY | O_CREAT | O_CLOEXEC, 0644);
	assert_true(before >= 0 && file >= 0);
	dup2(file, STDERR_FILENO);
	close(file);
	return before;
}

static void assert_one_message(const struct fixture *fixture, const char *entry, const char *word) {
	char text[4096] = "";
	FILE *stream = fopen(at(fixture, entry), "r");
	assert_non_null(stream);
	const size_t length = fread(text, 1, sizeof(text) - 1, stream);
	fclose(stream);
	assert_non_null(strstr(text, word));
	assert_ptr_equal(strchr(text, '\n'), text + length - 1);
}

/* Changes the store after a poll that has seen no change. */
static void *change_later(void *data) {
	const struct timespec later = {POLL_SECONDS, 500000000};
	nanosleep(&later, NULL);
	write_file(data, "s/d/new.yaml", "name: new");
	return NULL;
}

static void test_a_store_over_the_limit_of_watches_is_polled(void **state) {
	struct watching *watching = *state;
	struct fixture *fixture = watching->fixture;
	watching->options.limit = 4;
	watching->options.poll_seconds = POLL_SECONDS;
	const int messages = divert_messages(fixture, "messages");
	watch_directory(watching);
	pthread_t thread;
	assert_int_equal(pthread_create(&thread, NULL, change_later, fixture), 0);
	expect_everything(watching);
	assert_int_equal(pthread_join(thread, NULL), 0);
	dup2(messages, STDERR_FILENO);
	close(messages);
	assert_one_message(fixture, "messages", "max_user_watches");
}

static void test_a_limit_is_told_of_once_for_all_that_it_concerns(void **state) {
	struct watching *watching = *state;
	struct fixture *fixture = watching->fixture;
	watching->options.limit = 1;
	watching->options.poll_seconds = POLL_SECONDS;
	const int messages = divert_messages(fixture, "messages");
	make_directory(fixture, "t");
	add_store(watching, "dir:", "t");
	watch_directory(watching);
	dup2(messages, STDERR_FILENO);
	close(messages);
	assert_one_message(fixture, "messages", "2 of 2 stores and caches cannot be watched");
}

static void test_a_limit_that_is_hit_later_turns_to_polling(void **state) {
	struct watching *watching = *state;
	struct fixture *fixture = watching->fixture;
	watching->options.limit = 16;
	watching->options.poll_seconds = POLL_SECONDS;
	const int messages = divert_messages(fixture, "messages");
	watch_directory(watching);
	for (int i = 0; i < 20; i++) {
		char entry[32];
		snprintf(entry, sizeof(entry), "s/new-%d", i);
		make_directory(fixture, entry);
	}
	expect_everything(watching);
	write_file(fixture, "s/new-19/x.yaml", "name: x");
	expect_everything(watching);
	dup2(messages, STDERR_FILENO);
	close(messages);
	assert_one_message(fixture, "messages", "max_user_watches");
}

static void test_waking_ends_a_wait(void **state) {
	struct watching *watching = *state;
	struct error error = {0};
	watch_directory(watching);
	watch_wake(watching->watch);
	watch_wake(watching->watch);
	assert_int_equal(
		watch_wait(watching->watch, watching->changes, &watching->caches_changed, &error),
		WATCH_WOKEN);
	append_to(watching->fixture, "s/a.yaml");
	expect_path(watching, "s/a.yaml");
}

static void *wake(void *data) {
	watch_wake(data);
	return NULL;
}

static void test_another_thread_may_wake(void **state) {
	struct watching *watching = *state;
	struct error error = {0};
	pthread_t thread;
	watch_directory(watching);
	alarm(PATIENCE_SECONDS);
	for (int i = 0; i < 100; i++) {
		assert_int_equal(pthread_create(&thread, NULL, wake, watching->watch), 0);
		assert_int_equal(watch_wait(watching->watch, watching->changes,
					 &watching->caches_changed, &error),
			WATCH_WOKEN);
		assert_int_equal(pthread_join(thread, NULL), 0);
	}
}

static size_t count_descriptors(void) {
	DIR *directory = opendir("/proc/self/fd");
	assert_non_null(directory);
	size_t count = 0;
	while (readdir(directory) != NULL) {
		count++;
	}
	closedir(directory);
	return count;
}

static void test_no_descriptor_is_left_open(void **state) {
	struct watching *watching = *state;
	struct fixture *fixture = watching->fixture;
	const size_t before = count_descriptors();
	watch_directory(watching);
	write_file(fixture, "s/a.yaml", "");
	make_directory(fixture, "s/e/f");
	expect_path(watching, "s/e");
	watch_destroy(watching->watch);
	watching->watch = NULL;
	assert_int_equal(count_descriptors(), before);
}

static void test_a_closed_directory_that_is_opened_is_watched(void **state) {
	struct watching *watching = *state;
	struct fixture *fixture = watching->fixture;
	const bool is_root = geteuid() == 0;
	make_directory(fixture, "s/closed");
	chmod(at(fixture, "s/closed"), 0);
	assert_true(!is_root || seteuid(65534) == 0);
	make_directory(fixture, "s/d");
	add_store(watching, "", "s");
	start(watching);
	assert_true(!is_root || seteuid(0) == 0);
	chmod(at(fixture, "s/closed"), 0755);
	assert_true(!is_root || seteuid(65534) == 0);
	expect_path(watching, "s/closed");
	assert_true(!is_root || seteuid(0) == 0);
	write_file(fixture, "s/closed/x.yaml", "name: x");
	expect_path(watching, "s/closed/x.yaml");
}

int main(void) {
	const struct CMUnitTest tests[] = {
		WATCH_TEST(test_a_file_that_changes_in_place_is_told),
		WATCH_TEST(test_a_file_that_is_still_open_is_told),
		WATCH_TEST(test_a_new_file_is_told),
		WATCH_TEST(test_a_file_that_is_replaced_is_told),
		WATCH_TEST(test_a_file_that_is_deleted_is_told),
		WATCH_TEST(test_a_file_that_moves_is_told_at_both_ends),
		WATCH_TEST(test_a_change_of_permissions_is_told),
		WATCH_TEST(test_what_is_no_card_file_is_not_told),
		WATCH_TEST(test_a_new_directory_is_told_and_watched),
		WATCH_TEST(test_a_directory_that_is_moved_in_is_watched),
		WATCH_TEST(test_a_directory_that_is_moved_out_is_not_watched_any_more),
		WATCH_TEST(test_a_directory_that_is_renamed_is_told_by_its_new_name),
		WATCH_TEST(test_directories_that_change_places_are_watched),
		WATCH_TEST(test_a_directory_that_is_deleted_and_made_again_is_watched),
		WATCH_TEST(test_an_overflow_of_events_tells_everything),
		WATCH_TEST(test_a_store_over_the_limit_of_watches_is_polled),
		WATCH_TEST(test_a_limit_is_told_of_once_for_all_that_it_concerns),
		WATCH_TEST(test_a_limit_that_is_hit_later_turns_to_polling),
		WATCH_TEST(test_waking_ends_a_wait),
		WATCH_TEST(test_another_thread_may_wake),
		WATCH_TEST(test_no_descriptor_is_left_open),
		WATCH_TEST(test_a_closed_directory_that_is_opened_is_watched),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
