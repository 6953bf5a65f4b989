/*
 * Seeing change without being told of it, where inotify is blind or has hit its limits: a
 * fingerprint of all that matters in a place, to be compared with an earlier one.
 */
#ifndef CARDFS_STORES_WATCH_POLL_H
#define CARDFS_STORES_WATCH_POLL_H

#include "stores/scope.h"

#include <stdatomic.h>
#include <stdint.h>
#include <sys/vfs.h>

/* Whether it is a file system that others change without this kernel's knowledge. */
bool watch_poll_is_needed(const struct statfs *status);

/* A number that is another one when the place has become another directory or file. */
uint64_t watch_poll_identity(const char *path);

/*
 * Fills fingerprint with a number that is another one when something in scope changed; no file is
 * opened. Returns false when *is_cancelled was set before it was done, or for want of memory.
 */
bool watch_poll_fingerprint(const char *path, const struct store_scope *scope,
	const atomic_bool *is_cancelled, uint64_t *fingerprint);

#endif
