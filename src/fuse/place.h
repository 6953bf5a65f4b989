/*
 * A place in the mount as one request sees it: its path, its node in the view of that moment, and
 * what the kernel is told of it.
 */
#ifndef CARDFS_FUSE_PLACE_H
#define CARDFS_FUSE_PLACE_H

#include "fuse/inodes.h"

/* Zeroes are no place. The caller finishes it, also when a function below fails. */
struct place {
	struct buffer path; /* as inode_number wants it */
	struct node node;
	/* From place_describe on: */
	struct inode inode;
	struct buffer content; /* a file's, or a link's target */
};

void place_finish(struct place *place);

/* Walks to place->path. Fails as view_walk does. */
bool place_find(struct place *place, struct view *view, struct error *error);

/* Appends name to the path of a directory. */
void place_append_name(struct buffer *path, struct text name);

/* The last name of a path. */
struct text place_name(struct text path);

/* Makes *child the entry of that name in a directory. Fails as node_walk does. */
bool place_walk(
	const struct place *directory, struct text name, struct place *child, struct error *error);

/* Reads what is there, and finds its number. Fails as node_read does. */
bool place_describe(struct place *place, struct error *error);

#endif
