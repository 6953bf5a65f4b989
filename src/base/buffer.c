#include "base/buffer.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SMALLEST_CAPACITY = 64 };

void buffer_finish(struct buffer *buffer) {
	free(buffer->data);
	*buffer = (struct buffer){0};
}

void buffer_clear(struct buffer *buffer) {
	buffer->length = 0;
	if (buffer->data != NULL) {
		buffer->data[0] = '\0';
	}
}

static bool fail(struct buffer *buffer) {
	buffer->failed = true;
	return false;
}

static size_t larger_capacity(size_t capacity, size_t needed) {
	const size_t doubled = capacity > SIZE_MAX / 2 ? needed : capacity * 2;
	const size_t grown = doubled > SMALLEST_CAPACITY ? doubled : SMALLEST_CAPACITY;
	return grown > needed ? grown : needed;
}

bool buffer_reserve(struct buffer *buffer, size_t length) {
	if (buffer->failed || length > SIZE_MAX - buffer->length - 1) {
		return fail(buffer);
	}
	const size_t needed = buffer->length + length + 1;
	if (needed <= buffer->capacity) {
		return true;
	}
	const size_t capacity = larger_capacity(buffer->capacity, needed);
	char *data = realloc(buffer->data, capacity);
	if (data == NULL) {
		return fail(buffer);
	}
	data[buffer->length] = '\0';
	buffer->data = data;
	buffer->capacity = capacity;
	return true;
}

void buffer_append(struct buffer *buffer, const void *data, size_t length) {
	if (length == 0 || !buffer_reserve(buffer, length)) {
		return;
	}
	memcpy(buffer->data + buffer->length, data, length);
	buffer->length += length;
	buffer->data[buffer->length] = '\0';
}

void buffer_append_text(struct buffer *buffer, struct text text) {
	buffer_append(buffer, text.data, text.length);
}

void buffer_append_string(struct buffer *buffer, const char *string) {
	buffer_append_text(buffer, text_of(string));
}

void buffer_append_byte(struct buffer *buffer, char byte) {
	buffer_append(buffer, &byte, 1);
}

void buffer_append_format(struct buffer *buffer, const char *format, ...) {
	va_list arguments;
	va_start(arguments, format);
	buffer_append_format_list(buffer, format, arguments);
	va_end(arguments);
}

void buffer_append_format_list(struct buffer *buffer, const char *format, va_list arguments) {
	va_list again;
	va_copy(again, arguments);
	const int length = vsnprintf(NULL, 0, format, arguments);
	if (length < 0) {
		fail(buffer);
	} else if (length > 0 && buffer_reserve(buffer, (size_t)length)) {
		vsnprintf(buffer->data + buffer->length, (size_t)length + 1, format, again);
		buffer->length += (size_t)length;
	}
	va_end(again);
}

static bool is_control(uint32_t character) {
	return character < 0x20 || (character >= 0x7F && character <= 0x9F);
}

static bool is_line_break(uint32_t character) {
	return character == 0x2028 || character == 0x2029;
}

static bool is_direction_mark(uint32_t character) {
	return character == 0x061C || character == 0x200E || character == 0x200F ||
	       (character >= 0x202A && character <= 0x202E) ||
	       (character >= 0x2066 && character <= 0x2069);
}

static bool is_printable(uint32_t character) {
	return !is_control(character) && !is_line_break(character) && !is_direction_mark(character);
}

static void append_escaped(struct buffer *buffer, uint32_t character) {
	if (character == '\n') {
		buffer_append_string(buffer, "\\n");
	} else if (character == '\t') {
		buffer_append_string(buffer, "\\t");
	} else if (character < 0x80) {
		buffer_append_format(buffer, "\\x%02X", (unsigned)character);
	} else {
		buffer_append_format(buffer, "\\u{%04X}", (unsigned)character);
	}
}

void buffer_append_printable(struct buffer *buffer, struct text text) {
	size_t plain = 0;
	for (size_t offset = 0; offset < text.length;) {
		const size_t start = offset;
		uint32_t character;
		const bool is_valid = text_next_character(text, &offset, &character);
		if (is_valid && is_printable(character)) {
			continue;
		}
		buffer_append_text(buffer, text_part(text, plain, start - plain));
		if (is_valid) {
			append_escaped(buffer, character);
		} else {
			buffer_append_format(buffer, "\\x%02X", (unsigned char)text.data[offset++]);
		}
		plain = offset;
	}
	buffer_append_text(buffer, text_part(text, plain, text.length));
}

struct text buffer_text(const struct buffer *buffer) {
	if (buffer->failed || buffer->data == NULL) {
		return TEXT("");
	}
	return (struct text){buffer->data, buffer->length};
}

char *buffer_take(struct buffer *buffer) {
	char *data = NULL;
	if (buffer_reserve(buffer, 0)) {
		data = buffer->data;
		buffer->data = NULL;
	}
	buffer_finish(buffer);
	return data;
}
