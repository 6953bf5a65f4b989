#include "base/parallel.h"

#include <pthread.h>
#include <stdatomic.h>
#include <unistd.h>

enum { THREAD_LIMIT = 16 };

struct run {
	size_t count;
	size_t step;
	parallel_work *work;
	void *context;
	atomic_size_t next;
	atomic_bool failed;
};

static void *take_part(void *data) {
	struct run *run = data;
	while (!atomic_load(&run->failed)) {
		const size_t first = atomic_fetch_add(&run->next, run->step);
		if (first >= run->count) {
			break;
		}
		const size_t left = run->count - first;
		const size_t end = first + (left < run->step ? left : run->step);
		if (!run->work(run->context, first, end)) {
			atomic_store(&run->failed, true);
		}
	}
	return NULL;
}

static size_t minimum(size_t a, size_t b) {
	return a < b ? a : b;
}

/* How many threads beside the calling one have something to do. */
static size_t count_helpers(size_t count, size_t step, size_t helpers) {
	/* To count the processors, files are read. */
	const long processors = helpers == 0 ? 1 : sysconf(_SC_NPROCESSORS_ONLN);
	const size_t others = processors < 2 ? 0 : (size_t)processors - 1;
	const size_t steps = count / step;
	return minimum(minimum(others, helpers), minimum(steps, THREAD_LIMIT));
}

bool parallel_run(size_t count, size_t step, size_t helpers, parallel_work *work, void *context) {
	struct run run = {.count = count, .step = step, .work = work, .context = context};
	pthread_t threads[THREAD_LIMIT];
	const size_t wanted = count_helpers(count, step, helpers);
	size_t started = 0;
	while (started < wanted && pthread_create(&threads[started], NULL, take_part, &run) == 0) {
		started++;
	}
	take_part(&run);
	while (started > 0) {
		pthread_join(threads[--started], NULL);
	}
	return !atomic_load(&run.failed);
}
