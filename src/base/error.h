/*
 * Why a function failed: a kind that decides what is done about it, and a sentence for a person.
 * The caller passes a struct error down; it owns no memory.
 */
#ifndef CARDFS_BASE_ERROR_H
#define CARDFS_BASE_ERROR_H

#include "base/text.h"

enum error_kind {
	ERROR_NONE,
	ERROR_MEMORY,    /* no memory */
	ERROR_INVALID,   /* what somebody wrote is not valid */
	ERROR_LIMIT,     /* a limit was hit */
	ERROR_NOT_FOUND, /* what was asked for does not exist */
	ERROR_SYSTEM,    /* a system call failed: error.system_error says how */
	ERROR_USAGE,     /* the command line is wrong */
};

/*
 * Zeroes are no error. line and column count from 1; 0 is none. A long message is cut, with "...".
 */
struct error {
	enum error_kind kind;
	int system_error;
	uint32_t line;
	uint32_t column;
	char message[1024];
};

/*
 * Each returns false, so that a function can end with `return error_set(...)`. error may be NULL.
 */
bool error_set(struct error *error, enum error_kind kind, const char *format, ...)
	__attribute__((format(printf, 3, 4)));
bool error_set_at(struct error *error, enum error_kind kind, uint32_t line, uint32_t column,
	const char *format, ...) __attribute__((format(printf, 5, 6)));
bool error_set_memory(struct error *error);

/* "FORMAT: strerror(system_error)", kind ERROR_SYSTEM; for want of memory it is ERROR_MEMORY. */
bool error_set_system(struct error *error, int system_error, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/* The errno that stands for an error at a system call boundary; 0 for none. */
int error_number(const struct error *error);

#endif
