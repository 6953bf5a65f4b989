#include "unit/support/scene.h"

#include "view/names.h"

static void assert_buffer(struct buffer *buffer, struct text expected) {
	assert_false(buffer->failed);
	assert_int_equal(buffer->length, expected.length);
	if (expected.length > 0) {
		assert_memory_equal(buffer->data, expected.data, expected.length);
	}
	buffer_finish(buffer);
}

static void check_text(struct text text, enum names_place place, const char *file_name) {
	struct buffer encoded = {0};
	names_encode(&encoded, text, place);
	assert_buffer(&encoded, text_of(file_name));
	struct buffer decoded = {0};
	assert_true(names_decode(&decoded, text_of(file_name), place));
	assert_buffer(&decoded, text);
}

static void check(const char *text, const char *file_name) {
	check_text(text_of(text), NAMES_ELSEWHERE, file_name);
	check_text(text_of(text), NAMES_IN_ASSET, file_name);
}

static void check_none(const char *file_name, enum names_place place) {
	struct buffer decoded = {0};
	assert_false(names_decode(&decoded, text_of(file_name), place));
	buffer_finish(&decoded);
}

static void check_key(enum value_type type, const char *written, const char *expected) {
	struct value key = {.type = type, .written = text_of(written)};
	struct buffer name = {0};
	names_encode_key(&name, &key, NAMES_IN_ASSET);
	assert_buffer(&name, text_of(expected));
}

static void test_names_stay_as_they_are_byte_for_byte(void **state) {
	(void)state;
	check("llama3_2_1b", "llama3_2_1b");
	check("a b*?\\\"'<>|:@", "a b*?\\\"'<>|:@");
	check("a.b.", "a.b.");
	check("\u00fc\u4e2d\U0001F600", "\u00fc\u4e2d\U0001F600");
	check(" ", " ");
	check("card.yaml2", "card.yaml2");
}

static void test_slashes_and_controls_are_encoded(void **state) {
	(void)state;
	check("a/b", "a%2Fb");
	check("/", "%2F");
	check("a\nb\t\x1f", "a%0Ab%09%1F");
	check("\x7f", "%7F");
	check_text(TEXT("a\0b"), NAMES_ELSEWHERE, "a%00b");
}

static void test_c1_controls_are_encoded_as_their_two_bytes(void **state) {
	(void)state;
	check("\xC2\x80", "%C2%80");
	check("a\xC2\x85\xC2\x9F", "a%C2%85%C2%9F");
	check("\u00a0", "\u00a0");
}

static void test_bytes_that_are_not_utf8_stay(void **state) {
	(void)state;
	check("\xff\x80", "\xff\x80");
	check("\xc2", "\xc2");
	check("\x85", "\x85");
	check("\xc2\xc2\x85", "\xc2%C2%85");
}

static void test_a_dot_in_front_is_encoded(void **state) {
	(void)state;
	check(".", "%2E");
	check("..", "%2E.");
	check(".cardfs", "%2Ecardfs");
	check("../x", "%2E.%2Fx");
}

static void test_a_percent_sign_stays_where_nothing_would_decode_it(void **state) {
	(void)state;
	check("100%", "100%");
	check("%2", "%2");
	check("%41", "%41");
	check("%2f", "%2f");
	check("%%", "%%");
	check("a%2Eb", "a%2Eb");
	check("%C2", "%C2");
	check("%85", "%85");
	check("%C2%A0", "%C2%A0");
}

static void test_a_percent_sign_is_encoded_where_it_would_be_decoded(void **state) {
	(void)state;
	check("a%2Fb", "a%252Fb");
	check("%00", "%2500");
	check("%25", "%2525");
	check("%2E", "%252E");
	check("%C2%85", "%25C2%85");
	check("%", "%25");
}

static void test_the_empty_name_is_a_percent_sign(void **state) {
	(void)state;
	check("", "%");
}

