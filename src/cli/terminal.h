/*
 * What standard output is: whether somebody looks at it, how wide it is, and how much room text
 * takes there.
 */
#ifndef CARDFS_CLI_TERMINAL_H
#define CARDFS_CLI_TERMINAL_H

#include "base/buffer.h"

/* How something is emphasised; nothing changes where colours are not wanted. */
enum terminal_style {
	STYLE_PLAIN,
	STYLE_HEADING,
	STYLE_NAME,
	STYLE_DIM,
	STYLE_GOOD,
	STYLE_WARNING,
	STYLE_BAD,
};

struct terminal {
	bool is_terminal;
	bool has_colour;
	bool has_utf8;
	size_t width; /* columns; SIZE_MAX where lines may be as long as they are */
};

/*
 * Finds out about standard output: colours on a terminal, unless NO_COLOR is set or TERM says that
 * it knows none; the width of COLUMNS, else of the terminal. Sets the program's character type to
 * that of the environment.
 */
void terminal_init(struct terminal *terminal);

/* How many columns printable text takes. */
size_t terminal_text_width(const struct terminal *terminal, struct text text);

/*
 * The longest start of printable text that fits into so many columns; with from_end its longest
 * end.
 */
struct text terminal_fit(
	const struct terminal *terminal, struct text text, size_t width, bool from_end);

/* Appends text in that style. */
void terminal_append(const struct terminal *terminal, struct buffer *buffer,
	enum terminal_style style, struct text text);

#endif
