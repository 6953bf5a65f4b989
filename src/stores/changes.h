/*
 * News of change: which files of each store may have changed since it was last listed.
 */
#ifndef CARDFS_STORES_CHANGES_H
#define CARDFS_STORES_CHANGES_H

#include "base/table.h"

/*
 * Of one store. Paths are as the store's listing has them; that of a directory stands for whatever
 * is below it. Zeroes are no change.
 */
struct store_changes {
	bool everything; /* anything may have changed: list it anew */
	char **paths; /* else these, each once, in no order; a path may be new, changed or gone */
	size_t count;
	size_t capacity;
	struct table known; /* the paths again, to tell which are there */
};

bool store_changes_is_empty(const struct store_changes *changes);

/* Adds a path (copied) that is not there yet. Without memory it becomes a change of everything. */
void store_changes_add(struct store_changes *changes, const char *path);
void store_changes_add_all(struct store_changes *changes, const struct store_changes *other);

/* From now on it stands for everything. */
void store_changes_add_everything(struct store_changes *changes);

/* Frees what it holds and makes it no change. */
void store_changes_finish(struct store_changes *changes);

#endif
