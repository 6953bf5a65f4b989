#include "fuse/enclosure.h"

#include "base/attempt.h"
#include "base/log.h"
#include "stores/kept.h"
#include "stores/watch.h"
#include "stores/watch_trail.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

/*
 * In a cache, what links in it and in its directories lead to: whole repositories may be elsewhere.
 */
enum { CACHE_LINK_DEPTH = 2 };

/* How long what may not answer is waited for; and once it has not. */
enum { PATIENCE_MILLISECONDS = 2000, IMPATIENCE_MILLISECONDS = 50 };

/* And what does, however busy it is. */
enum { LONG_PATIENCE_MILLISECONDS = 10000 };

static bool add_store(struct reach *reach, const struct store *store) {
	const struct store_scope *scope = store->type->scope;
	return reach_add(reach, &(struct reach_place){
					.path = store->location,
					.access = REACH_READ | REACH_LIST,
					.link_depth = scope->depth_limit + 1,
					.follows_directories = scope->follows_links,
				});
}

/* Of fairseq2's downloads nothing is read but what there is; of the Hub's the revision as well. */
static bool add_cache(struct reach *reach, const struct locate_settings *locate, const char *path) {
	const bool is_hub = path == locate->hub_cache;
	return reach_add(reach, &(struct reach_place){
					.path = is_hub ? locate->hub_cache : locate->asset_cache,
					.access = is_hub ? REACH_LIST | REACH_READ : REACH_LIST,
					.link_depth = CACHE_LINK_DEPTH,
					.follows_directories = true,
				});
}

/* The stores, and behind them the caches. */
static size_t count_places(const struct mount_options *options) {
	const char *caches[LOCATE_CACHES];
	return options->stores->count + locate_caches(options->locate, caches);
}

static bool add_place(struct reach *reach, const struct mount_options *options, size_t place) {
	const size_t store_count = options->stores->count;
	const char *caches[LOCATE_CACHES];
	if (place < store_count) {
		return add_store(reach, options->stores->stores[place]);
	}
	locate_caches(options->locate, caches);
	return add_cache(reach, options->locate, caches[place - store_count]);
}

static bool add_places(struct reach *reach, const struct mount_options *options) {
	for (size_t i = 0; i < count_places(options); i++) {
		if (!add_place(reach, options, i)) {
			return false;
		}
	}
	return true;
}

static const char *path_of_place(const struct mount_options *options, size_t place) {
	const size_t store_count = options->stores->count;
	const char *caches[LOCATE_CACHES];
	if (place < store_count) {
		return options->stores->stores[place]->location;
	}
	locate_caches(options->locate, caches);
	return caches[place - store_count];
}

/* Places that somebody may serve, or not. */
struct trial {
	const struct identity *identity;
	const char **paths;
	size_t count;
	int patience; /* in milliseconds */
};

/* Becomes that user. Returns whether nothing of what is there for who mounts is closed then. */
static bool is_open(void *context) {
	const struct trial *trial = context;
	struct error error;
	bool *is_there = calloc(trial->count + 1, sizeof(*is_there));
	for (size_t i = 0; is_there != NULL && i < trial->count; i++) {
		is_there[i] = access(trial->paths[i], F_OK) == 0;
	}
	bool is_open = is_there != NULL && identity_assume(trial->identity, &error);
	for (size_t i = 0; is_open && i < trial->count; i++) {
		is_open = !is_there[i] || access(trial->paths[i], R_OK) == 0 || errno != EACCES;
	}
	free(is_there);
	return is_open;
}

/* What does not answer is not known to be closed, and is waited for once. */
static bool is_remote_open(struct trial *trial, const char *path) {
	struct trial one = {.identity = trial->identity, .paths = &path, .count = 1};
	const enum attempt_result result = attempt(is_open, &one, trial->patience);
	if (result == ATTEMPT_UNKNOWN) {
		trial->patience = IMPATIENCE_MILLISECONDS;
	}
	return result != ATTEMPT_FALSE;
}

static bool can_serve(const struct identity *identity, const struct mount_options *options) {
	const size_t count = count_places(options);
	struct trial trial = {.identity = identity, .patience = PATIENCE_MILLISECONDS};
	struct remote_mounts remote = {0};
	trial.paths = calloc(count + 1, sizeof(*trial.paths));
	bool can_serve = trial.paths != NULL;
	remote_mounts_read(&remote);
	for (size_t i = 0; can_serve && i < count; i++) {
		const char *path = path_of_place(options, i);
		if (remote.count > 0 && watch_trail_is_remote(&remote, path)) {
			can_serve = is_remote_open(&trial, path);
		} else {
			trial.paths[trial.count++] = path;
		}
	}
	can_serve =
		can_serve && attempt(is_open, &trial, LONG_PATIENCE_MILLISECONDS) != ATTEMPT_FALSE;
	remote_mounts_finish(&remote);
	free(trial.paths);
	return can_serve;
}

/*
 * Whose cards or downloads are closed to nobody gets them from root without capabilities, where
 * Landlock keeps that to those places: a container's only user is often root.
 */
