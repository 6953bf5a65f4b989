#include "yaml/scalar.h"

#include "yaml/base64.h"
#include "yaml/cursor.h"
#include "yaml/number.h"
#include "yaml/timestamp.h"

#include <limits.h>
#include <strings.h>

#define IN_1_1 (1U << YAML_1_1)
#define IN_1_2 (1U << YAML_1_2)
#define IN_BOTH (IN_1_1 | IN_1_2)

#define DIGITS "0123456789"

/* "false" */
#define LONGEST_WORD 5

/* [eE][-+]?[0-9]+, or nothing of it; a sign may have to be there. */
static void take_exponent(struct cursor *cursor, bool needs_sign) {
	struct cursor ahead = *cursor;
	if (cursor_take(&ahead, "eE") && (cursor_take(&ahead, "-+") || !needs_sign) &&
		cursor_take_digits(&ahead) > 0) {
		*cursor = ahead;
	}
}

/* (:[0-5]?[0-9])+ */
static bool take_sexagesimal_parts(struct cursor *cursor) {
	size_t parts = 0;
	while (cursor_take(cursor, ":")) {
		struct cursor ahead = *cursor;
		if (cursor_take(&ahead, "012345") && cursor_take_digit(&ahead)) {
			*cursor = ahead;
		} else if (!cursor_take_digit(cursor)) {
			return false;
		}
		parts++;
	}
	return parts > 0;
}

/* 12. 1_2.5 1.e3 1e-3, after the sign */
static bool match_float_digits(struct cursor cursor) {
	if (!cursor_take_digit(&cursor)) {
		return false;
	}
	cursor_take_all(&cursor, DIGITS "_");
	bool has_point = cursor_take(&cursor, ".");
	if (has_point) {
		cursor_take_all(&cursor, DIGITS "_");
	}
	size_t mantissa_end = cursor.at;
	take_exponent(&cursor, false);
	return (has_point || cursor.at > mantissa_end) && cursor_is_at_end(&cursor);
}

/* .5 .5e+3, after the sign */
static bool match_float_fraction(struct cursor cursor) {
	if (!cursor_take(&cursor, ".") || cursor_take_all(&cursor, DIGITS "_") == 0) {
		return false;
	}
	take_exponent(&cursor, true);
	return cursor_is_at_end(&cursor);
}

static bool match_infinity(struct cursor cursor) {
	struct text rest = cursor_rest(&cursor);
	return text_equal(rest, TEXT(".inf")) || text_equal(rest, TEXT(".Inf")) ||
	       text_equal(rest, TEXT(".INF"));
}

static bool match_nan(struct text text) {
	return text_equal(text, TEXT(".nan")) || text_equal(text, TEXT(".NaN")) ||
	       text_equal(text, TEXT(".NAN"));
}

static bool match_float(struct text text) {
	struct cursor cursor = cursor_at_start(text);
	cursor_take(&cursor, "-+");
	return cursor_is_at(&cursor, ".")
		       ? match_float_fraction(cursor) || match_infinity(cursor) || match_nan(text)
		       : match_float_digits(cursor);
}

/* 1:30.5, after the sign */
static bool match_sexagesimal_float(struct cursor cursor) {
	if (!cursor_take_digit(&cursor)) {
		return false;
	}
	cursor_take_all(&cursor, DIGITS "_");
	if (!take_sexagesimal_parts(&cursor) || !cursor_take(&cursor, ".")) {
		return false;
	}
	cursor_take_all(&cursor, DIGITS "_");
	return cursor_is_at_end(&cursor);
}

/* In YAML 1.1, .5 has no sign. */
static bool match_old_float(struct text text) {
	struct cursor unsigned_cursor = cursor_at_start(text);
	struct cursor cursor = unsigned_cursor;
	cursor_take(&cursor, "-+");
	return match_float_digits(cursor) || match_float_fraction(unsigned_cursor) ||
	       match_sexagesimal_float(cursor) || match_infinity(cursor) || match_nan(text);
}

/* prefix and then only characters of digits, and one at least */
static bool match_digits(struct cursor cursor, const char *prefix, const char *digits) {
	return cursor_take_literal(&cursor, text_of(prefix)) &&
	       cursor_take_all(&cursor, digits) > 0 && cursor_is_at_end(&cursor);
}

static bool match_integer(struct text text) {
	struct cursor cursor = cursor_at_start(text);
	cursor_take(&cursor, "-+");
	return match_digits(cursor, "", DIGITS "_") || match_digits(cursor, "0b", "01_") ||
	       match_digits(cursor, "0o", "01234567_") ||
	       match_digits(cursor, "0x", DIGITS "abcdefABCDEF_");
}

