/*
 * Readers by the dozen: each looks at what a mount shows, at random, until all of them together
 * have done so many operations.
 *
 *     load MOUNT OPERATIONS READERS
 *
 * What it looks at are the entries that there are when it starts, which have to stay. Any failure
 * ends it.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { MOST_ENTRIES = 20000, MOST_READERS = 256, BYTES = 65536 };

static struct {
	char *path;
	int type;
} entries[MOST_ENTRIES];
static size_t entry_count;
static unsigned long wanted;
static atomic_ulong done;

static int note(const char *path, const struct stat *status, int type, struct FTW *place) {
	(void)status;
	(void)place;
	/* What is in .by comes and goes with the values of fields. */
	if (entry_count < MOST_ENTRIES && strstr(path, "/.by") == NULL) {
		entries[entry_count].path = strdup(path);
		entries[entry_count++].type = type;
	}
	return 0;
}

static bool list(const char *path) {
	DIR *directory = opendir(path);
	if (directory == NULL) {
		return false;
	}
	do {
		errno = 0;
	} while (readdir(directory) != NULL);
	const bool is_listed = errno == 0;
	closedir(directory);
	return is_listed;
}

static bool read_whole(const char *path) {
	char bytes[BYTES];
	const int descriptor = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t length = descriptor < 0 ? -1 : 1;
	while (length > 0) {
		length = read(descriptor, bytes, sizeof(bytes));
	}
	const int failure = errno;
	if (descriptor >= 0) {
		close(descriptor);
	}
	errno = failure;
	return length == 0;
}

static bool look(const char *path, int type, unsigned choice) {
	char target[BYTES];
	struct stat status;
	if (choice % 4 == 0) {
		return lstat(path, &status) == 0;
	}
	switch (type) {
	case FTW_D:
		return list(path);
	case FTW_SL:
		return readlink(path, target, sizeof(target)) > 0;
	default:
		return read_whole(path);
	}
}

static void *read_at_random(void *context) {
	unsigned seed = (unsigned)(uintptr_t)context;
	while (atomic_fetch_add(&done, 1) < wanted) {
		const size_t index = (size_t)rand_r(&seed) % entry_count;
		const char *path = entries[index].path;
		if (!look(path, entries[index].type, (unsigned)rand_r(&seed))) {
			fprintf(stderr, "%s: %s\n", path, strerror(errno));
			exit(1);
		}
	}
	return NULL;
}

int main(int count, char **arguments) {
	pthread_t threads[MOST_READERS];
	if (count != 4 || atoi(arguments[3]) < 1 || atoi(arguments[3]) > MOST_READERS) {
		fprintf(stderr, "usage: load MOUNT OPERATIONS READERS\n");
		return 2;
	}
	wanted = strtoul(arguments[2], NULL, 10);
	nftw(arguments[1], note, 16, FTW_PHYS);
	if (entry_count < 2) {
		fprintf(stderr, "there is nothing in %s\n", arguments[1]);
		return 1;
	}
	const int readers = atoi(arguments[3]);
	for (int i = 0; i < readers; i++) {
		const int failure = pthread_create(
			&threads[i], NULL, read_at_random, (void *)((uintptr_t)i + 1));
		if (failure != 0) {
			fprintf(stderr, "cannot start a thread: %s\n", strerror(failure));
			return 1;
		}
	}
	for (int i = 0; i < readers; i++) {
		pthread_join(threads[i], NULL);
	}
	return 0;
}
