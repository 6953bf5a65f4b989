#include "base/bulk.h"

#include <pthread.h>
#include <stdalign.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

/* A stretch takes address space, and memory only as far as it is filled. */
#define STRETCH_SIZE ((size_t)32 << 20)
#define LARGEST_PIECE (STRETCH_SIZE / 4)

/* What most processors have; where pages are of another size they are no worse than usual. */
#define LARGE_PAGE ((size_t)2 << 20)

/* What malloc finds without a fault, and so much that it had better be given back, is no spare. */
#define SMALLEST_SPARE ((size_t)4 << 10)
#define LARGEST_SPARE ((size_t)256 << 10)
enum { SPARES = 16 };

/* What takes the place of something is mostly about as large, seldom exactly so. */
#define SPARE_UNIT ((size_t)512)

/* To give back less takes longer than it is worth. */
#define SMALLEST_DISCARDED ((size_t)64 << 10)

struct bulk {
	atomic_uint references;
	char *mapped;
	size_t mapped_size;
	char *start;
};

/* A piece that was freed, with its reference. */
struct spare {
	struct bulk *bulk;
	char *piece;
	size_t size;
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

/* The stretch that pieces are cut from, with a reference, or NULL; and how much of it is taken. */
static struct bulk *current;
static size_t current_taken;

/* Those that were freed last, the latest at the end. */
static struct spare spares[SPARES];
static size_t spare_count;

static size_t round_up(size_t size, size_t unit) {
	return (size + unit - 1) / unit * unit;
}

size_t bulk_size(size_t size) {
	return size < SMALLEST_SPARE ? round_up(size == 0 ? 1 : size, alignof(max_align_t))
				     : round_up(size, SPARE_UNIT);
}

/* Large pages begin at multiples of their size, so that somewhat more is mapped. */
static struct bulk *create(size_t size) {
	struct bulk *bulk = calloc(1, sizeof(*bulk));
	if (bulk == NULL) {
		return NULL;
	}
	atomic_init(&bulk->references, 1);
	bulk->mapped_size = size + LARGE_PAGE;
	bulk->mapped = mmap(NULL, bulk->mapped_size, PROT_READ | PROT_WRITE,
		MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	if (bulk->mapped == MAP_FAILED) {
		free(bulk);
		return NULL;
	}
	bulk->start = bulk->mapped + (LARGE_PAGE - (uintptr_t)bulk->mapped % LARGE_PAGE);
	madvise(bulk->start, size, MADV_HUGEPAGE);
	return bulk;
}

struct bulk *bulk_acquire(struct bulk *bulk) {
	atomic_fetch_add_explicit(&bulk->references, 1, memory_order_relaxed);
	return bulk;
}

void bulk_release(struct bulk *bulk) {
	if (bulk != NULL &&
		atomic_fetch_sub_explicit(&bulk->references, 1, memory_order_acq_rel) == 1) {
		munmap(bulk->mapped, bulk->mapped_size);
		free(bulk);
	}
}

/* Cuts a piece from the current stretch, or from a new one. */
static char *cut(size_t size, struct bulk **bulk) {
	if (current == NULL || STRETCH_SIZE - current_taken < size) {
		struct bulk *next = create(STRETCH_SIZE);
		if (next == NULL) {
			return NULL;
		}
		bulk_release(current);
		current = next;
		current_taken = 0;
	}
	char *piece = current->start + current_taken;
	current_taken += size;
	*bulk = bulk_acquire(current);
	return piece;
}

void *bulk_allocate(size_t size, struct bulk **bulk) {
	*bulk = NULL;
	if (size > SIZE_MAX / 2) {
		return NULL;
	}
	if (size > LARGEST_PIECE) {
		*bulk = create(round_up(size, LARGE_PAGE));
		return *bulk == NULL ? NULL : (*bulk)->start;
	}
	pthread_mutex_lock(&lock);
	char *piece = cut(bulk_size(size), bulk);
	pthread_mutex_unlock(&lock);
	return piece;
}

static struct spare take_spare(size_t index) {
	const struct spare spare = spares[index];
	spare_count--;
	memmove(&spares[index], &spares[index + 1], (spare_count - index) * sizeof(struct spare));
	return spare;
}

void *bulk_reuse(size_t size, struct bulk **bulk) {
	struct spare spare = {0};
	pthread_mutex_lock(&lock);
	for (size_t i = spare_count; i-- > 0 && spare.piece == NULL;) {
		if (spares[i].size >= size && spares[i].size - size <= size / 8) {
			spare = take_spare(i);
		}
	}
	pthread_mutex_unlock(&lock);
	*bulk = spare.bulk;
	return spare.piece;
}

static void give_back(const struct spare *spare) {
	if (spare->size >= SMALLEST_DISCARDED) {
		bulk_discard(spare->piece, spare->size);
	}
	bulk_release(spare->bulk);
}

void bulk_free(struct bulk *bulk, void *piece, size_t size) {
	struct spare spare = {bulk, piece, bulk_size(size)};
	if (size < SMALLEST_SPARE || size > LARGEST_SPARE) {
		give_back(&spare);
		return;
	}
	struct spare oldest = {0};
	pthread_mutex_lock(&lock);
	if (spare_count == SPARES) {
		oldest = take_spare(0);
	}
	spares[spare_count++] = spare;
	pthread_mutex_unlock(&lock);
	give_back(&oldest);
}

void bulk_discard(void *piece, size_t size) {
	const size_t page = (size_t)sysconf(_SC_PAGESIZE);
	char *start = piece;
	char *end = start + size;
	start += (page - (uintptr_t)start % page) % page;
	end -= (uintptr_t)end % page;
	if (start < end) {
		madvise(start, (size_t)(end - start), MADV_DONTNEED);
	}
}

bool bulk_array_init(struct bulk_array *array, size_t count, size_t size) {
	if (count > SIZE_MAX / 2 / size) {
		return false;
	}
	array->size = count * size;
	array->items = array->size < BULK_WORTH ? calloc(count + 1, size)
						: bulk_allocate(array->size, &array->bulk);
	return array->items != NULL;
}

void bulk_array_finish(struct bulk_array *array) {
	if (array->bulk == NULL) {
		free(array->items);
	} else {
		bulk_free(array->bulk, array->items, array->size);
	}
	*array = (struct bulk_array){0};
}

void bulk_end(void) {
	pthread_mutex_lock(&lock);
	struct bulk *ended = current;
	current = NULL;
	pthread_mutex_unlock(&lock);
	bulk_release(ended);
}

void bulk_clear(void) {
	bulk_end();
	pthread_mutex_lock(&lock);
	while (spare_count > 0) {
		give_back(&spares[--spare_count]);
	}
	pthread_mutex_unlock(&lock);
}
