/*
 * The inodes that the kernel knows of: which place of the tree each number stands for, and how
 * often it was looked up.
 *
 * Numbers are made, not handed out, so that a listing can give them without looking anything up
 * and they are the same in the next mount. A directory is its path. A file or link is its path and
 * its content: one that changes is a new inode under the old name, as after rename(2), so that what
 * the kernel keeps of it never goes stale, and an open file keeps its bytes ("architecture.md,
 * Staying fresh").
 *
 * The table is in shared memory, where one server after another finds it: what the kernel knows
 * outlives them. Each change of it is one mutation (supervise/shared.h). Where a function gets the
 * effects of a request, they change in the same one; they may be NULL.
 *
 * May be used by several threads at a time.
 */
#ifndef CARDFS_FUSE_INODES_H
#define CARDFS_FUSE_INODES_H

#include "base/arena.h"
#include "supervise/shared_table.h"
#include "supervise/slots.h"
#include "view/view.h"

/* A place as it was when it was looked up. */
struct inode {
	uint64_t identity; /* what inode_number gave for it */
	/*
	 * What stat(2) shows in place of its number, so that a program that looks twice does not
	 * take what is momentary for another file; or 0.
	 */
	uint64_t shown;
	struct node_attributes attributes;
};

/* In shared memory. Zeroes are an empty table. */
struct inode_table {
	uint64_t seed; /* of its hashes */
	struct shared_table by_number;
	struct shared_table families; /* lists of inodes, by what inode_family says */
	uint64_t followers;           /* the first of the links that follow a cache */
	uint64_t live;                /* and of the directories that are live */
};

/* The table as one process uses it. */
struct inodes {
	struct shared *shared;
	struct inode_table *table;
};

/* Borrows both, and leaves the table as it is. */
void inodes_init(struct inodes *inodes, struct shared *shared, struct inode_table *table);

/*
 * The number of a place that no other one has, most likely. path: names with slashes between, none
 * at the start; the root's is empty. content: a file's or a link's target; a directory's is empty.
 * Never 0, and 1 for the root.
 */
uint64_t inode_number(struct text path, enum node_kind kind, struct text content);

/*
 * Counts a look-up of a place, and notes so in effects. Sets *number to its identity or, where
 * another place has that number already, to one that is free. Returns false for want of memory.
 */
bool inodes_remember(struct inodes *inodes, struct text path, const struct inode *inode,
	struct effects *effects, uint64_t *number);

/*
 * Takes back count look-ups, which is one more part of the request done; with the last one the
 * inode is gone. An unknown number is passed over.
 */
void inodes_forget(struct inodes *inodes, uint64_t number, uint64_t count, struct effects *effects);

/* Takes back the look-ups that effects notes, but for so many of the first. */
void inodes_take_back(struct inodes *inodes, struct effects *effects, size_t kept);

/*
 * Appends the path of an inode, and fills inode with what it was when it was looked up last.
 * Returns false where the number is unknown; the root is known always, if only as a directory.
 */
bool inodes_find(struct inodes *inodes, uint64_t number, struct buffer *path, struct inode *inode);

/* Whether the kernel knows of an inode; it knows the root always. */
bool inodes_has(struct inodes *inodes, uint64_t number);

/* Notes the time of modification that the kernel is told when it asks for attributes again. */
void inodes_note_modified(struct inodes *inodes, uint64_t number, int64_t modified);

/*
 * Keeps what a file or link holds with its inode, for when its place shows something else, unless
 * there is some already or the number is unknown. Fails for want of memory.
 */
bool inodes_keep(struct inodes *inodes, uint64_t number, struct text content);

/* Appends that part of the content kept. Returns false where there is none. */
bool inodes_read(
	struct inodes *inodes, uint64_t number, size_t offset, size_t size, struct buffer *part);

/*
 * No name stands for that file or link any more, and the kernel knows: it is not listed again until
 * it is looked up.
 */
void inodes_retire(struct inodes *inodes, uint64_t number);

/* An inode as it was last looked up. */
struct known_inode {
	uint64_t number;
	uint64_t lookups;
	struct text path; /* in the arena of the list; with a NUL behind it */
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
 * The family of a path, as inodes_list wants it: the directory that it is in. But what is found in
 * a root as NAME@ENV or NAME@ is in one family with what is in NAME, whose card it shows, too; and
 * the roots that are found as @ENV are in one called "@", after the path of the root.
 */
struct text inode_family(struct text path);

/* Whether it has any inodes. */
bool inodes_has_family(struct inodes *inodes, struct text family);

/* Adds the inodes of a family, but for retired ones. Fails for want of memory. */
bool inodes_list(struct inodes *inodes, struct text family, struct known_inodes *known);

/* The same for links that follow a cache, and for directories that are live. */
bool inodes_list_followers(struct inodes *inodes, struct known_inodes *known);
bool inodes_list_live(struct inodes *inodes, struct known_inodes *known);

/* Every inode that it knows. Fails for want of memory. */
bool inodes_list_all(struct inodes *inodes, struct known_inodes *known);

/* How many inodes it knows, the root not among them. */
size_t inodes_count(struct inodes *inodes);

#endif
