#include "yaml/spelling.h"

#include <math.h>
#include <nettle/base64.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MAXIMUM_DIGITS = 17 }; /* decimal digits that tell any two doubles apart */

struct character_range {
	uint32_t first;
	uint32_t last;
};

static const struct character_range escaped_ranges[] = {
	{0x00, 0x1F},     /* C0 */
	{0x7F, 0x9F},     /* DEL and C1 */
	{0x061C, 0x061C}, /* Arabic letter mark */
	{0x200E, 0x200F}, /* left-to-right and right-to-left mark */
	{0x2028, 0x202E}, /* line and paragraph separator, embeddings and overrides */
	{0x2066, 0x2069}, /* isolates */
	{0xFDD0, 0xFDEF}, /* noncharacters */
	{0xFEFF, 0xFEFF}, /* byte order mark */
};

void spelling_append_indentation(struct buffer *buffer, size_t level) {
	for (size_t i = 0; i < level; i++) {
		buffer_append_string(buffer, "  ");
	}
}

/*
 * The significant digits of a number's magnitude, without a point, and the exponent of the first.
 */
struct decimal {
	char digits[MAXIMUM_DIGITS];
	int count;
	int exponent;
};

/* The digits of printf's "%e", whatever the locale has for a point. */
static struct decimal decimal_of(const char *scientific) {
	struct decimal decimal = {.count = 0};
	const char *exponent = strchr(scientific, 'e');
	for (const char *next = scientific; next < exponent; next++) {
		if (*next >= '0' && *next <= '9' && decimal.count < MAXIMUM_DIGITS) {
			decimal.digits[decimal.count] = *next;
			decimal.count++;
		}
	}
	while (decimal.count > 1 && decimal.digits[decimal.count - 1] == '0') {
		decimal.count--;
	}
	decimal.exponent = (int)strtol(exponent + 1, NULL, 10);
	return decimal;
}

static struct decimal shortest_decimal(double magnitude) {
	char text[40];
	/* Fewer than 15 digits survive in any normal double, so 15 find every shorter form too. */
	int precision = isnormal(magnitude) ? 14 : 0;
	while (true) {
		snprintf(text, sizeof(text), "%.*e", precision, magnitude);
		if (precision == MAXIMUM_DIGITS - 1 || strtod(text, NULL) == magnitude) {
			return decimal_of(text);
		}
		precision++;
	}
}

static void append_zeros(struct buffer *buffer, int count) {
	for (int i = 0; i < count; i++) {
		buffer_append_byte(buffer, '0');
	}
}

static void append_scientific(struct buffer *buffer, const struct decimal *decimal) {
	struct text fraction = {decimal->digits + 1, (size_t)decimal->count - 1};
	buffer_append_byte(buffer, decimal->digits[0]);
	buffer_append_byte(buffer, '.');
	buffer_append_text(buffer, fraction.length > 0 ? fraction : TEXT("0"));
	buffer_append_format(buffer, "e%+03d", decimal->exponent);
}

static void append_positional(struct buffer *buffer, const struct decimal *decimal) {
	int whole = decimal->exponent < 0 ? 0 : decimal->exponent + 1;
	int whole_digits = whole < decimal->count ? whole : decimal->count;
	struct text digits = {decimal->digits, (size_t)decimal->count};
	struct text fraction = text_part(digits, (size_t)whole_digits, digits.length);
	if (whole == 0) {
		buffer_append_byte(buffer, '0');
	}
	buffer_append_text(buffer, text_part(digits, 0, (size_t)whole_digits));
	append_zeros(buffer, whole - whole_digits);
	buffer_append_byte(buffer, '.');
	append_zeros(buffer, decimal->exponent < 0 ? -decimal->exponent - 1 : 0);
	buffer_append_text(buffer, fraction.length > 0 ? fraction : TEXT("0"));
}

void spelling_append_float(struct buffer *buffer, double number) {
	const struct decimal decimal = shortest_decimal(fabs(number));
	if (signbit(number)) {
		buffer_append_byte(buffer, '-');
	}
	if (decimal.exponent < -4 || decimal.exponent > 15) {
		append_scientific(buffer, &decimal);
		return;
	}
	append_positional(buffer, &decimal);
}

const char *spelling_special_float(double number) {
	if (isnan(number)) {
		return ".nan";
	}
	if (isinf(number)) {
		return number > 0 ? ".inf" : "-.inf";
	}
	return NULL;
}

void spelling_append_base64(struct buffer *buffer, struct text bytes) {
	enum { GROUP = 57 };
	for (size_t offset = 0; offset < bytes.length; offset += GROUP) {
		struct text part = text_part(bytes, offset, GROUP);
		char encoded[BASE64_ENCODE_RAW_LENGTH(GROUP)];
		base64_encode_raw(encoded, part.length, (const uint8_t *)part.data);
		buffer_append(buffer, encoded, BASE64_ENCODE_RAW_LENGTH(part.length));
	}
}

uint32_t spelling_next_character(struct text text, size_t *offset) {
	uint32_t character;
	if (text_next_character(text, offset, &character)) {
		return character;
	}
	*offset += 1;
	return SPELLING_INVALID;
}

bool spelling_needs_escape(uint32_t character) {
	if (character >= ' ' && character < 0x7F) {
		return false;
	}
	for (size_t i = 0; i < sizeof(escaped_ranges) / sizeof(escaped_ranges[0]); i++) {
		if (character >= escaped_ranges[i].first && character <= escaped_ranges[i].last) {
			return true;
		}
	}
	return (character & 0xFFFE) == 0xFFFE || character == SPELLING_INVALID;
}

void spelling_append_quoted(
	struct buffer *buffer, struct text text, spelling_escape_function *escape) {
	size_t written = 0;
	size_t offset = 0;
	buffer_append_byte(buffer, '"');
	while (offset < text.length) {
		size_t start = offset;
		uint32_t character = spelling_next_character(text, &offset);
		if (character != '"' && character != '\\' && !spelling_needs_escape(character)) {
			continue;
		}
		buffer_append_text(buffer, text_part(text, written, start - written));
		escape(buffer, character == SPELLING_INVALID ? 0xFFFD : character);
		written = offset;
	}
	buffer_append_text(buffer, text_part(text, written, text.length));
	buffer_append_byte(buffer, '"');
}
