/*
 * Dates, and dates with times, as YAML 1.1 writes them and fairseq2 reads them.
 */
#ifndef CARDFS_YAML_TIMESTAMP_H
#define CARDFS_YAML_TIMESTAMP_H

#include "base/error.h"
#include "yaml/value.h"

/* Whether a plain scalar is a timestamp without a tag that says so. */
bool timestamp_matches(struct text text);

/*
 * Makes value the date or datetime that text stands for: under !!timestamp, months, days and zones
 * may have one digit. Fractions are rounded to microseconds.
 */
bool timestamp_construct(
	struct arena *arena, struct text text, struct value *value, struct error *error);

struct timestamp_instant {
	int64_t microseconds; /* since the first of January of the year 1 */
	bool has_zone;        /* then it is in UTC */
};

/* The instant of a VALUE_DATETIME by its canonical text. */
struct timestamp_instant timestamp_instant(struct text canonical);

#endif
