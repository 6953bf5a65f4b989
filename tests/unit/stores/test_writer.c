#include "stores/writer.h"

#include "unit/stores/fixture.h"

#include <dirent.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>

static void assert_content(const struct fixture *fixture, const char *entry, const char *expected) {
	char content[256] = "";
	FILE *stream = fopen(at(fixture, entry), "r");
	assert_non_null(stream);
	content[fread(content, 1, sizeof(content) - 1, stream)] = '\0';
	fclose(stream);
	assert_string_equal(content, expected);
}

static void assert_entry_count(const struct fixture *fixture, size_t expected) {
	DIR *directory = opendir(fixture->root);
	assert_non_null(directory);
	size_t count = 0;
	while (readdir(directory) != NULL) {
		count++;
	}
	closedir(directory);
	assert_int_equal(count, expected + 2);
}

static void replace(const struct fixture *fixture, const char *entry, const char *content) {
	struct error error = {0};
	if (!writer_replace(at(fixture, entry), text_of(content), &error)) {
		fail_msg("%s", error.message);
	}
}

static void test_new_file_has_the_content_and_nothing_else_is_left(void **state) {
	struct fixture *fixture = *state;
	struct stat status;
	replace(fixture, "a.yaml", "name: a\n");
	assert_content(fixture, "a.yaml", "name: a\n");
	assert_entry_count(fixture, 1);
	assert_int_equal(stat(at(fixture, "a.yaml"), &status), 0);
	mode_t mask = umask(0);
	umask(mask);
	assert_int_equal(status.st_mode & 07777, 0666 & ~mask);
}

static void test_replaced_file_keeps_its_mode_and_is_another_file(void **state) {
	struct fixture *fixture = *state;
	struct stat before, after;
	write_file(fixture, "a.yaml", "name: a\n");
	assert_int_equal(chmod(at(fixture, "a.yaml"), 0640), 0);
	assert_int_equal(stat(at(fixture, "a.yaml"), &before), 0);
	replace(fixture, "a.yaml", "name: b\n");
	assert_content(fixture, "a.yaml", "name: b\n");
	assert_int_equal(stat(at(fixture, "a.yaml"), &after), 0);
	assert_int_equal(after.st_mode & 07777, 0640);
	assert_int_not_equal(after.st_ino, before.st_ino);
}

static void test_link_stays_and_what_it_leads_to_is_replaced(void **state) {
	struct fixture *fixture = *state;
	struct stat status;
	make_directory(fixture, "dotfiles");
	write_file(fixture, "dotfiles/a.yaml", "name: a\n");
	make_link(fixture, "dotfiles/a.yaml", "a.yaml");
	replace(fixture, "a.yaml", "name: b\n");
	assert_int_equal(lstat(at(fixture, "a.yaml"), &status), 0);
	assert_true(S_ISLNK(status.st_mode));
	assert_content(fixture, "dotfiles/a.yaml", "name: b\n");
}

static void test_what_a_dead_process_left_is_in_nobody_s_way(void **state) {
	struct fixture *fixture = *state;
	write_file(fixture, ".cardfs.new", "half");
	replace(fixture, "a.yaml", "name: a\n");
	assert_content(fixture, "a.yaml", "name: a\n");
	assert_entry_count(fixture, 1);
}

/* In a process of its own: the limit stays. */
static int replace_where_nothing_fits(const struct fixture *fixture) {
	const struct rlimit limit = {4, 4};
	struct error error = {0};
	signal(SIGXFSZ, SIG_IGN);
	if (setrlimit(RLIMIT_FSIZE, &limit) != 0) {
		return 2;
	}
	bool done = writer_replace(at(fixture, "a.yaml"), TEXT("name: longer\n"), &error);
	bool is_clear = strstr(error.message, "nothing is changed: File too large") != NULL;
	return !done && is_clear && error.system_error == EFBIG ? 0 : 1;
}

static void test_file_that_cannot_be_written_is_as_it_was(void **state) {
	struct fixture *fixture = *state;
	write_file(fixture, "a.yaml", "old");
	pid_t child = fork();
	if (child == 0) {
		_exit(replace_where_nothing_fits(fixture));
	}
	int status;
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
	assert_content(fixture, "a.yaml", "old");
	assert_entry_count(fixture, 1);
}

