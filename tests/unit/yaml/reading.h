/*
 * Reading small files in tests, and showing what was read on one line.
 */
#ifndef CARDFS_TESTS_UNIT_YAML_READING_H
#define CARDFS_TESTS_UNIT_YAML_READING_H

#include "base/buffer.h"
#include "yaml/read.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/*
 * A value on one line that shows types and order: "text", 12, [...], {k: v}, set{...}, omap{...},
 * pairs{...}, date(...), bytes(...).
 */
static inline void describe(struct buffer *buffer, const struct value *value);

static inline void describe_pairs(
	struct buffer *buffer, const struct value *value, const char *kind) {
	buffer_append_format(buffer, "%s{", kind);
	for (size_t i = 0; i < value->mapping.count; i++) {
		buffer_append_string(buffer, i == 0 ? "" : ", ");
		describe(buffer, value->mapping.pairs[i].key);
		buffer_append_string(buffer, ": ");
		describe(buffer, value->mapping.pairs[i].value);
	}
	buffer_append_byte(buffer, '}');
}

static inline void describe_items(struct buffer *buffer, const struct value *value) {
	buffer_append_byte(buffer, '[');
	for (size_t i = 0; i < value->sequence.count; i++) {
		buffer_append_string(buffer, i == 0 ? "" : ", ");
		describe(buffer, value->sequence.items[i]);
	}
	buffer_append_byte(buffer, ']');
}

static inline void describe_text(
	struct buffer *buffer, const char *before, const struct value *value, const char *after) {
	buffer_append_string(buffer, before);
	buffer_append_text(buffer, value->canonical);
	buffer_append_string(buffer, after);
}

static inline void describe(struct buffer *buffer, const struct value *value) {
	switch ((enum value_type)value->type) {
	case VALUE_NULL:
		buffer_append_string(buffer, "null");
		break;
	case VALUE_BOOLEAN:
		buffer_append_string(buffer, value->boolean ? "true" : "false");
		break;
	case VALUE_INTEGER:
		describe_text(buffer, "", value, "");
		break;
	case VALUE_FLOAT:
		buffer_append_format(buffer, "float(%g)", value->number);
		break;
	case VALUE_STRING:
		describe_text(buffer, "\"", value, "\"");
		break;
	case VALUE_DATE:
	case VALUE_DATETIME:
		describe_text(buffer, "date(", value, ")");
		break;
	case VALUE_BINARY:
		describe_text(buffer, "bytes(", value, ")");
		break;
	case VALUE_SEQUENCE:
		describe_items(buffer, value);
		break;
	case VALUE_MAPPING:
		describe_pairs(buffer, value, "");
		break;
	case VALUE_SET:
		describe_pairs(buffer, value, "set");
		break;
	case VALUE_ORDERED_MAP:
		describe_pairs(buffer, value, "omap");
		break;
	case VALUE_PAIRS:
		describe_pairs(buffer, value, "pairs");
		break;
	}
}

/* The first document of a file, and what came of reading it. */
struct reading {
	struct arena arena;
	enum yaml_result result;
	const struct value *value;
	struct error error;
};

static inline struct reading read_with(struct text file, const struct yaml_limits *limits) {
	struct reading reading = {0};
	struct yaml_slice slice = {0};
	assert_true(yaml_next_slice(file, &slice));
	reading.result =
		yaml_read(&reading.arena, file, &slice, limits, &reading.value, &reading.error);
	return reading;
}

static inline void check_reads(struct text file, const char *expected) {
	struct reading reading = read_with(file, &yaml_default_limits);
	if (reading.result == YAML_READ_ERROR) {
		print_error("%s\n", reading.error.message);
	}
	assert_int_equal(reading.result, YAML_READ_VALUE);
	struct buffer description = {0};
	describe(&description, reading.value);
	assert_string_equal(description.data, expected);
	buffer_finish(&description);
	arena_finish(&reading.arena);
}

#define CHECK_READS(file, expected) check_reads(TEXT(file), expected)

static inline void check_fails_with(struct text file, const struct yaml_limits *limits,
	enum error_kind kind, uint32_t line, uint32_t column, const char *message) {
	struct reading reading = read_with(file, limits);
	assert_int_equal(reading.result, YAML_READ_ERROR);
	assert_string_equal(reading.error.message, message);
	assert_int_equal(reading.error.kind, kind);
	assert_int_equal(reading.error.line, line);
	assert_int_equal(reading.error.column, column);
	arena_finish(&reading.arena);
}

#define CHECK_FAILS(file, line, column, message) \
	check_fails_with(TEXT(file), &yaml_default_limits, ERROR_INVALID, line, column, message)

#endif