static bool find_identity(
	struct identity *identity, const struct mount_options *options, struct error *error) {
	if (!identity_find(identity, options->serving_user, error)) {
		return false;
	}
	if (options->serving_user != NULL || !identity->is_chosen || identity->user == 0 ||
		reach_version() == 0 || can_serve(identity, options)) {
		return true;
	}
	log_message(LOG_LEVEL_INFORMATION,
		"served by root without capabilities, since user %u may not read every store and "
		"cache",
		(unsigned)identity->user);
	identity_finish(identity);
	return identity_find(identity, "root", error);
}

/* What is kept is only ever a help. */
static void open_kept(struct confinement *enclosure) {
	const struct identity *identity = &enclosure->identity;
	struct error error = {0};
	const gid_t group = identity->is_chosen ? identity->group : getegid();
	enclosure->reach.own = kept_open(identity_user(identity), group, &error);
	enclosure->reach.has_own = enclosure->reach.own >= 0;
	if (enclosure->reach.has_own) {
		kept_use(enclosure->reach.own);
	} else {
		kept_use(KEPT_NOWHERE);
		log_message(
			LOG_LEVEL_INFORMATION, "the next start will be as slow: %s", error.message);
	}
}

bool enclosure_init(
	struct confinement *enclosure, const struct mount_options *options, struct error *error) {
	*enclosure = (struct confinement){.reach.avoids_remote = true};
	if (!find_identity(&enclosure->identity, options, error)) {
		return false;
	}
	if (!add_places(&enclosure->reach, options)) {
		confinement_finish(enclosure);
		return error_set_memory(error);
	}
	open_kept(enclosure);
	return true;
}

void enclosure_finish(struct confinement *enclosure) {
	if (enclosure->reach.has_own) {
		kept_use(KEPT_OWN);
		close(enclosure->reach.own);
	}
	confinement_finish(enclosure);
}

void enclosure_mention_closed(const struct mount_options *options) {
	for (size_t i = 0; i < options->stores->count; i++) {
		const struct store *store = options->stores->stores[i];
		const bool is_nothing =
			store->keeper != NULL || (store->optional && store->was_absent);
		if (!is_nothing && access(store->location, R_OK) != 0 && errno == EACCES) {
			log_message(LOG_LEVEL_WARNING,
				"user %u, who serves the mount, may not read the store %s: let "
				"that user, or choose another with -o user=NAME",
				(unsigned)geteuid(), store->location);
		}
	}
}

/* In the keeper's process, which is the right user already. */
static bool confine_keeper(void *context, size_t place, struct error *error) {
	struct keeper_enclosure *kept = context;
	if (!add_place(&kept->own.reach, kept->options, place)) {
		return error_set_memory(error);
	}
	return confine_process(&kept->own, error);
}

static bool is_keeper_outdated(void *context) {
	const struct keeper_enclosure *kept = context;
	return reach_is_outdated(&kept->own.reach);
}

/* Returns how many are to be kept. Where it can't be told, none. */
static size_t find_kept(const struct mount_options *options, bool *kept) {
	const char *caches[LOCATE_CACHES];
	const size_t store_count = options->stores->count;
	const size_t cache_count = locate_caches(options->locate, caches);
	struct remote_mounts remote = {0};
	size_t count = 0;
	remote_mounts_read(&remote);
	for (size_t i = 0; i < store_count + cache_count; i++) {
		kept[i] = i < store_count
				  ? watch_would_be_remote(&remote, options->stores->stores[i])
				  : watch_would_cache_be_remote(&remote, caches[i - store_count]);
		count += kept[i];
	}
	remote_mounts_finish(&remote);
	return count;
}

static void leave_to_keepers(struct reach *reach, const bool *kept) {
	for (size_t i = 0; i < reach->count; i++) {
		reach->places[i].is_left_out = kept[i];
	}
}

struct keepers *enclosure_start_keepers(struct confinement *enclosure,
	struct keeper_enclosure *kept, bool *done, struct error *error) {
	const struct mount_options *options = kept->options;
	const char *caches[LOCATE_CACHES];
	const size_t count = count_places(options);
	const struct keeper_confinement confinement = {confine_keeper, is_keeper_outdated, kept};
	bool *is_kept = calloc(count + 1, sizeof(*is_kept));
	struct keepers *keepers = NULL;
	if (is_kept == NULL) {
		*done = error_set_memory(error);
		return NULL;
	}
	*done = true;
	if (find_kept(options, is_kept) > 0) {
		const struct keepers_options choice = {
			.kept = is_kept,
			.caches = caches,
			.cache_count = locate_caches(options->locate, caches),
			.locate = options->locate,
			.poll_seconds = options->poll_seconds,
			.confinement = &confinement,
		};
		keepers = keepers_create(options->stores, &choice, error);
		*done = keepers != NULL;
		leave_to_keepers(&enclosure->reach, is_kept);
	}
	free(is_kept);
	return keepers;
}
