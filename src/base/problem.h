/*
 * Something wrong with what people wrote. Problems are data: they are collected and shown, and stop
 * nothing.
 */
#ifndef CARDFS_BASE_PROBLEM_H
#define CARDFS_BASE_PROBLEM_H

#include "base/buffer.h"
#include "base/error.h"

enum problem_severity {
	PROBLEM_ERROR,   /* something is left out because of it */
	PROBLEM_WARNING, /* everything is served, and is probably not what was meant */
	PROBLEM_NOTE,    /* worth knowing */
};

/*
 * How many problems of one file are told of: who mends them sees the others. Who reads a file keeps
 * no more, and a list that is sorted has no more; then one says that there are.
 */
enum { PROBLEMS_OF_A_FILE = 1000 };

/* line and column count from 1; 0 is none. The strings are the problem's own. */
struct problem {
	enum problem_severity severity;
	char *file; /* or NULL */
	uint32_t line;
	uint32_t column;
	char *asset; /* the asset that it breaks or speaks of, or NULL */
	char *message;
};

/* Zeroes are an empty list. failed is set when a problem was lost for want of memory. */
struct problem_list {
	struct problem *items;
	size_t count;
	size_t capacity;
	size_t cut_count; /* how many there were when it was cut last */
	bool failed;
};

void problem_list_finish(struct problem_list *list);

/*
 * Adds a problem; file and asset may be empty. The message is a sentence without the place, which
 * may hold anything that a card holds: whoever shows it makes it printable. A message or asset of
 * more than 1,023 bytes is cut, with "...": a name in a card may have millions, and be in many. A
 * list that grows long is sorted now and then.
 */
void problem_list_add(struct problem_list *list, enum problem_severity severity, struct text file,
	uint32_t line, uint32_t column, struct text asset, const char *format, ...)
	__attribute__((format(printf, 7, 8)));

/* Adds an error as a problem of file, with the error's own line and column. */
void problem_list_add_error(
	struct problem_list *list, struct text file, struct text asset, const struct error *error);

/*
 * Adds an error in the place of so many problems of file that are not kept, the first of them on
 * that line.
 */
void problem_list_add_rest(
	struct problem_list *list, struct text file, uint32_t line, size_t count);

/* Adds copies of every problem of other. */
void problem_list_add_all(struct problem_list *list, const struct problem_list *other);

/*
 * Sorts by file, line, column, message, removes those that repeat another in everything, and puts
 * one in the place of those that a file has beyond PROBLEMS_OF_A_FILE.
 */
void problem_list_sort(struct problem_list *list);

/* Whether both hold the same problems, in the same order. */
bool problem_list_is_same(const struct problem_list *list, const struct problem_list *other);

/* How many of them are of that severity. */
size_t problem_list_count(const struct problem_list *list, enum problem_severity severity);

/* "error", "warning", "note". */
const char *problem_severity_name(enum problem_severity severity);

/*
 * Appends the problem as one printable line, without a line break: "FILE:LINE: MESSAGE" as people
 * read it, or with severity "FILE:LINE:COLUMN: error: MESSAGE" as editors parse it.
 */
void problem_append(struct buffer *buffer, const struct problem *problem, bool with_severity);

#endif
