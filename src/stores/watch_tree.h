/*
 * A place that is watched, a store or a cache: the way to it, its directories at any depth, and the
 * links to files in them. It collects what has changed until it is told.
 */
#ifndef CARDFS_STORES_WATCH_TREE_H
#define CARDFS_STORES_WATCH_TREE_H

#include "stores/changes.h"
#include "stores/scope.h"
#include "stores/watch_trail.h"

#include <stdatomic.h>

enum watch_poll {
	WATCH_POLL_NOTHING,
	WATCH_POLL_IDENTITY, /* the way to it can't be watched all along: is it still there? */
	WATCH_POLL_ALL,
	WATCH_POLL_ELSEWHERE, /* some of it may not answer: by somebody who can wait, not here */
};

struct watch_place;

struct watch_tree {
	const struct store_scope *scope;
	const char *path; /* borrowed */
	struct watch_points *points;
	const atomic_bool *is_cancelled; /* what ends a poll early */
	enum watch_poll least;           /* what is polled even where watching works */

	struct watch_trail trail;
	struct table places; /* below the path and it itself, by path */
	struct watch_place *root;
	struct watch_place *unvisited;

	/* What events came of, by path: to be looked at again, and to be told. */
	struct store_changes pending;
	struct store_changes news;

	enum watch_poll poll;
	enum watch_poll polled; /* what the fingerprint is of */
	uint64_t fingerprint;
	uint64_t identity; /* of what is at the path */
	int failure;       /* an errno: why it is not watched, but polled */
};

/*
 * Starts watching, or polling where that is not possible; scope, path, points, is_cancelled and
 * least are set before, the rest is zeroed.
 */
void watch_tree_init(struct watch_tree *tree);
void watch_tree_finish(struct watch_tree *tree);

/* Watches what is new and unwatches what is gone, after the events so far. */
void watch_tree_update(struct watch_tree *tree);

/* Anything may have changed: starts over at the next update. */
void watch_tree_restart(struct watch_tree *tree);

/*
 * Starts over at the next update if the path has come to lead to another directory or file, or if
 * what may not answer has come or gone there.
 */
void watch_tree_identify(struct watch_tree *tree);

/* Compares what is polled with what it was. */
void watch_tree_poll(struct watch_tree *tree);

/*
 * Whether a place of that scope leads into one of those mounts, by itself or by what is in it. Asks
 * none of them. Where it can't be told, it does not.
 */
bool watch_tree_is_remote(
	const struct remote_mounts *remote, const char *path, const struct store_scope *scope);

#endif
