/*
 * Memory that outlives the processes that use it one after another: what one has noted when it is
 * killed the next one finds, whole. It is a memory file that every process maps, and grows
 * (docs/supervision.md).
 *
 * A mutation is between shared_begin and shared_end. What a field was is noted before the field is
 * changed, so that a process that finds a mutation half done takes it back. Blocks are known by
 * their offset, since the next program may map the memory elsewhere. One process at a time changes
 * it; its threads share a lock, which is in memory of the process and so dies with it.
 */
#ifndef CARDFS_SUPERVISE_SHARED_H
#define CARDFS_SUPERVISE_SHARED_H

#include "base/error.h"

#include <pthread.h>
#include <stdatomic.h>

/* Changes with the layout of everything that this layer keeps in shared memory. */
enum { SHARED_VERSION = 1 };

enum { SHARED_NOTES = 1024, SHARED_NOTE_BYTES = 48, SHARED_CLASSES = 96 };

/* What some bytes were. */
struct shared_note {
	uint64_t offset;
	uint64_t size;
	unsigned char bytes[SHARED_NOTE_BYTES];
};

/* At the start of the memory. The areas behind it never move. */
struct shared_header {
	uint32_t version;
	uint32_t layout; /* of the user's own part */
	uint64_t areas_size;
	_Atomic uint64_t restarts; /* how often a worker died and another took its place */
	_Atomic uint64_t reloads;  /* how often another program took over */
	uint64_t end;              /* of all that was ever allocated */
	uint64_t used;             /* bytes of blocks that are allocated */
	uint64_t free[SHARED_CLASSES];
	_Atomic uint32_t note_count;
	struct shared_note notes[SHARED_NOTES];
};

/* The memory as one process sees it. Zeroes are none. */
struct shared {
	unsigned char *base;
	size_t limit; /* how far it can grow */
	size_t size;  /* how far it is known to have grown */
	int descriptor;
	pthread_mutex_t lock;
	/*
	 * For tests: called wherever a death would leave something that has not been there before.
	 */
	void (*step)(void *context);
	void *step_context;
};

/*
 * Makes memory with areas_size bytes of zeroes for the user's areas, whose layout is the user's to
 * number. Fails for want of memory or address space.
 */
bool shared_create(struct shared *shared, uint32_t layout, size_t areas_size, struct error *error);

/*
 * Maps memory that another program made, whose descriptor it takes over when it succeeds. Fails
 * with a sentence where that program laid it out otherwise.
 */
bool shared_attach(struct shared *shared, int descriptor, uint32_t layout, size_t areas_size,
	struct error *error);

/* Unmaps it; it is gone with the last process that has it. */
void shared_finish(struct shared *shared);

struct shared_header *shared_header(const struct shared *shared);

/* The user's areas: they start at an address that is good for anything. */
void *shared_areas(const struct shared *shared);

/* Takes back the mutation that a death interrupted, if one was. The user is alone then. */
void shared_recover(struct shared *shared);

/* Keeps others from changing it while it is looked at. */
void shared_lock(struct shared *shared);
void shared_unlock(struct shared *shared);

/* A mutation; nobody else is at one meanwhile. What was changed stays so when it ends. */
void shared_begin(struct shared *shared);
void shared_end(struct shared *shared);

/* Notes what a field is, which is about to be changed. */
void shared_note(struct shared *shared, void *field, size_t size);

/* Changes a field. */
#define shared_set(shared, field, value)                        \
	do {                                                    \
		shared_note((shared), &(field), sizeof(field)); \
		(field) = (value);                              \
	} while (false)

/* How many more notes the mutation under way has room for. */
size_t shared_room(const struct shared *shared);

/*
 * Returns a block in a mutation, or 0 for want of memory. What it holds is undefined, and the
 * user's to fill without notes. A mutation that has freed a block must not allocate any more.
 */
uint64_t shared_allocate(struct shared *shared, size_t size);

/* Gives back a block of that size in a mutation; 0 is none. */
void shared_free(struct shared *shared, uint64_t block, size_t size);

/* Where a block is, or NULL for 0. Valid as long as the mapping. */
void *shared_at(const struct shared *shared, uint64_t block);
uint64_t shared_offset(const struct shared *shared, const void *address);

#endif
