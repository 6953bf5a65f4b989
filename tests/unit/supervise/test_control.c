/*
 * Asking a supervisor, which is a child here, for something.
 */
#include "supervise/control.h"

#include <poll.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

static const char device[] = "0:0";

/* Nobody else has such a socket but the children. */
static const char *own_name(void) {
	static char name[32];
	if (name[0] == '\0') {
		snprintf(name, sizeof(name), "test-control-%d", (int)getpid());
	}
	return name;
}

typedef void supervisor(int control);

static int await_asker(int control) {
	struct pollfd asked = {.fd = control, .events = POLLIN};
	assert_int_equal(poll(&asked, 1, -1), 1);
	return control_accept(control);
}

static void say_done(int control) {
	control_answer(await_asker(control), NULL);
}

static void say_why_not(int control) {
	const struct error error = {.message = "it has other things to do"};
	control_answer(await_asker(control), &error);
}

static void end_without_a_word(int control) {
	close(await_asker(control));
}

static bool ask(supervisor *behave, struct error *error) {
	const int control = control_listen(own_name(), device, error);
	assert_true(control >= 0);
	const pid_t child = fork();
	if (child == 0) {
		behave(control);
		_exit(EXIT_SUCCESS);
	}
	assert_true(child > 0);
	close(control);
	const bool done = control_ask(own_name(), device, error);
	assert_int_equal(waitpid(child, NULL, 0), child);
	return done;
}

static void test_what_is_asked_for_is_done(void **state) {
	struct error error = {0};
	(void)state;
	assert_true(ask(say_done, &error));
}

static void test_a_refusal_is_passed_on(void **state) {
	struct error error = {0};
	(void)state;
	assert_false(ask(say_why_not, &error));
	assert_string_equal(error.message, "it has other things to do");
}

static void test_one_that_ends_is_told_from_one_that_refuses(void **state) {
	struct error error = {0};
	(void)state;
	assert_false(ask(end_without_a_word, &error));
	assert_non_null(strstr(error.message, "its server ended over this"));
}

static void test_where_there_is_none_nobody_is_waited_for(void **state) {
	struct error error = {0};
	(void)state;
	assert_false(control_ask(own_name(), device, &error));
	assert_int_equal(error.kind, ERROR_NOT_FOUND);
	assert_non_null(strstr(error.message, "does not answer"));
}

/* Closes what it listens on once it has been told to. */
static pid_t listen_until_told(int told) {
	struct error error;
	char byte;
	int ready[2];
	assert_int_equal(pipe(ready), 0);
	const pid_t child = fork();
	if (child == 0) {
		alarm(60);
		const bool listens = control_listen(own_name(), device, &error) >= 0;
		const bool heard =
			listens && write(ready[1], "", 1) == 1 && read(told, &byte, 1) == 1;
		_exit(heard ? EXIT_SUCCESS : EXIT_FAILURE);
	}
	assert_true(child > 0);
	assert_int_equal(read(ready[0], &byte, 1), 1);
	close(ready[0]);
	close(ready[1]);
	return child;
}

static void *tell_later(void *tell) {
	const struct timespec later = {.tv_nsec = 50000000};
	nanosleep(&later, NULL);
	assert_int_equal(write(*(int *)tell, "", 1), 1);
	return NULL;
}

static void test_a_name_that_is_about_to_be_free_is_waited_for(void **state) {
	struct error error = {0};
	int told[2];
	pthread_t thread;
	int status;
	(void)state;
	own_name();
	assert_int_equal(pipe(told), 0);
	const pid_t child = listen_until_told(told[0]);
	assert_int_equal(pthread_create(&thread, NULL, tell_later, &told[1]), 0);
	const int control = control_listen(own_name(), device, &error);
	assert_true(control >= 0);
	close(control);
	assert_int_equal(pthread_join(thread, NULL), 0);
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
	close(told[0]);
	close(told[1]);
}

int main(void) {
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_what_is_asked_for_is_done),
		cmocka_unit_test(test_a_refusal_is_passed_on),
		cmocka_unit_test(test_one_that_ends_is_told_from_one_that_refuses),
		cmocka_unit_test(test_where_there_is_none_nobody_is_waited_for),
		cmocka_unit_test(test_a_name_that_is_about_to_be_free_is_waited_for),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
