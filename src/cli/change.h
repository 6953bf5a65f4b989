/*
 * A change of one card in a store that can be written to: planned in memory, tried there, and made
 * only when the card still resolves.
 */
#ifndef CARDFS_CLI_CHANGE_H
#define CARDFS_CLI_CHANGE_H

#include "cli/assignment.h"
#include "cli/workspace.h"

struct change {
	struct workspace *workspace;
	struct card_name name;            /* whose card changes; no environment: the asset's own */
	struct environments environments; /* just that one */
	size_t target;                    /* which of the workspace's stores */
	/* Of the plan: */
	struct buffer path;          /* the file that changes */
	struct buffer text;          /* all that it will hold */
	bool is_new;                 /* the card was not in the store */
	bool is_unchanged;           /* there is nothing to do */
	bool leaves_nothing;         /* the file goes */
	struct catalog *catalog;     /* as it will be */
	struct card *before, *after; /* the asset in the environment; before may be broken */
};

/*
 * Opens the workspace's stores and finds the one that is written to: the directory that the last
 * --store names, else the user's store. name is what somebody asks for; "user" is its environment
 * unless it names one. Nothing is read yet. The caller finishes change, then workspace, in any
 * case.
 */
bool change_open(struct change *change, struct workspace *workspace,
	const struct settings *settings, const char *name, struct error *error);
void change_finish(struct change *change);

/*
 * Plans the assignments, all or none, and tries them; nothing is written. Fails with a sentence
 * where there is no such asset, where the file cannot be edited, and where the card would not
 * resolve; its problems are on standard error then.
 */
bool change_plan(struct change *change, const struct assignment *assignments, size_t count,
	struct error *error);

/* Plans again under a lock, and writes the file. */
bool change_make(struct change *change, const struct assignment *assignments, size_t count,
	struct error *error);

#endif
