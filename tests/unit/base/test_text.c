#include "base/text.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define CHECK_TEXT(actual, expected) check_text(actual, TEXT(expected))

static void check_text(struct text actual, struct text expected) {
	assert_int_equal(actual.length, expected.length);
	assert_true(text_equal(actual, expected));
}

/* The UTF-8 of a character, surrogates and all: the encoder is the test's own. */
static size_t encode(char *bytes, uint32_t character) {
	if (character < 0x80) {
		bytes[0] = (char)character;
		return 1;
	}
	if (character < 0x800) {
		bytes[0] = (char)(0xC0 | character >> 6);
		bytes[1] = (char)(0x80 | (character & 0x3F));
		return 2;
	}
	if (character < 0x10000) {
		bytes[0] = (char)(0xE0 | character >> 12);
		bytes[1] = (char)(0x80 | (character >> 6 & 0x3F));
		bytes[2] = (char)(0x80 | (character & 0x3F));
		return 3;
	}
	bytes[0] = (char)(0xF0 | character >> 18);
	bytes[1] = (char)(0x80 | (character >> 12 & 0x3F));
	bytes[2] = (char)(0x80 | (character >> 6 & 0x3F));
	bytes[3] = (char)(0x80 | (character & 0x3F));
	return 4;
}

static void test_text_of_null_is_empty_and_may_be_read(void **state) {
	(void)state;
	struct text text = text_of(NULL);
	assert_int_equal(text.length, 0);
	assert_non_null(text.data);
	CHECK_TEXT(text_of("abc"), "abc");
	CHECK_TEXT(text_of("a\0b"), "a");
}

static void test_texts_are_equal_byte_for_byte_also_behind_nul(void **state) {
	(void)state;
	const struct text nothing = {0};
	assert_true(text_equal(TEXT("a\0b"), TEXT("a\0b")));
	assert_false(text_equal(TEXT("a\0b"), TEXT("a\0c")));
	assert_false(text_equal(TEXT("a"), TEXT("a\0")));
	assert_false(text_equal(TEXT("a"), TEXT("")));
	assert_true(text_equal(nothing, TEXT("")));
	assert_true(text_equal(nothing, nothing));
}

static void test_texts_are_ordered_by_unsigned_bytes_and_a_prefix_comes_first(void **state) {
	static const struct text ordered[] = {{"", 0}, {"\0", 1}, {"\0\0", 2}, {"a", 1}, {"a\0", 2},
		{"a\0b", 3}, {"ab", 2}, {"b", 1}, {"\x7F", 1}, {"\x80", 1}, {"\xFF", 1}};
	const int count = sizeof(ordered) / sizeof(ordered[0]);
	(void)state;
	for (int i = 0; i < count; i++) {
		for (int j = 0; j < count; j++) {
			int order = text_compare(ordered[i], ordered[j]);
			assert_int_equal((order > 0) - (order < 0), (i > j) - (i < j));
		}
	}
	assert_int_equal(text_compare((struct text){0}, TEXT("")), 0);
}

static void test_prefixes_and_suffixes_may_be_empty_or_all_of_the_text(void **state) {
	(void)state;
	assert_true(text_starts_with(TEXT("abc"), TEXT("")));
	assert_true(text_starts_with(TEXT("abc"), TEXT("abc")));
	assert_true(text_starts_with(TEXT("a\0c"), TEXT("a\0")));
	assert_false(text_starts_with(TEXT("a\0c"), TEXT("a\0d")));
	assert_false(text_starts_with(TEXT("abc"), TEXT("abcd")));
	assert_true(text_starts_with((struct text){0}, TEXT("")));
	assert_true(text_ends_with(TEXT("abc"), TEXT("")));
	assert_true(text_ends_with(TEXT("abc"), TEXT("abc")));
	assert_true(text_ends_with(TEXT("a.yaml"), TEXT(".yaml")));
	assert_false(text_ends_with(TEXT("a.yaml\0"), TEXT(".yaml")));
	assert_false(text_ends_with(TEXT("bc"), TEXT("abc")));
	assert_true(text_ends_with((struct text){0}, TEXT("")));
}

