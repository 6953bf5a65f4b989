/*
 * A string of bytes that grows. It may hold NUL, and has a NUL behind its end. Failure to allocate
 * is remembered: append as often as needed, then ask buffer.failed once.
 */
#ifndef CARDFS_BASE_BUFFER_H
#define CARDFS_BASE_BUFFER_H

#include "base/text.h"

#include <stdarg.h>

/* Zeroes are an empty buffer; its data is NULL until the first byte is appended. */
struct buffer {
	char *data;
	size_t length;
	size_t capacity;
	bool failed;
};

/* Frees what the buffer holds and makes it empty, usable, and not failed. */
void buffer_finish(struct buffer *buffer);

/* Makes it empty, keeping its memory; one that failed stays failed. */
void buffer_clear(struct buffer *buffer);

void buffer_append(struct buffer *buffer, const void *data, size_t length);
void buffer_append_text(struct buffer *buffer, struct text text);
void buffer_append_string(struct buffer *buffer, const char *string);
void buffer_append_byte(struct buffer *buffer, char byte);
void buffer_append_format(struct buffer *buffer, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
void buffer_append_format_list(struct buffer *buffer, const char *format, va_list arguments)
	__attribute__((format(printf, 2, 0)));

/*
 * Appends text as it may be shown on a terminal or in a log line: control characters, line breaks,
 * bytes that are not UTF-8 and direction marks as \n, \t, \xNN or \u{NNNN}; the rest as it is.
 */
void buffer_append_printable(struct buffer *buffer, struct text text);

/* Makes room for length more bytes. Returns false, and marks it failed, when there is none. */
bool buffer_reserve(struct buffer *buffer, size_t length);

/* What it holds; valid until it changes. Empty where it failed. */
struct text buffer_text(const struct buffer *buffer);

/*
 * Returns its bytes with a NUL behind them, to be freed by the caller, and leaves the buffer empty;
 * NULL where it failed.
 */
char *buffer_take(struct buffer *buffer);

#endif
