/*
 * A directory of card files, at any depth, or one file.
 */
#include "base/entry.h"
#include "base/file.h"
#include "stores/kinds.h"
#include "stores/reader.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
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

static bool enters(const char *name, unsigned depth) {
	(void)name;
	(void)depth;
	return true;
}

static enum store_concern minds(const char *name, unsigned depth) {
	(void)depth;
	return is_card_file_name(name) ? CONCERN_CONTENT : CONCERN_NONE;
}

const struct store_scope store_directory_scope = {
	.enters = enters,
	.minds = minds,
	.depth_limit = DEPTH_LIMIT,
	.last_content_depth = DEPTH_LIMIT,
	.tells_paths = true,
};

static bool fail(struct card_reader *reader, const char *path, int system_error, const char *what,
	struct error *error) {
	struct error failure = {0};
	error_set_system(&failure, system_error, "%s", what);
	return card_reader_fail(reader, path, &failure, error);
}

static bool walk(struct card_reader *reader, DIR *directory, const char *path, unsigned depth,
	struct error *error);

static bool walk_below(struct card_reader *reader, int parent, const char *name, const char *path,
	unsigned depth, struct error *error) {
	if (depth > DEPTH_LIMIT) {
		problem_list_add(reader->problems, PROBLEM_ERROR, text_of(path), 0, 0, TEXT(""),
			"directories are nested more than %d deep; move the cards up", DEPTH_LIMIT);
		return true;
	}
	const int descriptor =
		openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (descriptor < 0) {
		return errno == ENOENT ||
		       fail(reader, path, errno, "cannot open the directory", error);
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

static bool visit_directory(struct card_reader *reader, int parent, const char *name,
	const char *path, unsigned depth, struct error *error) {
	struct buffer below = {0};
	file_join(&below, text_of(path), text_of(name));
	const bool done = below.failed ? error_set_memory(error)
				       : walk_below(reader, parent, name, below.data, depth, error);
	buffer_finish(&below);
	return done;
}

static bool visit(struct card_reader *reader, int parent, const struct dirent *entry,
	const char *path, unsigned depth, struct buffer *files, struct error *error) {
	const unsigned char type = entry_type(parent, entry);
	/* Opening it says what is wrong. */
	if (type == DT_DIR || (type == DT_UNKNOWN && !is_card_file_name(entry->d_name))) {
		return visit_directory(reader, parent, entry->d_name, path, depth + 1, error);
	}
	if (is_card_file_name(entry->d_name)) {
		buffer_append(files, entry->d_name, strlen(entry->d_name) + 1);
	}
	return !files->failed || error_set_memory(error);
}

/* What was found until it failed is known anew or from before; before is the better of the two. */
static bool fail_listing(struct card_reader *reader, const char *path, size_t count,
	int system_error, struct error *error) {
	size_t first = 0, end = 0;
	if (reader->previous != NULL &&
		!store_listing_below(reader->previous, path, &first, &end)) {
		return error_set_memory(error);
	}
	while (first < end && reader->listing->count > count) {
		card_file_release(reader->listing->files[--reader->listing->count]);
	}
	return fail(reader, path, system_error, "cannot list the directory", error);
}

/*
 * Visits the directories in a directory, and adds the names of its card files to files, each with a
 * NUL behind it. *failure is why the directory could not be listed to its end, or 0.
 */
static bool visit_all(struct card_reader *reader, DIR *directory, const char *path, unsigned depth,
	struct buffer *files, int *failure, struct error *error) {
	for (;;) {
		errno = 0;
		const struct dirent *entry = readdir(directory);
		if (entry == NULL) {
			*failure = errno;
			return true;
		}
		if (!entry_is_self_or_parent(entry) &&
			!visit(reader, dirfd(directory), entry, path, depth, files, error)) {
			return false;
		}
	}
}

static bool walk(struct card_reader *reader, DIR *directory, const char *path, unsigned depth,
	struct error *error) {
	const size_t count = reader->listing->count;
	struct buffer files = {0};
	int failure = 0;
	bool done = visit_all(reader, directory, path, depth, &files, &failure, error) &&
		    card_reader_add_all(
			    reader, dirfd(directory), text_of(path), buffer_text(&files), error);
	buffer_finish(&files);
	if (done && failure != 0) {
		done = fail_listing(reader, path, count, failure, error);
	}
	return done;
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

/*
 * A default store that is not there is not missed. Whoever lists it may not be let to where it
 * would be, and then it was not there for who opened it.
 */
static bool fail_to_open(struct card_reader *reader, const struct store *store, int system_error,
	struct error *error) {
	if (!store->optional || (system_error != ENOENT && !store->was_absent)) {
		return fail(reader, store->location, system_error, "cannot open the store", error);
	}
	if (system_error != ENOENT) {
		problem_list_add(reader->problems, PROBLEM_NOTE, text_of(store->location), 0, 0,
			TEXT(""),
			"there was no such store at the start, and user %u, who reads the stores, "
			"may not see whether there is one now",
			(unsigned)geteuid());
	}
	return true;
}

static bool list_location(
	struct card_reader *reader, const struct store *store, struct error *error) {
	const char *location = store->location;
	DIR *directory = opendir(location);
	if (directory == NULL && errno == ENOMEM) {
		return error_set_memory(error);
	}
	if (directory == NULL && errno == ENOTDIR) {
		return list_file(reader, store, error);
	}
	if (directory == NULL) {
		return fail_to_open(reader, store, errno, error);
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

/* A path below the store, on the way down to the directory that holds its last component. */
struct descent {
	int descriptor;
	struct text directory; /* what is open as descriptor */
	const char *name;      /* what is left of the path */
	unsigned depth;
};

/* Goes down one component. Links are not followed, as when the store is walked. */
static bool descend(struct descent *descent, const char *path, size_t length) {
	char name[NAME_MAX + 1];
	if (length > NAME_MAX || descent->depth == DEPTH_LIMIT) {
		errno = ENAMETOOLONG;
		return false;
	}
	memcpy(name, descent->name, length);
	name[length] = '\0';
	const int below =
		openat(descent->descriptor, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (below < 0) {
		return false;
	}
	close(descent->descriptor);
	descent->descriptor = below;
	descent->name += length + 1;
	descent->directory = (struct text){path, (size_t)(descent->name - path) - 1};
	descent->depth++;
	return true;
}

static bool is_absence(int system_error) {
	return system_error == ENOENT || system_error == ENOTDIR || system_error == ELOOP;
}

static bool look_at(struct card_reader *reader, const struct descent *descent, const char *path,
	bool *is_known, struct error *error) {
	struct stat status;
	if (fstatat(descent->descriptor, descent->name, &status, AT_SYMLINK_NOFOLLOW) != 0) {
		*is_known = is_absence(errno);
		return true;
	}
	if (S_ISDIR(status.st_mode)) {
		return walk_below(reader, descent->descriptor, descent->name, path,
			descent->depth + 1, error);
	}
	if (is_card_file_name(descent->name)) {
		return card_reader_add(
			reader, descent->descriptor, descent->directory, descent->name, error);
	}
	return true;
}

/* The part of a path below the store, or NULL. */
static const char *find_part_below(const struct store *store, const char *path) {
	size_t length = strlen(store->location);
	if (store->location[length - 1] == '/') {
		length--;
	}
	const bool is_below = strncmp(path, store->location, length) == 0 && path[length] == '/';
	return is_below ? path + length + 1 : NULL;
}

static bool look_from(struct card_reader *reader, struct descent *descent, const char *path,
	bool *is_known, struct error *error) {
	for (const char *slash; (slash = strchr(descent->name, '/')) != NULL;) {
		if (!descend(descent, path, (size_t)(slash - descent->name))) {
			*is_known = is_absence(errno);
			return true;
		}
	}
	return look_at(reader, descent, path, is_known, error);
}

bool store_directory_look(struct store *store, const char *path,
	const struct store_listing *previous, struct store_listing *listing,
	struct problem_list *problems, bool *is_known, struct error *error) {
	struct descent descent = {
		.descriptor = open(store->location, O_RDONLY | O_DIRECTORY | O_CLOEXEC),
		.directory = text_of(store->location),
		.name = find_part_below(store, path),
	};
	*is_known = descent.descriptor >= 0 && descent.name != NULL;
	struct card_reader reader = {
		.size_limit = store->file_size_limit,
		.previous = previous,
		.listing = listing,
		.problems = problems,
	};
	const bool done = !*is_known || look_from(&reader, &descent, path, is_known, error);
	card_reader_finish(&reader);
	if (descent.descriptor >= 0) {
		close(descent.descriptor);
	}
	return done;
}

const struct store_type store_directory_type = {
	.kind = "dir",
	.open = store_directory_open,
	.list = store_directory_list,
	.look = store_directory_look,
	.scope = &store_directory_scope,
};
