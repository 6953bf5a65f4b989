/*
 * Where this user's files are.
 */
#ifndef CARDFS_BASE_HOME_H
#define CARDFS_BASE_HOME_H

#include "base/buffer.h"

/* The value of an environment variable; NULL where it is unset or empty. */
const char *home_variable(const char *name);

/* Appends $HOME, else what the user database says. Returns false where neither knows. */
bool home_append(struct buffer *path);

#endif
