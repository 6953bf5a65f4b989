#include "yaml/number.h"

#include "base/buffer.h"
#include "yaml/cursor.h"

#include <float.h>
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define LIMB_DIGITS 9
#define LIMB 1000000000
#define LIMBS (NUMBER_MAX_DIGITS / LIMB_DIGITS + 1)

/* A natural number, its lowest limb first. */
struct natural {
	uint32_t limbs[LIMBS];
	size_t count;
};

static bool fail_integer(struct error *error) {
	return error_set(
		error, ERROR_INVALID, "this is not an integer; mend it, or remove the tag");
}

static bool fail_float(struct error *error) {
	return error_set(
		error, ERROR_INVALID, "this is not a number; quote it if it is meant as text");
}

static bool fail_digits(struct error *error) {
	return error_set(error, ERROR_LIMIT,
		"this integer has more than %d digits, which is the limit", NUMBER_MAX_DIGITS);
}

/* Returns false where the product has too many limbs. */
static bool natural_multiply_add(struct natural *natural, uint32_t factor, uint32_t addend) {
	uint64_t carry = addend;
	for (size_t i = 0; i < natural->count; i++) {
		carry += (uint64_t)natural->limbs[i] * factor;
		natural->limbs[i] = (uint32_t)(carry % LIMB);
		carry /= LIMB;
	}
	while (carry > 0) {
		if (natural->count == LIMBS) {
			return false;
		}
		natural->limbs[natural->count++] = (uint32_t)(carry % LIMB);
		carry /= LIMB;
	}
	return true;
}

static bool natural_append(struct buffer *buffer, bool is_negative, const struct natural *natural,
	struct error *error) {
	if (natural->count == 0) {
		buffer_append_byte(buffer, '0');
		return true;
	}
	size_t last = natural->count - 1;
	buffer_append_format(buffer, "%s%" PRIu32, is_negative ? "-" : "", natural->limbs[last]);
	for (size_t i = last; i-- > 0;) {
		buffer_append_format(buffer, "%09" PRIu32, natural->limbs[i]);
	}
	return buffer->length - is_negative <= NUMBER_MAX_DIGITS || fail_digits(error);
}

static unsigned digit_value(char character) {
	if (character >= '0' && character <= '9') {
		return (unsigned)(character - '0');
	}
	unsigned letter = (unsigned char)(character | 0x20);
	return letter >= 'a' && letter <= 'f' ? letter - 'a' + 10 : UINT32_MAX;
}

/* Appends the digits of text in base to natural, as many at a time as 28 bits hold. */
static bool natural_read(
	struct natural *natural, struct text text, unsigned base, struct error *error) {
	uint32_t factor = 1;
	uint32_t part = 0;
	for (size_t i = 0; i < text.length; i++) {
		unsigned digit = digit_value(text.data[i]);
		if (digit >= base) {
			return fail_integer(error);
		}
		part = part * base + digit;
		factor *= base;
		if (factor >= (1U << 28) / 16 || i + 1 == text.length) {
			if (!natural_multiply_add(natural, factor, part)) {
				return fail_digits(error);
			}
			factor = 1;
			part = 0;
		}
	}
	return text.length > 0 || fail_integer(error);
}

/* "1:30:00" in YAML 1.1: each part is sixty times the next. */
static bool natural_read_sexagesimal(
	struct natural *natural, struct text text, struct error *error) {
	struct cursor cursor = cursor_at_start(text);
	cursor_take_digits(&cursor);
	if (!natural_read(natural, text_part(text, 0, cursor.at), 10, error)) {
		return false;
	}
	while (cursor_take(&cursor, ":")) {
		int64_t part = 0;
		if (!cursor_take_number(&cursor, 1, LIMB_DIGITS, &part)) {
			return fail_integer(error);
		}
		if (!natural_multiply_add(natural, 60, (uint32_t)part)) {
			return fail_digits(error);
		}
	}
	return cursor_is_at_end(&cursor) || fail_integer(error);
}

/* Decimal digits, of which many may be zeros in front. */
static bool read_decimal(struct arena *arena, struct text digits, bool is_negative,
	struct text *decimal, struct error *error) {
	struct cursor cursor = cursor_at_start(digits);
	cursor_take_digits(&cursor);
	if (!cursor_is_at_end(&cursor) || digits.length == 0) {
		return fail_integer(error);
	}
	if (digits.length > NUMBER_MAX_DIGITS) {
		return fail_digits(error);
	}
	while (digits.length > 1 && digits.data[0] == '0') {
		digits = text_part(digits, 1, digits.length);
	}
	*decimal = digits;
	if (!is_negative || text_equal(digits, TEXT("0"))) {
		return true;
	}
	char *data = arena_allocate(arena, digits.length + 2);
	if (data == NULL) {
		return error_set_memory(error);
	}
	data[0] = '-';
	memcpy(data + 1, digits.data, digits.length);
	data[digits.length + 1] = '\0';
	*decimal = (struct text){data, digits.length + 1};
	return true;
}

static bool write_natural(struct arena *arena, const struct natural *natural, bool is_negative,
	struct text *decimal, struct error *error) {
	struct buffer buffer = {0};
	bool is_written = natural_append(&buffer, is_negative, natural, error);
	if (is_written) {
		is_written =
			(!buffer.failed && arena_copy_text(arena, buffer_text(&buffer), decimal)) ||
			error_set_memory(error);
	}
	buffer_finish(&buffer);
	return is_written;
}

struct notation {
	struct text prefix;
	unsigned base;
};

