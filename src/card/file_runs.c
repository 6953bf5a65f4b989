#include "card/file_runs.h"

#include "base/array.h"

#include <stdlib.h>
#include <string.h>

/* A change copies a run, and counts every other one: the least of both for ten thousand files. */
enum { FILES_A_RUN = 128, FILES_OF_TWO = 2 * FILES_A_RUN };

struct file_run {
	atomic_uint references;
	bool has_attempts;
	size_t count;
	size_t card_count, problem_count;
	int64_t modified;
	struct loaded_file files[];
};

const char *loaded_file_path(const struct loaded_file *file) {
	return file->set->file->path;
}

void loaded_file_finish(struct loaded_file *file) {
	document_set_release(file->set);
	document_set_release(file->attempt);
	document_set_release(file->emptied);
	*file = (struct loaded_file){0};
}

static struct document_set *acquire_set(struct document_set *set) {
	return set == NULL ? NULL : document_set_acquire(set);
}

static struct loaded_file acquire_file(const struct loaded_file *file) {
	return (struct loaded_file){
		.set = acquire_set(file->set),
		.attempt = acquire_set(file->attempt),
		.emptied = acquire_set(file->emptied),
	};
}

static void release_run(struct file_run *run) {
	if (atomic_fetch_sub_explicit(&run->references, 1, memory_order_acq_rel) != 1) {
		return;
	}
	for (size_t i = 0; i < run->count; i++) {
		loaded_file_finish(&run->files[i]);
	}
	free(run);
}

void file_runs_finish(struct file_runs *runs) {
	for (size_t i = 0; i < runs->count; i++) {
		release_run(runs->items[i]);
	}
	free(runs->items);
	*runs = (struct file_runs){0};
}

/* The last run that does not begin behind that path; the first one if all do. */
static size_t find_run(const struct file_runs *runs, const char *path) {
	size_t low = 0, high = runs->count;
	while (high - low > 1) {
		const size_t middle = low + (high - low) / 2;
		if (strcmp(loaded_file_path(&runs->items[middle]->files[0]), path) <= 0) {
			low = middle;
		} else {
			high = middle;
		}
	}
	return low;
}

/* The index of the first file of a run whose path is not before that one. */
static size_t find_file(const struct file_run *run, const char *path) {
	size_t low = 0, high = run->count;
	while (low < high) {
		const size_t middle = low + (high - low) / 2;
		if (strcmp(loaded_file_path(&run->files[middle]), path) < 0) {
			low = middle + 1;
		} else {
			high = middle;
		}
	}
	return low;
}

struct file_cursor file_runs_seek(const struct file_runs *runs, const char *path) {
	const size_t run = find_run(runs, path);
	return (struct file_cursor){run, run < runs->count ? find_file(runs->items[run], path) : 0};
}

const struct loaded_file *file_runs_next(const struct file_runs *runs, struct file_cursor *cursor) {
	while (cursor->run < runs->count) {
		const struct file_run *run = runs->items[cursor->run];
		if (cursor->index < run->count) {
			return &run->files[cursor->index++];
		}
		*cursor = (struct file_cursor){.run = cursor->run + 1};
	}
	return NULL;
}

const struct loaded_file *file_runs_next_attempt(
	const struct file_runs *runs, struct file_cursor *cursor) {
	while (cursor->run < runs->count) {
		const struct file_run *run = runs->items[cursor->run];
		while (run->has_attempts && cursor->index < run->count) {
			const struct loaded_file *file = &run->files[cursor->index++];
			if (file->attempt != NULL) {
				return file;
			}
		}
		*cursor = (struct file_cursor){.run = cursor->run + 1};
	}
	return NULL;
}

/* Adds a run and takes over the caller's reference, also where it fails for want of memory. */
static bool add_run(struct file_runs *runs, struct file_run *run) {
	struct file_run **items = array_make_room(
		runs->items, runs->count, &runs->capacity, sizeof(struct file_run *));
	if (items == NULL) {
		release_run(run);
		return false;
	}
	runs->items = items;
	runs->items[runs->count++] = run;
	runs->file_count += run->count;
	runs->card_count += run->card_count;
	runs->problem_count += run->problem_count;
	runs->modified = run->modified > runs->modified ? run->modified : runs->modified;
	return true;
}

static bool share_run(struct file_runs *runs, struct file_run *run) {
	atomic_fetch_add_explicit(&run->references, 1, memory_order_relaxed);
	return add_run(runs, run);
}

static void count_file(struct file_run *run, const struct loaded_file *file) {
	run->card_count += file->set->count;
	run->problem_count += loaded_file_newest(file)->problems.count;
	run->has_attempts |= file->attempt != NULL;
	if (file->set->file->modified > run->modified) {
		run->modified = file->set->file->modified;
	}
}

