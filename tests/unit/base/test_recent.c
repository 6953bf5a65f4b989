#include "base/recent.h"

#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static struct recent recent;

static int set_up(void **state) {
	(void)state;
	memset(&recent, 0xA5, sizeof(recent));
	recent_init(&recent);
	return 0;
}

/* The caller frees it. */
static char *lines(void) {
	struct buffer text = {0};
	recent_append(&recent, &text);
	buffer_append_string(&text, "");
	return text.data == NULL ? strdup("") : buffer_take(&text);
}

static void expect(const char *expected) {
	char *actual = lines();
	assert_string_equal(actual, expected);
	free(actual);
}

static void test_lines_come_back_in_order(void **state) {
	(void)state;
	expect("");
	recent_add(&recent, TEXT("one"));
	recent_add(&recent, TEXT(""));
	recent_add(&recent, TEXT("three"));
	expect("one\n\nthree\n");
}

static void test_the_oldest_lines_make_room(void **state) {
	(void)state;
	struct buffer expected = {0};
	for (int i = 0; i < RECENT_LINES * 2 + 3; i++) {
		char line[32];
		snprintf(line, sizeof(line), "line %d", i);
		recent_add(&recent, text_of(line));
		if (i >= RECENT_LINES + 3) {
			buffer_append_format(&expected, "%s\n", line);
		}
	}
	expect(expected.data);
	buffer_finish(&expected);
}

static void test_a_long_line_is_cut_before_a_character(void **state) {
	(void)state;
	const size_t limit = RECENT_WORDS * 8 - 1;
	char line[400];
	memset(line, 'x', sizeof(line));
	recent_add(&recent, (struct text){line, limit});
	char *kept = lines();
	assert_int_equal(strlen(kept), limit + 1);
	assert_null(strchr(kept, '.'));
	free(kept);
	recent_init(&recent);
	line[limit - 4] = (char)0xC3;
	line[limit - 3] = (char)0xA4;
	recent_add(&recent, (struct text){line, sizeof(line)});
	kept = lines();
	assert_int_equal(strlen(kept), limit);
	assert_string_equal(kept + limit - 5, "x...\n");
	free(kept);
}

/* As after a process that was killed while it wrote. */
static void test_a_line_that_was_not_finished_is_passed_over(void **state) {
	(void)state;
	recent_add(&recent, TEXT("one"));
	recent_add(&recent, TEXT("two"));
	recent_add(&recent, TEXT("three"));
	atomic_store(&recent.lines[1].number, 0);
	expect("one\nthree\n");
	recent_add(&recent, TEXT("four"));
	expect("one\nthree\nfour\n");
}

enum { LINES = 5000 };

static void *add_lines(void *letters) {
	for (int i = 0; i < LINES; i++) {
		recent_add(&recent, text_of(letters));
	}
	return NULL;
}

/* Fails the test for a line that is not of one letter. */
static void check_lines(void) {
	char *text = lines();
	for (char *line = strtok(text, "\n"); line != NULL; line = strtok(NULL, "\n")) {
		const char letter[] = {line[0], '\0'};
		assert_int_equal(strspn(line, letter), strlen(line));
		assert_int_equal(strlen(line), 100);
	}
	free(text);
}

static void test_readers_see_whole_lines(void **state) {
	(void)state;
	static char letters[101];
	pthread_t thread;
	memset(letters, 'a', 100);
	assert_int_equal(pthread_create(&thread, NULL, add_lines, letters), 0);
	for (int i = 0; i < 200; i++) {
		check_lines();
	}
	assert_int_equal(pthread_join(thread, NULL), 0);
	check_lines();
	assert_int_equal(recent.count, LINES);
}

int main(void) {
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_lines_come_back_in_order, set_up),
		cmocka_unit_test_setup(test_the_oldest_lines_make_room, set_up),
		cmocka_unit_test_setup(test_a_long_line_is_cut_before_a_character, set_up),
		cmocka_unit_test_setup(test_a_line_that_was_not_finished_is_passed_over, set_up),
		cmocka_unit_test_setup(test_readers_see_whole_lines, set_up),
	};
	return cmocka_run_group_tests_name("recent", tests, NULL, NULL);
}
