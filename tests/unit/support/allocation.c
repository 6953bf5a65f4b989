#include "unit/support/allocation.h"

#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include <cmocka.h>

/* How many allocations are left until one fails; negative for never. Threads may share it. */
static atomic_long left = -1;
static atomic_bool has_failed;
static atomic_long live; /* blocks */
static long held;        /* what was left when failing was put off */
static unsigned permits; /* how often that is in force */

void *__real_malloc(size_t size);
void *__real_realloc(void *memory, size_t size);
void __real_free(void *memory);
char *__real_realpath(const char *path, char *resolved);
char *__real_getcwd(char *buffer, size_t size);
DIR *__real_opendir(const char *path);
DIR *__real_fdopendir(int descriptor);
void *__real_mmap64(
	void *address, size_t length, int protection, int flags, int descriptor, off_t offset);
int __real_scandir64(const char *path, struct dirent ***entries,
	int (*filter)(const struct dirent *),
	int (*compare)(const struct dirent **, const struct dirent **));

void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t count, size_t size);
void *__wrap_realloc(void *memory, size_t size);
void *__wrap_reallocarray(void *memory, size_t count, size_t size);
char *__wrap_strdup(const char *string);
char *__wrap_strndup(const char *string, size_t length);
void __wrap_free(void *memory);
char *__wrap_realpath(const char *path, char *resolved);
char *__wrap_getcwd(char *buffer, size_t size);
DIR *__wrap_opendir(const char *path);
DIR *__wrap_fdopendir(int descriptor);
void *__wrap_mmap64(
	void *address, size_t length, int protection, int flags, int descriptor, off_t offset);
int __wrap_scandir64(const char *path, struct dirent ***entries,
	int (*filter)(const struct dirent *),
	int (*compare)(const struct dirent **, const struct dirent **));

static bool is_to_fail(void) {
	long before = atomic_load(&left);
	while (before >= 0 && !atomic_compare_exchange_weak(&left, &before, before - 1)) {
	}
	if (before != 0) {
		return false;
	}
	atomic_store(&has_failed, true);
	errno = ENOMEM;
	return true;
}

static void *count(void *memory) {
	if (memory != NULL) {
		atomic_fetch_add(&live, 1);
	}
	return memory;
}

void *__wrap_malloc(size_t size) {
	return is_to_fail() ? NULL : count(__real_malloc(size));
}

/*
 * Not by those of the C library, which in a program that is linked statically are counted
 * themselves.
 */
static bool multiply(size_t count_of, size_t size, size_t *whole) {
	if (__builtin_mul_overflow(count_of, size, whole)) {
		errno = ENOMEM;
		return false;
	}
	return true;
}

void *__wrap_calloc(size_t count_of, size_t size) {
	size_t whole;
	void *memory = multiply(count_of, size, &whole) ? __wrap_malloc(whole) : NULL;
	return memory == NULL ? NULL : memset(memory, 0, whole);
}

void *__wrap_realloc(void *memory, size_t size) {
	if (is_to_fail()) {
		return NULL;
	}
	return memory == NULL ? count(__real_malloc(size)) : __real_realloc(memory, size);
}

void *__wrap_reallocarray(void *memory, size_t count_of, size_t size) {
	size_t whole;
	return multiply(count_of, size, &whole) ? __wrap_realloc(memory, whole) : NULL;
}

char *__wrap_strndup(const char *string, size_t length) {
	const size_t shown = strnlen(string, length);
	char *copy = __wrap_malloc(shown + 1);
	if (copy != NULL) {
		memcpy(copy, string, shown);
		copy[shown] = '\0';
	}
	return copy;
}

char *__wrap_strdup(const char *string) {
	return __wrap_strndup(string, SIZE_MAX);
}

void __wrap_free(void *memory) {
	if (memory != NULL) {
		atomic_fetch_sub(&live, 1);
	}
	__real_free(memory);
}

void *__wrap_mmap64(
	void *address, size_t length, int protection, int flags, int descriptor, off_t offset) {
	return is_to_fail() ? MAP_FAILED
			    : __real_mmap64(address, length, protection, flags, descriptor, offset);
}

static char *keep(const char *path) {
	char *kept = path == NULL ? NULL : count(__real_malloc(strlen(path) + 1));
	return kept == NULL ? NULL : strcpy(kept, path);
}

char *__wrap_realpath(const char *path, char *resolved) {
	char place[PATH_MAX];
	if (is_to_fail()) {
		return NULL;
	}
	return resolved == NULL ? keep(__real_realpath(path, place))
				: __real_realpath(path, resolved);
}

char *__wrap_getcwd(char *buffer, size_t size) {
	char place[PATH_MAX];
	if (is_to_fail()) {
		return NULL;
	}
	return buffer == NULL ? keep(__real_getcwd(place, sizeof(place)))
			      : __real_getcwd(buffer, size);
}

/* What these hold is the C library's own, and not counted. */
DIR *__wrap_opendir(const char *path) {
	return is_to_fail() ? NULL : __real_opendir(path);
}

DIR *__wrap_fdopendir(int descriptor) {
	return is_to_fail() ? NULL : __real_fdopendir(descriptor);
}

int __wrap_scandir64(const char *path, struct dirent ***entries,
	int (*filter)(const struct dirent *),
	int (*compare)(const struct dirent **, const struct dirent **)) {
	if (is_to_fail()) {
		return -1;
	}
	const int found = __real_scandir64(path, entries, filter, compare);
	if (found >= 0) {
		/* The entries, and the array of them, which may be none. */
		atomic_fetch_add(&live, found + (*entries != NULL));
	}
	return found;
}

void allocation_permit_all(void) {
	if (permits++ == 0) {
		held = atomic_exchange(&left, -1);
	}
}

void allocation_permit_end(void) {
	if (--permits == 0) {
		atomic_store(&left, held);
	}
}

void allocation_fail_next(void) {
	atomic_store(&left, 0);
}

void allocation_compare(struct buffer *first, struct text text) {
	allocation_permit_all();
	if (first->length == 0) {
		buffer_append_text(first, text);
	}
	assert_true(text_equal(buffer_text(first), text));
	allocation_permit_end();
}

static bool fail_at(allocation_run *run, void *context, long number) {
	struct error error = {0};
	const long before = atomic_load(&live);
	atomic_store(&has_failed, false);
	atomic_store(&left, number);
	const bool done = run(context, &error);
	atomic_store(&left, -1);
	if (!done && error.kind != ERROR_MEMORY) {
		fail_msg(
			"allocation %ld: \"%s\" (kind %d)", number, error.message, (int)error.kind);
	}
	if (!done && !atomic_load(&has_failed)) {
		fail_msg("it fails without a failure of memory");
	}
	if (atomic_load(&live) != before) {
		fail_msg(
			"allocation %ld: %ld blocks are left", number, atomic_load(&live) - before);
	}
	return atomic_load(&has_failed);
}

void allocation_fail_each(allocation_run *run, void *context, unsigned least) {
	struct error error = {0};
	if (!run(context, &error)) {
		fail_msg("it fails with memory: %s", error.message);
	}
	long number = 0;
	while (fail_at(run, context, number)) {
		number++;
	}
	assert_true(number >= (long)least);
}
