#include "supervise/shared.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

/* Address space costs nothing; where there is a limit less will do. */
static const size_t most_space = (size_t)1 << 36;
static const size_t least_space = (size_t)1 << 26;

enum { GRANULE = 16, GROWTH = 1 << 20, ALIGNMENT = 4096 };

/* Blocks up to this size are of a class of their own for each multiple of the granule. */
enum { SMALL_CLASSES = 64, SMALL_SIZE = SMALL_CLASSES * GRANULE };

/*
 * A process that is killed has done all up to some instruction and nothing behind it: what has to
 * be held to an order is the compiler alone.
 */
static void keep_order(void) {
	atomic_signal_fence(memory_order_seq_cst);
}

static void step(const struct shared *shared) {
	if (shared->step != NULL) {
		shared->step(shared->step_context);
	}
}

static size_t round_up(size_t size, size_t unit) {
	return (size + unit - 1) / unit * unit;
}

struct shared_header *shared_header(const struct shared *shared) {
	return (struct shared_header *)(void *)shared->base;
}

static size_t areas_offset(void) {
	return round_up(sizeof(struct shared_header), ALIGNMENT);
}

void *shared_areas(const struct shared *shared) {
	return shared->base + areas_offset();
}

void *shared_at(const struct shared *shared, uint64_t block) {
	return block == 0 ? NULL : shared->base + block;
}

uint64_t shared_offset(const struct shared *shared, const void *address) {
	return address == NULL ? 0 : (uint64_t)((const unsigned char *)address - shared->base);
}

static bool map(struct shared *shared, struct error *error) {
	void *base = MAP_FAILED;
	size_t limit = most_space;
	for (; base == MAP_FAILED && limit >= least_space; limit /= 2) {
		base = mmap(NULL, limit, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_NORESERVE,
			shared->descriptor, 0);
		shared->limit = limit;
	}
	if (base == MAP_FAILED) {
		return error_set_system(error, errno, "cannot map shared memory");
	}
	if (pthread_mutex_init(&shared->lock, NULL) != 0) {
		munmap(base, shared->limit);
		return error_set_memory(error);
	}
	shared->base = base;
	/* A core file is for what went wrong, and this may be large. */
	madvise(base, shared->limit, MADV_DONTDUMP);
	return true;
}

/* Memory that is there is certain not to fail when it is written to. */
static bool grow(struct shared *shared, size_t size) {
	if (size <= shared->size) {
		return true;
	}
	size = round_up(size, GROWTH);
	if (size > shared->limit) {
		return false;
	}
	int failure;
	do {
		failure = posix_fallocate(
			shared->descriptor, (off_t)shared->size, (off_t)(size - shared->size));
	} while (failure == EINTR);
	if (failure != 0) {
		return false;
	}
	shared->size = size;
	return true;
}

bool shared_create(struct shared *shared, uint32_t layout, size_t areas_size, struct error *error) {
	*shared = (struct shared){.descriptor = memfd_create("supervised", MFD_CLOEXEC)};
	if (shared->descriptor < 0) {
		return error_set_system(error, errno, "cannot make shared memory");
	}
	const size_t end = round_up(areas_offset() + areas_size, ALIGNMENT);
	if (!map(shared, error)) {
		close(shared->descriptor);
		return false;
	}
	if (!grow(shared, end)) {
		shared_finish(shared);
		return error_set_memory(error);
	}
	struct shared_header *header = shared_header(shared);
	header->version = SHARED_VERSION;
	header->layout = layout;
	header->areas_size = areas_size;
	header->end = end;
	return true;
}

static bool check_layout(
	const struct shared *shared, uint32_t layout, size_t areas_size, struct error *error) {
	const struct shared_header *header = shared_header(shared);
	if (shared->size >= sizeof(*header) && header->version == SHARED_VERSION &&
		header->layout == layout && header->areas_size == areas_size) {
		return true;
	}
	return error_set(error, ERROR_INVALID,
		"this program keeps its memory in another way (%d.%u) than the one before (%u.%u)",
		SHARED_VERSION, layout, header->version, header->layout);
}

bool shared_attach(struct shared *shared, int descriptor, uint32_t layout, size_t areas_size,
	struct error *error) {
	struct stat status;
	*shared = (struct shared){.descriptor = descriptor};
	if (fstat(descriptor, &status) != 0) {
		return error_set_system(error, errno, "cannot take over shared memory");
	}
	shared->size = (size_t)status.st_size;
	if (!map(shared, error)) {
		return false;
	}
	if (!check_layout(shared, layout, areas_size, error)) {
		munmap(shared->base, shared->limit);
		return false;
	}
	return true;
}

