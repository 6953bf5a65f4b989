/*
 * What of a place is watched: which of its directories, and which entries of them matter. A kind of
 * store has one, and so have caches of downloads.
 */
#ifndef CARDFS_STORES_SCOPE_H
#define CARDFS_STORES_SCOPE_H

#include <stdbool.h>

enum store_concern {
	CONCERN_NONE,
	CONCERN_EXISTENCE, /* whether there is such an entry, and of what type */
	CONCERN_CONTENT,   /* also what is in it */
};

/* depth is how many directories below the place the directory is that holds the entry. */
struct store_scope {
	/* Whether the directory of that name belongs to it. */
	bool (*enters)(const char *name, unsigned depth);
	/* How the entry of that name matters; directories that belong to it do in any case. */
	enum store_concern (*minds)(const char *name, unsigned depth);
	unsigned depth_limit; /* the depth of the deepest directories whose entries are looked at */
	/* Where there are entries whose content matters. */
	unsigned first_content_depth, last_content_depth;
	bool follows_links; /* to directories; those to files are followed in any case */
	bool tells_paths;   /* changes can be told by path; else any is one of everything */
};

#endif
