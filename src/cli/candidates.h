/*
 * What a word of a command line may become: candidates for tab completion, each once.
 */
#ifndef CARDFS_CLI_CANDIDATES_H
#define CARDFS_CLI_CANDIDATES_H

#include "base/table.h"
#include "cli/workspace.h"

/* Zeroes are not usable: see candidates_init. */
struct candidates {
	struct arena arena;
	struct table seen;
	struct text typed; /* what they begin with */
	bool failed;       /* there was no memory for some */
	struct buffer lines;
};

void candidates_init(struct candidates *candidates, struct text typed);
void candidates_finish(struct candidates *candidates);

/*
 * Adds before, text and after as one candidate, where it begins as what is typed and a shell can
 * hold it: no control characters.
 */
void candidates_add(
	struct candidates *candidates, struct text before, struct text text, const char *after);

/* Adds each of "a|b|c" behind before. */
void candidates_add_choices(struct candidates *candidates, struct text before, const char *choices);

/* Adds the names of assets; behind "NAME@" those of environments. */
void candidates_add_assets(struct candidates *candidates, const struct workspace *workspace);

/* Adds the names of environments behind before. */
void candidates_add_environments(
	struct candidates *candidates, const struct workspace *workspace, struct text before);

/* Adds the dotted fields of an asset that somebody names, each with after behind it. */
void candidates_add_fields(struct candidates *candidates, const struct workspace *workspace,
	const char *name, const char *after);

/* Adds the fields of all assets, or behind "FIELD=" the values that they have there. */
void candidates_add_conditions(struct candidates *candidates, const struct workspace *workspace);

#endif
