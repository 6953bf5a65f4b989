#include "cli/columns.h"

#include "base/array.h"
#include "cli/workspace.h"

#include <stdlib.h>

enum {
	ROWS_AT_ONCE = 500,
	GAP = 2,          /* between columns */
	LEAST_WIDTH = 8,  /* that a column keeps when it is cut */
	MOST_WIDTH = 255, /* that a whole cell gives to its column: one of millions stands alone */
};

void columns_init(struct columns *columns, const struct terminal *terminal,
	const struct column *columns_of_table, size_t count) {
	*columns =
		(struct columns){.terminal = terminal, .columns = columns_of_table, .count = count};
}

void columns_finish(struct columns *columns) {
	free(columns->cells);
	buffer_finish(&columns->text);
}

static struct cell *add_cell(struct columns *columns, enum terminal_style style, struct text text) {
	struct cell *cells = array_make_room(
		columns->cells, columns->cell_count, &columns->cell_capacity, sizeof(*cells));
	if (cells == NULL) {
		columns->text.failed = true;
		return NULL;
	}
	columns->cells = cells;
	size_t offset = columns->text.length;
	buffer_append_printable(&columns->text, text);
	struct text shown = text_part(buffer_text(&columns->text), offset, SIZE_MAX);
	struct cell *cell = &columns->cells[columns->cell_count++];
	*cell = (struct cell){
		.offset = offset,
		.length = shown.length,
		.width = terminal_text_width(columns->terminal, shown),
		.style = style,
	};
	return cell;
}

void columns_add(struct columns *columns, enum terminal_style style, struct text text) {
	size_t *widest = &columns->widths[columns->cell_count % columns->count];
	const struct cell *cell = add_cell(columns, style, text);
	const bool is_aligned =
		cell != NULL && (columns->terminal->is_terminal || cell->width <= MOST_WIDTH);
	if (is_aligned && cell->width > *widest) {
		*widest = cell->width;
	}
}

void columns_add_rest(struct columns *columns, enum terminal_style style, struct text text) {
	struct cell *cell = add_cell(columns, style, text);
	if (cell != NULL) {
		cell->is_rest = true;
	}
}

bool columns_end_row(struct columns *columns, struct error *error) {
	while (!columns->text.failed && columns->cell_count % columns->count != 0) {
		columns_add(columns, STYLE_PLAIN, TEXT(""));
	}
	bool are_many = columns->cell_count >= ROWS_AT_ONCE * columns->count;
	return !are_many || columns_print(columns, error);
}

static size_t total_width(const size_t *widths, size_t count) {
	size_t total = GAP * (count - 1);
	for (size_t i = 0; i < count; i++) {
		total += widths[i];
	}
	return total;
}

/* Headings are never cut, and stand on terminals alone. */
static size_t heading_width(const struct columns *columns, size_t column) {
	size_t width = text_of(columns->columns[column].heading).length;
	return columns->terminal->is_terminal ? width : 0;
}

static size_t larger(size_t a, size_t b) {
	return a > b ? a : b;
}

/* The widest of the columns that can be cut further, or count. */
static size_t widest_to_cut(const struct columns *columns, const size_t *widths) {
	size_t widest = columns->count;
	for (size_t i = 0; i < columns->count; i++) {
		bool can_be_cut = columns->columns[i].cut != CUT_NOTHING &&
				  widths[i] > larger(LEAST_WIDTH, heading_width(columns, i));
		if (can_be_cut && (widest == columns->count || widths[i] > widths[widest])) {
			widest = i;
		}
	}
	return widest;
}

/* Takes from the widest column in turn until the rows fit, or nothing more can be cut. */
static void fit_widths(const struct columns *columns, size_t *widths) {
	size_t limit = columns->terminal->width;
	for (size_t i = 0; i < columns->count; i++) {
		bool is_cut = columns->columns[i].cut != CUT_NOTHING && columns->widths[i] > limit;
		widths[i] = larger(is_cut ? limit : columns->widths[i], heading_width(columns, i));
	}
	while (total_width(widths, columns->count) > limit) {
		size_t widest = widest_to_cut(columns, widths);
		if (widest == columns->count) {
			return;
		}
		widths[widest]--;
	}
}

