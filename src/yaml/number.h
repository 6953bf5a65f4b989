/*
 * Integers and floats from the many ways in which YAML 1.1, 1.2 and Python's int and float write
 * them.
 */
#ifndef CARDFS_YAML_NUMBER_H
#define CARDFS_YAML_NUMBER_H

#include "base/arena.h"
#include "base/error.h"
#include "yaml/scalar.h"

/* Python's limit on the decimal digits of an integer, and so fairseq2's. */
#define NUMBER_MAX_DIGITS 4300

/*
 * Gives the integer in decimal ("-31" for "-0x1F"), in the arena or within text. Returns false for
 * text that is no integer (ERROR_INVALID) and for one of too many digits (ERROR_LIMIT).
 */
bool number_parse_integer(struct arena *arena, enum yaml_version version, struct text text,
	struct text *decimal, struct error *error);

/*
 * text must have a NUL behind it. Returns false for one that is no number; one that is out of range
 * is infinite, or zero. The arena may be used meanwhile.
 */
bool number_parse_float(struct arena *arena, enum yaml_version version, struct text text,
	double *number, struct error *error);

#endif