static void test_a_part_is_clipped_to_the_text(void **state) {
	(void)state;
	CHECK_TEXT(text_part(TEXT("abcd"), 1, 2), "bc");
	CHECK_TEXT(text_part(TEXT("abcd"), 1, SIZE_MAX), "bcd");
	CHECK_TEXT(text_part(TEXT("abcd"), 0, 0), "");
	CHECK_TEXT(text_part(TEXT("abcd"), 4, 1), "");
	CHECK_TEXT(text_part(TEXT("abcd"), SIZE_MAX, SIZE_MAX), "");
	CHECK_TEXT(text_part((struct text){0}, 0, 1), "");
}

static void test_index_is_the_length_where_the_byte_is_not(void **state) {
	(void)state;
	assert_int_equal(text_index(TEXT("abab"), 'b'), 1);
	assert_int_equal(text_index(TEXT("abab"), 'c'), 4);
	assert_int_equal(text_index(TEXT("ab\0c"), '\0'), 2);
	assert_int_equal(text_index(TEXT("ab\0c"), 'c'), 3);
	assert_int_equal(text_index(TEXT("ab\xFF"), '\xFF'), 2);
	assert_int_equal(text_index(TEXT("abc"), '\0'), 3);
	assert_int_equal(text_index((struct text){0}, 'a'), 0);
}

static void test_equal_texts_have_one_hash_wherever_they_stand_in_memory(void **state) {
	static const char bytes[] = "the quick brown fox\0 jumps";
	char copy[sizeof(bytes) + 8];
	(void)state;
	for (size_t length = 0; length < sizeof(bytes); length++) {
		for (size_t shift = 0; shift < 8; shift++) {
			memset(copy, (int)shift, sizeof(copy));
			memcpy(copy + shift, bytes, length);
			assert_true(text_hash((struct text){copy + shift, length}) ==
				    text_hash((struct text){bytes, length}));
		}
	}
	assert_true(text_hash((struct text){0}) == text_hash(TEXT("")));
}

static void test_texts_of_nul_differ_in_hash_by_their_length(void **state) {
	static const char zeroes[64] = {0};
	(void)state;
	for (size_t a = 0; a < sizeof(zeroes); a++) {
		for (size_t b = 0; b < a; b++) {
			assert_true(text_hash((struct text){zeroes, a}) !=
				    text_hash((struct text){zeroes, b}));
		}
	}
}

/* Of as many slots as keys, chance leaves 1/e empty: 24109 of 65536, give or take 100. */
static void test_low_bits_of_the_hash_spread_similar_keys(void **state) {
	enum { COUNT = 65536 };
	bool *taken = calloc(COUNT, sizeof(*taken));
	(void)state;
	assert_non_null(taken);
	for (unsigned i = 0; i < COUNT; i++) {
		char key[] = "model_00000";
		for (unsigned digit = 0, rest = i; digit < 5; digit++, rest /= 10) {
			key[10 - digit] = (char)('0' + rest % 10);
		}
		taken[text_hash(TEXT(key)) % COUNT] = true;
	}
	int empty = 0;
	for (unsigned i = 0; i < COUNT; i++) {
		empty += !taken[i];
	}
	free(taken);
	assert_in_range(empty, 23000, 25200);
}

static void test_every_character_is_read_back_but_no_surrogate(void **state) {
	(void)state;
	for (uint32_t character = 0; character <= 0x10FFFF; character++) {
		char bytes[4];
		const struct text text = {bytes, encode(bytes, character)};
		const bool is_surrogate = character >= 0xD800 && character <= 0xDFFF;
		size_t offset = 0;
		uint32_t found = UINT32_MAX;
		assert_true(text_next_character(text, &offset, &found) != is_surrogate);
		assert_int_equal(offset, is_surrogate ? 0 : text.length);
		assert_int_equal(found, is_surrogate ? UINT32_MAX : character);
	}
}

