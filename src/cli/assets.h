/*
 * The run over all assets, in the order that people expect.
 */
#ifndef CARDFS_CLI_ASSETS_H
#define CARDFS_CLI_ASSETS_H

#include "cli/workspace.h"

/* Called with each card; returns false, with an error, to end the run. */
typedef bool card_visitor(void *context, struct card *card, struct error *error);

/* Visits every asset's card, broken ones included, sorted by name, in the environment of the
 * command line. */
bool assets_visit(const struct workspace *workspace, card_visitor *visitor, void *context,
	struct error *error);

#endif
