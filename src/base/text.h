/*
 * A run of bytes that somebody else owns: a pointer and a length, so that it may hold NUL and need
 * not end with one. Passed by value.
 */
#ifndef CARDFS_BASE_TEXT_H
#define CARDFS_BASE_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct text {
	const char *data;
	size_t length;
};

/* A text over a string literal. */
#define TEXT(literal) ((struct text){(literal), sizeof(literal) - 1})

/*
 * For printf: printf("%.*s", TEXT_ARGUMENTS(text)). Text with a NUL is cut there, and a longer one
 * than a message can hold at its limit: names in cards may have millions of bytes.
 */
enum { TEXT_ARGUMENT_LIMIT = 4096 };
#define TEXT_ARGUMENTS(text)                                                              \
	(int)((text).length < TEXT_ARGUMENT_LIMIT ? (text).length : TEXT_ARGUMENT_LIMIT), \
		(text).data

/* The text of a C string, without its NUL; an empty text for NULL. */
struct text text_of(const char *string);

bool text_equal(struct text a, struct text b);

/* Orders by bytes, a prefix first; negative, zero or positive as strcmp. */
int text_compare(struct text a, struct text b);

bool text_starts_with(struct text text, struct text prefix);
bool text_ends_with(struct text text, struct text suffix);

/* The part from offset on, at most length bytes of it; both are clipped to the text. */
struct text text_part(struct text text, size_t offset, size_t length);

/* Puts "..." at the end of a string of UTF-8 that fills its memory, between characters. */
void text_mark_cut(char *string, size_t size);

/* The index of the first such byte, or text.length where there is none. */
size_t text_index(struct text text, char byte);

/* A hash for tables; the same for equal texts in one process, another one in the next. */
uint64_t text_hash(struct text text);

/*
 * Reads the character of UTF-8 that starts at *offset and moves *offset behind it. Returns false,
 * with *offset unmoved, at the end or where the bytes are not valid UTF-8 (overlong forms and
 * surrogates are not).
 */
bool text_next_character(struct text text, size_t *offset, uint32_t *character);

/* Whether all of it is valid UTF-8. */
bool text_is_utf8(struct text text);

/*
 * Without white space at both ends, by Python's str.strip: the Unicode white space characters and
 * the separators U+001C to U+001F ("semantics.md, Names and environments").
 */
struct text text_strip(struct text text);

#endif
