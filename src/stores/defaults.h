/*
 * Which stores are in force: those that every user has, and the added ones ("semantics.md,
 * Stores").
 */
#ifndef CARDFS_STORES_DEFAULTS_H
#define CARDFS_STORES_DEFAULTS_H

#include "stores/store.h"

struct store_options {
	bool no_built_in;
	bool no_system;
	bool no_user;
	const char *const *locations; /* of the added stores, in order */
	size_t location_count;
	size_t file_size_limit; /* bytes; 0: the default */
	/*
	 * What is on file systems that may not answer is asked by other processes, and not waited
	 * for when they do not. Only in a process of one thread.
	 */
	bool avoids_remote;
};

/*
 * Stores in the order in which a later one's card hides an earlier one's: built in, system, added,
 * user.
 */
struct store_set {
	struct store **stores;
	size_t count;
};

/*
 * Opens them. A variable that names a directory which does not exist is a warning in problems, and
 * the default is used. Fails when an added location cannot be a store, naming it. The caller
 * finishes set.
 */
bool store_set_open(struct store_set *set, const struct store_options *options,
	struct problem_list *problems, struct error *error);
void store_set_close(struct store_set *set);

#endif
