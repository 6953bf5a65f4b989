#include "base/log.h"

#include "base/file.h"
#include "unit/base/listener.h"

#include <fcntl.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

/* Standard error goes to a file during a test. */
struct fixture {
	int saved;
	char path[64];
	struct buffer written;
};

static int set_up(void **state) {
	struct fixture *fixture = calloc(1, sizeof(*fixture));
	assert_non_null(fixture);
	strcpy(fixture->path, "/tmp/cardfs-log-XXXXXX");
	const int descriptor = mkostemp(fixture->path, O_APPEND | O_CLOEXEC);
	fixture->saved = fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 0);
	assert_true(descriptor >= 0 && fixture->saved >= 0);
	assert_int_equal(dup2(descriptor, STDERR_FILENO), STDERR_FILENO);
	close(descriptor);
	log_set_level(LOG_LEVEL_WARNING);
	log_set_format(LOG_FORMAT_TEXT);
	*state = fixture;
	return 0;
}

static int tear_down(void **state) {
	struct fixture *fixture = *state;
	assert_int_equal(dup2(fixture->saved, STDERR_FILENO), STDERR_FILENO);
	close(fixture->saved);
	unlink(fixture->path);
	buffer_finish(&fixture->written);
	free(fixture);
	return 0;
}

/* What was logged since the test began. */
static const char *logged(struct fixture *fixture) {
	struct stat status;
	assert_true(file_read(AT_FDCWD, fixture->path, SIZE_MAX, &fixture->written, &status, NULL));
	return buffer_text(&fixture->written).data;
}

static void test_a_line_names_the_program_and_the_level_but_for_information(void **state) {
	log_set_level(LOG_LEVEL_DEBUG);
	log_message(LOG_LEVEL_ERROR, "%s %d", "one", 1);
	log_message(LOG_LEVEL_WARNING, "two");
	log_message(LOG_LEVEL_INFORMATION, "three");
	log_message(LOG_LEVEL_DEBUG, "four");
	assert_string_equal(logged(*state), "cardfs: error: one 1\n"
					    "cardfs: warning: two\n"
					    "cardfs: three\n"
					    "cardfs: debug: four\n");
}

static void test_lines_above_the_level_are_dropped(void **state) {
	log_message(LOG_LEVEL_INFORMATION, "dropped");
	log_message(LOG_LEVEL_WARNING, "kept");
	log_set_level(LOG_LEVEL_ERROR);
	log_message(LOG_LEVEL_WARNING, "dropped");
	log_message(LOG_LEVEL_ERROR, "kept");
	assert_string_equal(logged(*state), "cardfs: warning: kept\ncardfs: error: kept\n");
}

static void test_a_message_stays_on_its_line(void **state) {
	log_message(LOG_LEVEL_WARNING, "a\nb\r\x1B[2J\xFF%c", '\0');
	assert_string_equal(logged(*state), "cardfs: warning: a\\nb\\x0D\\x1B[2J\\xFF\\x00\n");
}

static void test_a_message_may_be_long(void **state) {
	struct fixture *fixture = *state;
	log_message(LOG_LEVEL_WARNING, "%100000d", 7);
	assert_int_equal(strlen(logged(fixture)), strlen("cardfs: warning: \n") + 100000);
}

static void test_json_is_one_object_a_line_with_the_time_in_utc(void **state) {
	int year;
	int used = 0;
	log_set_format(LOG_FORMAT_JSON);
	log_message(LOG_LEVEL_INFORMATION, "dropped");
	log_message(LOG_LEVEL_WARNING, "a\n\"b\"\\\xC3\xA4\xFF");
	const char *line = logged(*state);
	assert_int_equal(
		sscanf(line, "{\"time\":\"%4d-%*2d-%*2dT%*2d:%*2d:%*2d.%*3dZ\"%n", &year, &used),
		1);
	assert_int_equal(used, strlen("{\"time\":\"2000-01-01T00:00:00.000Z\""));
	assert_true(year > 2000);
	assert_string_equal(line + used,
		",\"level\":\"warning\",\"message\":\"a\\\\n\\\"b\\\"\\\\\xC3\xA4\\\\xFF\"}\n");
}

enum { THREADS = 4, LINES = 500 };

static void *log_lines(void *letters) {
	for (int i = 0; i < LINES; i++) {
		log_message(LOG_LEVEL_WARNING, "%s", (const char *)letters);
	}
	return NULL;
}

