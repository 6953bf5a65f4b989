#include "stores/kept.h"

#include "base/file.h"
#include "base/home.h"
#include "stores/watch_trail.h"

#include <errno.h>
#include <fcntl.h>
#include <nettle/sha2.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <unistd.h>

enum { NAME_BYTES = 16 };

static bool append_directory(struct buffer *path) {
	const char *cache = home_variable("XDG_CACHE_HOME");
	if (cache != NULL) {
		buffer_append_string(path, cache);
	} else if (home_append(path)) {
		buffer_append_string(path, "/.cache");
	} else {
		return false;
	}
	buffer_append_string(path, "/cardfs");
	return !path->failed;
}

/* What says that nothing is open. */
enum { NOTHING = -1 };

/* Where kept_use says; of KEPT_OWN it is looked each time where that is. */
static atomic_int chosen = KEPT_OWN;

/* The name of the store's file. */
static void append_name(struct buffer *name, const struct store *store) {
	struct sha256_ctx context;
	uint8_t digest[NAME_BYTES];
	sha256_init(&context);
	sha256_update(&context, strlen(store->type->kind) + 1, (const uint8_t *)store->type->kind);
	sha256_update(&context, strlen(store->location), (const uint8_t *)store->location);
	sha256_digest(&context, sizeof(digest), digest);
	for (size_t i = 0; i < sizeof(digest); i++) {
		buffer_append_format(name, "%02x", digest[i]);
	}
}

/* What others can write to would be believed. */
static bool is_of(const struct stat *status, uid_t user) {
	return status->st_uid == user && (status->st_mode & (S_IWGRP | S_IWOTH)) == 0;
}

static bool fail(struct error *error) {
	return error_set_system(error, errno, "cannot keep what was read");
}

/*
 * Makes the directory and the one above it; no more, or it would make up a home for who has none.
 */
static bool make_directory(const struct buffer *path) {
	char *above = strdup(path->data);
	if (above == NULL) {
		return false;
	}
	*strrchr(above, '/') = '\0';
	const bool done = (mkdir(above, S_IRWXU) == 0 || errno == EEXIST) &&
			  (mkdir(path->data, S_IRWXU) == 0 || errno == EEXIST);
	free(above);
	return done;
}

