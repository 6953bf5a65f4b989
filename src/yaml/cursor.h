/*
 * Walking over a text from its start: the few steps of which the patterns of scalars are made. Each
 * take_ function moves only where it succeeds.
 */
#ifndef CARDFS_YAML_CURSOR_H
#define CARDFS_YAML_CURSOR_H

#include "base/text.h"

struct cursor {
	struct text text;
	size_t at;
};

static inline struct cursor cursor_at_start(struct text text) {
	return (struct cursor){text, 0};
}

static inline bool cursor_is_at_end(const struct cursor *cursor) {
	return cursor->at == cursor->text.length;
}

static inline struct text cursor_rest(const struct cursor *cursor) {
	return text_part(cursor->text, cursor->at, cursor->text.length);
}

/* Whether the next byte is one of set. */
static inline bool cursor_is_at(const struct cursor *cursor, const char *set) {
	while (*set != '\0' &&
		(cursor_is_at_end(cursor) || cursor->text.data[cursor->at] != *set)) {
		set++;
	}
	return *set != '\0';
}

static inline bool cursor_take(struct cursor *cursor, const char *set) {
	bool is_taken = cursor_is_at(cursor, set);
	cursor->at += is_taken;
	return is_taken;
}

static inline bool cursor_is_at_digit(const struct cursor *cursor) {
	return !cursor_is_at_end(cursor) && cursor->text.data[cursor->at] >= '0' &&
	       cursor->text.data[cursor->at] <= '9';
}

static inline bool cursor_take_digit(struct cursor *cursor) {
	bool is_taken = cursor_is_at_digit(cursor);
	cursor->at += is_taken;
	return is_taken;
}

/* Takes as many digits as there are, and returns how many. */
static inline size_t cursor_take_digits(struct cursor *cursor) {
	size_t start = cursor->at;
	while (cursor_take_digit(cursor)) {
	}
	return cursor->at - start;
}

/* Takes as many bytes of set as there are, and returns how many. */
static inline size_t cursor_take_all(struct cursor *cursor, const char *set) {
	size_t start = cursor->at;
	while (cursor_take(cursor, set)) {
	}
	return cursor->at - start;
}

static inline bool cursor_take_literal(struct cursor *cursor, struct text literal) {
	bool is_taken = text_starts_with(cursor_rest(cursor), literal);
	cursor->at += is_taken ? literal.length : 0;
	return is_taken;
}

/* Takes between least and most digits, and adds them to *number, which is decimal. */
static inline bool cursor_take_number(
	struct cursor *cursor, unsigned least, unsigned most, int64_t *number) {
	size_t start = cursor->at;
	int64_t taken = 0;
	while (cursor->at - start < most && cursor_is_at_digit(cursor)) {
		taken = taken * 10 + (cursor->text.data[cursor->at] - '0');
		cursor->at++;
	}
	if (cursor->at - start < least) {
		cursor->at = start;
		return false;
	}
	*number = taken;
	return true;
}

#endif
