/*
 * What the files of a refresh share: what is told of one place.
 */
#ifndef CARDFS_FUSE_REFRESH_PARTS_H
#define CARDFS_FUSE_REFRESH_PARTS_H

#include "fuse/refresh.h"

/* The number of a directory. */
fuse_ino_t refresh_number(struct text directory);

/* Appends the path of an asset in a root. */
void refresh_append_asset(struct buffer *path, struct text root, struct text name);

/* What is at a path was modified at another time: it is told of in the end. */
void refresh_add_time(struct refresh *refresh, struct text path, fuse_ino_t number);

/* Does so where the kernel knows of an inode, and of another time. */
void refresh_compare_time(
	struct refresh *refresh, struct text path, fuse_ino_t number, int64_t modified);

/*
 * The place of an inode shows it no more. Whoever has it open can read on, and whoever is in it
 * finds nothing there. Fails for want of memory, as does what follows.
 */
bool refresh_leave(struct refresh *refresh, const struct known_inode *known, struct error *error);

/* The same for all that is in a directory, and in others of its family. */
bool refresh_leave_directory(struct refresh *refresh, struct text path, struct error *error);

/* Visits each inode of a family; ends when visitor fails. */
typedef bool refresh_visitor(
	struct refresh *refresh, const struct known_inode *known, struct error *error);
bool refresh_visit_family(
	struct refresh *refresh, struct text family, refresh_visitor *visitor, struct error *error);

/* The "@ENV" that the kernel knows of. */
bool refresh_visit_environments(
	struct refresh *refresh, refresh_visitor *visitor, struct error *error);

/* The second half of a refresh: tells of times. refresh_add_time has no use any more after it. */
bool refresh_tell_times(struct refresh *refresh, struct error *error);

/*
 * .by of a root: tells of names and listings before what is loaded is shown; and of times then,
 * the root's and those of all names that have changed.
 */
bool refresh_by_begin(struct refresh *refresh, struct text root, struct error *error);
bool refresh_by_end(struct refresh *refresh, struct text root, struct error *error);

/* Whether a place may be described without asking what may not answer. */
bool refresh_may_describe(const struct refresh *refresh, const struct place *place);

#endif
