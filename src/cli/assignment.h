/*
 * FIELD=VALUE, as somebody types it.
 */
#ifndef CARDFS_CLI_ASSIGNMENT_H
#define CARDFS_CLI_ASSIGNMENT_H

#include "card/catalog.h"

struct assignment {
	struct text field;
	const struct value *value; /* NULL: it is taken away */
};

/*
 * Fills assignment from "FIELD=VALUE", VALUE being YAML on its own; nothing is null. In a field
 * that holds a locator a relative path is one from the working directory, and "~/" the home
 * directory. field is a part of argument, value lives in the arena. Fails with ERROR_USAGE and a
 * sentence.
 */
bool assignment_parse(struct arena *arena, const char *argument,
	const struct catalog_options *options, struct assignment *assignment, struct error *error);

#endif
