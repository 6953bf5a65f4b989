#include "base/text.h"

#include <stdatomic.h>
#include <string.h>
#include <sys/auxv.h>

/*
 * The forms of UTF-8, by their number of bytes: the bits of the first byte that tell the form, what
 * they are, and the first character that needs it.
 */
static const struct {
	unsigned char mask;
	unsigned char mark;
	uint32_t first;
} forms[] = {
	{0x80, 0x00, 0},
	{0xE0, 0xC0, 0x80},
	{0xF0, 0xE0, 0x800},
	{0xF8, 0xF0, 0x10000},
};

enum { FORM_COUNT = sizeof(forms) / sizeof(forms[0]) };

static const struct {
	uint32_t first;
	uint32_t last;
} white_space[] = {
	{0x09, 0x0D},
	{0x1C, 0x20},
	{0x85, 0x85},
	{0xA0, 0xA0},
	{0x1680, 0x1680},
	{0x2000, 0x200A},
	{0x2028, 0x2029},
	{0x202F, 0x202F},
	{0x205F, 0x205F},
	{0x3000, 0x3000},
};

struct text text_of(const char *string) {
	return string == NULL ? TEXT("") : (struct text){string, strlen(string)};
}

/* memcmp may not be given NULL, which is what an empty text may hold. */
static int compare_bytes(struct text a, struct text b, size_t length) {
	return length == 0 ? 0 : memcmp(a.data, b.data, length);
}

bool text_equal(struct text a, struct text b) {
	return a.length == b.length && compare_bytes(a, b, a.length) == 0;
}

int text_compare(struct text a, struct text b) {
	const int order = compare_bytes(a, b, a.length < b.length ? a.length : b.length);
	return order != 0 ? order : (a.length > b.length) - (a.length < b.length);
}

bool text_starts_with(struct text text, struct text prefix) {
	return text.length >= prefix.length && compare_bytes(text, prefix, prefix.length) == 0;
}

bool text_ends_with(struct text text, struct text suffix) {
	return text.length >= suffix.length &&
	       text_equal(text_part(text, text.length - suffix.length, suffix.length), suffix);
}

struct text text_part(struct text text, size_t offset, size_t length) {
	if (offset >= text.length) {
		return TEXT("");
	}
	const size_t rest = text.length - offset;
	return (struct text){text.data + offset, length < rest ? length : rest};
}

static bool is_continuation(char byte) {
	return ((unsigned char)byte & 0xC0) == 0x80;
}

void text_mark_cut(char *string, size_t size) {
	static const char ellipsis[] = "...";
	size_t end = size - sizeof(ellipsis);
	for (int i = 0; i < 3 && is_continuation(string[end]); i++) {
		end--;
	}
	memcpy(string + end, ellipsis, sizeof(ellipsis));
}

size_t text_index(struct text text, char byte) {
	const char *found = text.length == 0 ? NULL : memchr(text.data, byte, text.length);
	return found == NULL ? text.length : (size_t)(found - text.data);
}

static uint64_t rotate(uint64_t word, unsigned bits) {
	return word << bits | word >> (64 - bits);
}

static inline void hash_round(uint64_t state[4]) {
	state[0] += state[1];
	state[1] = rotate(state[1], 13) ^ state[0];
	state[0] = rotate(state[0], 32);
	state[2] += state[3];
	state[3] = rotate(state[3], 16) ^ state[2];
	state[0] += state[3];
	state[3] = rotate(state[3], 21) ^ state[0];
	state[2] += state[1];
	state[1] = rotate(state[1], 17) ^ state[2];
	state[2] = rotate(state[2], 32);
}

static inline void hash_word(uint64_t state[4], uint64_t word) {
	state[3] ^= word;
	hash_round(state);
	state[0] ^= word;
}

/* The random bytes that the kernel gives every process, which are searched for once. */
static uintptr_t random_bytes(void) {
	static _Atomic uintptr_t known;
	uintptr_t found = atomic_load_explicit(&known, memory_order_relaxed);
	if (found == 0) {
		found = getauxval(AT_RANDOM);
		atomic_store_explicit(&known, found, memory_order_relaxed);
	}
	return found;
}

