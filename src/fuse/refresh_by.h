/*
 * The part of a refresh that is about .by: who was where, who is now, and which directories differ
 * therefore. Only refresh.c uses it.
 */
#ifndef CARDFS_FUSE_REFRESH_BY_H
#define CARDFS_FUSE_REFRESH_BY_H

#include "base/table.h"
#include "view/view.h"

#include <fuse_lowlevel.h>

/* Of one .by, from one view to the next. */
struct refresh_by {
	struct fuse_session *session;
	struct text path; /* of the .by; borrowed */
	struct view *old; /* borrowed; of the environment that it is of */
	struct view *new;
	struct table directories; /* those that differ */
	struct arena arena;       /* of them */
};

/*
 * Returns whether the kernel may know anything of it. If so, the caller tells of each asset that
 * may have changed, and ends with refresh_by_finish.
 */
bool refresh_by_init(struct refresh_by *refresh, struct fuse_session *session, struct text path,
	struct view *old, struct view *new);

/* Tells of the links to the asset of that name. Fails for want of memory. */
bool refresh_by_asset(struct refresh_by *refresh, struct text name, struct error *error);

/* Tells of the directories that the assets were, or are, in; and frees what refresh holds. */
void refresh_by_finish(struct refresh_by *refresh);

#endif