static void test_invalid_utf8_is_refused_and_the_offset_stays(void **state) {
	static const char *const examples[] = {
		"\x80",             /* a continuation without a start */
		"\xBF",             /* the last one */
		"\xC3",             /* cut short */
		"\xE2\x82",         /* cut short */
		"\xF0\x9F\x98",     /* cut short */
		"\xC3(",            /* no continuation */
		"\xE2\x82(",        /* no continuation */
		"\xE2(\xAC",        /* no continuation */
		"\xF0\x9F\x98(",    /* no continuation */
		"\xC3\xC3",         /* a start for a continuation */
		"\xC0\x80",         /* overlong U+0000 */
		"\xC1\xBF",         /* overlong U+007F */
		"\xE0\x80\x80",     /* overlong U+0000 */
		"\xE0\x9F\xBF",     /* overlong U+07FF */
		"\xF0\x80\x80\x80", /* overlong U+0000 */
		"\xF0\x8F\xBF\xBF", /* overlong U+FFFF */
		"\xED\xA0\x80",     /* U+D800 */
		"\xED\xBF\xBF",     /* U+DFFF */
		"\xF4\x90\x80\x80", /* U+110000 */
		"\xF7\xBF\xBF\xBF", /* U+1FFFFF */
		"\xF8\x88\x80\x80\x80",
		"\xFC\x84\x80\x80\x80\x80",
		"\xFE",
		"\xFF",
	};
	(void)state;
	for (size_t i = 0; i < sizeof(examples) / sizeof(examples[0]); i++) {
		const struct text text = text_of(examples[i]);
		size_t offset = 0;
		uint32_t character = 'x';
		assert_false(text_next_character(text, &offset, &character));
		assert_int_equal(offset, 0);
		assert_false(text_is_utf8(text));
	}
}

static void test_a_character_is_not_read_beyond_the_end_of_its_text(void **state) {
	static const struct text characters[] = {
		{"\xC3\xA4", 2}, {"\xE2\x82\xAC", 3}, {"\xF0\x9F\x98\x80", 4}};
	(void)state;
	for (size_t i = 0; i < sizeof(characters) / sizeof(characters[0]); i++) {
		for (size_t length = 1; length < characters[i].length; length++) {
			size_t offset = 0;
			uint32_t character;
			const struct text part = text_part(characters[i], 0, length);
			assert_false(text_next_character(part, &offset, &character));
			assert_int_equal(offset, 0);
		}
	}
}

static void test_reading_characters_ends_at_the_end(void **state) {
	const struct text text = TEXT("a\0\xC3\xA4");
	static const uint32_t expected[] = {'a', 0, 0xE4};
	size_t offset = 0;
	uint32_t character;
	(void)state;
	for (size_t i = 0; i < 3; i++) {
		assert_true(text_next_character(text, &offset, &character));
		assert_int_equal(character, expected[i]);
	}
	assert_false(text_next_character(text, &offset, &character));
	assert_int_equal(offset, text.length);
	offset = text.length + 1;
	assert_false(text_next_character(text, &offset, &character));
}

static void test_utf8_is_judged_to_the_last_byte(void **state) {
	(void)state;
	assert_true(text_is_utf8(TEXT("")));
	assert_true(text_is_utf8((struct text){0}));
	assert_true(text_is_utf8(TEXT("a\0\xE2\x82\xAC\xF0\x9F\x98\x80")));
	assert_false(text_is_utf8(TEXT("a\0\xE2\x82\xAC\xF0\x9F\x98")));
	assert_false(text_is_utf8(TEXT("\xC3\xA4\xFF")));
	assert_false(text_is_utf8(TEXT("\xE4 latin-1")));
}

/* What CPython 3.11's str.strip drops, of all characters. */
static bool is_white_space_in_python(uint32_t character) {
	static const uint32_t characters[] = {0x09, 0x0A, 0x0B, 0x0C, 0x0D, 0x1C, 0x1D, 0x1E, 0x1F,
		0x20, 0x85, 0xA0, 0x1680, 0x2000, 0x2001, 0x2002, 0x2003, 0x2004, 0x2005, 0x2006,
		0x2007, 0x2008, 0x2009, 0x200A, 0x2028, 0x2029, 0x202F, 0x205F, 0x3000};
	for (size_t i = 0; i < sizeof(characters) / sizeof(characters[0]); i++) {
		if (characters[i] == character) {
			return true;
		}
	}
	return false;
}

