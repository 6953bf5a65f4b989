/*
 * The -o options of libfuse, the kernel and fusermount3: what of them is passed on, and what goes
 * with them when nobody says otherwise.
 */
#ifndef CARDFS_FUSE_OPTIONS_H
#define CARDFS_FUSE_OPTIONS_H

#include "base/buffer.h"

/*
 * Returns the first option of such a list, which is borrowed: "NAME" or "NAME=VALUE", as it is
 * spelled.
 */
struct text options_first(struct text options);

/* What it says besides. */
struct options_summary {
	bool may_cover;  /* "nonempty", which libfuse no longer knows */
	bool for_others; /* "allow_other", "allow_root" */
};

/*
 * Appends to list what libfuse is given: options (a list with "," between, "\" before a "," that is
 * none; may be NULL) without those that it does not know, "ro" unless there is "rw", the source as
 * "fsname" unless there is one, and the subtype, by which mount(8) shows fuse.cardfs.
 */
void options_prepare(struct buffer *list, const char *options, const char *source,
	struct options_summary *summary);

#endif
