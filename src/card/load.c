#include "card/load.h"

#include <pthread.h>
#include <unistd.h>

enum { THREAD_LIMIT = 16 };

/* Less text than this is read sooner than a thread is started. */
#define BYTES_FOR_A_THREAD ((size_t)256 * 1024)

struct loading {
	const struct load_task *tasks;
	size_t count;
	const struct yaml_limits *limits;
	atomic_size_t next;
	atomic_bool failed;
};

static void *load(void *data) {
	struct loading *loading = data;
	while (!atomic_load(&loading->failed)) {
		size_t index = atomic_fetch_add(&loading->next, 1);
		if (index >= loading->count) {
			break;
		}
		const struct load_task *task = &loading->tasks[index];
		*task->set = document_set_read(task->file, task->store, loading->limits, NULL);
		if (*task->set == NULL) {
			atomic_store(&loading->failed, true);
		}
	}
	return NULL;
}

/* How many threads help the calling one. */
static size_t count_helpers(const struct load_task *tasks, size_t count) {
	size_t bytes = 0;
	for (size_t i = 0; i < count; i++) {
		bytes += tasks[i].file->length;
	}
	long processors = sysconf(_SC_NPROCESSORS_ONLN);
	size_t helpers = processors < 2 ? 0 : (size_t)processors - 1;
	if (helpers > bytes / BYTES_FOR_A_THREAD) {
		helpers = bytes / BYTES_FOR_A_THREAD;
	}
	if (helpers + 1 > count) {
		helpers = count == 0 ? 0 : count - 1;
	}
	return helpers < THREAD_LIMIT ? helpers : THREAD_LIMIT;
}

bool load_files(const struct load_task *tasks, size_t count, const struct yaml_limits *limits,
	struct error *error) {
	struct loading loading = {.tasks = tasks, .count = count, .limits = limits};
	pthread_t threads[THREAD_LIMIT];
	size_t wanted = count_helpers(tasks, count);
	size_t started = 0;
	while (started < wanted && pthread_create(&threads[started], NULL, load, &loading) == 0) {
		started++;
	}
	load(&loading);
	while (started > 0) {
		pthread_join(threads[--started], NULL);
	}
	return !atomic_load(&loading.failed) || error_set_memory(error);
}