/* 190:20:30, after the sign; without parts: 190 */
static bool match_old_decimal(struct cursor cursor) {
	if (!cursor_take(&cursor, "123456789")) {
		return false;
	}
	cursor_take_all(&cursor, DIGITS "_");
	return cursor_is_at_end(&cursor) ||
	       (take_sexagesimal_parts(&cursor) && cursor_is_at_end(&cursor));
}

static bool match_old_integer(struct text text) {
	struct cursor cursor = cursor_at_start(text);
	cursor_take(&cursor, "-+");
	return match_old_decimal(cursor) || match_digits(cursor, "", "01234567_") ||
	       match_digits(cursor, "0b", "01_") ||
	       match_digits(cursor, "0x", DIGITS "abcdefABCDEF_");
}

static bool match_word(struct text text, const char *const *words) {
	if (text.length > LONGEST_WORD) {
		return false;
	}
	while (*words != NULL && !text_equal(text, text_of(*words))) {
		words++;
	}
	return *words != NULL;
}

static bool match_boolean(struct text text) {
	static const char *const words[] = {
		"true", "True", "TRUE", "false", "False", "FALSE", NULL};
	return match_word(text, words);
}

static bool match_old_boolean(struct text text) {
	static const char *const words[] = {"y", "Y", "yes", "Yes", "YES", "n", "N", "no", "No",
		"NO", "on", "On", "ON", "off", "Off", "OFF", NULL};
	return match_boolean(text) || match_word(text, words);
}

static bool match_null(struct text text) {
	static const char *const words[] = {"~", "null", "Null", "NULL", NULL};
	return match_word(text, words);
}

static bool match_merge(struct text text) {
	return text_equal(text, TEXT("<<"));
}

static bool match_value(struct text text) {
	return text_equal(text, TEXT("="));
}

/* What a scalar may begin with to be more than a string. */
enum first_character {
	FIRST_DIGIT = 1 << 0,
	FIRST_SIGN = 1 << 1,
	FIRST_POINT = 1 << 2,
	FIRST_TRUTH = 1 << 3,
	FIRST_OLD_TRUTH = 1 << 4,
	FIRST_NULL = 1 << 5,
	FIRST_KEY_SIGN = 1 << 6,
};

static const uint8_t first_characters[UCHAR_MAX + 1] = {
	['0'] = FIRST_DIGIT,
	['1'] = FIRST_DIGIT,
	['2'] = FIRST_DIGIT,
	['3'] = FIRST_DIGIT,
	['4'] = FIRST_DIGIT,
	['5'] = FIRST_DIGIT,
	['6'] = FIRST_DIGIT,
	['7'] = FIRST_DIGIT,
	['8'] = FIRST_DIGIT,
	['9'] = FIRST_DIGIT,
	['-'] = FIRST_SIGN,
	['+'] = FIRST_SIGN,
	['.'] = FIRST_POINT,
	['t'] = FIRST_TRUTH,
	['T'] = FIRST_TRUTH,
	['f'] = FIRST_TRUTH,
	['F'] = FIRST_TRUTH,
	['y'] = FIRST_OLD_TRUTH,
	['Y'] = FIRST_OLD_TRUTH,
	['o'] = FIRST_OLD_TRUTH,
	['O'] = FIRST_OLD_TRUTH,
	['n'] = FIRST_OLD_TRUTH | FIRST_NULL,
	['N'] = FIRST_OLD_TRUTH | FIRST_NULL,
	['~'] = FIRST_NULL,
	['<'] = FIRST_KEY_SIGN,
	['='] = FIRST_KEY_SIGN,
};

#define FIRST_OF_FLOAT (FIRST_DIGIT | FIRST_SIGN | FIRST_POINT)
#define FIRST_OF_INTEGER (FIRST_DIGIT | FIRST_SIGN)

/*
 * What a plain scalar is, by versions, its first character and all of it; the first that matches.
 * What matches nothing is a string.
 */
static const struct pattern {
	unsigned versions;
	unsigned first_characters;
	bool (*matches)(struct text text);
	enum scalar_tag tag;
} patterns[] = {
	{IN_1_2, FIRST_TRUTH, match_boolean, SCALAR_BOOLEAN},
	{IN_1_1, FIRST_TRUTH | FIRST_OLD_TRUTH, match_old_boolean, SCALAR_BOOLEAN},
	{IN_1_2, FIRST_OF_FLOAT, match_float, SCALAR_FLOAT},
	{IN_1_1, FIRST_OF_FLOAT, match_old_float, SCALAR_FLOAT},
	{IN_1_2, FIRST_OF_INTEGER, match_integer, SCALAR_INTEGER},
	{IN_1_1, FIRST_OF_INTEGER, match_old_integer, SCALAR_INTEGER},
	{IN_BOTH, FIRST_KEY_SIGN, match_merge, SCALAR_MERGE},
	{IN_BOTH, FIRST_NULL, match_null, SCALAR_NULL},
	{IN_BOTH, FIRST_DIGIT, timestamp_matches, SCALAR_TIMESTAMP},
	{IN_BOTH, FIRST_KEY_SIGN, match_value, SCALAR_VALUE},
};