void shared_finish(struct shared *shared) {
	if (shared->base != NULL) {
		munmap(shared->base, shared->limit);
		close(shared->descriptor);
		pthread_mutex_destroy(&shared->lock);
		*shared = (struct shared){.descriptor = -1};
	}
}

void shared_recover(struct shared *shared) {
	struct shared_header *header = shared_header(shared);
	struct stat status;
	for (uint32_t i = atomic_load(&header->note_count); i > 0; i--) {
		const struct shared_note *note = &header->notes[i - 1];
		memcpy(shared->base + note->offset, note->bytes, note->size);
	}
	keep_order();
	atomic_store(&header->note_count, 0);
	if (fstat(shared->descriptor, &status) == 0) {
		shared->size = (size_t)status.st_size;
	}
}

void shared_lock(struct shared *shared) {
	pthread_mutex_lock(&shared->lock);
}

void shared_unlock(struct shared *shared) {
	pthread_mutex_unlock(&shared->lock);
}

void shared_begin(struct shared *shared) {
	shared_lock(shared);
	step(shared);
}

void shared_end(struct shared *shared) {
	step(shared);
	keep_order();
	atomic_store_explicit(&shared_header(shared)->note_count, 0, memory_order_relaxed);
	keep_order();
	step(shared);
	shared_unlock(shared);
}

size_t shared_room(const struct shared *shared) {
	return SHARED_NOTES -
	       atomic_load_explicit(&shared_header(shared)->note_count, memory_order_relaxed);
}

/* A mutation that is larger than what can be taken back is a mistake of the program's. */
static void note_part(struct shared *shared, const unsigned char *field, size_t size) {
	struct shared_header *header = shared_header(shared);
	const uint32_t count = atomic_load_explicit(&header->note_count, memory_order_relaxed);
	if (count == SHARED_NOTES) {
		abort();
	}
	struct shared_note *note = &header->notes[count];
	note->offset = shared_offset(shared, field);
	note->size = size;
	memcpy(note->bytes, field, size);
	keep_order();
	atomic_store_explicit(&header->note_count, count + 1, memory_order_relaxed);
	keep_order();
}

void shared_note(struct shared *shared, void *field, size_t size) {
	const unsigned char *part = field;
	step(shared);
	while (size > 0) {
		const size_t length = size < SHARED_NOTE_BYTES ? size : SHARED_NOTE_BYTES;
		note_part(shared, part, length);
		part += length;
		size -= length;
	}
	step(shared);
}

/* The class of a size, and how large its blocks are. */
static unsigned class_of(size_t size, size_t *block_size) {
	if (size <= SMALL_SIZE) {
		const size_t units = size == 0 ? 1 : (size + GRANULE - 1) / GRANULE;
		*block_size = units * GRANULE;
		return (unsigned)units - 1;
	}
	unsigned class = SMALL_CLASSES;
	for (*block_size = (size_t)SMALL_SIZE * 2; *block_size < size; *block_size *= 2) {
		class ++;
	}
	return class;
}

uint64_t shared_allocate(struct shared *shared, size_t size) {
	struct shared_header *header = shared_header(shared);
	size_t block_size;
	if (size > shared->limit / 2) {
		return 0;
	}
	const unsigned class = class_of(size, &block_size);
	uint64_t block = header->free[class];
	if (block != 0) {
		uint64_t *next = shared_at(shared, block);
		/* The user will write over it. */
		shared_note(shared, next, sizeof(*next));
		shared_set(shared, header->free[class], *next);
	} else {
		block = header->end;
		if (!grow(shared, block + block_size)) {
			return 0;
		}
		shared_set(shared, header->end, block + block_size);
	}
	shared_set(shared, header->used, header->used + block_size);
	return block;
}

void shared_free(struct shared *shared, uint64_t block, size_t size) {
	struct shared_header *header = shared_header(shared);
	size_t block_size;
	if (block == 0) {
		return;
	}
	const unsigned class = class_of(size, &block_size);
	uint64_t *next = shared_at(shared, block);
	shared_set(shared, *next, header->free[class]);
	shared_set(shared, header->free[class], block);
	shared_set(shared, header->used, header->used - block_size);
}
