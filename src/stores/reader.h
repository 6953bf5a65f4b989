/*
 * Reads card files into a listing. Those that have not changed are taken from an earlier listing
 * without being opened.
 */
#ifndef CARDFS_STORES_READER_H
#define CARDFS_STORES_READER_H

#include "stores/store.h"

#include <time.h>

/* The caller sets the first four, leaves the rest zeroed, and finishes it. */
struct card_reader {
	size_t size_limit;
	const struct store_listing *previous; /* or NULL */
	struct store_listing *listing;
	struct problem_list *problems;

	struct buffer content;
	struct buffer path;
	size_t bytes; /* that were read */
};

void card_reader_finish(struct card_reader *reader);

/*
 * Adds the file of that name in the directory that is open as descriptor and called directory. One
 * that cannot be read is a problem (a link to nothing only a warning), and what previous holds of
 * it is listed instead; one that is gone, or no file any more, is nothing. Fails for want of memory
 * alone.
 */
bool card_reader_add(struct card_reader *reader, int descriptor, struct text directory,
	const char *name, struct error *error);

/*
 * Adds the files of those names, each with a NUL behind it, as card_reader_add does: many, or large
 * ones, on as many threads as there are processors.
 */
bool card_reader_add_all(struct card_reader *reader, int descriptor, struct text directory,
	struct text names, struct error *error);

/*
 * Adds a problem: what is at a path of the store, a file or a directory, cannot be looked at. What
 * previous holds of it is listed instead; nothing if the failure says that nothing is there.
 */
bool card_reader_fail(struct card_reader *reader, const char *path, const struct error *failure,
	struct error *error);

/* Adds a file that is made up. The same text as before is the same file as before. */
bool card_reader_add_text(struct card_reader *reader, struct text path, struct text directory,
	struct text text, int64_t modified, struct error *error);

/* Nanoseconds since the epoch. */
int64_t card_reader_nanoseconds(struct timespec time);

#endif
