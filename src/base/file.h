/*
 * The one place that reads files.
 */
#ifndef CARDFS_BASE_FILE_H
#define CARDFS_BASE_FILE_H

#include "base/buffer.h"
#include "base/error.h"

#include <sys/stat.h>

/*
 * Opens a regular file to be read, and fills status with what fstat says of it. Never waits: a
 * FIFO, device or directory is an error (ERROR_INVALID), as is a file of more than limit bytes
 * (ERROR_LIMIT); symbolic links are followed. path may be relative to the directory that is open as
 * directory, or AT_FDCWD. Returns a descriptor that the caller closes, or -1. The messages do not
 * name the file.
 */
int file_open(
	int directory, const char *path, size_t limit, struct stat *status, struct error *error);

/*
 * Like file_open, for an entry (no path) of a directory in which others may make links: one is
 * followed only where it belongs to root, to the user of this process, or to the owner of the file
 * that it leads to. So nobody has files of others read that only this process may read. Any other
 * is an error (ERROR_INVALID).
 */
int file_open_entry(
	int directory, const char *name, size_t limit, struct stat *status, struct error *error);

/*
 * Reads an open file from where it is, and sets *length to how much that was. data has room for
 * expected bytes and one more: that it is there shows that the file is longer, by now or because it
 * does not know its length, as those of /proc.
 */
bool file_fill(int descriptor, char *data, size_t expected, size_t *length, struct error *error);

/*
 * Appends what is left of an open file. That it is more than limit bytes in all is an error
 * (ERROR_LIMIT).
 */
bool file_read_rest(int descriptor, size_t limit, struct buffer *content, struct error *error);

/*
 * Reads a file that file_open opens whole into content (emptied first). A file that has become
 * longer than limit meanwhile is an error too. On failure content is empty.
 */
bool file_read(int directory, const char *path, size_t limit, struct buffer *content,
	struct stat *status, struct error *error);

/*
 * Whether, since it was asked last, a file could not be read that permissions do not close: this
 * process has been confined to others since it started.
 */
bool file_was_refused(void);

/*
 * Appends base, a slash where it needs one, and name; just name where that is absolute, just base
 * where name is empty. Resolves no "." or "..".
 */
void file_join(struct buffer *path, struct text base, struct text name);

/* The directory part of a path: "." for a bare name, "/" for one below the root. */
struct text file_directory(struct text path);

/*
 * Makes path absolute against the working directory, "." and empty components dropped, ".." and
 * links kept. Returns a string that the caller frees; NULL when there is no memory or no working
 * directory.
 */
char *file_absolute(const char *path);

/* Whether both paths are one, or lead to the same file or directory. */
bool file_is_same(const char *path, const char *other);

#endif
