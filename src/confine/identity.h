/*
 * Who serves a mount: the user, group and further groups that a process becomes, with no
 * capabilities, also where that user is root.
 */
#ifndef CARDFS_CONFINE_IDENTITY_H
#define CARDFS_CONFINE_IDENTITY_H

#include "base/error.h"

#include <pwd.h>
#include <stdbool.h>
#include <sys/types.h>

/* Zeroes are whoever the process is already. identity_finish frees the groups. */
struct identity {
	bool is_chosen; /* else the process stays who it is */
	bool may_stay;  /* where the user does not exist in this user namespace */
	uid_t user;
	gid_t group;
	gid_t *groups;
	size_t group_count;
};

/*
 * Finds the user of that name or number, with all groups of it; a number that is nobody's stands
 * for the user and the group of that number. Behind a colon is a group, by name or number, that
 * takes the place of the user's own; the further ones stay. NULL: for root it is nobody, or root
 * without capabilities where a user namespace has no nobody; for others it is whoever calls. Asks
 * the system's data base of users, so it is called before there are threads. Fails for a user or
 * group that there is none of, for another where root does not call, and for want of memory.
 */
bool identity_find(struct identity *identity, const char *user, struct error *error);
void identity_finish(struct identity *identity);

/*
 * Returns what the system's data base says of the user of that name or number, until it is asked
 * again; NULL where it knows of none. Called before there are threads.
 */
const struct passwd *identity_find_user(const char *name);

/* The user that the process is after identity_assume, as far as it is known before. */
uid_t identity_user(const struct identity *identity);

/*
 * Becomes the user for good, and gives up every capability, of the bounding set too, and the
 * possibility to gain any by starting a program. What it is sent when its parent ends stays the
 * same. By a process of one thread. Fails where the system does not permit it; the process must not
 * serve then.
 */
bool identity_assume(const struct identity *identity, struct error *error);

#endif
