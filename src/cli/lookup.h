/*
 * Cards by the names that people type, with hints where there is none.
 */
#ifndef CARDFS_CLI_LOOKUP_H
#define CARDFS_CLI_LOOKUP_H

#include "cli/workspace.h"

/*
 * Returns the card that NAME, NAME@ENV or NAME@ asks for, with a reference that the caller
 * releases; NULL with a sentence that offers the nearest names.
 */
struct card *lookup_card(
	const struct workspace *workspace, const char *request, struct error *error);

#endif
