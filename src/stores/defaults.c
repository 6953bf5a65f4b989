#include "stores/defaults.h"

#include "base/attempt.h"
#include "base/file.h"
#include "base/home.h"
#include "stores/built_in.h"
#include "stores/watch_trail.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { DEFAULT_STORES = 3 };

/* How long what may not answer is waited for; and once it has not. */
enum { PATIENCE_MILLISECONDS = 2000, IMPATIENCE_MILLISECONDS = 50 };

/* How long a store is searched for where some of what is searched may not answer. */
enum { SEARCH_MILLISECONDS = 10000 };

/* Stores that are being opened. */
struct opening {
	struct store_set *set;
	const struct store_options *options;
	struct problem_list *problems;
	struct error *error;
	struct remote_mounts remote; /* none where they need not be avoided */
	int patience;
};

static bool leads_away(const struct opening *opening, const char *path) {
	return opening->remote.count > 0 && watch_trail_is_remote(&opening->remote, path);
}

static enum attempt_result ask(struct opening *opening, attempt_work *work, void *context) {
	const enum attempt_result result = attempt(work, context, opening->patience);
	if (result == ATTEMPT_UNKNOWN) {
		opening->patience = IMPATIENCE_MILLISECONDS;
	}
	return result;
}

static bool is_absent(void *path) {
	return access(path, F_OK) != 0 && errno == ENOENT;
}

static bool find_absent(struct opening *opening, char *path) {
	return leads_away(opening, path) ? ask(opening, is_absent, path) == ATTEMPT_TRUE
					 : is_absent(path);
}

static bool is_same_file(void *paths) {
	const char *const *pair = paths;
	return file_is_same(pair[0], pair[1]);
}

static bool is_same_place(struct opening *opening, const char *a, const char *b) {
	const char *pair[] = {a, b};
	if (strcmp(a, b) == 0) {
		return true;
	}
	return leads_away(opening, a) || leads_away(opening, b)
		       ? ask(opening, is_same_file, pair) == ATTEMPT_TRUE
		       : is_same_file(pair);
}

/* A store that gives the same files. Each of its cards would conflict with itself. */
static const struct store *find_same(struct opening *opening, const struct store *store) {
	const struct store_set *set = opening->set;
	for (size_t i = 0; i < set->count; i++) {
		if (set->stores[i]->type->list == store->type->list &&
			is_same_place(opening, set->stores[i]->location, store->location)) {
			return set->stores[i];
		}
	}
	return NULL;
}

/* What it finds is gone with the process. */
static bool open_for_a_try(void *location) {
	const struct text *text = location;
	struct error error;
	store_close(store_open(*text, STORE_ADDED, 0, &error));
	return true;
}

/* Whether there is an end to the search for a store. Nobody can tell where it will lead. */
static bool check_search(struct opening *opening, struct text location) {
	if (opening->remote.count == 0 || !store_is_searched_for(location) ||
		attempt(open_for_a_try, &location, SEARCH_MILLISECONDS) == ATTEMPT_TRUE) {
		return true;
	}
	return error_set_system(opening->error, ETIMEDOUT,
		"cannot search for the store %.*s: a file system does not answer",
		TEXT_ARGUMENTS(location));
}

static bool add_store(
	struct opening *opening, struct text location, enum store_origin origin, bool optional) {
	if (!check_search(opening, location)) {
		return false;
	}
	struct store *store =
		store_open(location, origin, opening->options->file_size_limit, opening->error);
	if (store == NULL) {
		return false;
	}
	store->optional = optional;
	store->was_absent = find_absent(opening, store->location);
	const struct store *same = find_same(opening, store);
	if (same != NULL) {
		problem_list_add(opening->problems, PROBLEM_WARNING, text_of(store->location), 0, 0,
			TEXT(""), "the %s store is the %s store as well; it is read once",
			store_origin_name(same->origin), store_origin_name(origin));
		store_close(store);
		return true;
	}
	opening->set->stores[opening->set->count++] = store;
	return true;
}