static void test_lines_of_several_threads_do_not_mix(void **state) {
	static char letters[THREADS][101];
	pthread_t threads[THREADS];
	for (int i = 0; i < THREADS; i++) {
		memset(letters[i], 'a' + i, sizeof(letters[i]) - 1);
		assert_int_equal(pthread_create(&threads[i], NULL, log_lines, letters[i]), 0);
	}
	for (int i = 0; i < THREADS; i++) {
		assert_int_equal(pthread_join(threads[i], NULL), 0);
	}
	const char *line = logged(*state);
	for (int i = 0; i < THREADS * LINES; i++) {
		assert_true(text_starts_with(text_of(line), TEXT("cardfs: warning: ")));
		line += strlen("cardfs: warning: ");
		const char letter[] = {line[0], '\0'};
		assert_int_equal(strspn(line, letter), 100);
		assert_int_equal(line[100], '\n');
		line += 101;
	}
	assert_string_equal(line, "");
}

static void test_recent_lines_are_kept_whatever_the_level(void **state) {
	(void)state;
	static struct recent recent;
	struct buffer text = {0};
	recent_init(&recent);
	log_keep(&recent);
	log_set_level(LOG_LEVEL_ERROR);
	log_message(LOG_LEVEL_INFORMATION, "one");
	log_message(LOG_LEVEL_WARNING, "two\nlines");
	log_message(LOG_LEVEL_DEBUG, "not kept");
	log_message(LOG_LEVEL_NOTICE, "not kept");
	log_keep(NULL);
	log_message(LOG_LEVEL_WARNING, "later");
	recent_append(&recent, &text);
	const size_t time = strlen("2000-01-01T00:00:00.000Z ");
	const char *second = strchr(text.data, '\n') + 1;
	assert_true(text_starts_with(text_of(text.data + time), TEXT("one\n")));
	assert_string_equal(second + time, "warning: two\\nlines\n");
	buffer_finish(&text);
}

/* The last of the tests: what it sets up stays. */
static void test_the_journal_has_fields_and_so_has_json(void **state) {
	struct listener listener;
	listener_start(&listener);
	log_add_field("mount", "/some \"where\"");
	log_set_format(LOG_FORMAT_JSON);
	log_about((struct log_field){"store", TEXT("/a\nb")}, LOG_LEVEL_WARNING, "one");
	assert_non_null(strstr(logged(*state), ",\"message\":\"one\",\"mount\":\"/some "
					       "\\\"where\\\"\",\"store\":\"/a\\\\nb\"}\n"));
	log_use_system_log(listener.path);
	log_about((struct log_field){"store", TEXT("/a\nb")}, LOG_LEVEL_WARNING, "two\nlines");
	const char *entry = listener_receive(&listener);
	assert_true(text_starts_with(text_of(entry), TEXT("MESSAGE=two\\nlines\nPRIORITY=4\n")));
	assert_non_null(strstr(entry, "\nSYSLOG_IDENTIFIER=cardfs\n"));
	assert_non_null(strstr(entry, "\nCARDFS_VERSION=" CARDFS_VERSION "\n"));
	assert_non_null(strstr(entry, "\nCARDFS_MOUNT=/some \"where\"\n"));
	assert_non_null(strstr(entry, "\nCARDFS_STORE\n\4"));
	log_message(LOG_LEVEL_ERROR, "three");
	assert_true(text_starts_with(
		text_of(listener_receive(&listener)), TEXT("MESSAGE=three\nPRIORITY=3\n")));
	listener_stop(&listener);
}

#define LOG_TEST(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void) {
	const struct CMUnitTest tests[] = {
		LOG_TEST(test_a_line_names_the_program_and_the_level_but_for_information),
		LOG_TEST(test_lines_above_the_level_are_dropped),
		LOG_TEST(test_a_message_stays_on_its_line),
		LOG_TEST(test_a_message_may_be_long),
		LOG_TEST(test_json_is_one_object_a_line_with_the_time_in_utc),
		LOG_TEST(test_lines_of_several_threads_do_not_mix),
		LOG_TEST(test_recent_lines_are_kept_whatever_the_level),
		LOG_TEST(test_the_journal_has_fields_and_so_has_json),
	};
	return cmocka_run_group_tests_name("log", tests, NULL, NULL);
}
