/*
 * Rows of cells, aligned. On a terminal what is too wide is cut; elsewhere every cell is whole, and
 * one that is wider than most moves what is behind it.
 * Rows are laid out some hundred at a time, so that a long list begins to appear at once.
 */
#ifndef CARDFS_CLI_COLUMNS_H
#define CARDFS_CLI_COLUMNS_H

#include "cli/terminal.h"

#include "base/error.h"

enum { COLUMNS_LIMIT = 6 };

/* What may go of a cell that is too wide. */
enum column_cut { CUT_NOTHING, CUT_END, CUT_START };

struct column {
	const char *heading; /* shown on a terminal */
	enum column_cut cut;
};

struct cell {
	size_t offset, length; /* in columns.text */
	size_t width;
	enum terminal_style style;
	bool is_rest;
};

struct columns {
	const struct terminal *terminal;
	const struct column *columns;
	size_t count;
	size_t widths[COLUMNS_LIMIT]; /* of the widest cell so far; they only grow */
	struct cell *cells;
	size_t cell_count;
	size_t cell_capacity;
	struct buffer text;
	bool has_heading; /* whether it has been printed */
};

/* Both are borrowed. Nothing is allocated yet. */
void columns_init(struct columns *columns, const struct terminal *terminal,
	const struct column *columns_of_table, size_t count);
void columns_finish(struct columns *columns);

/*
 * Adds the next cell, from left to right and row by row; text is made printable. Want of memory is
 * remembered until columns_print.
 */
void columns_add(struct columns *columns, enum terminal_style style, struct text text);

/* The same for the last cell of a row: it takes what room there is, and aligns nothing. */
void columns_add_rest(struct columns *columns, enum terminal_style style, struct text text);

/* Ends the row: cells that it lacks are empty. Prints the rows so far when they are many. */
bool columns_end_row(struct columns *columns, struct error *error);

/* Writes the rows that have not been printed to standard output. */
bool columns_print(struct columns *columns, struct error *error);

#endif
