/*
 * Memory that is freed all at once: a chain of blocks from which pieces are cut. Not for use by two
 * threads at a time.
 */
#ifndef CARDFS_BASE_ARENA_H
#define CARDFS_BASE_ARENA_H

#include "base/text.h"

struct arena_block;

/* Zeroes are an empty arena. */
struct arena {
	struct arena_block *blocks;
	char *next;
	size_t left;
};

/* Frees everything that was allocated from it. The arena is empty and usable afterwards. */
void arena_finish(struct arena *arena);

/* Like arena_finish, but keeps the largest block for what is allocated next. */
void arena_reset(struct arena *arena);

/*
 * Returns size zeroed bytes, aligned for any type, that live until the arena is reset or finished;
 * NULL when there is no memory.
 */
void *arena_allocate(struct arena *arena, size_t size);

/* The same for count items of size bytes; NULL also when the product overflows. */
void *arena_allocate_array(struct arena *arena, size_t count, size_t size);

/*
 * Copies text into the arena, with a NUL behind it. Returns false when there is no memory. copy may
 * be where text came from.
 */
bool arena_copy_text(struct arena *arena, struct text text, struct text *copy);

/* Bytes that the arena's blocks take. */
size_t arena_size(const struct arena *arena);

#endif
