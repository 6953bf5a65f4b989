/*
 * What the mount shows now: the newest catalog and the view on it. Requests visit it; one thread
 * replaces it, and knows when the last visitor of what was there before has left.
 */
#ifndef CARDFS_FUSE_CURRENT_H
#define CARDFS_FUSE_CURRENT_H

#include "fuse/session.h"
#include "view/view.h"

#include <pthread.h>

struct current {
	const struct mount_options *options;
	pthread_mutex_t lock; /* of what follows */
	pthread_cond_t left;  /* the last visitor of a phase has */
	struct catalog *catalog;
	struct view *view;
	struct view *previous; /* until current_settle, else NULL */
	unsigned phase;        /* changes with each replacement */
	size_t visitors[2];    /* by phase */
};

/*
 * One request's visit, from its start until it has been answered: what it learns is true of one
 * moment. A request must not wait for anything that whoever replaces the view does.
 */
struct visit {
	struct view *view;
	struct view
		*previous; /* what was there just before, where that may still matter; or NULL */
	unsigned phase;
};

/* Reads the stores for the first time; options are borrowed. The caller finishes it only when this
 * succeeds. */
bool current_init(
	struct current *current, const struct mount_options *options, struct error *error);
void current_finish(struct current *current);

void current_enter(struct current *current, struct visit *visit);
void current_leave(struct current *current, struct visit *visit);

/*
 * Reads what changes says may have changed (NULL: everything) and replaces what is shown. Returns
 * once no request can learn of the old view any more but by visit.previous, which stays until
 * current_settle. When it fails everything stays. To be called by one thread at a time, as is what
 * follows.
 */
bool current_load(
	struct current *current, const struct store_changes *changes, struct error *error);

/* The two views, for whoever loads: valid until it settles. */
struct view *current_view(struct current *current);
struct view *current_previous(struct current *current);

/* Lets the previous view go: everything that could be learnt of it is known to be over. */
void current_settle(struct current *current);

#endif
