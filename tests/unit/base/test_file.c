#include "base/file.h"
#include "unit/support/clear.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cmocka.h>

/* Each test works in an empty directory, which is open as directory. */
struct fixture {
	char path[64];
	int before;
	int directory;
	struct buffer content;
	struct stat status;
	struct error error;
};

static int set_up(void **state) {
	struct fixture *fixture = calloc(1, sizeof(*fixture));
	assert_non_null(fixture);
	strcpy(fixture->path, "/tmp/cardfs-file-XXXXXX");
	assert_non_null(mkdtemp(fixture->path));
	fixture->before = open(".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	fixture->directory = open(fixture->path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	assert_true(fixture->before >= 0 && fixture->directory >= 0);
	assert_int_equal(fchdir(fixture->directory), 0);
	*state = fixture;
	return 0;
}

static int tear_down(void **state) {
	struct fixture *fixture = *state;
	assert_int_equal(fchdir(fixture->before), 0);
	assert_int_equal(clear_directory(fixture->path), 0);
	close(fixture->before);
	close(fixture->directory);
	buffer_finish(&fixture->content);
	free(fixture);
	return 0;
}

static void write_file(const char *path, struct text text) {
	FILE *file = fopen(path, "we");
	assert_non_null(file);
	assert_int_equal(fwrite(text.data, 1, text.length, file), text.length);
	assert_int_equal(fclose(file), 0);
}

static bool read_file(struct fixture *fixture, const char *path, size_t limit) {
	fixture->error = (struct error){0};
	return file_read(fixture->directory, path, limit, &fixture->content, &fixture->status,
		&fixture->error);
}

static void check_failure(struct fixture *fixture, const char *path, enum error_kind kind) {
	buffer_append_string(&fixture->content, "of the file before");
	assert_false(read_file(fixture, path, 100));
	assert_int_equal(fixture->error.kind, kind);
	assert_string_not_equal(fixture->error.message, "");
	assert_int_equal(fixture->content.length, 0);
}

static void test_a_file_is_read_whole_with_its_status(void **state) {
	struct fixture *fixture = *state;
	write_file("a.yaml", TEXT("a\0b\xFF\n"));
	buffer_append_string(&fixture->content, "of the file before");
	assert_true(read_file(fixture, "a.yaml", 100));
	assert_true(text_equal(buffer_text(&fixture->content), TEXT("a\0b\xFF\n")));
	assert_int_equal(fixture->content.data[5], '\0');
	assert_int_equal(fixture->status.st_size, 5);
	assert_true(S_ISREG(fixture->status.st_mode));
	struct stat status;
	assert_int_equal(stat("a.yaml", &status), 0);
	assert_int_equal(fixture->status.st_ino, status.st_ino);
}

static void test_an_empty_file_is_an_empty_text(void **state) {
	struct fixture *fixture = *state;
	write_file("a.yaml", TEXT(""));
	assert_true(read_file(fixture, "a.yaml", 0));
	assert_int_equal(buffer_text(&fixture->content).length, 0);
	assert_false(fixture->content.failed);
}

static void test_a_path_may_be_absolute_or_below_the_working_directory(void **state) {
	struct fixture *fixture = *state;
	char path[128];
	write_file("a.yaml", TEXT("a"));
	snprintf(path, sizeof(path), "%s/a.yaml", fixture->path);
	assert_true(read_file(fixture, path, 100));
	assert_true(file_read(AT_FDCWD, "a.yaml", 100, &fixture->content, &fixture->status, NULL));
	assert_int_equal(chdir("/"), 0);
	assert_true(read_file(fixture, "a.yaml", 100));
	assert_false(file_read(AT_FDCWD, "a.yaml", 100, &fixture->content, &fixture->status, NULL));
}

static void test_links_are_followed(void **state) {
	struct fixture *fixture = *state;
	write_file("a.yaml", TEXT("a"));
	assert_int_equal(symlink("a.yaml", "link.yaml"), 0);
	assert_int_equal(symlink("link.yaml", "second.yaml"), 0);
	assert_true(read_file(fixture, "second.yaml", 100));
	assert_true(text_equal(buffer_text(&fixture->content), TEXT("a")));
	assert_true(S_ISREG(fixture->status.st_mode));
}

static void test_what_cannot_be_opened_fails_as_the_system_says(void **state) {
	struct fixture *fixture = *state;
	check_failure(fixture, "missing.yaml", ERROR_SYSTEM);
	assert_int_equal(fixture->error.system_error, ENOENT);
	assert_string_equal(fixture->error.message, "it cannot be read: No such file or directory");

	assert_int_equal(symlink("nowhere", "dangling.yaml"), 0);
	check_failure(fixture, "dangling.yaml", ERROR_SYSTEM);
	assert_int_equal(fixture->error.system_error, ENOENT);

	assert_int_equal(symlink("loop.yaml", "loop.yaml"), 0);
	check_failure(fixture, "loop.yaml", ERROR_SYSTEM);
	assert_int_equal(fixture->error.system_error, ELOOP);

	write_file("a.yaml", TEXT("a"));
	check_failure(fixture, "a.yaml/b.yaml", ERROR_SYSTEM);
	assert_int_equal(fixture->error.system_error, ENOTDIR);

	check_failure(fixture, "", ERROR_SYSTEM);
	assert_int_equal(fixture->error.system_error, ENOENT);
}

static void test_a_directory_is_no_file(void **state) {
	struct fixture *fixture = *state;
	assert_int_equal(mkdir("a.yaml", 0700), 0);
	check_failure(fixture, "a.yaml", ERROR_INVALID);
	assert_string_equal(fixture->error.message, "it is a directory, not a regular file");
}

static void test_a_fifo_is_refused_without_waiting(void **state) {
	struct fixture *fixture = *state;
	assert_int_equal(mkfifo("a.yaml", 0600), 0);
	check_failure(fixture, "a.yaml", ERROR_INVALID);
	assert_int_equal(symlink("a.yaml", "link.yaml"), 0);
	check_failure(fixture, "link.yaml", ERROR_INVALID);
	assert_string_equal(fixture->error.message, "it is a FIFO, not a regular file");
}

static void test_devices_and_sockets_are_refused(void **state) {
	struct fixture *fixture = *state;
	check_failure(fixture, "/dev/zero", ERROR_INVALID);
	check_failure(fixture, "/dev/null", ERROR_INVALID);

	const int descriptor = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	struct sockaddr_un address = {.sun_family = AF_UNIX, .sun_path = "a.yaml"};
	assert_true(descriptor >= 0);
	assert_int_equal(bind(descriptor, (struct sockaddr *)&address, sizeof(address)), 0);
	check_failure(fixture, "a.yaml", ERROR_INVALID);
	close(descriptor);
}

static void test_a_file_may_be_as_large_as_the_limit_and_no_larger(void **state) {
	struct fixture *fixture = *state;
	static char bytes[200000];
	memset(bytes, 'x', sizeof(bytes));
	write_file("a.yaml", TEXT("0123456789"));
	assert_true(read_file(fixture, "a.yaml", 10));
	assert_false(read_file(fixture, "a.yaml", 9));
	assert_int_equal(fixture->error.kind, ERROR_LIMIT);
	assert_string_equal(
		fixture->error.message, "it is larger than 9 bytes, which is the limit");
	assert_int_equal(fixture->content.length, 0);
	assert_false(read_file(fixture, "a.yaml", 0));

	write_file("b.yaml", (struct text){bytes, sizeof(bytes)});
	assert_true(read_file(fixture, "b.yaml", SIZE_MAX));
	assert_int_equal(fixture->content.length, sizeof(bytes));
	assert_memory_equal(fixture->content.data, bytes, sizeof(bytes));
}

static void test_a_file_that_claims_no_size_is_read_to_its_end_or_the_limit(void **state) {
	struct fixture *fixture = *state;
	assert_true(read_file(fixture, "/proc/stat", 100000));
	assert_int_equal(fixture->status.st_size, 0);
	assert_true(fixture->content.length > 80);
	assert_false(read_file(fixture, "/proc/stat", 20));
	assert_int_equal(fixture->error.kind, ERROR_LIMIT);
	assert_int_equal(fixture->content.length, 0);
}

static void test_a_huge_sparse_file_is_refused_by_its_size(void **state) {
	struct fixture *fixture = *state;
	write_file("a.yaml", TEXT(""));
	assert_int_equal(truncate("a.yaml", (off_t)1 << 40), 0);
	check_failure(fixture, "a.yaml", ERROR_LIMIT);
	assert_int_equal(fixture->content.capacity, 64);
}

enum { GROWN_SIZE = 1024 * 1024, GROWING_LIMIT = GROWN_SIZE / 2 };

static void *grow(void *path) {
	static char block[1024];
	memset(block, 'x', sizeof(block));
	const int descriptor = open(path, O_WRONLY | O_APPEND | O_CLOEXEC);
	size_t written = 0;
	while (written < GROWN_SIZE && write(descriptor, block, sizeof(block)) > 0) {
		written += sizeof(block);
	}
	close(descriptor);
	return NULL;
}

static void test_a_growing_file_is_read_as_it_stands_until_it_hits_the_limit(void **state) {
	struct fixture *fixture = *state;
	char path[] = "a.yaml";
	pthread_t thread;
	write_file(path, TEXT("x"));
	assert_int_equal(pthread_create(&thread, NULL, grow, path), 0);
	while (read_file(fixture, path, GROWING_LIMIT)) {
		const struct text content = buffer_text(&fixture->content);
		assert_in_range(content.length, fixture->status.st_size, GROWING_LIMIT);
		assert_int_equal(strspn(content.data, "x"), content.length);
	}
	assert_int_equal(fixture->error.kind, ERROR_LIMIT);
	assert_int_equal(fixture->content.length, 0);
	assert_int_equal(pthread_join(thread, NULL), 0);
}

static void test_reading_leaves_no_descriptor_open(void **state) {
	struct fixture *fixture = *state;
	write_file("a.yaml", TEXT("0123456789"));
	const int before = dup(fixture->directory);
	close(before);
	assert_true(read_file(fixture, "a.yaml", 10));
	assert_false(read_file(fixture, "a.yaml", 9));
	assert_false(read_file(fixture, "/proc/stat", 20));
	assert_false(read_file(fixture, ".", 9));
	const int after = dup(fixture->directory);
	close(after);
	assert_int_equal(after, before);
}

static void test_a_failed_buffer_is_an_error_of_memory(void **state) {
	struct fixture *fixture = *state;
	write_file("a.yaml", TEXT("a"));
	assert_false(buffer_reserve(&fixture->content, SIZE_MAX));
	assert_false(read_file(fixture, "a.yaml", 100));
	assert_int_equal(fixture->error.kind, ERROR_MEMORY);
}

static void test_joining_puts_one_slash_where_there_is_none(void **state) {
	static const struct {
		const char *base;
		const char *name;
		const char *joined;
	} examples[] = {
		{"/a", "b", "/a/b"},
		{"/a/", "b", "/a/b"},
		{"/a//", "b/", "/a//b/"},
		{"/", "b", "/b"},
		{"a", "../b/./c", "a/../b/./c"},
		{"/a", "/b", "/b"},
		{"/a", "//b", "//b"},
		{"", "b", "b"},
		{"/a", "", "/a"},
		{"", "", ""},
	};
	(void)state;
	for (size_t i = 0; i < sizeof(examples) / sizeof(examples[0]); i++) {
		struct buffer path = {0};
		buffer_append_string(&path, "<");
		file_join(&path, text_of(examples[i].base), text_of(examples[i].name));
		assert_string_equal(path.data + 1, examples[i].joined);
		buffer_finish(&path);
	}
}

static void test_joining_keeps_every_byte(void **state) {
	struct buffer path = {0};
	(void)state;
	file_join(&path, TEXT("/a\0"), TEXT("\0b"));
	assert_true(text_equal(buffer_text(&path), TEXT("/a\0/\0b")));
	buffer_finish(&path);
}

static void test_the_directory_of_a_path_is_what_dirname_says(void **state) {
	static const struct {
		const char *path;
		const char *directory;
	} examples[] = {
		{"/a/b/c", "/a/b"},
		{"/a/b/", "/a"},
		{"/a//b", "/a"},
		{"/a", "/"},
		{"/a/", "/"},
		{"//a", "/"},
		{"/", "/"},
		{"//", "/"},
		{"a/b", "a"},
		{"a//b//", "a"},
		{"./a", "."},
		{"../a", ".."},
		{"a", "."},
		{"a/", "."},
		{".", "."},
		{"", "."},
	};
	(void)state;
	for (size_t i = 0; i < sizeof(examples) / sizeof(examples[0]); i++) {
		const struct text directory = file_directory(text_of(examples[i].path));
		print_message("[   CASE   ] %s\n", examples[i].path);
		assert_true(text_equal(directory, text_of(examples[i].directory)));
	}
}

static void test_an_absolute_path_loses_only_what_means_nothing(void **state) {
	static const struct {
		const char *path;
		const char *absolute;
	} examples[] = {
		{"/", "/"},
		{"//", "/"},
		{"/.", "/"},
		{"/a/b", "/a/b"},
		{"//a///b/", "/a/b"},
		{"/./a/./b/.", "/a/b"},
		{"/a/../b", "/a/../b"},
		{"/..", "/.."},
		{"/.a/..b/...", "/.a/..b/..."},
	};
	(void)state;
	for (size_t i = 0; i < sizeof(examples) / sizeof(examples[0]); i++) {
		char *absolute = file_absolute(examples[i].path);
		assert_string_equal(absolute, examples[i].absolute);
		free(absolute);
	}
}

static void test_a_relative_path_starts_at_the_working_directory(void **state) {
	static const struct {
		const char *path;
		const char *absolute;
	} examples[] = {{"a", "/a"}, {"./a//b/", "/a/b"}, {"../a", "/../a"}, {".", ""}, {"", ""}};
	struct fixture *fixture = *state;
	for (size_t i = 0; i < sizeof(examples) / sizeof(examples[0]); i++) {
		char expected[128];
		snprintf(expected, sizeof(expected), "%s%s", fixture->path, examples[i].absolute);
		char *absolute = file_absolute(examples[i].path);
		assert_string_equal(absolute, expected);
		free(absolute);
	}
	assert_int_equal(chdir("/"), 0);
	char *absolute = file_absolute("a");
	assert_string_equal(absolute, "/a");
	free(absolute);
}

static void test_no_relative_path_is_absolute_in_a_removed_working_directory(void **state) {
	(void)state;
	assert_int_equal(mkdir("gone", 0700), 0);
	assert_int_equal(chdir("gone"), 0);
	assert_int_equal(rmdir("../gone"), 0);
	assert_null(file_absolute("a"));
	char *absolute = file_absolute("/a");
	assert_string_equal(absolute, "/a");
	free(absolute);
}

#define FILE_TEST(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

static bool read_entry(struct fixture *fixture, const char *name) {
	fixture->error = (struct error){0};
	buffer_clear(&fixture->content);
	const int descriptor =
		file_open_entry(fixture->directory, name, 100, &fixture->status, &fixture->error);
	const bool done = descriptor >= 0 &&
			  file_read_rest(descriptor, 100, &fixture->content, &fixture->error);
	if (descriptor >= 0) {
		close(descriptor);
	}
	return done;
}

static void test_an_entry_is_read_as_a_file_is(void **state) {
	struct fixture *fixture = *state;
	write_file("file", TEXT("text"));
	assert_int_equal(symlink("file", "link"), 0);
	assert_int_equal(symlink("nothing", "dangling"), 0);
	assert_int_equal(symlink("loop", "loop"), 0);
	assert_int_equal(mkfifo("pipe", 0600), 0);
	assert_int_equal(symlink("pipe", "to-pipe"), 0);
	assert_int_equal(symlink("/dev/zero", "to-device"), 0);
	assert_true(read_entry(fixture, "file"));
	assert_true(read_entry(fixture, "link"));
	assert_true(text_equal(buffer_text(&fixture->content), TEXT("text")));
	assert_int_equal(fixture->status.st_size, 4);
	assert_false(read_entry(fixture, "dangling"));
	assert_int_equal(fixture->error.system_error, ENOENT);
	assert_false(read_entry(fixture, "none"));
	assert_int_equal(fixture->error.system_error, ENOENT);
	assert_false(read_entry(fixture, "loop"));
	assert_int_equal(fixture->error.system_error, ELOOP);
	assert_false(read_entry(fixture, "pipe"));
	assert_string_equal(fixture->error.message, "it is a FIFO, not a regular file");
	assert_false(read_entry(fixture, "to-pipe"));
	assert_string_equal(fixture->error.message, "it is a FIFO, not a regular file");
	assert_false(read_entry(fixture, "to-device"));
	assert_string_equal(fixture->error.message, "it is a device, not a regular file");
	assert_int_equal(fixture->content.length, 0);
}

/* Whether a link of that owner to a file of that owner is followed; by root. */
static bool follows(struct fixture *fixture, unsigned link_owner, unsigned file_owner) {
	write_file("file", TEXT("text"));
	unlink("link");
	assert_int_equal(chown("file", file_owner, file_owner), 0);
	assert_int_equal(symlink("file", "link"), 0);
	assert_int_equal(lchown("link", link_owner, link_owner), 0);
	const bool is_read = read_entry(fixture, "link");
	if (!is_read) {
		assert_int_equal(fixture->error.kind, ERROR_INVALID);
		assert_non_null(strstr(fixture->error.message, "is not followed"));
		assert_int_equal(fixture->content.length, 0);
	}
	return is_read;
}

static void test_a_link_of_others_to_what_is_not_theirs_is_not_followed(void **state) {
	struct fixture *fixture = *state;
	if (geteuid() != 0) {
		skip();
	}
	assert_true(follows(fixture, 0, 0));
	assert_true(follows(fixture, 0, 1234));
	assert_true(follows(fixture, 1234, 1234));
	assert_false(follows(fixture, 1234, 0));
	assert_false(follows(fixture, 1234, 5678));
}

static void test_what_permissions_close_is_no_refusal(void **state) {
	struct fixture *fixture = *state;
	write_file("file", TEXT("text"));
	assert_int_equal(chmod("file", 0), 0);
	read_entry(fixture, "file");
	read_entry(fixture, "none");
	assert_false(file_was_refused());
}

int main(void) {
	const struct CMUnitTest tests[] = {
		FILE_TEST(test_a_file_is_read_whole_with_its_status),
		FILE_TEST(test_an_empty_file_is_an_empty_text),
		FILE_TEST(test_a_path_may_be_absolute_or_below_the_working_directory),
		FILE_TEST(test_links_are_followed),
		FILE_TEST(test_what_cannot_be_opened_fails_as_the_system_says),
		FILE_TEST(test_a_directory_is_no_file),
		FILE_TEST(test_a_fifo_is_refused_without_waiting),
		FILE_TEST(test_devices_and_sockets_are_refused),
		FILE_TEST(test_a_file_may_be_as_large_as_the_limit_and_no_larger),
		FILE_TEST(test_a_file_that_claims_no_size_is_read_to_its_end_or_the_limit),
		FILE_TEST(test_a_huge_sparse_file_is_refused_by_its_size),
		FILE_TEST(test_a_growing_file_is_read_as_it_stands_until_it_hits_the_limit),
		FILE_TEST(test_reading_leaves_no_descriptor_open),
		FILE_TEST(test_a_failed_buffer_is_an_error_of_memory),
		cmocka_unit_test(test_joining_puts_one_slash_where_there_is_none),
		cmocka_unit_test(test_joining_keeps_every_byte),
		cmocka_unit_test(test_the_directory_of_a_path_is_what_dirname_says),
		cmocka_unit_test(test_an_absolute_path_loses_only_what_means_nothing),
		FILE_TEST(test_a_relative_path_starts_at_the_working_directory),
		FILE_TEST(test_no_relative_path_is_absolute_in_a_removed_working_directory),
		cmocka_unit_test_setup_teardown(
			test_an_entry_is_read_as_a_file_is, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
			test_a_link_of_others_to_what_is_not_theirs_is_not_followed, set_up,
			tear_down),
		cmocka_unit_test_setup_teardown(
			test_what_permissions_close_is_no_refusal, set_up, tear_down),
	};
	return cmocka_run_group_tests_name("file", tests, NULL, NULL);
}
