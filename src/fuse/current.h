/*
 * What the mount shows now: the newest catalog and the view on it. Requests visit it. One thread
 * replaces it, in steps, so that the kernel can be told in between: it loads a new one, makes it
 * known to every visitor as what is shown next, and shows it.
 */
#ifndef CARDFS_FUSE_CURRENT_H
#define CARDFS_FUSE_CURRENT_H

#include "fuse/last_good.h"
#include "fuse/session.h"
#include "view/view.h"

#include <pthread.h>

struct current {
	const struct mount_options *options;
	struct catalog_figures *figures;
	const struct mount_files *files;
	uint64_t *generation;              /* of what is shown, where it outlives this process */
	struct last_good_files *last_good; /* likewise */
	pthread_mutex_t lock;              /* of what follows */
	pthread_cond_t left;               /* the last visitor of a phase has */
	struct catalog *catalog;
	struct view *view;
	struct view *next;  /* what is announced, or NULL */
	unsigned phase;     /* changes with each step */
	size_t visitors[2]; /* by phase */
	/* For the thread that loads alone: what is not shown yet, or NULL. */
	struct catalog *loaded_catalog;
	struct view *loaded;
};

/*
 * One request's visit, from its start until it has been answered: what it learns is true of one
 * moment. A request must not wait for anything that whoever replaces the view does.
 */
struct visit {
	struct view *view;
	/* What will be shown soon: what differs there must not be kept; or NULL. */
	struct view *next;
	unsigned phase;
};

/*
 * Reads the stores for the first time. options, the figures in which that and all that follows is
 * counted, the files that each view shows in .cardfs besides, and what a process before knew (the
 * generation that was shown last, which is counted on from, and what broken files held) are
 * borrowed. The caller finishes it only when this succeeds.
 */
bool current_init(struct current *current, const struct mount_options *options,
	struct catalog_figures *figures, const struct mount_files *files, uint64_t *generation,
	struct last_good_files *last_good, struct error *error);
void current_finish(struct current *current);

/* Begin and end the visit of a request, of what is shown just then. Neither waits for changes. */
void current_enter(struct current *current, struct visit *visit);
void current_leave(struct current *current, struct visit *visit);

/*
 * Reads what changes says may have changed (NULL: everything) since what is shown; nobody else
 * knows of it yet. What was loaded before and is not shown is forgotten. When it fails nothing is
 * loaded. To be called by one thread at a time, as is everything that follows.
 */
bool current_load(
	struct current *current, const struct store_changes *changes, struct error *error);

/* Makes what was loaded known as what comes next. Returns once every visit knows of it. */
void current_announce(struct current *current);

/* Shows what was announced. Returns once no visit can learn of what was there before. */
void current_show(struct current *current);

/* Goes on with what is shown; what was loaded, and not announced, is forgotten. */
void current_forget(struct current *current);

/* The same for what was announced. */
void current_abandon(struct current *current);

/* Returns once every visit is over that has begun before. */
void current_await(struct current *current);

/* What is shown, and what is loaded, for the thread that loads: valid until that changes. */
struct view *current_view(struct current *current);
struct view *current_loaded(struct current *current);

#endif
