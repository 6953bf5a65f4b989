/*
 * How the table of inodes is kept in shared memory: for inodes.h alone. Blocks know one another by
 * their offset. Everything here needs the lock, and what changes something a mutation.
 */
#ifndef CARDFS_FUSE_INODE_TABLE_H
#define CARDFS_FUSE_INODE_TABLE_H

#include "fuse/inodes.h"

enum { INODE_ROOT = 1 };

/* Its neighbours in a list. */
struct inode_links {
	uint64_t next, previous;
};

enum list_kind { LIST_FAMILY, LIST_FOLLOWERS, LIST_LIVE, LIST_KINDS };

struct remembered {
	struct shared_item item;
	uint64_t number;
	uint64_t lookups;
	struct inode inode; /* as it was looked up last */
	uint64_t content;   /* a block; none for what is empty */
	uint64_t content_length;
	uint64_t family;
	struct inode_links links[LIST_KINDS];
	bool is_retired;
	bool has_content;
	uint32_t path_length;
	char path[];
};

struct inode_family {
	struct shared_item item;
	uint64_t first;
	uint64_t name_length;
	char name[];
};

/* Every bit of a word reaches every bit of the result. */
uint64_t inode_scatter(uint64_t word);

/* Goes on with a hash over a text. */
uint64_t inode_hash(uint64_t hash, struct text text);

/* The number, or another one where it stands for something of its own. */
uint64_t inode_without_reserved(uint64_t number);

struct text inode_path(const struct remembered *entry);

/* The inode of a block; NULL for none. */
struct remembered *inode_at(const struct inodes *inodes, uint64_t block);

/* The inode of that number, or NULL. */
struct remembered *inode_find(const struct inodes *inodes, uint64_t number);

/* The family of that name, or NULL. */
struct inode_family *inode_find_family(const struct inodes *inodes, struct text name);

/*
 * Adds an inode, of a number that there is none of; it has no look-ups yet. NULL for want of
 * memory.
 */
struct remembered *inode_add(struct inodes *inodes, uint64_t number, struct text path);

/* Sets what it is, and puts it in the lists where that belongs. */
void inode_set(struct inodes *inodes, struct remembered *entry, const struct inode *inode);

/* Takes it away, with what it keeps. */
void inode_drop(struct inodes *inodes, struct remembered *entry);

#endif
