#include "bench/samples.h"

#include "bench/measure.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

uint64_t nanoseconds(void) {
	struct timespec time;
	clock_gettime(CLOCK_MONOTONIC, &time);
	return (uint64_t)time.tv_sec * 1000000000 + (uint64_t)time.tv_nsec;
}

void samples_add(struct samples *samples, double value) {
	if (samples->count == samples->capacity) {
		const size_t capacity = samples->capacity == 0 ? 16 : samples->capacity * 2;
		double *grown = reallocarray(samples->values, capacity, sizeof(*grown));
		if (grown == NULL) {
			fail("no memory");
		}
		samples->values = grown;
		samples->capacity = capacity;
	}
	samples->values[samples->count++] = value;
}

void samples_finish(struct samples *samples) {
	free(samples->values);
	*samples = (struct samples){0};
}

static int compare(const void *a, const void *b) {
	const double one = *(const double *)a, other = *(const double *)b;
	return (one > other) - (one < other);
}

double samples_percentile(struct samples *samples, double share) {
	if (samples->count == 0) {
		fail("there are no samples");
	}
	qsort(samples->values, samples->count, sizeof(*samples->values), compare);
	return samples->values[(size_t)((double)(samples->count - 1) * share + 0.5)];
}

void samples_print_medians(struct samples *ours, struct samples *baseline) {
	printf("%.0f %.0f\n", samples_percentile(ours, 0.5), samples_percentile(baseline, 0.5));
}
