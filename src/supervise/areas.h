/*
 * What is in the areas of shared memory: this layer's own, and behind it the caller's.
 */
#ifndef CARDFS_SUPERVISE_AREAS_H
#define CARDFS_SUPERVISE_AREAS_H

#include "supervise/slots.h"

#include <limits.h>

/* How the program was started, and what for. Strings end with a NUL; empty ones are unknown. */
struct launch {
	char program[PATH_MAX];
	char directory[PATH_MAX];
	char mount_point[PATH_MAX];
	char device[32]; /* of the mount, as the mount table has it, and its type */
	char type[64];
};

struct areas {
	struct slots slots;
	struct launch launch;
	_Alignas(64) unsigned char program[]; /* the caller's */
};

static inline struct areas *areas_of(const struct shared *shared) {
	return shared_areas(shared);
}

#endif
