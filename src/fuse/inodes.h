/*
 * The inodes that the kernel knows of: which place of the tree each number stands for, and how
 * often it was looked up.
 *
 * Numbers are made, not handed out, so that a listing can give them without looking anything up
 * and they are the same in the next mount. A directory is its path. A file or link is its path and
 * its content: one that changes is a new inode under the old name, as after rename(2), so that what
 * the kernel keeps of it never goes stale, and an open file keeps its bytes ("fuse-notes.md, an
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
	struct table families; /* inodes by the directory that they are in */
};

/* Returns false where the system has no more locks. */
bool inodes_init(struct inodes *inodes);
void inodes_finish(struct inodes *inodes);

/*
 * The number of a place that no other one has, most likely. path: names with slashes between, none
 * at the start; the root's is empty. content: a file's or a link's target; a directory's is empty.
 * Never 0, and 1 for the root.
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

/* An inode as it was last looked up. */
struct known_inode {
	uint64_t number;
	struct text path; /* in the arena of the list */
	struct inode inode;
};

/* Zeroes are empty. */
struct known_inodes {
	struct arena arena;
	struct known_inode *items;
	size_t count;
	size_t capacity;
};

void known_inodes_finish(struct known_inodes *known);

/*
 * The directory that a path is in, as inodes_list wants it. Places that are found in a root as
 * NAME@ENV, NAME@ or @ENV are thought of as in a directory of their own, the root's path and "/@":
 * there are few of them among many.
 */
struct text inode_family(struct text path, struct buffer *memory);

/*
 * Adds the inodes of a family, without directories that are live: those are thought of as in one of
 * their own. Fails for want of memory. */
bool inodes_list(struct inodes *inodes, struct text family, struct known_inodes *known);

/* Adds the directories that are live. Fails for want of memory. */
bool inodes_list_live(struct inodes *inodes, struct known_inodes *known);

/* Adds the links that follow a cache. Fails for want of memory. */
bool inodes_list_followers(struct inodes *inodes, struct known_inodes *known);

/*
 * Gives a file content of its own, which it takes from content: what it was when it was looked up,
 * and its place will not show any more. Nothing happens where the number is unknown, or has some
 * already.
 */
void inodes_freeze(struct inodes *inodes, uint64_t number, struct buffer *content);

/* Appends that part of the content of its own. Returns false where it has none. */
bool inodes_read(
	struct inodes *inodes, uint64_t number, size_t offset, size_t size, struct buffer *part);

/* How many inodes it knows, the root not among them. */
size_t inodes_count(struct inodes *inodes);

#endif
