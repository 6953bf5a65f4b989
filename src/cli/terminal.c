#include "cli/terminal.h"

#include <langinfo.h>
#include <limits.h>
#include <locale.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>
#include <wchar.h>

/* Where a terminal does not say how wide it is. */
#define USUAL_WIDTH 80

static const char *const codes[] = {
	[STYLE_PLAIN] = "",
	[STYLE_HEADING] = "\033[4m",
	[STYLE_NAME] = "\033[1m",
	[STYLE_DIM] = "\033[2m",
	[STYLE_GOOD] = "\033[32m",
	[STYLE_WARNING] = "\033[33m",
	[STYLE_BAD] = "\033[31m",
};

/* A positive number, or 0. */
static size_t parse_width(const char *text) {
	char *end;
	if (text == NULL || text[0] < '1' || text[0] > '9') {
		return 0;
	}
	unsigned long width = strtoul(text, &end, 10);
	return *end == '\0' && width < USHRT_MAX ? width : 0;
}

static size_t find_width(void) {
	size_t width = parse_width(getenv("COLUMNS"));
	struct winsize size;
	if (width == 0 && ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0) {
		width = size.ws_col;
	}
	return width == 0 ? USUAL_WIDTH : width;
}

/* As no-color.org has it: whatever NO_COLOR holds, unless it is empty. */
static bool wants_colour(void) {
	const char *refusal = getenv("NO_COLOR");
	const char *type = getenv("TERM");
	return (refusal == NULL || refusal[0] == '\0') && type != NULL && type[0] != '\0' &&
	       strcmp(type, "dumb") != 0;
}

void terminal_init(struct terminal *terminal) {
	setlocale(LC_CTYPE, "");
	terminal->is_terminal = isatty(STDOUT_FILENO) == 1;
	terminal->has_colour = terminal->is_terminal && wants_colour();
	terminal->has_utf8 = strcmp(nl_langinfo(CODESET), "UTF-8") == 0;
	terminal->width = terminal->is_terminal ? find_width() : SIZE_MAX;
}

static size_t character_width(const struct terminal *terminal, uint32_t character) {
	int width = terminal->has_utf8 ? wcwidth((wchar_t)character) : 1;
	return width < 0 ? 1 : (size_t)width;
}

/* The width of the character at *offset, which moves behind it; a byte that is none takes one. */
static size_t next_width(const struct terminal *terminal, struct text text, size_t *offset) {
	uint32_t character;
	if (!text_next_character(text, offset, &character)) {
		(*offset)++;
		return 1;
	}
	return character_width(terminal, character);
}

size_t terminal_text_width(const struct terminal *terminal, struct text text) {
	size_t width = 0;
	for (size_t offset = 0; offset < text.length;) {
		width += next_width(terminal, text, &offset);
	}
	return width;
}

struct text terminal_fit(
	const struct terminal *terminal, struct text text, size_t width, bool from_end) {
	size_t total = from_end ? terminal_text_width(terminal, text) : 0;
	size_t taken = 0;
	size_t offset = 0;
	while (offset < text.length) {
		size_t next = offset;
		size_t more = next_width(terminal, text, &next);
		if (from_end ? total - taken <= width : taken + more > width) {
			break;
		}
		taken += more;
		offset = next;
	}
	return from_end ? text_part(text, offset, text.length) : text_part(text, 0, offset);
}

void terminal_append(const struct terminal *terminal, struct buffer *buffer,
	enum terminal_style style, struct text text) {
	bool is_styled = terminal->has_colour && style != STYLE_PLAIN;
	buffer_append_string(buffer, is_styled ? codes[style] : "");
	buffer_append_text(buffer, text);
	buffer_append_string(buffer, is_styled ? "\033[0m" : "");
}
