/*
 * Samples of one figure. Zeroes are none.
 */
#ifndef CARDFS_BENCH_SAMPLES_H
#define CARDFS_BENCH_SAMPLES_H

#include <stddef.h>
#include <stdint.h>

struct samples {
	double *values;
	size_t count;
	size_t capacity;
};

/* Nanoseconds of a clock that never goes back. */
uint64_t nanoseconds(void);

void samples_add(struct samples *samples, double value);
void samples_finish(struct samples *samples);

/* The one that a share of them, 0 to 1, is not above. Sorts them; there has to be one. */
double samples_percentile(struct samples *samples, double share);

/* Prints both medians, in whole nanoseconds. */
void samples_print_medians(struct samples *ours, struct samples *baseline);

#endif
