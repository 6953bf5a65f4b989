/*
 * The directory .by: assets by what their fields hold ("layout.md, Assets by what they hold"). Who
 * has what is found out when somebody asks, and from then on brought up to date with each new
 * catalog.
 */
#ifndef CARDFS_VIEW_BY_H
#define CARDFS_VIEW_BY_H

#include "view/field_index.h"
#include "view/view.h"

#include <pthread.h>

/* What a view knows for it. */
struct by_memory {
	pthread_mutex_t lock;
	struct field_index *index; /* NULL until somebody asks; stays until the view goes */
	/* Until then, what an earlier view knew, and which cards may have changed since: */
	struct field_index *older;
	struct table changed;
	struct arena arena; /* of the names */
	bool was_visited;
};

/* Returns false where the system has no more locks. */
bool by_memory_init(struct by_memory *memory);
void by_memory_finish(struct by_memory *memory);

/* Who has what in the view; lives as long as it. NULL for want of memory. */
const struct field_index *by_index(struct view *view, struct error *error);

/* See view_inherit. */
void by_inherit(struct view *view, struct view *previous);

/* Whether anybody has looked into .by of the view, or of one that it inherits from. */
bool by_was_visited(struct view *view);

/*
 * Visits each "FIELD/VALUE" below which the asset of that name is in .by, maybe more than once; and
 * sets *modified to the time of modification of its links there. Visits nothing where there is no
 * such asset. Fails for want of memory; a visitor that ends the visit is no failure.
 */
bool by_visit(struct view *view, struct text name, field_index_visitor *visitor, void *context,
	int64_t *modified, struct error *error);

#endif
