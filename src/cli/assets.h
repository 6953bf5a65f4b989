/*
 * The run over all assets, in the order that people expect.
 */
#ifndef CARDFS_CLI_ASSETS_H
#define CARDFS_CLI_ASSETS_H

#include "cli/workspace.h"

/* Called with each card; returns false, with an error, to end the run. */
typedef bool card_visitor(void *context, struct card *card, struct error *error);

/*
 * Visits every asset's card, broken ones included, sorted by name, in the environment of the
 * command line.
 */
bool assets_visit(const struct workspace *workspace, card_visitor *visitor, void *context,
	struct error *error);

/*
 * The same for those that are not broken. Adds what is wrong with the settings, the stores and the
 * broken ones to problems.
 */
bool assets_visit_sound(const struct workspace *workspace, card_visitor *visitor, void *context,
	struct problem_list *problems, struct error *error);

/*
 * Names the problems on standard error, sorted. Returns EXIT_PROBLEMS where there is an error among
 * them.
 */
enum exit_status assets_report(struct problem_list *problems);

#endif
