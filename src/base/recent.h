/*
 * The last lines of a log. A block of fixed size, without pointers or locks, in memory that its
 * owner gives: several processes may share it, and one that is killed at any moment leaves it
 * usable.
 */
#ifndef CARDFS_BASE_RECENT_H
#define CARDFS_BASE_RECENT_H

#include "base/buffer.h"

#include <stdatomic.h>

/* How many lines, and how many words of 8 bytes of each, are kept. */
enum { RECENT_LINES = 64, RECENT_WORDS = 31 };

struct recent_line {
	atomic_uint_least64_t number; /* counts from 1; 0: none, or being written */
	atomic_uint_least64_t words[RECENT_WORDS];
};

struct recent {
	atomic_uint_least64_t count; /* of all lines there ever were */
	struct recent_line lines[RECENT_LINES];
};

/* Makes it empty. */
void recent_init(struct recent *recent);

/* Adds a line in place of the oldest one; what is too long of it is cut, with "..." for it. */
void recent_add(struct recent *recent, struct text line);

/* Appends the lines, the oldest first, each with a line break behind it. */
void recent_append(const struct recent *recent, struct buffer *text);

#endif
