/*
 * A deputy looks into a cache of downloads that is on a file system which may not answer: a process
 * of its own, so that who wants to know where a link leads waits for as long as is reasonable, and
 * no longer. It has some threads, so that one look that hangs leaves others.
 *
 * The deputy belongs to the process that serves, which may ask by several threads at a time.
 */
#ifndef CARDFS_STORES_DEPUTY_H
#define CARDFS_STORES_DEPUTY_H

#include "locate/locate.h"
#include "stores/confinement.h"

#include <time.h>

struct deputy;

struct deputy_options {
	const struct locate_settings *locate; /* of a process that looks itself */
	const char *cache;
	size_t place; /* its number among all places */
	const struct keeper_confinement *confinement;
	unsigned patience_milliseconds; /* 0: 2000 */
	/* What it does when it is asked; NULL: locate() */
	bool (*look)(const struct locate_settings *settings, const struct locator *locator,
		struct location *location, struct error *error);
};

/*
 * Starts the process; everything is borrowed. To be called by a process of one thread. Fails for
 * want of memory, descriptors or processes.
 */
struct deputy *deputy_create(const struct deputy_options *options, struct error *error);

/* Ends it, without waiting: one that hangs ends when it is answered. When nobody asks any more. */
void deputy_destroy(struct deputy *deputy);

/*
 * Does what locate() does, as struct locate_deputy has it. Where there is no answer in time it says
 * where the link led when that was asked last; where that has never been, and of whether there is
 * something at a target, it fails with ETIMEDOUT.
 */
bool deputy_locate(void *deputy, const struct locator *locator, struct location *location,
	struct error *error);

/* Since when there is a question without an answer, though time is over; 0: there is none. */
time_t deputy_silent_since(struct deputy *deputy);

/* Whether its process is gone, so that another server has to start a new one. */
bool deputy_is_lost(const struct deputy *deputy);

#endif
