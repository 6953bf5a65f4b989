#include "view/names.h"

#include "yaml/write.h"

#include <string.h>

static const struct text reserved[] = {{"card.yaml", 9}, {"card.json", 9}, {"card.error", 10}};

/* What an empty name is called; a name "%" is written "%25" therefore. */
static const struct text empty_name = {"%", 1};

static const char digits[] = "0123456789ABCDEF";

static int digit_value(char digit) {
	const char *found = digit == '\0' ? NULL : strchr(digits, digit);
	return found == NULL ? -1 : (int)(found - digits);
}

/* The byte that "%XX" at that offset stands for, or -1. */
static int escaped_byte(struct text text, size_t offset) {
	if (offset + 2 >= text.length || text.data[offset] != '%') {
		return -1;
	}
	int high = digit_value(text.data[offset + 1]);
	int low = digit_value(text.data[offset + 2]);
	return high < 0 || low < 0 ? -1 : high * 16 + low;
}

/* The second half of a C1 control character, whose first byte is 0xC2. */
static bool is_control_tail(int byte) {
	return byte >= 0x80 && byte <= 0x9F;
}

static bool is_reserved(struct text text) {
	for (size_t i = 0; i < sizeof(reserved) / sizeof(reserved[0]); i++) {
		if (text_equal(text, reserved[i])) {
			return true;
		}
	}
	return false;
}

/* Whether text is a reserved name with "%2E" for its dot. */
static bool is_encoded_reserved(struct text text, size_t offset) {
	struct text head = TEXT("card%2E");
	if (offset != strlen("card") || !text_starts_with(text, head)) {
		return false;
	}
	struct text tail = text_part(text, head.length, text.length);
	return text_equal(tail, TEXT("yaml")) || text_equal(tail, TEXT("json")) ||
	       text_equal(tail, TEXT("error"));
}

/*
 * How many bytes of text at offset a decoder takes for the encoding of something: 0 for none, 3 for
 * "%XX", 6 for the two bytes of a C1 control character.
 */
static size_t encoded_length(struct text text, size_t offset, enum names_place place) {
	int byte = escaped_byte(text, offset);
	if (byte < 0) {
		return 0;
	}
	if (byte < 0x20 || byte == 0x7F || byte == '/' || byte == '%') {
		return 3;
	}
	if (byte == '.') {
		bool is_dot = offset == 0 ||
			      (place == NAMES_IN_ASSET && is_encoded_reserved(text, offset));
		return is_dot ? 3 : 0;
	}
	return byte == 0xC2 && is_control_tail(escaped_byte(text, offset + 3)) ? 6 : 0;
}

static void append_escape(struct buffer *file_name, unsigned char byte) {
	buffer_append_byte(file_name, '%');
	buffer_append_byte(file_name, digits[byte >> 4]);
	buffer_append_byte(file_name, digits[byte & 15]);
}

static bool needs_escape(struct text text, size_t offset, enum names_place place) {
	unsigned char byte = (unsigned char)text.data[offset];
	if (byte < 0x20 || byte == 0x7F || byte == '/') {
		return true;
	}
	if (byte == '.') {
		return offset == 0 ||
		       (place == NAMES_IN_ASSET && offset == strlen("card") && is_reserved(text));
	}
	return byte == '%' && (text.length == 1 || encoded_length(text, offset, place) > 0);
}

static bool is_c1_control(struct text text, size_t offset) {
	return (unsigned char)text.data[offset] == 0xC2 && offset + 1 < text.length &&
	       is_control_tail((unsigned char)text.data[offset + 1]);
}

void names_encode(struct buffer *file_name, struct text text, enum names_place place) {
	if (text.length == 0) {
		buffer_append_text(file_name, empty_name);
		return;
	}
	for (size_t i = 0; i < text.length; i++) {
		if (is_c1_control(text, i)) {
			append_escape(file_name, (unsigned char)text.data[i++]);
			append_escape(file_name, (unsigned char)text.data[i]);
		} else if (needs_escape(text, i, place)) {
			append_escape(file_name, (unsigned char)text.data[i]);
		} else {
			buffer_append_byte(file_name, text.data[i]);
		}
	}
}

bool names_decode(struct buffer *text, struct text file_name, enum names_place place) {
	size_t start = text->length;
	for (size_t i = 0; i < file_name.length && !text_equal(file_name, empty_name);) {
		size_t length = encoded_length(file_name, i, place);
		if (length == 0) {
			buffer_append_byte(text, file_name.data[i++]);
		}
		for (size_t end = i + length; i < end; i += 3) {
			buffer_append_byte(text, (char)escaped_byte(file_name, i));
		}
	}
	if (text->failed) {
		return false;
	}
	/* Only what encodes to the same name again was an encoding. */
	struct buffer again = {0};
	names_encode(&again, text_part(buffer_text(text), start, text->length), place);
	text->failed |= again.failed;
	bool is_same = !again.failed && text_equal(buffer_text(&again), file_name);
	buffer_finish(&again);
	return is_same;
}

void names_encode_key(struct buffer *file_name, const struct value *key, enum names_place place) {
	if (key->type == VALUE_STRING) {
		names_encode(file_name, key->canonical, place);
		return;
	}
	if (value_is_scalar(key)) {
		names_encode(file_name, key->written, place);
		return;
	}
	struct buffer inline_form = {0};
	yaml_write_inline(&inline_form, key);
	names_encode(file_name, buffer_text(&inline_form), place);
	file_name->failed |= inline_form.failed;
	buffer_finish(&inline_form);
}
