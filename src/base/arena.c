#include "base/arena.h"

#include <stdalign.h>
#include <stdlib.h>
#include <string.h>

/* Blocks start small, for most arenas hold little, and double up to a size that malloc maps. */
enum {
	SMALLEST_BLOCK = 4 * 1024,
	LARGEST_BLOCK = 256 * 1024,
	LARGEST_PIECE = LARGEST_BLOCK / 4,
	ALIGNMENT = alignof(max_align_t),
};

/* The first of an arena's blocks is the one that pieces are cut from. */
struct arena_block {
	struct arena_block *previous;
	size_t size;
	alignas(max_align_t) char data[];
};

static void free_blocks(struct arena_block *block) {
	while (block != NULL) {
		struct arena_block *previous = block->previous;
		free(block);
		block = previous;
	}
}

void arena_finish(struct arena *arena) {
	free_blocks(arena->blocks);
	*arena = (struct arena){0};
}

/* Takes the largest block out of the chain. */
static struct arena_block *detach_largest(struct arena *arena) {
	struct arena_block **largest = &arena->blocks;
	for (struct arena_block **link = &arena->blocks; *link != NULL; link = &(*link)->previous) {
		if ((*link)->size > (*largest)->size) {
			largest = link;
		}
	}
	struct arena_block *block = *largest;
	*largest = block->previous;
	return block;
}

void arena_reset(struct arena *arena) {
	if (arena->blocks == NULL) {
		return;
	}
	struct arena_block *kept = detach_largest(arena);
	free_blocks(arena->blocks);
	kept->previous = NULL;
	*arena = (struct arena){kept, kept->data, kept->size};
}

static struct arena_block *create_block(size_t size) {
	if (size > SIZE_MAX - sizeof(struct arena_block)) {
		return NULL;
	}
	struct arena_block *block = malloc(sizeof(struct arena_block) + size);
	if (block != NULL) {
		block->size = size;
	}
	return block;
}

/*
 * A large piece has a block to itself, behind the first, so that what is left there stays of use.
 */
static void *allocate_alone(struct arena *arena, size_t size) {
	struct arena_block *block = create_block(size);
	if (block == NULL) {
		return NULL;
	}
	struct arena_block **link =
		arena->blocks == NULL ? &arena->blocks : &arena->blocks->previous;
	block->previous = *link;
	*link = block;
	return block->data;
}

static bool add_block(struct arena *arena, size_t piece) {
	size_t size = arena->blocks == NULL ? SMALLEST_BLOCK : arena->blocks->size * 2;
	while (size < piece * 2) {
		size *= 2;
	}
	struct arena_block *block = create_block(size < LARGEST_BLOCK ? size : LARGEST_BLOCK);
	if (block == NULL) {
		return false;
	}
	block->previous = arena->blocks;
	arena->blocks = block;
	arena->next = block->data;
	arena->left = block->size;
	return true;
}

void *arena_allocate(struct arena *arena, size_t size) {
	if (size > SIZE_MAX - ALIGNMENT) {
		return NULL;
	}
	/* At least one byte, so that no two pieces have the same address. */
	const size_t taken = ((size == 0 ? 1 : size) + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
	if (taken > arena->left && taken > LARGEST_PIECE) {
		void *piece = allocate_alone(arena, taken);
		return piece == NULL ? NULL : memset(piece, 0, size);
	}
	if (taken > arena->left && !add_block(arena, taken)) {
		return NULL;
	}
	void *piece = arena->next;
	arena->next += taken;
	arena->left -= taken;
	return memset(piece, 0, size);
}

void *arena_allocate_array(struct arena *arena, size_t count, size_t size) {
	if (size != 0 && count > SIZE_MAX / size) {
		return NULL;
	}
	return arena_allocate(arena, count * size);
}

/* Characters need no alignment: they are cut from the end of the block, without a gap. */
static char *allocate_characters(struct arena *arena, size_t size) {
	if (size > LARGEST_PIECE && size > arena->left) {
		return allocate_alone(arena, size);
	}
	if (size > arena->left && !add_block(arena, size)) {
		return NULL;
	}
	arena->left -= size;
	return arena->next + arena->left;
}

bool arena_copy_text(struct arena *arena, struct text text, struct text *copy) {
	char *data = text.length == SIZE_MAX ? NULL : allocate_characters(arena, text.length + 1);
	if (data == NULL) {
		return false;
	}
	if (text.length > 0) {
		memcpy(data, text.data, text.length);
	}
	data[text.length] = '\0';
	*copy = (struct text){data, text.length};
	return true;
}

size_t arena_size(const struct arena *arena) {
	size_t size = 0;
	for (const struct arena_block *block = arena->blocks; block != NULL;
		block = block->previous) {
		size += sizeof(*block) + block->size;
	}
	return size;
}
