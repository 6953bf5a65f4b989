/*
 * The entries of a directory at one moment, kept while it is open, so that a position in it keeps
 * its meaning.
 */
#ifndef CARDFS_FUSE_LISTING_H
#define CARDFS_FUSE_LISTING_H

#include "view/view.h"

struct listed {
	size_t name_offset;
	size_t name_length;
	enum node_kind kind;
};

/* Zeroes are empty. */
struct listing {
	struct listed *entries;
	size_t count;
	size_t capacity;
	struct buffer names; /* each with a NUL behind it */
};

void listing_finish(struct listing *listing);

/*
 * Replaces what it holds by ".", ".." and the entries of directory. Fails for want of memory, and
 * is empty then.
 */
bool listing_take(struct listing *listing, const struct node *directory, struct error *error);

/* Adds an entry behind the others. Fails for want of memory. */
bool listing_add(struct listing *listing, struct text name, enum node_kind kind);

/* The name of an entry, with a NUL behind it. */
struct text listing_name(const struct listing *listing, size_t index);

#endif
