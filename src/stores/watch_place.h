/*
 * A place in a tree that is watched: a directory of it, or a link in it, or both. Places know the
 * one above them and those below, and the tree finds each by its path.
 */
#ifndef CARDFS_STORES_WATCH_PLACE_H
#define CARDFS_STORES_WATCH_PLACE_H

#include "stores/watch_tree.h"

struct watch_place {
	struct watch_interest interest; /* in what a directory holds; the tree's to set */
	struct watch_tree *tree;
	struct watch_trail *trail; /* of a link, to where it leads; its own */
	struct watch_place *parent, *children;
	struct watch_place *previous, *next; /* the parent's other children */
	struct watch_place *next_unvisited;
	unsigned depth; /* of a directory; the tree's own is 0 */
	char path[];
};

/* The key of places in the tree's table of them. */
struct text watch_place_key(const void *item);

/*
 * Returns a place of that path below the parent (NULL: it is the tree's own), which parent and tree
 * own; NULL for want of memory.
 */
struct watch_place *watch_place_create(
	struct watch_tree *tree, struct watch_place *parent, struct text path);

/* Unwatches and frees a place and those below it. */
void watch_place_destroy(struct watch_place *place);

/* Appends the path of an entry of a directory. Fails for want of memory. */
bool watch_place_append_entry(
	struct buffer *path, const struct watch_place *directory, const char *name);

/*
 * Appends where a directory really is: links lead to the nearest one above, or to it. Fails for
 * want of memory.
 */
bool watch_place_append_resolved(struct buffer *path, const struct watch_place *directory);

/* Whether what may not answer begins at an entry of a directory. Without memory: who knows. */
bool watch_place_avoids(const struct watch_place *directory, const char *name);

#endif
