/*
 * Numbers and texts one behind the other, as processes of one program say them to each other.
 */
#ifndef CARDFS_BASE_RECORD_H
#define CARDFS_BASE_RECORD_H

#include "base/buffer.h"

/* Append a number, and a text with its length. */
void record_append_number(struct buffer *record, uint64_t number);
void record_append_text(struct buffer *record, struct text text);

/* What is left to read, or that it ended too early. */
struct record_reading {
	struct text rest;
	bool failed;
};

/* Return the next one, a text borrowed; 0 and an empty one where there is none. */
uint64_t record_read_number(struct record_reading *reading);
struct text record_read_text(struct record_reading *reading);

#endif