/* SipHash-1-3, keyed with those bytes: nobody can write a card whose keys all collide. */
uint64_t text_hash(struct text text) {
	uint64_t key[2] = {0, 0};
	const uintptr_t random = random_bytes();
	if (random != 0) {
		memcpy(key, (const void *)random, sizeof(key));
	}
	uint64_t state[4] = {key[0] ^ 0x736F6D6570736575, key[1] ^ 0x646F72616E646F6D,
		key[0] ^ 0x6C7967656E657261, key[1] ^ 0x7465646279746573};

	uint64_t word;
	size_t offset = 0;
	for (; text.length - offset >= sizeof(word); offset += sizeof(word)) {
		memcpy(&word, text.data + offset, sizeof(word));
		hash_word(state, word);
	}
	word = (uint64_t)text.length << 56;
	for (unsigned bits = 0; offset < text.length; offset++, bits += 8) {
		word |= (uint64_t)(unsigned char)text.data[offset] << bits;
	}
	hash_word(state, word);
	state[2] ^= 0xFF;
	for (int i = 0; i < 3; i++) {
		hash_round(state);
	}
	return state[0] ^ state[1] ^ state[2] ^ state[3];
}

/* How many bytes the character that begins with that byte has, or 0 if none does. */
static size_t form_length(unsigned char byte) {
	for (size_t i = 0; i < FORM_COUNT; i++) {
		if ((byte & forms[i].mask) == forms[i].mark) {
			return i + 1;
		}
	}
	return 0;
}

bool text_next_character(struct text text, size_t *offset, uint32_t *character) {
	if (*offset >= text.length) {
		return false;
	}
	const char *bytes = text.data + *offset;
	if ((unsigned char)bytes[0] < 0x80) {
		*offset += 1;
		*character = (unsigned char)bytes[0];
		return true;
	}
	const size_t length = form_length((unsigned char)bytes[0]);
	if (length == 0 || length > text.length - *offset) {
		return false;
	}
	uint32_t value = (unsigned char)bytes[0] & (unsigned char)~forms[length - 1].mask;
	for (size_t i = 1; i < length; i++) {
		if (!is_continuation(bytes[i])) {
			return false;
		}
		value = value << 6 | ((unsigned char)bytes[i] & 0x3F);
	}
	const bool is_surrogate = value >= 0xD800 && value <= 0xDFFF;
	if (value < forms[length - 1].first || value > 0x10FFFF || is_surrogate) {
		return false;
	}
	*offset += length;
	*character = value;
	return true;
}

bool text_is_utf8(struct text text) {
	size_t offset = 0;
	uint32_t character;
	while (text_next_character(text, &offset, &character)) {
	}
	return offset >= text.length;
}

static bool is_white_space(uint32_t character) {
	for (size_t i = 0; i < sizeof(white_space) / sizeof(white_space[0]); i++) {
		if (character >= white_space[i].first && character <= white_space[i].last) {
			return true;
		}
	}
	return false;
}

/* How many bytes the white space character at the start of text has; 0 for anything else. */
static size_t leading_white_space(struct text text) {
	size_t length = 0;
	uint32_t character;
	return text_next_character(text, &length, &character) && is_white_space(character) ? length
											   : 0;
}

/* The same for the end of text. */
static size_t trailing_white_space(struct text text) {
	size_t length = 1;
	while (length < FORM_COUNT && length < text.length &&
		is_continuation(text.data[text.length - length])) {
		length++;
	}
	if (length > text.length) {
		return 0;
	}
	const struct text last = text_part(text, text.length - length, length);
	return leading_white_space(last) == length ? length : 0;
}

struct text text_strip(struct text text) {
	size_t length;
	while ((length = leading_white_space(text)) > 0) {
		text = text_part(text, length, text.length);
	}
	while ((length = trailing_white_space(text)) > 0) {
		text.length -= length;
	}
	return text;
}
