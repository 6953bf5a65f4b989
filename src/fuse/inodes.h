/*
 * The inodes that the kernel knows of: which place of the tree each number stands for, and how
 * often it was looked up.
 *
 * Numbers are made, not handed out, so that a listing can give them without looking anything up
 * and they are the same in the next mount. A directory or link is its path. A file is its path and
 * its content: one that changes is a new file under the old name, as after rename(2), so that what
 * the kernel keeps of a file never goes stale, and an open one keeps its bytes ("fuse-notes.md, an
 * inode is one version").
 *
 * May be used by several threads at a time.
 */
#ifndef CARDFS_FUSE_INODES_H
#define CARDFS_FUSE_INODES_H

#include "base/table.h"
#include "view/view.h"

#include <pthread.h>

/* A place as it was when it was looked up. */
struct inode {
	uint64_t identity; /* what inode_number gave for it */
	struct node_attributes attributes;
};

struct inodes {
	pthread_mutex_t lock;
	struct table by_number;
};

/* Returns false where the system has no more locks. */
bool inodes_init(struct inodes *inodes);
void inodes_finish(struct inodes *inodes);

/*
 * The number of a place, which no other one has, most likely. path: names with slashes between,
 * none at the start; the root's is empty. content: a file's, else empty. Never 0, and 1 for the
 * root.
 */
uint64_t inode_number(struct text path, enum node_kind kind, struct text content);

/*
 * Counts a look-up of a place. Sets *number to its identity or, where another place has that number
 * already, to one that is free. Returns false for want of memory.
 */
bool inodes_remember(
	struct inodes *inodes, struct text path, const struct inode *inode, uint64_t *number);

/* Takes back count look-ups; with the last one the inode is gone. An unknown number is passed over.
 */
void inodes_forget(struct inodes *inodes, uint64_t number, uint64_t count);

/*
 * Appends the path of an inode, and fills inode with what it was when it was looked up last.
 * Returns false where the number is unknown; the root is known always, if only as a directory.
 */
bool inodes_find(struct inodes *inodes, uint64_t number, struct buffer *path, struct inode *inode);

#endif
