#include "stores/kept.h"

#include "base/file.h"
#include "stores/home.h"

#include <errno.h>
#include <fcntl.h>
#include <nettle/sha2.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
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

static void append_name(struct buffer *path, const struct store *store) {
	struct sha256_ctx context;
	uint8_t digest[NAME_BYTES];
	sha256_init(&context);
	sha256_update(&context, strlen(store->type->kind) + 1, (const uint8_t *)store->type->kind);
	sha256_update(&context, strlen(store->location), (const uint8_t *)store->location);
	sha256_digest(&context, sizeof(digest), digest);
	buffer_append_byte(path, '/');
	for (size_t i = 0; i < sizeof(digest); i++) {
		buffer_append_format(path, "%02x", digest[i]);
	}
}

/* Another user's file would be believed. */
static bool is_own(const struct stat *status) {
	return status->st_uid == geteuid() && (status->st_mode & (S_IWGRP | S_IWOTH)) == 0;
}

void kept_read(const struct store *store, struct buffer *content) {
	struct buffer path = {0};
	struct stat status;
	bool is_there = append_directory(&path);
	append_name(&path, store);
	is_there = is_there && !path.failed &&
		   file_read(AT_FDCWD, path.data, SIZE_MAX / 2, content, &status, NULL);
	buffer_finish(&path);
	if (!is_there || !is_own(&status)) {
		buffer_finish(content);
	}
}

/* Makes the directory and the one above it; no more, or it would make up a home for who has none.
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

/* Fills a new file beside path and puts it in its place. */
static bool replace_file(const char *path, struct text content) {
	struct buffer made = {0};
	buffer_append_string(&made, path);
	buffer_append_string(&made, ".XXXXXX");
	const int descriptor = made.failed ? -1 : mkostemp(made.data, O_CLOEXEC);
	bool done = descriptor >= 0 && write_all(descriptor, content);
	if (descriptor >= 0) {
		done = close(descriptor) == 0 && done && rename(made.data, path) == 0;
		if (!done) {
			const int failure = errno;
			unlink(made.data);
			errno = failure;
		}
	}
	buffer_finish(&made);
	return done;
}

bool kept_write(const struct store *store, struct text content, struct error *error) {
	struct buffer path = {0};
	if (!append_directory(&path)) {
		buffer_finish(&path);
		return error_set(error, ERROR_NOT_FOUND, "there is no cache directory");
	}
	bool done = make_directory(&path);
	append_name(&path, store);
	done = done && !path.failed && replace_file(path.data, content);
	buffer_finish(&path);
	return done || error_set_system(error, errno, "cannot keep what was read");
}
