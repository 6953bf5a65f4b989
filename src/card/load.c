#include "card/load.h"

#include "base/parallel.h"

/* Less text than this is read sooner than a thread is started. */
#define BYTES_FOR_A_THREAD ((size_t)256 * 1024)

struct loading {
	const struct load_task *tasks;
	const struct yaml_limits *limits;
};

static struct document_set *load_file(
	const struct load_task *task, const struct yaml_limits *limits) {
	struct document_set *set = snapshot_find(task->snapshot, task->file, task->store);
	if (set != NULL) {
		return set;
	}
	atomic_fetch_add(task->parsed, task->file->length);
	return document_set_read(task->file, task->store, task->earlier, limits, NULL);
}

static bool load(void *context, size_t first, size_t end) {
	const struct loading *loading = context;
	for (size_t i = first; i < end; i++) {
		const struct load_task *task = &loading->tasks[i];
		*task->set = load_file(task, loading->limits);
		if (*task->set == NULL) {
			return false;
		}
	}
	return true;
}

static size_t count_bytes(const struct load_task *tasks, size_t count) {
	size_t bytes = 0;
	for (size_t i = 0; i < count; i++) {
		bytes += tasks[i].file->length;
	}
	return bytes;
}

bool load_files(const struct load_task *tasks, size_t count, const struct yaml_limits *limits,
	struct error *error) {
	struct loading loading = {.tasks = tasks, .limits = limits};
	const size_t helpers = count_bytes(tasks, count) / BYTES_FOR_A_THREAD;
	return parallel_run(count, 1, helpers, load, &loading) || error_set_memory(error);
}
