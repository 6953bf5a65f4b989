#include "base/slice.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <pthread.h>
#include <sched.h>
#include <stdbool.h>
#include <stdio.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/utsname.h>
#include <unistd.h>

/* Of the words that sched_getattr(2) fills. */
enum { SLICE = 3, WORDS = 6 };

enum { SHORTEST = 100000 };

/* Fills *slice with the calling thread's, in nanoseconds. */
static bool look(uint64_t *slice) {
	uint64_t words[WORDS] = {0};
	const bool is_known = syscall(SYS_sched_getattr, 0, words, sizeof(words), 0) == 0;
	*slice = words[SLICE];
	return is_known;
}

static uint64_t slice_now(void) {
	uint64_t slice;
	if (!look(&slice)) {
		skip();
	}
	return slice;
}

static bool has_slices(void) {
	struct utsname system;
	int major = 0, minor = 0;
	assert_int_equal(uname(&system), 0);
	assert_int_equal(sscanf(system.release, "%d.%d", &major, &minor), 2);
	return major > 6 || (major == 6 && minor >= 12);
}

static void test_a_policy_that_was_chosen_stays(void **state) {
	(void)state;
	const struct sched_param none = {0};
	assert_int_equal(sched_setscheduler(0, SCHED_BATCH, &none), 0);
	const uint64_t before = slice_now();
	slice_shorten();
	assert_int_equal(sched_getscheduler(0), SCHED_BATCH);
	assert_int_equal(slice_now(), before);
	assert_int_equal(sched_setscheduler(0, SCHED_OTHER, &none), 0);
}

static void *look_elsewhere(void *context) {
	return look(context) ? context : NULL;
}

static void test_slices_are_short_from_now_on(void **state) {
	(void)state;
	assert_int_equal(setpriority(PRIO_PROCESS, 0, 3), 0);
	const uint64_t wanted = has_slices() ? SHORTEST : slice_now();
	slice_shorten();
	assert_int_equal(slice_now(), wanted);
	assert_int_equal(sched_getscheduler(0), SCHED_OTHER);
	assert_int_equal(getpriority(PRIO_PROCESS, 0), 3);

	uint64_t seen = 0;
	void *done = NULL;
	pthread_t thread;
	assert_int_equal(pthread_create(&thread, NULL, look_elsewhere, &seen), 0);
	pthread_join(thread, &done);
	assert_non_null(done);
	assert_int_equal(seen, wanted);
}

int main(void) {
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_policy_that_was_chosen_stays),
		cmocka_unit_test(test_slices_are_short_from_now_on),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
