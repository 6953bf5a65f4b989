/*
 * What reading stores and resolving cards has cost: counters in memory that whoever makes catalogs
 * gives, and that outlives them all. Counting takes no lock.
 */
#ifndef CARDFS_CARD_FIGURES_H
#define CARDFS_CARD_FIGURES_H

#include <stdatomic.h>
#include <stdint.h>

struct catalog_figures {
	atomic_uint_least64_t files_read;     /* that were new or had changed */
	atomic_uint_least64_t bytes_read;     /* in them */
	atomic_uint_least64_t cards_kept;     /* asked for and found resolved already */
	atomic_uint_least64_t cards_resolved; /* asked for and resolved then */
};

/* Makes everything 0. */
void catalog_figures_init(struct catalog_figures *figures);

/* Adds to one of them. */
void catalog_figures_add(atomic_uint_least64_t *figure, uint64_t amount);

#endif
