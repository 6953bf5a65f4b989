/*
 * What YAML and JSON spell alike: floats, base64, and which characters stand for themselves.
 */
#ifndef CARDFS_YAML_SPELLING_H
#define CARDFS_YAML_SPELLING_H

#include "base/buffer.h"

/*
 * How many levels are indented, a level a line; what is nested deeper stands on one line. Bounds
 * what indentation can add to a small document that is nested deeply.
 */
enum { SPELLING_INDENTED_LEVELS = 16 };

/* Appends two spaces a level. */
void spelling_append_indentation(struct buffer *buffer, size_t level);

/*
 * Appends the shortest decimal that reads back as the same number, always with a point, and with a
 * signed exponent below 1e-4 and from 1e16 on: "0.1", "-0.0", "1.0e-05". The number is finite.
 */
void spelling_append_float(struct buffer *buffer, double number);

/* Appends the base64 of bytes (RFC 4648, padded) without line breaks. */
void spelling_append_base64(struct buffer *buffer, struct text bytes);

/* ".inf", "-.inf" or ".nan"; NULL for a finite number. */
const char *spelling_special_float(double number);

/* Stands for a byte that is not UTF-8. */
enum { SPELLING_INVALID = 0x110000 };

/*
 * Reads the character at *offset, which is below text.length, and moves behind it; SPELLING_INVALID
 * for a byte that is not UTF-8.
 */
uint32_t spelling_next_character(struct text text, size_t *offset);

/*
 * Whether a character is written as an escape: controls (C0, DEL, C1), line and paragraph
 * separators, direction marks, byte order marks, noncharacters and SPELLING_INVALID.
 */
bool spelling_needs_escape(uint32_t character);

/* Appends the escape sequence of one character. */
typedef void spelling_escape_function(struct buffer *buffer, uint32_t character);

/*
 * Appends text in double quotes. What needs it, double quotes and backslashes go through escape;
 * what is not UTF-8 as U+FFFD.
 */
void spelling_append_quoted(
	struct buffer *buffer, struct text text, spelling_escape_function *escape);

#endif