static void test_reserved_names_are_encoded_in_an_asset_alone(void **state) {
	(void)state;
	static const char *const names[] = {"card.yaml", "card.json", "card.error"};
	static const char *const encoded[] = {"card%2Eyaml", "card%2Ejson", "card%2Eerror"};
	static const char *const again[] = {"card%252Eyaml", "card%252Ejson", "card%252Eerror"};
	for (size_t i = 0; i < 3; i++) {
		check_text(text_of(names[i]), NAMES_IN_ASSET, encoded[i]);
		check_text(text_of(names[i]), NAMES_ELSEWHERE, names[i]);
		check_text(text_of(encoded[i]), NAMES_IN_ASSET, again[i]);
		check_text(text_of(encoded[i]), NAMES_ELSEWHERE, encoded[i]);
		check_none(names[i], NAMES_IN_ASSET);
	}
	check("card%2Etoml", "card%2Etoml");
}

static void test_what_is_no_encodings_outcome_stands_for_nothing(void **state) {
	(void)state;
	check_none("", NAMES_ELSEWHERE);
	check_none("a/b", NAMES_ELSEWHERE);
	check_none(".a", NAMES_ELSEWHERE);
	check_none("a\n", NAMES_ELSEWHERE);
	check_none("a%25", NAMES_ELSEWHERE);
	check_none("\xC2\x85", NAMES_ELSEWHERE);
}

static void test_encoding_appends(void **state) {
	(void)state;
	struct buffer name = {0};
	buffer_append_string(&name, "../");
	names_encode(&name, TEXT(".x"), NAMES_ELSEWHERE);
	assert_buffer(&name, TEXT("../%2Ex"));
	struct buffer text = {0};
	buffer_append_string(&text, "x");
	assert_true(names_decode(&text, TEXT("%2Ex"), NAMES_ELSEWHERE));
	assert_buffer(&text, TEXT("x.x"));
}

static void test_keys_are_named_as_they_are_written(void **state) {
	(void)state;
	check_key(VALUE_INTEGER, "0x1F", "0x1F");
	check_key(VALUE_FLOAT, ".5", "%2E5");
	check_key(VALUE_NULL, "~", "~");
	check_key(VALUE_NULL, "", "%");
	check_key(VALUE_DATE, "2001-12-14", "2001-12-14");
	struct value string = {
		.type = VALUE_STRING, .written = TEXT("ignored"), .canonical = TEXT("card.yaml")};
	struct buffer name = {0};
	names_encode_key(&name, &string, NAMES_IN_ASSET);
	assert_buffer(&name, TEXT("card%2Eyaml"));
}

static void test_a_key_that_is_a_sequence_is_named_by_its_line(void **state) {
	(void)state;
	struct arena arena = {0};
	const struct value *items[] = {
		value_create_string(&arena, TEXT("a/b")), value_create_string(&arena, TEXT("c"))};
	const struct value *key = value_create_sequence(&arena, items, 2);
	struct buffer name = {0};
	names_encode_key(&name, key, NAMES_ELSEWHERE);
	assert_buffer(&name, TEXT("[a%2Fb, c]"));
	arena_finish(&arena);
}

/* What a file name must be, and that it leads back. */
static void check_property(struct text text, enum names_place place) {
	struct buffer name = {0};
	names_encode(&name, text, place);
	struct text encoded = buffer_text(&name);
	assert_true(encoded.length > 0);
	assert_int_equal(text_index(encoded, '/'), encoded.length);
	assert_int_equal(text_index(encoded, '\0'), encoded.length);
	assert_true(encoded.data[0] != '.');
	if (place == NAMES_IN_ASSET) {
		assert_false(text_equal(encoded, TEXT("card.yaml")));
		assert_false(text_equal(encoded, TEXT("card.json")));
		assert_false(text_equal(encoded, TEXT("card.error")));
	}
	struct buffer back = {0};
	assert_true(names_decode(&back, encoded, place));
	assert_true(text_equal(buffer_text(&back), text));
	buffer_finish(&back);
	buffer_finish(&name);
}