static void test_directories_are_made_with_those_above(void **state) {
	struct fixture *fixture = *state;
	struct stat status;
	assert_true(writer_make_directory(at(fixture, "a/b//c/"), NULL));
	assert_true(writer_make_directory(at(fixture, "a/b//c/"), NULL));
	assert_int_equal(stat(at(fixture, "a/b/c"), &status), 0);
	assert_int_equal(status.st_mode & 07777 & ~0755U, 0);
	struct error error = {0};
	write_file(fixture, "file", "");
	assert_false(writer_make_directory(at(fixture, "file/a"), &error));
	assert_non_null(strstr(error.message, "cannot make the directory"));
}

static void test_removed_file_is_gone(void **state) {
	struct fixture *fixture = *state;
	struct error error = {0};
	write_file(fixture, "a.yaml", "");
	assert_true(writer_remove(at(fixture, "a.yaml"), NULL));
	assert_entry_count(fixture, 0);
	assert_false(writer_remove(at(fixture, "a.yaml"), &error));
	assert_int_equal(error.system_error, ENOENT);
}

static void test_lock_leaves_nothing_and_needs_a_directory(void **state) {
	struct fixture *fixture = *state;
	struct writer_lock lock;
	struct error error = {0};
	assert_true(writer_lock_acquire(&lock, fixture->root, NULL));
	assert_entry_count(fixture, 1);
	writer_lock_release(&lock);
	assert_entry_count(fixture, 0);
	assert_false(writer_lock_acquire(&lock, at(fixture, "none"), &error));
	assert_non_null(strstr(error.message, "cannot write to the store"));
	writer_lock_release(&lock);
}

enum { WRITERS = 4, ROUNDS = 50 };

/* Adds one to a number in a file, again and again, as a reader, and then a writer. */
static int count_up(const struct fixture *fixture) {
	for (int i = 0; i < ROUNDS; i++) {
		struct writer_lock lock;
		char text[32] = "";
		if (!writer_lock_acquire(&lock, fixture->root, NULL)) {
			return 1;
		}
		FILE *stream = fopen(at(fixture, "count"), "r");
		size_t length = stream == NULL ? 0 : fread(text, 1, sizeof(text) - 1, stream);
		text[length] = '\0';
		if (stream != NULL) {
			fclose(stream);
		}
		snprintf(text, sizeof(text), "%ld", strtol(text, NULL, 10) + 1);
		bool done = writer_replace(at(fixture, "count"), text_of(text), NULL);
		writer_lock_release(&lock);
		if (!done) {
			return 1;
		}
	}
	return 0;
}

static void test_one_process_at_a_time_holds_the_lock(void **state) {
	struct fixture *fixture = *state;
	pid_t children[WRITERS];
	for (int i = 0; i < WRITERS; i++) {
		children[i] = fork();
		if (children[i] == 0) {
			_exit(count_up(fixture));
		}
	}
	for (int i = 0; i < WRITERS; i++) {
		int status;
		assert_int_equal(waitpid(children[i], &status, 0), children[i]);
		assert_int_equal(status, 0);
	}
	assert_content(fixture, "count", "200");
	assert_entry_count(fixture, 1);
}

int main(void) {
	const struct CMUnitTest tests[] = {
		STORE_TEST(test_new_file_has_the_content_and_nothing_else_is_left),
		STORE_TEST(test_replaced_file_keeps_its_mode_and_is_another_file),
		STORE_TEST(test_link_stays_and_what_it_leads_to_is_replaced),
		STORE_TEST(test_what_a_dead_process_left_is_in_nobody_s_way),
		STORE_TEST(test_file_that_cannot_be_written_is_as_it_was),
		STORE_TEST(test_directories_are_made_with_those_above),
		STORE_TEST(test_removed_file_is_gone),
		STORE_TEST(test_lock_leaves_nothing_and_needs_a_directory),
		STORE_TEST(test_one_process_at_a_time_holds_the_lock),
	};
	return cmocka_run_group_tests_name("writer", tests, NULL, NULL);
}
