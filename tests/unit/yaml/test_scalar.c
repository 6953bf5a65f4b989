#include "yaml/scalar.h"

#include "base/buffer.h"
#include "yaml/read.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* Made by tests/data/make-scalars.py with the reference's parser. */
#define TABLE "tests/data/scalars.tsv"

/* Far fewer rows would mean that the table was not read. */
#define LEAST_ROWS 2000

/* What the table says of a scalar; type is "error" for one that no card may hold. */
struct row {
	const char *versions;
	const char *scalar;
	const char *type;
	const char *value;
};

static const char *next_field(char **line) {
	const char *field = strsep(line, "\t\n");
	return field == NULL ? "" : field;
}

static struct row parse_row(char *line) {
	struct row row;
	row.versions = next_field(&line);
	row.scalar = next_field(&line);
	row.type = next_field(&line);
	row.value = next_field(&line);
	return row;
}

static const char *name_of(const struct value *value) {
	static const char *const names[] = {
		[VALUE_NULL] = "null",
		[VALUE_BOOLEAN] = "boolean",
		[VALUE_INTEGER] = "integer",
		[VALUE_FLOAT] = "float",
		[VALUE_STRING] = "string",
		[VALUE_DATE] = "date",
		[VALUE_DATETIME] = "datetime",
		[VALUE_BINARY] = "binary",
	};
	return names[value->type];
}

static bool same_float(double number, const char *expected) {
	double other = strtod(expected, NULL);
	return isnan(number) ? isnan(other) : number == other && signbit(number) == signbit(other);
}

static void append_hexadecimal(struct buffer *buffer, struct text bytes) {
	for (size_t i = 0; i < bytes.length; i++) {
		buffer_append_format(buffer, "%02x", (unsigned)(unsigned char)bytes.data[i]);
	}
}

static bool same_content(const struct value *value, const char *expected) {
	struct buffer hexadecimal = {0};
	struct text content = value->canonical;
	switch ((enum value_type)value->type) {
	case VALUE_NULL:
		return *expected == '\0';
	case VALUE_BOOLEAN:
		return value->boolean == (strcmp(expected, "true") == 0);
	case VALUE_FLOAT:
		return same_float(value->number, expected);
	case VALUE_BINARY:
		append_hexadecimal(&hexadecimal, value->canonical);
		content = buffer_text(&hexadecimal);
		break;
	default:
		break;
	}
	bool is_same = text_equal(content, text_of(expected));
	buffer_finish(&hexadecimal);
	return is_same;
}

/* Reads "k: SCALAR" in a document of that version and compares k's value. */
static bool agrees(const struct row *row, const char *version) {
	struct arena arena = {0};
	struct buffer file = {0};
	buffer_append_format(&file, "%%YAML %s\n---\nk: %s\n", version, row->scalar);
	struct yaml_slice slice = {0};
	assert_true(yaml_next_slice(buffer_text(&file), &slice));
	const struct value *document = NULL;
	struct error error = {0};
	enum yaml_result result = yaml_read(
		&arena, buffer_text(&file), &slice, &yaml_default_limits, &document, &error);
	bool is_same = result == YAML_READ_ERROR && strcmp(row->type, "error") == 0;
	if (result == YAML_READ_VALUE) {
		const struct value *value = value_find(document, TEXT("k"));
		is_same = value != NULL && strcmp(name_of(value), row->type) == 0 &&
			  same_content(value, row->value);
	}
	if (!is_same) {
		print_error("%s: \"%s\" should be %s \"%s\" %s\n", version, row->scalar, row->type,
			row->value, error.message);
	}
	arena_finish(&arena);
	buffer_finish(&file);
	return is_same;
}

static void test_scalars_mean_what_the_reference_takes_them_for(void **state) {
	(void)state;
	FILE *table = fopen(TABLE, "r");
	assert_non_null(table);
	char *line = NULL;
	size_t size = 0;
	size_t rows = 0;
	size_t wrong = 0;
	while (getline(&line, &size, table) > 0) {
		if (line[0] == '#') {
			continue;
		}
		struct row row = parse_row(line);
		rows++;
		bool is_old = strstr(row.versions, "1.1") != NULL;
		bool is_new = strstr(row.versions, "1.2") != NULL;
		assert_true(is_old || is_new);
		wrong += is_old && !agrees(&row, "1.1");
		wrong += is_new && !agrees(&row, "1.2");
	}
	free(line);
	assert_int_equal(fclose(table), 0);
	assert_true(rows > LEAST_ROWS);
	assert_int_equal(wrong, 0);
}

