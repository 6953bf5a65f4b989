/*
 * Writes card files: whole or not at all, and one writer at a time. The one place that changes
 * stores.
 */
#ifndef CARDFS_STORES_WRITER_H
#define CARDFS_STORES_WRITER_H

#include "base/error.h"

/* Zeroes are no lock. */
struct writer_lock {
	char *path;
	int descriptor;
};

/* Makes a directory and those above it that are missing, with mode 0755 less the umask. */
bool writer_make_directory(const char *path, struct error *error);

/*
 * Waits until no other process holds the lock of the directory, and takes it: a file in it, which
 * network file systems lock too, and which goes with the lock. The caller releases lock in any
 * case.
 */
bool writer_lock_acquire(struct writer_lock *lock, const char *directory, struct error *error);
void writer_lock_release(struct writer_lock *lock);

/*
 * Puts a file with that content at path, in one step: readers see the old file or the new one, also
 * when the machine stops halfway. A link leads to the file that is replaced; mode and, where that
 * is permitted, owner stay. When it fails the old file is as it was.
 */
bool writer_replace(const char *path, struct text content, struct error *error);

/* Removes the file at path; a link goes, and what it leads to stays. */
bool writer_remove(const char *path, struct error *error);

#endif
