/*
 * How the processes of keepers and deputies are confined, which is for who starts them to say.
 */
#ifndef CARDFS_STORES_CONFINEMENT_H
#define CARDFS_STORES_CONFINEMENT_H

#include "base/error.h"

#include <stddef.h>

/* What such a process does besides; functions may be NULL. */
struct keeper_confinement {
	/* Confines the process to a place, before it looks there. One that fails ends. */
	bool (*confine)(void *context, size_t place, struct error *error);
	/* Whether there is something there now that the process may not read. */
	bool (*is_outdated)(void *context);
	void *context;
};

#endif