/* count times digit, behind prefix, with a NUL. */
static struct text repeat(struct arena *arena, const char *prefix, char digit, size_t count) {
	struct text before = text_of(prefix);
	char *data = arena_allocate(arena, before.length + count + 1);
	assert_non_null(data);
	memcpy(data, before.data, before.length);
	memset(data + before.length, digit, count);
	return (struct text){data, before.length + count};
}

static enum error_kind construct_integer(
	struct arena *arena, const char *prefix, char digit, size_t count, struct value *value) {
	struct error error = {0};
	struct text text = repeat(arena, prefix, digit, count);
	bool is_made = scalar_construct(arena, YAML_1_2, SCALAR_INTEGER, text, value, &error);
	assert_int_equal(is_made, error.kind == ERROR_NONE);
	return error.kind;
}

static void test_integers_may_have_4300_digits_and_no_more(void **state) {
	(void)state;
	struct arena arena = {0};
	struct value value = {0};
	assert_int_equal(construct_integer(&arena, "", '9', 4300, &value), ERROR_NONE);
	assert_int_equal(value.canonical.length, 4300);
	assert_int_equal(construct_integer(&arena, "-", '9', 4300, &value), ERROR_NONE);
	assert_int_equal(value.canonical.length, 4301);
	assert_int_equal(construct_integer(&arena, "", '9', 4301, &value), ERROR_LIMIT);
	assert_int_equal(construct_integer(&arena, "", '0', 4301, &value), ERROR_LIMIT);
	assert_int_equal(construct_integer(&arena, "0x", '0', 100000, &value), ERROR_NONE);
	assert_true(text_equal(value.canonical, TEXT("0")));
	assert_int_equal(construct_integer(&arena, "0x", 'f', 3570, &value), ERROR_NONE);
	assert_int_equal(value.canonical.length, 4299);
	assert_int_equal(construct_integer(&arena, "-0x", '1', 3571, &value), ERROR_NONE);
	assert_int_equal(value.canonical.length, 4300);
	assert_int_equal(construct_integer(&arena, "0x", 'f', 3572, &value), ERROR_LIMIT);
	assert_int_equal(construct_integer(&arena, "0b", '1', 1000000, &value), ERROR_LIMIT);
	arena_finish(&arena);
}

/* Whoever reads the number of a value relies on it. */
static void test_an_integer_has_a_nul_behind_it(void **state) {
	(void)state;
	static const char *const integers[] = {
		"12", "-12", "1_2", "-1_2", "-007", "+12", "0x1f", "-0x1f"};
	for (size_t i = 0; i < sizeof(integers) / sizeof(integers[0]); i++) {
		struct arena arena = {0};
		struct value value = {0};
		struct error error = {0};
		char *used = arena_allocate(&arena, 64);
		memset(used, '9', 64);
		arena_reset(&arena);
		const struct text text = text_of(integers[i]);
		assert_true(
			scalar_construct(&arena, YAML_1_1, SCALAR_INTEGER, text, &value, &error));
		assert_int_equal(value.canonical.data[value.canonical.length], '\0');
		arena_finish(&arena);
	}
}

static void test_sexagesimals_have_no_more_digits_than_others(void **state) {
	(void)state;
	struct arena arena = {0};
	struct buffer text = {0};
	buffer_append_byte(&text, '1');
	for (int i = 0; i < 3000; i++) {
		buffer_append_string(&text, ":00");
	}
	struct value value = {0};
	struct error error = {0};
	assert_int_equal(scalar_resolve(YAML_1_1, buffer_text(&text)), SCALAR_INTEGER);
	assert_false(scalar_construct(
		&arena, YAML_1_1, SCALAR_INTEGER, buffer_text(&text), &value, &error));
	assert_int_equal(error.kind, ERROR_LIMIT);
	buffer_finish(&text);
	arena_finish(&arena);
}