/* Files that are to be in new runs; each with its references. */
struct gathering {
	struct file_runs *runs; /* where those go */
	struct loaded_file files[FILES_OF_TWO];
	size_t count;
};

/* Makes a run of the first files that were gathered. */
static bool make_run(struct gathering *gathering, size_t count) {
	struct file_run *run = calloc(1, sizeof(*run) + count * sizeof(run->files[0]));
	if (run == NULL) {
		return false;
	}
	atomic_init(&run->references, 1);
	run->count = count;
	for (size_t i = 0; i < count; i++) {
		run->files[i] = gathering->files[i];
		count_file(run, &run->files[i]);
	}
	gathering->count -= count;
	memmove(gathering->files, gathering->files + count,
		gathering->count * sizeof(gathering->files[0]));
	return add_run(gathering->runs, run);
}

/* Takes the file over, also where it fails. */
static bool gather(struct gathering *gathering, struct loaded_file file) {
	if (gathering->count == FILES_OF_TWO && !make_run(gathering, FILES_A_RUN)) {
		loaded_file_finish(&file);
		return false;
	}
	gathering->files[gathering->count++] = file;
	return true;
}

static bool gather_rest(struct gathering *gathering) {
	return gathering->count == 0 || make_run(gathering, gathering->count);
}

static bool copy_files(
	struct gathering *gathering, const struct file_run *run, size_t first, size_t end) {
	for (size_t i = first; i < end; i++) {
		if (!gather(gathering, acquire_file(&run->files[i]))) {
			return false;
		}
	}
	return true;
}

static bool gather_new(struct gathering *gathering, struct file_change *change) {
	const struct loaded_file new = change->new;
	if (change->file == NULL) {
		return true;
	}
	change->new = (struct loaded_file){0};
	return gather(gathering, new);
}

/* Gathers what a run becomes. */
static bool merge(struct gathering *gathering, const struct file_run *run,
	struct file_change *changes, size_t count) {
	size_t next = 0;
	for (size_t i = 0; i < count; i++) {
		const struct loaded_file *old = changes[i].old;
		const size_t place = old != NULL ? (size_t)(old - run->files)
						 : find_file(run, changes[i].file->path);
		if (!copy_files(gathering, run, next, place) ||
			!gather_new(gathering, &changes[i])) {
			return false;
		}
		next = place + (old != NULL);
	}
	return copy_files(gathering, run, next, run->count);
}

static const char *change_path(const struct file_change *change) {
	return change->file != NULL ? change->file->path : loaded_file_path(change->old);
}

/* How many of the changes, the first of which is of that run, are of it. */
static size_t count_changes(
	const struct file_runs *runs, size_t run, const struct file_change *changes, size_t count) {
	if (run + 1 == runs->count) {
		return count;
	}
	const char *behind = loaded_file_path(&runs->items[run + 1]->files[0]);
	size_t of_run = 0;
	while (of_run < count && strcmp(change_path(&changes[of_run]), behind) < 0) {
		of_run++;
	}
	return of_run;
}

/* A run that has become short is joined with the next one. */
static bool is_short(const struct gathering *gathering) {
	return gathering->count > 0 && gathering->count < FILES_A_RUN / 2;
}

/* The first run that the changes change; the end of the runs where there are no changes. */
static size_t find_changed(
	const struct file_runs *runs, const struct file_change *changes, size_t count) {
	return count == 0 ? runs->count : find_run(runs, change_path(&changes[0]));
}

static bool change_runs(struct gathering *gathering, const struct file_runs *previous,
	struct file_change *changes, size_t count) {
	size_t changed = find_changed(previous, changes, count);
	for (size_t i = 0; i < previous->count; i++) {
		struct file_run *run = previous->items[i];
		if (i < changed && !is_short(gathering)) {
			if (!gather_rest(gathering) || !share_run(gathering->runs, run)) {
				return false;
			}
			continue;
		}
		const size_t of_run = i < changed ? 0 : count_changes(previous, i, changes, count);
		if (!merge(gathering, run, changes, of_run)) {
			return false;
		}
		changes += of_run;
		count -= of_run;
		changed = of_run == 0 ? changed : find_changed(previous, changes, count);
	}
	return true;
}

static bool gather_all(struct gathering *gathering, struct file_change *changes, size_t count) {
	for (size_t i = 0; i < count; i++) {
		if (!gather_new(gathering, &changes[i])) {
			return false;
		}
	}
	return true;
}

bool file_runs_change(struct file_runs *runs, const struct file_runs *previous,
	struct file_change *changes, size_t count) {
	struct gathering gathering = {.runs = runs};
	const bool done =
		(previous->count == 0 ? gather_all(&gathering, changes, count)
				      : change_runs(&gathering, previous, changes, count)) &&
		gather_rest(&gathering);
	for (size_t i = 0; i < gathering.count; i++) {
		loaded_file_finish(&gathering.files[i]);
	}
	return done;
}
