/*
 * What the targets of libFuzzer have in common: what a target checks has to hold for every input.
 */
#ifndef CARDFS_TESTS_FUZZ_FUZZ_H
#define CARDFS_TESTS_FUZZ_FUZZ_H

#include "base/text.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

/* A target. Returns 0; what is wrong ends the process. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define CHECK(condition)                                                                  \
	do {                                                                              \
		if (!(condition)) {                                                       \
			fprintf(stderr, "%s:%d: does not hold: %s\n", __FILE__, __LINE__, \
				#condition);                                              \
			abort();                                                          \
		}                                                                         \
	} while (0)

/* Takes the first line away from rest. */
static inline struct text fuzz_take_line(struct text *rest) {
	const size_t end = text_index(*rest, '\n');
	const struct text line = text_part(*rest, 0, end);
	*rest = text_part(*rest, end + 1, rest->length);
	return line;
}

#endif
