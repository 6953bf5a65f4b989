#include "locate/scheme.h"

#include <unistd.h>

/* Appends the components of text that mean something, each behind a slash. */
static void append_components(struct buffer *path, struct text text) {
	size_t start = 0;
	while (start < text.length) {
		struct text rest = text_part(text, start, text.length);
		struct text component = text_part(rest, 0, text_index(rest, '/'));
		if (component.length > 0 && !text_equal(component, TEXT("."))) {
			buffer_append_byte(path, '/');
			buffer_append_text(path, component);
		}
		start += component.length + 1;
	}
}

void local_append_relative(struct buffer *path, struct text directory, struct text text) {
	size_t start = path->length;
	append_components(path, directory);
	append_components(path, text);
	if (path->length == start) {
		buffer_append_byte(path, '/');
	}
}

bool local_exists(struct text path) {
	return text_starts_with(path, TEXT("/")) && access(path.data, F_OK) == 0;
}

bool local_place_absolute(const struct placement *placement) {
	placement->location->state = LOCATION_LOCAL;
	buffer_append_text(&placement->location->path, placement->locator->text);
	return true;
}

bool local_place_relative(const struct placement *placement) {
	const struct locator *locator = placement->locator;
	placement->location->state = LOCATION_LOCAL;
	local_append_relative(&placement->location->path, locator->directory, locator->text);
	return true;
}

/* The value of a hexadecimal digit, or -1. */
static int digit_value(char digit) {
	if (digit >= '0' && digit <= '9') {
		return digit - '0';
	}
	if (digit >= 'a' && digit <= 'f') {
		return digit - 'a' + 10;
	}
	if (digit >= 'A' && digit <= 'F') {
		return digit - 'A' + 10;
	}
	return -1;
}

/* The byte that a "%XX" at index stands for, or -1. */
static int escaped_byte(struct text text, size_t index) {
	if (text.data[index] != '%' || text.length - index < 3) {
		return -1;
	}
	int high = digit_value(text.data[index + 1]);
	int low = digit_value(text.data[index + 2]);
	return high < 0 || low < 0 ? -1 : high * 16 + low;
}

/* Returns whether anything was there to decode. */
static bool append_decoded(struct buffer *buffer, struct text text) {
	bool decoded = false;
	for (size_t i = 0; i < text.length; i++) {
		int byte = escaped_byte(text, i);
		if (byte < 0) {
			buffer_append_byte(buffer, text.data[i]);
			continue;
		}
		buffer_append_byte(buffer, (char)byte);
		decoded = true;
		i += 2;
	}
	return decoded;
}

/*
 * As in fairseq2 the path is all that follows "file://", a query included. So the host of
 * "file://host/x" becomes the start of a relative path, which is on no machine.
 */
bool local_place_file_uri(const struct placement *placement) {
	struct location *location = placement->location;
	struct text uri = buffer_text(&location->uri);
	struct buffer decoded = {0};
	location->state = LOCATION_LOCAL;
	location->decoded =
		append_decoded(&decoded, text_part(uri, sizeof("file://") - 1, uri.length));
	struct text path = buffer_text(&decoded);
	if (text_starts_with(path, TEXT("/"))) {
		local_append_relative(&location->path, TEXT("/"), path);
	} else {
		buffer_append_text(&location->path, path.length > 0 ? path : TEXT("."));
	}
	bool failed = decoded.failed;
	buffer_finish(&decoded);
	return !failed || error_set_memory(placement->error);
}