/* A default store is a path, whatever it looks like. */
static bool add_default(
	struct opening *opening, const struct buffer *path, enum store_origin origin) {
	struct buffer location = {0};
	buffer_append_string(&location, "dir:");
	buffer_append_text(&location, buffer_text(path));
	const bool done = location.failed || path->failed
				  ? error_set_memory(opening->error)
				  : add_store(opening, buffer_text(&location), origin, true);
	buffer_finish(&location);
	return done;
}

/* The directory that a variable names, if it exists; warns of one that does not. */
static const char *find_named(struct opening *opening, const char *variable) {
	const char *path = home_variable(variable);
	if (path == NULL || leads_away(opening, path) || access(path, F_OK) == 0) {
		return path;
	}
	problem_list_add(opening->problems, PROBLEM_WARNING, text_of(path), 0, 0, TEXT(""),
		"the directory that %s names does not exist; the default is used", variable);
	return NULL;
}

static bool add_built_in(struct opening *opening) {
	struct buffer path = {0};
	store_built_in_directory(&path);
	if (!path.failed && access(path.data, F_OK) != 0) {
		problem_list_add(opening->problems, PROBLEM_WARNING, buffer_text(&path), 0, 0,
			TEXT(""), "the cards that ship with cardfs are not there");
	}
	const bool done = add_default(opening, &path, STORE_BUILT_IN);
	buffer_finish(&path);
	return done;
}

static bool add_system(struct opening *opening) {
	struct buffer path = {0};
	const char *named = find_named(opening, "FAIRSEQ2_ASSET_DIR");
	buffer_append_string(&path, named != NULL ? named : "/etc/fairseq2/assets");
	const bool done = add_default(opening, &path, STORE_SYSTEM);
	buffer_finish(&path);
	return done;
}

static bool append_user_directory(struct opening *opening, struct buffer *path) {
	const char *named = find_named(opening, "FAIRSEQ2_USER_ASSET_DIR");
	const char *configuration = home_variable("XDG_CONFIG_HOME");
	if (named != NULL) {
		buffer_append_string(path, named);
		return true;
	}
	if (configuration != NULL) {
		file_join(path, text_of(configuration), TEXT("fairseq2/assets"));
		return true;
	}
	if (!home_append(path)) {
		return false;
	}
	buffer_append_string(path, "/.config/fairseq2/assets");
	return true;
}

static bool add_user(struct opening *opening) {
	struct buffer path = {0};
	const bool done =
		!append_user_directory(opening, &path) || add_default(opening, &path, STORE_USER);
	buffer_finish(&path);
	return done;
}

static bool add_locations(struct opening *opening) {
	for (size_t i = 0; i < opening->options->location_count; i++) {
		const struct text location = text_of(opening->options->locations[i]);
		if (!add_store(opening, location, STORE_ADDED, false)) {
			return false;
		}
	}
	return true;
}

bool store_set_open(struct store_set *set, const struct store_options *options,
	struct problem_list *problems, struct error *error) {
	*set = (struct store_set){0};
	set->stores = reallocarray(
		NULL, options->location_count + DEFAULT_STORES, sizeof(struct store *));
	if (set->stores == NULL) {
		return error_set_memory(error);
	}
	struct opening opening = {
		.set = set,
		.options = options,
		.problems = problems,
		.error = error,
		.patience = PATIENCE_MILLISECONDS,
	};
	if (options->avoids_remote) {
		remote_mounts_read(&opening.remote);
	}
	const bool done = (options->no_built_in || add_built_in(&opening)) &&
			  (options->no_system || add_system(&opening)) && add_locations(&opening) &&
			  (options->no_user || add_user(&opening));
	remote_mounts_finish(&opening.remote);
	return done;
}

void store_set_close(struct store_set *set) {
	if (set == NULL) {
		return;
	}
	for (size_t i = 0; i < set->count; i++) {
		store_close(set->stores[i]);
	}
	free(set->stores);
	*set = (struct store_set){0};
}