enum scalar_tag scalar_resolve(enum yaml_version version, struct text text) {
	if (text.length == 0) {
		return SCALAR_NULL;
	}
	unsigned first = first_characters[(unsigned char)text.data[0]];
	if (first == 0) {
		return SCALAR_STRING;
	}
	for (size_t i = 0; i < sizeof(patterns) / sizeof(patterns[0]); i++) {
		const struct pattern *pattern = &patterns[i];
		if ((pattern->versions & 1U << version) != 0 &&
			(pattern->first_characters & first) != 0 && pattern->matches(text)) {
			return pattern->tag;
		}
	}
	return SCALAR_STRING;
}

/* What a constructor reads. */
struct written_scalar {
	struct arena *arena;
	enum yaml_version version;
	struct text text;
};

static bool construct_null(
	const struct written_scalar *scalar, struct value *value, struct error *error) {
	(void)scalar;
	(void)error;
	value->type = VALUE_NULL;
	return true;
}

static bool construct_boolean(
	const struct written_scalar *scalar, struct value *value, struct error *error) {
	static const struct {
		struct text word;
		bool boolean;
	} words[] = {
		{{"true", 4}, true},
		{{"false", 5}, false},
		{{"yes", 3}, true},
		{{"no", 2}, false},
		{{"y", 1}, true},
		{{"n", 1}, false},
		{{"on", 2}, true},
		{{"off", 3}, false},
	};
	value->type = VALUE_BOOLEAN;
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		if (scalar->text.length == words[i].word.length &&
			strncasecmp(scalar->text.data, words[i].word.data, scalar->text.length) ==
				0) {
			value->boolean = words[i].boolean;
			return true;
		}
	}
	return error_set(error, ERROR_INVALID,
		"this is neither true nor false; write one of them, or remove the tag");
}

static bool construct_integer(
	const struct written_scalar *scalar, struct value *value, struct error *error) {
	value->type = VALUE_INTEGER;
	return number_parse_integer(
		scalar->arena, scalar->version, scalar->text, &value->canonical, error);
}

static bool construct_float(
	const struct written_scalar *scalar, struct value *value, struct error *error) {
	value->type = VALUE_FLOAT;
	return number_parse_float(
		scalar->arena, scalar->version, scalar->text, &value->number, error);
}

static bool construct_string(
	const struct written_scalar *scalar, struct value *value, struct error *error) {
	(void)error;
	value->type = VALUE_STRING;
	value->canonical = scalar->text;
	return true;
}

static bool construct_timestamp(
	const struct written_scalar *scalar, struct value *value, struct error *error) {
	return timestamp_construct(scalar->arena, scalar->text, value, error);
}

static bool construct_binary(
	const struct written_scalar *scalar, struct value *value, struct error *error) {
	value->type = VALUE_BINARY;
	return base64_decode(scalar->arena, scalar->text, &value->canonical, error);
}

static bool reject_key_sign(
	const struct written_scalar *scalar, struct value *value, struct error *error) {
	(void)value;
	return error_set(error, ERROR_INVALID,
		"%.*s can only be a key; quote it if it is meant as text",
		TEXT_ARGUMENTS(text_part(scalar->text, 0, 64)));
}

bool scalar_construct(struct arena *arena, enum yaml_version version, enum scalar_tag tag,
	struct text text, struct value *value, struct error *error) {
	static bool (*const constructors[])(
		const struct written_scalar *scalar, struct value *value, struct error *error) = {
		[SCALAR_NULL] = construct_null,
		[SCALAR_BOOLEAN] = construct_boolean,
		[SCALAR_INTEGER] = construct_integer,
		[SCALAR_FLOAT] = construct_float,
		[SCALAR_STRING] = construct_string,
		[SCALAR_TIMESTAMP] = construct_timestamp,
		[SCALAR_BINARY] = construct_binary,
		[SCALAR_MERGE] = reject_key_sign,
		[SCALAR_VALUE] = reject_key_sign,
	};
	const struct written_scalar scalar = {arena, version, text};
	return constructors[tag](&scalar, value, error);
}
