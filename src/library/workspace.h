/*
 * The stores that settings name, opened and read: what the commands, a mount and the library all
 * start from, so that they cannot differ.
 */
#ifndef CARDFS_LIBRARY_WORKSPACE_H
#define CARDFS_LIBRARY_WORKSPACE_H

#include "settings/settings.h"
#include "stores/defaults.h"
#include "view/view.h"

/* Zeroes are nothing opened. */
struct workspace {
	struct text environment;
	struct store_set stores;
	struct catalog_options options;
	struct text *locator_fields; /* of options */
	struct locate_settings locate;
	struct problem_list problems; /* of the settings; the catalog has its own */
	struct catalog *catalog;      /* NULL until workspace_read */
	struct view *view;            /* NULL until workspace_look */
};

/*
 * Opens the stores, reads none. Fails, with the first of its problems, for a configuration file
 * that cannot be used, and for a store that cannot be one. The caller finishes workspace in any
 * case; settings outlive it.
 */
bool workspace_open_stores(
	struct workspace *workspace, const struct settings *settings, struct error *error);

/* Reads the stores, or reads again what changed, into the catalog. No view is made. */
bool workspace_read(struct workspace *workspace, struct error *error);

/* Makes a view of what was read, in place of the one before. */
bool workspace_look(struct workspace *workspace, struct error *error);

void workspace_finish(struct workspace *workspace);

#endif