static void test_strip_drops_what_python_drops_and_no_other_character(void **state) {
	(void)state;
	for (uint32_t character = 0; character <= 0x10FFFF; character++) {
		char bytes[16];
		size_t length = encode(bytes, character);
		bytes[length] = 'x';
		encode(bytes + length + 1, character);
		const struct text text = {bytes, length * 2 + 1};
		const struct text stripped = text_strip(text);
		if (is_white_space_in_python(character)) {
			CHECK_TEXT(stripped, "x");
		} else {
			check_text(stripped, text);
		}
	}
}

static void test_strip_takes_runs_from_the_ends_and_keeps_the_middle(void **state) {
	(void)state;
	CHECK_TEXT(text_strip(TEXT("")), "");
	CHECK_TEXT(text_strip((struct text){0}), "");
	CHECK_TEXT(text_strip(TEXT(" \t\r\n\x1F\xE3\x80\x80\xC2\x85")), "");
	CHECK_TEXT(text_strip(TEXT("\xE3\x80\x80 a\xC2\xA0 b \xE2\x80\x8A\n")), "a\xC2\xA0 b");
	CHECK_TEXT(text_strip(TEXT("a")), "a");
	CHECK_TEXT(text_strip(TEXT(" \0 ")), "\0");
}

static void test_strip_stops_at_bytes_that_are_not_utf8(void **state) {
	(void)state;
	CHECK_TEXT(text_strip(TEXT("\x80")), "\x80");
	CHECK_TEXT(text_strip(TEXT("\x80\x80\x80\x80\x80")), "\x80\x80\x80\x80\x80");
	CHECK_TEXT(text_strip(TEXT(" \xFF ")), "\xFF");
	/* The last bytes of U+3000, without and with something else before them. */
	CHECK_TEXT(text_strip(TEXT("\x80\x80")), "\x80\x80");
	CHECK_TEXT(text_strip(TEXT("x\x80\x80")), "x\x80\x80");
	CHECK_TEXT(text_strip(TEXT("x\xE3\x80")), "x\xE3\x80");
	/* An overlong space. */
	CHECK_TEXT(text_strip(TEXT("x\xC0\xA0")), "x\xC0\xA0");
	/* A continuation too many behind white space. */
	CHECK_TEXT(text_strip(TEXT("x\xC2\x85\x85")), "x\xC2\x85\x85");
}

int main(void) {
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_text_of_null_is_empty_and_may_be_read),
		cmocka_unit_test(test_texts_are_equal_byte_for_byte_also_behind_nul),
		cmocka_unit_test(test_texts_are_ordered_by_unsigned_bytes_and_a_prefix_comes_first),
		cmocka_unit_test(test_prefixes_and_suffixes_may_be_empty_or_all_of_the_text),
		cmocka_unit_test(test_a_part_is_clipped_to_the_text),
		cmocka_unit_test(test_index_is_the_length_where_the_byte_is_not),
		cmocka_unit_test(test_equal_texts_have_one_hash_wherever_they_stand_in_memory),
		cmocka_unit_test(test_texts_of_nul_differ_in_hash_by_their_length),
		cmocka_unit_test(test_low_bits_of_the_hash_spread_similar_keys),
		cmocka_unit_test(test_every_character_is_read_back_but_no_surrogate),
		cmocka_unit_test(test_invalid_utf8_is_refused_and_the_offset_stays),
		cmocka_unit_test(test_a_character_is_not_read_beyond_the_end_of_its_text),
		cmocka_unit_test(test_reading_characters_ends_at_the_end),
		cmocka_unit_test(test_utf8_is_judged_to_the_last_byte),
		cmocka_unit_test(test_strip_drops_what_python_drops_and_no_other_character),
		cmocka_unit_test(test_strip_takes_runs_from_the_ends_and_keeps_the_middle),
		cmocka_unit_test(test_strip_stops_at_bytes_that_are_not_utf8),
	};
	return cmocka_run_group_tests_name("text", tests, NULL, NULL);
}
