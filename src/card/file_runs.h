/*
 * The files of a store and what each holds, sorted by path. They are kept in runs, which are
 * immutable and shared between catalogs by counting: a change of one file copies one run. Only
 * part.c uses it.
 */
#ifndef CARDFS_CARD_FILE_RUNS_H
#define CARDFS_CARD_FILE_RUNS_H

#include "card/document.h"

/* One file. It holds a reference on each set. */
struct loaded_file {
	struct document_set *set; /* what is served of it */
	/*
	 * What it holds that can't be read whole, where what it held before is served instead. NULL
	 * for most files.
	 */
	struct document_set *attempt;
	struct document_set *emptied; /* what a file that holds nothing held before; or NULL */
};

/* What the file itself holds. */
static inline const struct document_set *loaded_file_newest(const struct loaded_file *file) {
	return file->attempt != NULL ? file->attempt : file->set;
}

/* Its path; good for as long as the file is. */
const char *loaded_file_path(const struct loaded_file *file);

/* Releases what it holds, any of which may be NULL. */
void loaded_file_finish(struct loaded_file *file);

struct file_run;

/* Zeroes are no files. */
struct file_runs {
	struct file_run **items; /* each with a reference */
	size_t count;
	size_t capacity;
	size_t file_count, card_count;
	size_t problem_count; /* in files */
	int64_t modified;     /* the newest file's; nanoseconds */
};

void file_runs_finish(struct file_runs *runs);

/* A place in runs. Zeroes are before the first file. */
struct file_cursor {
	size_t run, index;
};

/* The place of the first file whose path is not before that one. */
struct file_cursor file_runs_seek(const struct file_runs *runs, const char *path);

/* Returns the file at the cursor, which moves behind it, or NULL behind the last one. */
const struct loaded_file *file_runs_next(const struct file_runs *runs, struct file_cursor *cursor);

/* The next file, from the cursor on, that has an attempt; or NULL. */
const struct loaded_file *file_runs_next_attempt(
	const struct file_runs *runs, struct file_cursor *cursor);

/* What comes of a file. */
struct file_change {
	const struct loaded_file *old; /* in runs; NULL where there was no such file */
	struct card_file *file;        /* what there is now; borrowed; NULL where it is gone */
	struct loaded_file new;        /* what that holds */
};

/*
 * Fills runs (zeroes) with what previous (zeroes: nothing) becomes by the changes, which are sorted
 * by path. Takes over what is new, and shares the runs in which nothing changes. Fails for want of
 * memory; the caller finishes runs, and what is left in the changes, in any case.
 */
bool file_runs_change(struct file_runs *runs, const struct file_runs *previous,
	struct file_change *changes, size_t count);

#endif
