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

enum { SHORTEST = 100000 };

/* As sched_getattr(2) has it. */
struct scheduling {
	uint32_t size, policy;
	uint64_t flags;
	int32_t nice;
	uint32_t priority;
	uint64_t runtime, deadline, period;
};

/* Of the calling thread. */
static struct scheduling look(void) {
	struct scheduling scheduling = {0};
	if (syscall(SYS_sched_getattr, 0, &scheduling, sizeof(scheduling), 0) != 0) {
		skip();
	}
	return scheduling;
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
	const struct scheduling before = look();
	slice_shorten();
	const struct scheduling after = look();
	assert_int_equal(after.policy, SCHED_BATCH);
	assert_int_equal(after.runtime, before.runtime);
	assert_int_equal(sched_setscheduler(0, SCHED_OTHER, &none), 0);
}

static void *look_elsewhere(void *context) {
	struct scheduling *seen = context;
	*seen = look();
	return NULL;
}

static void test_slices_are_short_from_now_on(void **state) {
	(void)state;
	assert_int_equal(setpriority(PRIO_PROCESS, 0, 3), 0);
	const struct scheduling before = look();
	const uint64_t wanted = has_slices() ? SHORTEST : before.runtime;
	slice_shorten();
	const struct scheduling after = look();
	assert_int_equal(after.policy, SCHED_OTHER);
	assert_int_equal(after.nice, 3);
	assert_int_equal(after.runtime, wanted);

	struct scheduling seen = {0};
	pthread_t thread;
	assert_int_equal(pthread_create(&thread, NULL, look_elsewhere, &seen), 0);
	pthread_join(thread, NULL);
	assert_int_equal(seen.runtime, wanted);
	assert_int_equal(seen.nice, 3);
}

int main(void) {
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_policy_that_was_chosen_stays),
		cmocka_unit_test(test_slices_are_short_from_now_on),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
