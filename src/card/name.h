/*
 * Names of cards: "NAME", "NAME@ENVIRONMENT", and which environments a look-up tries
 * ("semantics.md, Names and environments").
 */
#ifndef CARDFS_CARD_NAME_H
#define CARDFS_CARD_NAME_H

#include "base/error.h"

/*
 * White space is stripped; both texts are parts of what was parsed. environment is empty for none.
 */
struct card_name {
	struct text name;
	struct text environment;
	bool has_at; /* "NAME@" asks for no environment, "NAME" for those in force */
};

/*
 * Takes the name of a card document apart. Fails for an empty name and for more than one "@".
 * "NAME@" is "NAME".
 */
bool card_name_parse(struct text written, struct card_name *name, struct error *error);

/*
 * The same for a name that somebody looks up: never fails; what is behind the first "@" is one
 * name.
 */
struct card_name card_name_of_request(struct text request);

/*
 * Environments in the order in which they are tried; the first that has a card for a name is used.
 */
struct environments {
	struct text names[2];
	size_t count;
};

/* "user", then environment unless that is empty: what is in force on a mount with -o env=. */
struct environments environments_in_force(struct text environment);

/* Those that a request means: its own environment alone, none for "NAME@", else those in force. */
struct environments environments_of_request(
	const struct card_name *request, const struct environments *in_force);

#endif
