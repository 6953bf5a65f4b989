/*
 * Cards by the names that people type, with hints where there is none.
 */
#ifndef CARDFS_LIBRARY_LOOKUP_H
#define CARDFS_LIBRARY_LOOKUP_H

#include "library/workspace.h"

/*
 * Returns the card that NAME, NAME@ENV or NAME@ asks for in that environment, with a reference that
 * the caller releases; NULL with a sentence that offers the nearest names.
 */
struct card *lookup_request(
	struct catalog *catalog, struct text environment, const char *request, struct error *error);

/* The same in a workspace that has been read. */
struct card *lookup_card(
	const struct workspace *workspace, const char *request, struct error *error);

#endif
