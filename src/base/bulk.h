/*
 * Memory for much that is read at once and then kept. The kernel is asked for large pages: a small
 * one takes a fault when it is written to first, and in a virtual machine that can take longer than
 * what is written. Pieces are cut from stretches, each of which is given back when nobody refers to
 * anything in it any more. May be used by several threads at a time.
 */
#ifndef CARDFS_BASE_BULK_H
#define CARDFS_BASE_BULK_H

#include <stdbool.h>
#include <stddef.h>

/* Who has less than this to read at once is better off with malloc. */
#define BULK_WORTH ((size_t)1 << 20)

struct bulk;

/*
 * Returns size zeroed bytes, aligned for any type, and sets *bulk to the stretch that they are in,
 * with a reference that keeps them; both NULL when there is no memory.
 */
void *bulk_allocate(size_t size, struct bulk **bulk);

/* What a piece of that size takes. */
size_t bulk_size(size_t size);

struct bulk *bulk_acquire(struct bulk *bulk);
void bulk_release(struct bulk *bulk);

/*
 * Releases a piece of that size, which has bulk_size(size) to itself, and at which nobody may look
 * any more. What it takes is used again, or given back as far as it can be.
 */
void bulk_free(struct bulk *bulk, void *piece, size_t size);

/*
 * Like bulk_allocate, but returns a piece that was freed not long ago, with whatever is in it, and
 * NULL where none is about as large: then malloc is better. For what comes in the place of
 * something else.
 */
void *bulk_reuse(size_t size, struct bulk **bulk);

/*
 * Gives back what of a piece can be, the pages that nothing else is on, while its stretch stays.
 * Nobody may look at it any more.
 */
void bulk_discard(void *piece, size_t size);

/* An array: in bulk where it is large, else of malloc. */
struct bulk_array {
	void *items;
	size_t size; /* of all of them */
	struct bulk *bulk;
};

/* Makes an array (zeroes) of zeroed items. Returns false when there is no memory. */
bool bulk_array_init(struct bulk_array *array, size_t count, size_t size);
void bulk_array_finish(struct bulk_array *array);

/* What is allocated next does not share a stretch with what was. */
void bulk_end(void);

/* Gives up what is there to be used again. */
void bulk_clear(void);

#endif