static struct notation find_notation(enum yaml_version version, struct text digits) {
	static const struct notation notations[] = {
		{{"0b", 2}, 2},
		{{"0o", 2}, 8},
		{{"0x", 2}, 16},
	};
	for (size_t i = 0; i < sizeof(notations) / sizeof(notations[0]); i++) {
		if (text_starts_with(digits, notations[i].prefix)) {
			return notations[i];
		}
	}
	bool is_old_octal = version == YAML_1_1 && digits.length > 1 && digits.data[0] == '0';
	return (struct notation){{"", 0}, is_old_octal ? 8 : 10};
}

/* digits: without underscores and sign. */
static bool read_digits(struct arena *arena, enum yaml_version version, struct text digits,
	bool is_negative, struct text *decimal, struct error *error) {
	struct notation notation = find_notation(version, digits);
	bool is_sexagesimal = notation.base == 10 && version == YAML_1_1 &&
			      text_index(digits, ':') < digits.length;
	if (notation.base == 10 && !is_sexagesimal) {
		return read_decimal(arena, digits, is_negative, decimal, error);
	}
	struct natural natural = {.count = 0};
	struct text rest = text_part(digits, notation.prefix.length, digits.length);
	bool is_read = is_sexagesimal ? natural_read_sexagesimal(&natural, digits, error)
				      : natural_read(&natural, rest, notation.base, error);
	return is_read && write_natural(arena, &natural, is_negative, decimal, error);
}

/* Gives text without underscores and with a NUL behind it: itself where it has none. */
static bool remove_underscores(
	struct arena *arena, struct text text, struct text *plain, struct error *error) {
	*plain = text;
	if (text_index(text, '_') == text.length) {
		return true;
	}
	char *data = arena_allocate(arena, text.length + 1);
	if (data == NULL) {
		return error_set_memory(error);
	}
	size_t length = 0;
	for (size_t i = 0; i < text.length; i++) {
		if (text.data[i] != '_') {
			data[length++] = text.data[i];
		}
	}
	data[length] = '\0';
	*plain = (struct text){data, length};
	return true;
}

/* Gives what is behind the sign, without underscores and with a NUL behind it. */
static bool remove_sign(struct arena *arena, struct text text, bool *is_negative,
	struct text *digits, struct error *error) {
	struct text plain;
	if (!remove_underscores(arena, text, &plain, error)) {
		return false;
	}
	struct cursor cursor = cursor_at_start(text_strip(plain));
	*is_negative = cursor_is_at(&cursor, "-");
	cursor_take(&cursor, "-+");
	*digits = cursor_rest(&cursor);
	return true;
}

/* Whether it is written as number_parse_integer gives it: nearly every one is. */
static bool is_decimal(struct text text) {
	struct cursor cursor = cursor_at_start(text);
	return cursor_take_digits(&cursor) <= LIMB_DIGITS && cursor_is_at_end(&cursor) &&
	       text.length > 0 && (text.data[0] != '0' || text.length == 1);
}

bool number_parse_integer(struct arena *arena, enum yaml_version version, struct text text,
	struct text *decimal, struct error *error) {
	if (is_decimal(text)) {
		*decimal = text;
		return true;
	}
	bool is_negative;
	struct text digits;
	return remove_sign(arena, text, &is_negative, &digits, error) &&
	       read_digits(arena, version, digits, is_negative, decimal, error);
}

static bool is_word(struct text text, const char *word) {
	return text.length == strlen(word) && strncasecmp(text.data, word, text.length) == 0;
}

/* Digits with a point and an exponent where there are any: what both Python and C take. */
static bool is_decimal_float(struct text text) {
	struct cursor cursor = cursor_at_start(text);
	size_t digits = cursor_take_digits(&cursor);
	if (cursor_take(&cursor, ".")) {
		digits += cursor_take_digits(&cursor);
	}
	if (digits > 0 && cursor_take(&cursor, "eE")) {
		cursor_take(&cursor, "-+");
		digits = cursor_take_digits(&cursor);
	}
	return digits > 0 && cursor_is_at_end(&cursor);
}

/* text: without a sign, and with a NUL, blank or colon behind it. */
static bool read_part(struct text text, double *number, struct error *error) {
	if (is_word(text, ".inf") || is_word(text, "inf") || is_word(text, "infinity")) {
		*number = (double)INFINITY;
		return true;
	}
	if (is_word(text, ".nan") || is_word(text, "nan")) {
		*number = (double)NAN;
		return true;
	}
	if (!is_decimal_float(text)) {
		return fail_float(error);
	}
	*number = strtod(text.data, NULL);
	return true;
}

/* "1:30.5" in YAML 1.1, from the last part to the first. */
static bool read_sexagesimal_float(struct text text, double *number, struct error *error) {
	double base = 1;
	*number = 0;
	for (;;) {
		size_t start = text.length;
		while (start > 0 && text.data[start - 1] != ':') {
			start--;
		}
		double part = 0;
		if (base > DBL_MAX ||
			!read_part(text_part(text, start, text.length - start), &part, error)) {
			return fail_float(error);
		}
		*number += part * base;
		if (start == 0) {
			return true;
		}
		base *= 60;
		text.length = start - 1;
	}
}

bool number_parse_float(struct arena *arena, enum yaml_version version, struct text text,
	double *number, struct error *error) {
	bool is_negative;
	struct text digits;
	if (!remove_sign(arena, text, &is_negative, &digits, error)) {
		return false;
	}
	bool is_sexagesimal = version == YAML_1_1 && text_index(digits, ':') < digits.length;
	if (!(is_sexagesimal ? read_sexagesimal_float(digits, number, error)
			     : read_part(digits, number, error))) {
		return false;
	}
	*number = is_negative ? -*number : *number;
	return true;
}
