/*
 * The nearest names to one that does not exist, for "did you mean" hints.
 */
#ifndef CARDFS_SETTINGS_SUGGEST_H
#define CARDFS_SETTINGS_SUGGEST_H

#include "base/text.h"

/* How many names are offered. */
#define SUGGEST_LIMIT 3

/* Candidates so far, nearest first. Zeroes but for wanted are none; candidates are borrowed. */
struct suggestions {
	struct text wanted;
	struct text names[SUGGEST_LIMIT];
	unsigned distances[SUGGEST_LIMIT];
	unsigned count;
};

/*
 * Takes candidate in where it is near enough to wanted, case aside, and nearer than others, or as
 * near and before them by bytes.
 */
void suggest_consider(struct suggestions *suggestions, struct text candidate);

#endif
