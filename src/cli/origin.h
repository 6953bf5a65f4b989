/*
 * A value and where it comes from, as rows of a table show them: what `cardfs explain` and
 * `cardfs diff` have in common.
 */
#ifndef CARDFS_CLI_ORIGIN_H
#define CARDFS_CLI_ORIGIN_H

#include "card/explain.h"
#include "cli/columns.h"

enum { ORIGIN_COLUMN_COUNT = 4 };

/* FIELD, VALUE, SET BY, AT. */
extern const struct column origin_columns[ORIGIN_COLUMN_COUNT];

/*
 * What a row shows behind its first cell; value is NULL where something hides others without one.
 */
struct origin_row {
	const struct value *value;
	const struct card_source *source;
	uint32_t line; /* of the value */
	enum terminal_style style;
};

/* Adds three cells: the value on one line, the document as NAME@ENV, and FILE:LINE. */
void origin_add(struct columns *columns, const struct origin_row *row);

/* The row of a field's own value. */
struct origin_row origin_of_field(const struct explained_field *field);

#endif
