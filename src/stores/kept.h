/*
 * What is kept of a store between one start and the next: bytes that whoever reads its cards made,
 * in a file of the user's cache directory. Only ever a help: without it everything is worked out
 * again.
 */
#ifndef CARDFS_STORES_KEPT_H
#define CARDFS_STORES_KEPT_H

#include "stores/store.h"

#include <sys/types.h>

/*
 * Makes and opens the directory in which a process of that user keeps it: the cache directory of
 * whoever calls or, for another user, a directory in it that is that user's, and that others of the
 * same user do not get at, since the one above lets nobody else in. Returns a descriptor that the
 * caller closes, or -1 where there is none to be had, also because others could write to it, or for
 * being on a file system that may not answer: who reads cards must not wait for what is only a
 * help.
 */
int kept_open(uid_t user, gid_t group, struct error *error);

/* Instead of a directory: that of whoever calls, as at first; and none. */
enum { KEPT_OWN = -1, KEPT_NOWHERE = -2 };

/* From now on it is in that directory (borrowed). */
void kept_use(int directory);

/*
 * Returns what was kept of the store, and sets *length and *bulk, whose reference is the caller's;
 * NULL where there is nothing that can be read.
 */
char *kept_read(const struct store *store, size_t *length, struct bulk **bulk);

/* Keeps content from now on, wholly or not at all: in a file that only this user can read. */
bool kept_write(const struct store *store, struct text content, struct error *error);

#endif