/* What decodes at all is what its text encodes to, so no two names have one text. */
static void check_decoding(struct text file_name, enum names_place place) {
	struct buffer text = {0};
	if (names_decode(&text, file_name, place)) {
		struct buffer again = {0};
		names_encode(&again, buffer_text(&text), place);
		assert_true(text_equal(buffer_text(&again), file_name));
		buffer_finish(&again);
	}
	buffer_finish(&text);
}

/* Every text of up to five of the bytes that mean something. */
static void test_every_short_text_has_a_name_of_its_own(void **state) {
	(void)state;
	static const char alphabet[] = {
		'%', '2', '5', 'E', 'F', 'C', '0', '.', '/', '\xC2', '\x85'};
	enum { LETTERS = sizeof(alphabet) };
	for (size_t length = 0; length <= 5; length++) {
		size_t count = 1;
		for (size_t i = 0; i < length; i++) {
			count *= LETTERS;
		}
		for (size_t number = 0; number < count; number++) {
			char bytes[8];
			size_t rest = number;
			for (size_t i = 0; i < length; i++) {
				bytes[i] = alphabet[rest % LETTERS];
				rest /= LETTERS;
			}
			struct text text = {bytes, length};
			check_property(text, NAMES_ELSEWHERE);
			check_decoding(text, NAMES_ELSEWHERE);
		}
	}
}

/* Random bytes, with pieces among them that look like encodings and reserved names. */
static size_t make_random(char *bytes, size_t pieces) {
	static const char *const known[] = {"%", "%2", "%2E", "%2F", "%25", "%C2", "%C2%85", "%00",
		"%7F", "card", "card.", "yaml", "json", "error", "\xC2", "\xC2\x85", ".", "/"};
	size_t length = 0;
	for (size_t i = 0; i < pieces; i++) {
		if (rand() % 3 == 0) {
			bytes[length++] = (char)(rand() % 256);
			continue;
		}
		const char *piece = known[(size_t)rand() % (sizeof(known) / sizeof(known[0]))];
		while (*piece != '\0') {
			bytes[length++] = *piece++;
		}
	}
	return length;
}

static void test_every_random_text_has_a_name_of_its_own(void **state) {
	(void)state;
	srand(1);
	for (int i = 0; i < 200000; i++) {
		char bytes[64];
		struct text text = {bytes, make_random(bytes, (size_t)rand() % 8)};
		check_property(text, NAMES_IN_ASSET);
		check_property(text, NAMES_ELSEWHERE);
		check_decoding(text, NAMES_IN_ASSET);
		check_decoding(text, NAMES_ELSEWHERE);
	}
}

int main(void) {
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_names_stay_as_they_are_byte_for_byte),
		cmocka_unit_test(test_slashes_and_controls_are_encoded),
		cmocka_unit_test(test_c1_controls_are_encoded_as_their_two_bytes),
		cmocka_unit_test(test_bytes_that_are_not_utf8_stay),
		cmocka_unit_test(test_a_dot_in_front_is_encoded),
		cmocka_unit_test(test_a_percent_sign_stays_where_nothing_would_decode_it),
		cmocka_unit_test(test_a_percent_sign_is_encoded_where_it_would_be_decoded),
		cmocka_unit_test(test_the_empty_name_is_a_percent_sign),
		cmocka_unit_test(test_reserved_names_are_encoded_in_an_asset_alone),
		cmocka_unit_test(test_what_is_no_encodings_outcome_stands_for_nothing),
		cmocka_unit_test(test_encoding_appends),
		cmocka_unit_test(test_keys_are_named_as_they_are_written),
		cmocka_unit_test(test_a_key_that_is_a_sequence_is_named_by_its_line),
		cmocka_unit_test(test_every_short_text_has_a_name_of_its_own),
		cmocka_unit_test(test_every_random_text_has_a_name_of_its_own),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
