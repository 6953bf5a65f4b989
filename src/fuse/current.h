/*
 * What the mount shows now: the newest catalog and the view on it. A reader takes a reference; one
 * thread replaces them.
 */
#ifndef CARDFS_FUSE_CURRENT_H
#define CARDFS_FUSE_CURRENT_H

#include "fuse/session.h"
#include "view/view.h"

#include <pthread.h>

struct current {
	const struct mount_options *options;
	pthread_mutex_t lock; /* of what follows */
	struct catalog *catalog;
	struct view *view;
};

/* Reads the stores for the first time; options are borrowed. The caller finishes it only when this
 * succeeds. */
bool current_init(
	struct current *current, const struct mount_options *options, struct error *error);
void current_finish(struct current *current);

/*
 * Reads the stores again, and then replaces what is shown; whoever asks meanwhile gets what was
 * there. When it fails everything stays. To be called by one thread at a time.
 */
bool current_load(struct current *current, struct error *error);

/* The view, or the catalog, of this moment, with a reference that the caller releases. */
struct view *current_view(struct current *current);
struct catalog *current_catalog(struct current *current);

#endif