/* Returns how wide it has become. */
static size_t append_cut(const struct columns *columns, struct buffer *answer,
	enum terminal_style style, struct text text, size_t width, bool from_end) {
	const struct terminal *terminal = columns->terminal;
	struct text mark = terminal->has_utf8 ? TEXT("…") : TEXT("...");
	size_t room = width - terminal_text_width(terminal, mark);
	struct text kept = terminal_fit(terminal, text, room, from_end);
	struct buffer shown = {0};
	buffer_append_text(&shown, from_end ? mark : kept);
	buffer_append_text(&shown, from_end ? kept : mark);
	size_t shown_width = terminal_text_width(terminal, buffer_text(&shown));
	terminal_append(terminal, answer, style, buffer_text(&shown));
	answer->failed |= shown.failed;
	buffer_finish(&shown);
	return shown_width;
}

static void append_spaces(struct buffer *answer, size_t count) {
	for (size_t i = 0; i < count; i++) {
		buffer_append_byte(answer, ' ');
	}
}

static bool is_last(const struct columns *columns, const struct cell *row, size_t column) {
	for (size_t i = column + 1; i < columns->count; i++) {
		if (row[i].length > 0) {
			return false;
		}
	}
	return true;
}

/* Returns how wide the cell has become. */
static size_t append_cell(const struct columns *columns, struct buffer *answer,
	const struct cell *cell, size_t width, enum column_cut cut) {
	struct text text = text_part(buffer_text(&columns->text), cell->offset, cell->length);
	if (cell->width > width && columns->terminal->is_terminal) {
		return append_cut(columns, answer, cell->style, text, width, cut == CUT_START);
	}
	terminal_append(columns->terminal, answer, cell->style, text);
	return cell->width;
}

/* The room from a column on; never too little for a few words. */
static size_t rest_width(const struct columns *columns, size_t start) {
	size_t width = columns->terminal->width;
	return width < start + LEAST_WIDTH ? LEAST_WIDTH : width - start;
}

static void append_row(const struct columns *columns, struct buffer *answer, const struct cell *row,
	const size_t *widths) {
	size_t start = 0;
	for (size_t i = 0; i < columns->count; i++) {
		size_t width = row[i].is_rest ? rest_width(columns, start) : widths[i];
		size_t taken =
			append_cell(columns, answer, &row[i], width, columns->columns[i].cut);
		if (is_last(columns, row, i)) {
			break;
		}
		append_spaces(answer, GAP + (taken < widths[i] ? widths[i] - taken : 0));
		start += widths[i] + GAP;
	}
	buffer_append_byte(answer, '\n');
}

static void append_heading(
	const struct columns *columns, struct buffer *answer, const size_t *widths) {
	for (size_t i = 0; i < columns->count; i++) {
		struct text heading = text_of(columns->columns[i].heading);
		terminal_append(columns->terminal, answer, STYLE_HEADING, heading);
		if (i + 1 < columns->count) {
			append_spaces(answer, GAP + widths[i] - heading.length);
		}
	}
	buffer_append_byte(answer, '\n');
}

bool columns_print(struct columns *columns, struct error *error) {
	size_t widths[COLUMNS_LIMIT] = {0};
	struct buffer answer = {0};
	fit_widths(columns, widths);
	if (columns->terminal->is_terminal && !columns->has_heading && columns->cell_count > 0) {
		append_heading(columns, &answer, widths);
		columns->has_heading = true;
	}
	for (size_t i = 0; i + columns->count <= columns->cell_count; i += columns->count) {
		append_row(columns, &answer, &columns->cells[i], widths);
	}
	answer.failed |= columns->text.failed;
	bool done = print_answer(&answer, error);
	buffer_finish(&answer);
	buffer_clear(&columns->text);
	columns->cell_count = 0;
	return done;
}
