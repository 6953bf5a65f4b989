/*
 * The kinds of stores, for the table in store.c.
 */
#ifndef CARDFS_STORES_KINDS_H
#define CARDFS_STORES_KINDS_H

#include "stores/store.h"

extern const struct store_type store_directory_type;
extern const struct store_type store_checkpoints_type;
extern const struct store_type store_package_type;

/* The members of store_type for a directory or a single file. */
extern const struct store_scope store_directory_scope;
bool store_directory_open(struct store *store, struct text location, struct error *error);
bool store_directory_list(struct store *store, const struct store_listing *previous,
	struct store_listing *listing, struct problem_list *problems, struct error *error);
bool store_directory_look(struct store *store, const char *path,
	const struct store_listing *previous, struct store_listing *listing,
	struct problem_list *problems, bool *is_known, struct error *error);

#endif
