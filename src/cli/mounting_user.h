/*
 * The user whose mount it is, where root's mount table says so ("setuid=").
 */
#ifndef CARDFS_CLI_MOUNTING_USER_H
#define CARDFS_CLI_MOUNTING_USER_H

#include "base/error.h"

#include <stdbool.h>

/*
 * Becomes the user of that name or number for good, with all groups and the home of that user, and
 * without directories that the environment says are root's; does nothing where the process is that
 * user already. Called before there are threads. Fails for a user that there is none of, where
 * neither root nor that user calls, and where the system does not permit it; then the process must
 * not go on.
 */
bool mounting_user_assume(const char *name, struct error *error);

#endif
