/*
 * A directory of card files, at any depth, or one file.
 */
#include "base/file.h"
#include "stores/kinds.h"
#include "stores/reader.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { DEPTH_LIMIT = 64 };

static bool has_suffix(struct text name, struct text suffix) {
	return name.length > suffix.length && text_ends_with(name, suffix);
}

static bool is_card_file_name(const char *name) {
	const struct text text = text_of(name);
	return has_suffix(text, TEXT(".yaml")) || has_suffix(text, TEXT(".yml"));
}

static bool is_directory(int parent, const struct dirent *entry) {
	if (entry->d_type != DT_UNKNOWN) {
		return entry->d_type == DT_DIR;
	}
	struct stat status;
	return fstatat(parent, entry->d_name, &status, AT_SYMLINK_NOFOLLOW) == 0 &&
	       S_ISDIR(status.st_mode);
}

static bool is_self_or_parent(const char *name) {
	return strcmp(name, ".") == 0 || strcmp(name, "..") == 0;
}

static void add_system_problem(
	struct card_reader *reader, struct text path, int system_error, const char *what) {
	struct error failure = {0};
	error_set_system(&failure, system_error, "%s", what);
	problem_list_add_error(reader->problems, path, TEXT(""), &failure);
}

static bool walk(struct card_reader *reader, DIR *directory, struct text path, unsigned depth,
	struct error *error);

static bool walk_below(struct card_reader *reader, int parent, const char *name, struct text path,
	unsigned depth, struct error *error) {
	if (depth > DEPTH_LIMIT) {
		problem_list_add(reader->problems, PROBLEM_ERROR, path, 0, 0, TEXT(""),
			"directories are nested more than %d deep", DEPTH_LIMIT);
		return true;
	}
	const int descriptor =
		openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (descriptor < 0) {
		if (errno != ENOENT) {
			add_system_problem(reader, path, errno, "cannot open the directory");
		}
		return true;
	}
	DIR *directory = fdopendir(descriptor);
	if (directory == NULL) {
		close(descriptor);
		return error_set_memory(error);
	}
	const bool done = walk(reader, directory, path, depth, error);
	closedir(directory);
	return done;
}

static bool visit(struct card_reader *reader, int parent, const struct dirent *entry,
	struct text path, unsigned depth, struct error *error) {
	if (is_directory(parent, entry)) {
		struct buffer below = {0};
		file_join(&below, path, text_of(entry->d_name));
		const bool done = below.failed ? error_set_memory(error)
					       : walk_below(reader, parent, entry->d_name,
							 buffer_text(&below), depth + 1, error);
		buffer_finish(&below);
		return done;
	}
	if (is_card_file_name(entry->d_name)) {
		return card_reader_add(reader, parent, path, entry->d_name, error);
	}
	return true;
}

static bool walk(struct card_reader *reader, DIR *directory, struct text path, unsigned depth,
	struct error *error) {
	for (;;) {
		errno = 0;
		const struct dirent *entry = readdir(directory);
		if (entry == NULL) {
			break;
		}
		if (is_self_or_parent(entry->d_name)) {
			continue;
		}
		if (!visit(reader, dirfd(directory), entry, path, depth, error)) {
			return false;
		}
	}
	if (errno != 0) {
		add_system_problem(reader, path, errno, "cannot list the directory");
	}
	return true;
}

/* Where the store is a link to a file, fairseq2 joins locators to the directory of the latter. */
static bool list_file(struct card_reader *reader, const struct store *store, struct error *error) {
	char *real = realpath(store->location, NULL);
	if (real == NULL && errno == ENOMEM) {
		return error_set_memory(error);
	}
	const struct text path = text_of(real != NULL ? real : store->location);
	const bool done =
		card_reader_add(reader, AT_FDCWD, file_directory(path), store->location, error);
	free(real);
	return done;
}

static bool list_location(
	struct card_reader *reader, const struct store *store, struct error *error) {
	const struct text location = text_of(store->location);
	DIR *directory = opendir(store->location);
	if (directory == NULL && errno == ENOMEM) {
		return error_set_memory(error);
	}
	if (directory == NULL && errno == ENOTDIR) {
		return list_file(reader, store, error);
	}
	if (directory == NULL) {
		if (errno != ENOENT || !store->optional) {
			add_system_problem(reader, location, errno, "cannot open the store");
		}
		return true;
	}
	const bool done = walk(reader, directory, location, 0, error);
	closedir(directory);
	return done;
}

bool store_directory_open(struct store *store, struct text location, struct error *error) {
	char *path = strndup(location.data, location.length);
	if (path == NULL) {
		return error_set_memory(error);
	}
	store->location = file_absolute(path);
	free(path);
	if (store->location == NULL) {
		return error_set_system(error, errno, "cannot tell where the store %.*s is",
			TEXT_ARGUMENTS(location));
	}
	return true;
}

bool store_directory_list(struct store *store, const struct store_listing *previous,
	struct store_listing *listing, struct problem_list *problems, struct error *error) {
	struct card_reader reader = {
		.size_limit = store->file_size_limit,
		.previous = previous,
		.listing = listing,
		.problems = problems,
	};
	const bool done = list_location(&reader, store, error);
	card_reader_finish(&reader);
	return done;
}

const struct store_type store_directory_type = {
	.kind = "dir",
	.open = store_directory_open,
	.list = store_directory_list,
};
