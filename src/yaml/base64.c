#include "yaml/base64.h"

#define NO_DIGIT 64

static unsigned digit_value(char character) {
	if (character >= 'A' && character <= 'Z') {
		return (unsigned)(character - 'A');
	}
	if (character >= 'a' && character <= 'z') {
		return (unsigned)(character - 'a') + 26;
	}
	if (character >= '0' && character <= '9') {
		return (unsigned)(character - '0') + 52;
	}
	if (character == '+') {
		return 62;
	}
	return character == '/' ? 63 : NO_DIGIT;
}

/* Digits gathered to bytes; place counts digits in the group of four that is being read. */
struct decoder {
	char *bytes;
	size_t count;
	unsigned bits;
	unsigned place;
	unsigned padding;
};

static void decode_digit(struct decoder *decoder, unsigned digit) {
	decoder->bits = decoder->bits << 6 | digit;
	decoder->padding = 0;
	if (decoder->place > 0) {
		unsigned unused = 2 * (3 - decoder->place);
		decoder->bytes[decoder->count++] = (char)(decoder->bits >> unused);
	}
	decoder->place = (decoder->place + 1) % 4;
}

/* Returns whether the padding completes a group, which ends the text. */
static bool decode_padding(struct decoder *decoder) {
	return decoder->place >= 2 && decoder->place + ++decoder->padding >= 4;
}

static bool decode(struct decoder *decoder, struct text text, struct error *error) {
	for (size_t i = 0; i < text.length; i++) {
		if (text.data[i] == '=') {
			if (decode_padding(decoder)) {
				return true;
			}
			continue;
		}
		unsigned digit = digit_value(text.data[i]);
		if (digit != NO_DIGIT) {
			decode_digit(decoder, digit);
		}
	}
	if (decoder->place == 1) {
		return error_set(error, ERROR_INVALID,
			"this base64 has one digit too many or three too few; encode the bytes "
			"again");
	}
	if (decoder->place > 1) {
		return error_set(error, ERROR_INVALID,
			"\"=\" is missing at the end of this base64; encode the bytes again");
	}
	return true;
}

bool base64_decode(struct arena *arena, struct text text, struct text *bytes, struct error *error) {
	for (size_t i = 0; i < text.length; i++) {
		if ((unsigned char)text.data[i] > 0x7f) {
			return error_set(error, ERROR_INVALID,
				"!!binary is base64, which has no such characters; encode the "
				"bytes, or remove the tag");
		}
	}
	struct decoder decoder = {.bytes = arena_allocate(arena, text.length / 4 * 3 + 4)};
	if (decoder.bytes == NULL) {
		return error_set_memory(error);
	}
	if (!decode(&decoder, text, error)) {
		return false;
	}
	*bytes = (struct text){decoder.bytes, decoder.count};
	return true;
}