static int open_of(int parent, const char *name, uid_t user) {
	struct stat status;
	const int directory = openat(parent, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (directory >= 0 && fstat(directory, &status) == 0 && is_of(&status, user)) {
		return directory;
	}
	if (directory >= 0) {
		close(directory);
		errno = EPERM;
	}
	return NOTHING;
}

/* The user's own directory, which is made when it is to be. */
static int open_own(bool is_to_be, struct error *error) {
	struct buffer path = {0};
	int directory = NOTHING;
	if (!append_directory(&path)) {
		if (path.failed) {
			error_set_memory(error);
		} else {
			error_set(error, ERROR_NOT_FOUND, "there is no cache directory");
		}
	} else if (is_to_be && !make_directory(&path)) {
		fail(error);
	} else {
		directory = open_of(AT_FDCWD, path.data, geteuid());
		if (directory < 0) {
			fail(error);
		}
	}
	buffer_finish(&path);
	return directory;
}

/* It is given away before anything is in it. */
static int open_of_other(int own, uid_t user, gid_t group) {
	struct stat status;
	char name[32];
	if (fstat(own, &status) != 0 || (status.st_mode & (S_IRWXG | S_IRWXO)) != 0) {
		errno = EPERM;
		return NOTHING;
	}
	snprintf(name, sizeof(name), "%u", (unsigned)user);
	if (mkdirat(own, name, S_IRWXU) == 0 &&
		fchownat(own, name, user, group, AT_SYMLINK_NOFOLLOW) != 0) {
		return NOTHING;
	}
	return open_of(own, name, user);
}

/* Which nobody is asked for. */
static bool may_hang(void) {
	struct buffer path = {0};
	struct remote_mounts remote = {0};
	const bool may_hang = append_directory(&path) && remote_mounts_read(&remote) &&
			      watch_trail_is_remote(&remote, path.data);
	remote_mounts_finish(&remote);
	buffer_finish(&path);
	return may_hang;
}

int kept_open(uid_t user, gid_t group, struct error *error) {
	if (may_hang()) {
		error_set(error, ERROR_SYSTEM,
			"the cache directory is on a file system that may not answer");
		return NOTHING;
	}
	const int own = open_own(true, error);
	if (own < 0 || user == geteuid()) {
		return own;
	}
	const int directory = open_of_other(own, user, group);
	if (directory < 0) {
		fail(error);
	}
	close(own);
	return directory;
}

void kept_use(int directory) {
	chosen = directory;
}

static int open_chosen(bool is_to_be, struct error *error) {
	const int directory = chosen;
	if (directory == KEPT_NOWHERE) {
		error_set(error, ERROR_NOT_FOUND, "nothing is kept");
		return NOTHING;
	}
	return directory == KEPT_OWN ? open_own(is_to_be, error) : directory;
}

static void close_unchosen(int directory) {
	if (directory >= 0 && directory != chosen) {
		close(directory);
	}
}

static char *read_open(int descriptor, size_t size, size_t *length, struct bulk **bulk) {
	char *content = bulk_allocate(size + 1, bulk);
	if (content != NULL && !file_fill(descriptor, content, size, length, NULL)) {
		bulk_release(*bulk);
		return NULL;
	}
	return content;
}

char *kept_read(const struct store *store, size_t *length, struct bulk **bulk) {
	const int directory = open_chosen(false, NULL);
	struct buffer name = {0};
	struct stat status;
	append_name(&name, store);
	const int descriptor = directory < 0 || name.failed ? NOTHING
							    : file_open(directory, name.data,
								      SIZE_MAX / 2, &status, NULL);
	buffer_finish(&name);
	close_unchosen(directory);
	if (descriptor < 0) {
		return NULL;
	}
	char *content = is_of(&status, geteuid())
				? read_open(descriptor, (size_t)status.st_size, length, bulk)
				: NULL;
	close(descriptor);
	return content;
}

static bool write_all(int descriptor, struct text content) {
	while (content.length > 0) {
		const ssize_t written = write(descriptor, content.data, content.length);
		if (written < 0 && errno != EINTR) {
			return false;
		}
		if (written > 0) {
			content = text_part(content, (size_t)written, content.length);
		}
	}
	return true;
}

/* A name that nobody else has at this time, so that a name left by who was killed is none. */
static bool append_new_name(struct buffer *made, const char *name) {
	unsigned long long number;
	if (getrandom(&number, sizeof(number), 0) != sizeof(number)) {
		return false;
	}
	buffer_append_format(made, "%s.%016llx", name, number);
	return !made->failed;
}

static bool fill_new(int directory, const char *made, const char *name, struct text content) {
	const int descriptor =
		openat(directory, made, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, S_IRUSR | S_IWUSR);
	if (descriptor < 0) {
		return false;
	}
	bool done = write_all(descriptor, content);
	done = close(descriptor) == 0 && done && renameat(directory, made, directory, name) == 0;
	if (!done) {
		const int failure = errno;
		unlinkat(directory, made, 0);
		errno = failure;
	}
	return done;
}

bool kept_write(const struct store *store, struct text content, struct error *error) {
	const int directory = open_chosen(true, error);
	if (directory < 0) {
		return false;
	}
	struct buffer name = {0};
	struct buffer made = {0};
	append_name(&name, store);
	const bool is_named = !name.failed && append_new_name(&made, name.data);
	const bool done = is_named && fill_new(directory, made.data, name.data, content);
	if (name.failed || made.failed) {
		error_set_memory(error);
	} else if (!done) {
		fail(error);
	}
	close_unchosen(directory);
	buffer_finish(&name);
	buffer_finish(&made);
	return done;
}
