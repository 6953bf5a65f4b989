#include "yaml/read.h"

#include "yaml/source.h"

#include <string.h>

/* What a slice holds so far. */
enum part { PART_PREFIX, PART_CONTENT };

/* A line of a file; end is behind its line break. */
struct line {
	struct text text; /* without the break */
	size_t end;
};

/* A line break is \n, \r or \r\n. */
static struct line line_at(struct text file, size_t offset) {
	const char *start = file.data + offset;
	size_t left = file.length - offset;
	const char *newline = memchr(start, '\n', left);
	size_t length = newline == NULL ? left : (size_t)(newline - start);
	size_t end = newline == NULL ? length : length + 1;
	const char *carriage_return = memchr(start, '\r', length);
	if (carriage_return != NULL) {
		bool is_double = newline == carriage_return + 1;
		length = (size_t)(carriage_return - start);
		end = is_double ? end : length + 1;
	}
	return (struct line){{start, length}, offset + end};
}

/* "---" or "...", alone or with a blank behind it. */
static bool is_marker(struct text line, struct text marker) {
	return line.length >= marker.length && line.data[0] == marker.data[0] &&
	       text_starts_with(line, marker) &&
	       (line.length == marker.length || line.data[marker.length] == ' ' ||
		       line.data[marker.length] == '\t');
}

/* Blank, a comment, or a directive: what may stand before "---". */
static bool is_prefix(struct text line) {
	size_t start = 0;
	while (start < line.length && (line.data[start] == ' ' || line.data[start] == '\t')) {
		start++;
	}
	return start == line.length || line.data[start] == '#' || line.data[0] == '%';
}

bool yaml_next_slice(struct text file, struct yaml_slice *slice) {
	size_t offset = slice->offset + slice->length;
	if (offset >= file.length) {
		return false;
	}
	slice->offset = offset;
	slice->line = slice->next_line > 0 ? slice->next_line : 1;
	slice->next_line = slice->line;
	enum part part = PART_PREFIX;
	bool is_ended = false;
	while (!is_ended && offset < file.length) {
		struct line line = line_at(file, offset);
		if (offset == 0 && text_starts_with(line.text, SOURCE_BYTE_ORDER_MARK)) {
			line.text = text_part(line.text, SOURCE_BYTE_ORDER_MARK.length, SIZE_MAX);
		}
		bool is_start = is_marker(line.text, TEXT("---"));
		if (is_start && part == PART_CONTENT) {
			break;
		}
		is_ended = is_marker(line.text, TEXT("..."));
		part = part == PART_PREFIX && !is_start && is_prefix(line.text) ? part
										: PART_CONTENT;
		offset = line.end;
		slice->next_line++;
	}
	slice->length = offset - slice->offset;
	return true;
}