static void test_integers_of_other_bases_keep_every_digit(void **state) {
	(void)state;
	static const struct {
		struct text text;
		struct text decimal;
	} integers[] = {
		{{"0x100000000000000000000000000000000", 35},
			{"340282366920938463463374607431768211456", 39}},
		{{"0x3b9aca00", 10}, {"1000000000", 10}},
		{{"-0xde0b6b3a7640000", 18}, {"-1000000000000000000", 20}},
		{{"0o1000000000000000000000", 24}, {"9223372036854775808", 19}},
	};
	struct arena arena = {0};
	for (size_t i = 0; i < sizeof(integers) / sizeof(integers[0]); i++) {
		struct value value = {0};
		struct error error = {0};
		assert_true(scalar_construct(
			&arena, YAML_1_2, SCALAR_INTEGER, integers[i].text, &value, &error));
		assert_int_equal(value.type, VALUE_INTEGER);
		assert_true(text_equal(value.canonical, integers[i].decimal));
	}
	arena_finish(&arena);
}

static void test_long_scalars_of_each_kind_are_read_in_linear_time(void **state) {
	(void)state;
	struct arena arena = {0};
	static const char *const prefixes[] = {
		"1.", "1e", "0.", "1:", "2001-01-01 01:01:01.", "-", ".", "0x", "0b"};
	for (size_t i = 0; i < sizeof(prefixes) / sizeof(prefixes[0]); i++) {
		struct value value = {0};
		struct text text = repeat(&arena, prefixes[i], '1', 4 << 20);
		enum scalar_tag tag = scalar_resolve(YAML_1_2, text);
		struct error error = {0};
		scalar_construct(&arena, YAML_1_2, tag, text, &value, &error);
		assert_true(error.kind == ERROR_NONE || error.kind == ERROR_LIMIT);
	}
	arena_finish(&arena);
}

static void test_text_with_a_nul_is_a_string(void **state) {
	(void)state;
	assert_int_equal(scalar_resolve(YAML_1_2, TEXT("1\0")), SCALAR_STRING);
	assert_int_equal(scalar_resolve(YAML_1_2, TEXT("\0")), SCALAR_STRING);
	assert_int_equal(scalar_resolve(YAML_1_1, TEXT("yes\0")), SCALAR_STRING);
	assert_int_equal(scalar_resolve(YAML_1_2, TEXT("2001-01-01\0")), SCALAR_STRING);
	assert_int_equal(scalar_resolve(YAML_1_1, TEXT("yes")), SCALAR_BOOLEAN);
}

static void check_error(enum scalar_tag tag, struct text text, const char *message) {
	struct arena arena = {0};
	struct value value = {0};
	struct error error = {0};
	assert_false(scalar_construct(&arena, YAML_1_2, tag, text, &value, &error));
	assert_int_equal(error.kind, ERROR_INVALID);
	assert_string_equal(error.message, message);
	arena_finish(&arena);
}

static void test_impossible_scalars_are_explained(void **state) {
	(void)state;
	check_error(SCALAR_TIMESTAMP, TEXT("2001-13-40"),
		"2001-13-40 is no date: the month must be 1 to 12; quote it if it is meant as "
		"text");
	check_error(SCALAR_TIMESTAMP, TEXT("2001-02-29"),
		"2001-02-29 is no date: the month has no such day; quote it if it is meant as "
		"text");
	check_error(SCALAR_TIMESTAMP, TEXT("monday"),
		"this is not a date; write YYYY-MM-DD, or remove the tag");
	check_error(
		SCALAR_INTEGER, TEXT("abc"), "this is not an integer; mend it, or remove the tag");
	check_error(
		SCALAR_FLOAT, TEXT("._"), "this is not a number; quote it if it is meant as text");
	check_error(SCALAR_BOOLEAN, TEXT("1"),
		"this is neither true nor false; write one of them, or remove the tag");
	check_error(SCALAR_BINARY, TEXT("a"),
		"this base64 has one digit too many or three too few; encode the bytes again");
	check_error(SCALAR_BINARY, TEXT("ab"),
		"\"=\" is missing at the end of this base64; encode the bytes again");
	check_error(
		SCALAR_MERGE, TEXT("<<"), "<< can only be a key; quote it if it is meant as text");
}

int main(void) {
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_scalars_mean_what_the_reference_takes_them_for),
		cmocka_unit_test(test_integers_may_have_4300_digits_and_no_more),
		cmocka_unit_test(test_an_integer_has_a_nul_behind_it),
		cmocka_unit_test(test_sexagesimals_have_no_more_digits_than_others),
		cmocka_unit_test(test_integers_of_other_bases_keep_every_digit),
		cmocka_unit_test(test_long_scalars_of_each_kind_are_read_in_linear_time),
		cmocka_unit_test(test_text_with_a_nul_is_a_string),
		cmocka_unit_test(test_impossible_scalars_are_explained),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
