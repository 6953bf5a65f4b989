#include "yaml/source.h"

struct source source_of_slice(struct text file, const struct yaml_slice *slice) {
	struct text text = text_part(file, slice->offset, slice->length);
	if (slice->offset == 0 && text_starts_with(text, SOURCE_BYTE_ORDER_MARK)) {
		text = text_part(text, SOURCE_BYTE_ORDER_MARK.length, text.length);
	}
	return (struct source){text, slice->line};
}

/* UTF-16 and UTF-32 have a mark in front, or a NUL in one of the first characters. */
static bool is_wide(struct text text) {
	struct text start = text_part(text, 0, 4);
	return text_starts_with(text, TEXT("\xFF\xFE")) ||
	       text_starts_with(text, TEXT("\xFE\xFF")) || text_index(start, '\0') < start.length;
}

static bool is_at_line_start(struct text text, size_t offset) {
	return offset == 0 || text.data[offset - 1] == '\n' || text.data[offset - 1] == '\r';
}

bool source_check_encoding(const struct source *source, struct error *error) {
	struct text text = source->text;
	if (source->line == 1 && is_wide(text)) {
		return source_fail(source, 0, error,
			"this file is not UTF-8 but UTF-16 or UTF-32; save it as UTF-8");
	}
	struct text rest = text;
	while ((rest = text_part(rest, text_index(rest, '\xEF'), SIZE_MAX)).length > 0) {
		size_t offset = text.length - rest.length;
		if (text_starts_with(rest, SOURCE_BYTE_ORDER_MARK) &&
			is_at_line_start(text, offset)) {
			return source_fail(source, offset, error,
				"an invisible byte order mark (U+FEFF) stands here; delete it");
		}
		rest = text_part(rest, 1, SIZE_MAX);
	}
	return true;
}

static bool is_continuation(char byte) {
	return ((unsigned char)byte & 0xc0) == 0x80;
}

size_t source_skip_characters(const struct source *source, size_t offset, size_t characters) {
	struct text text = source->text;
	while (characters > 0 && offset < text.length) {
		offset++;
		while (offset < text.length && is_continuation(text.data[offset])) {
			offset++;
		}
		characters--;
	}
	return offset;
}

bool source_fail(
	const struct source *source, size_t offset, struct error *error, const char *message) {
	struct text before = text_part(source->text, 0, offset);
	uint32_t line = source->line;
	uint32_t column = 1;
	for (size_t i = 0; i < before.length; i++) {
		char byte = before.data[i];
		bool is_in_double = byte == '\r' && i + 1 < source->text.length &&
				    source->text.data[i + 1] == '\n';
		if (byte == '\n' || (byte == '\r' && !is_in_double)) {
			line++;
			column = 1;
		} else {
			column += !is_continuation(byte);
		}
	}
	return error_set_at(error, ERROR_INVALID, line, column, "%s", message);
}
