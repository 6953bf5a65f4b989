#include "stores/watch.h"

#include "base/clock.h"
#include "base/descriptors.h"
#include "base/log.h"
#include "stores/watch_tree.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

enum {
	DEFAULT_POLL_SECONDS = 5,
	/*
	 * A file that is being written is waited for: until nothing comes for so long, and at most.
	 */
	QUIET_MILLISECONDS = 2,
	GATHER_MILLISECONDS = 20,
};

static const struct {
	int failure;
	const char *reason;
} shortages[] = {
	{ENOSPC, "the limit of inotify watches (fs.inotify.max_user_watches) is reached"},
	{EMFILE, "there is no inotify instance left (fs.inotify.max_user_instances)"},
};

enum { SHORTAGE_COUNT = sizeof(shortages) / sizeof(shortages[0]) };

/* A store, or a cache behind the last of the stores. */
struct watched {
	struct watch_tree tree;
	bool is_failure_logged;
	bool is_doubtful;
};

struct watch {
	struct watch_points points;
	struct remote_mounts remote;
	struct watched *watched;
	size_t count;
	size_t store_count;
	unsigned poll_seconds;
	int timer;
	int wake;
	int other;  /* the caller's; -1 where there is none */
	int mounts; /* tells when something is mounted or unmounted; -1 where nothing does */
	atomic_bool is_woken;
	bool is_shortage_logged[SHORTAGE_COUNT];
};

static bool enters_cache(const char *name, unsigned depth) {
	if (depth == 1) {
		return strcmp(name, "refs") == 0 || strcmp(name, "snapshots") == 0;
	}
	return depth > 1 || name[0] != '.';
}

static enum store_concern minds_cache(const char *name, unsigned depth) {
	const bool is_reference = depth == 2 && strcmp(name, "main") == 0;
	return is_reference ? CONCERN_CONTENT : CONCERN_EXISTENCE;
}

static const struct store_scope cache_scope = {
	.enters = enters_cache,
	.minds = minds_cache,
	.depth_limit = 3,
	.first_content_depth = 2,
	.last_content_depth = 2,
	.follows_links = true,
};

static const char *reason_for(int failure) {
	for (size_t i = 0; i < SHORTAGE_COUNT; i++) {
		if (shortages[i].failure == failure) {
			return shortages[i].reason;
		}
	}
	return NULL;
}

static void log_place(const struct watch *watch, const struct watch_tree *tree) {
	const struct log_field store = {"store", text_of(tree->path)};
	const char *reason = reason_for(tree->failure);
	log_about(store, LOG_LEVEL_WARNING,
		"%s cannot be watched, and is looked at every %u s instead: %s", tree->path,
		watch->poll_seconds, reason != NULL ? reason : strerror(tree->failure));
}

/* What the system lacks it lacks for all: that is said once, of as many as it is known of. */
static void log_shortage(struct watch *watch, size_t shortage) {
	const struct watch_tree *first = NULL;
	size_t count = 0;
	for (size_t i = 0; i < watch->count; i++) {
		const struct watch_tree *tree = &watch->watched[i].tree;
		if (tree->failure == shortages[shortage].failure) {
			first = count++ == 0 ? tree : first;
		}
	}
	if (count == 0 || watch->is_shortage_logged[shortage]) {
		return;
	}
	watch->is_shortage_logged[shortage] = true;
	if (count == 1) {
		log_place(watch, first);
		return;
	}
	log_message(LOG_LEVEL_WARNING,
		"%zu of %zu stores and caches cannot be watched, and are looked at every %u s "
		"instead: %s",
		count, watch->count, watch->poll_seconds, shortages[shortage].reason);
}

static void log_failures(struct watch *watch) {
	for (size_t i = 0; i < SHORTAGE_COUNT; i++) {
		log_shortage(watch, i);
	}
	for (size_t i = 0; i < watch->count; i++) {
		struct watched *watched = &watch->watched[i];
		const int failure = watched->tree.failure;
		if (failure != 0 && reason_for(failure) == NULL && !watched->is_failure_logged) {
			watched->is_failure_logged = true;
			log_place(watch, &watched->tree);
		}
	}
}

static bool is_polled(const struct watch_tree *tree) {
	return tree->poll != WATCH_POLL_NOTHING && tree->poll != WATCH_POLL_ELSEWHERE;
}

static bool is_polling(const struct watch *watch) {
	for (size_t i = 0; i < watch->count; i++) {
		const struct watched *watched = &watch->watched[i];
		if (is_polled(&watched->tree) || watched->is_doubtful) {
			return true;
		}
	}
	return false;
}

/* The timer runs once, so that a poll that takes long is not followed by the next at once. */
static void ensure_timer(const struct watch *watch) {
	struct itimerspec when = {0};
	timerfd_gettime(watch->timer, &when);
	const bool is_running = when.it_value.tv_sec != 0 || when.it_value.tv_nsec != 0;
	if (!is_running && is_polling(watch)) {
		when.it_value.tv_sec = watch->poll_seconds;
		timerfd_settime(watch->timer, 0, &when, NULL);
	}
}

static void add_tree(struct watch *watch, const char *path, const struct store_scope *scope,
	const struct watch_options *options) {
	struct watch_tree *tree = &watch->watched[watch->count++].tree;
	tree->path = path;
	tree->scope = scope;
	tree->points = &watch->points;
	tree->is_cancelled = &watch->is_woken;
	tree->least = options->poll_seconds > 0 ? WATCH_POLL_ALL : WATCH_POLL_NOTHING;
	watch_tree_init(tree);
}

static void add_trees(
	struct watch *watch, const struct store_set *stores, const struct watch_options *options) {
	for (size_t i = 0; i < stores->count; i++) {
		const struct store *store = stores->stores[i];
		add_tree(watch, store->location, store->type->scope, options);
	}
	for (size_t i = 0; i < options->cache_count; i++) {
		if (options->caches[i][0] == '/') {
			add_tree(watch, options->caches[i], &cache_scope, options);
		}
	}
	log_failures(watch);
	ensure_timer(watch);
}

struct watch *watch_create(
	const struct store_set *stores, const struct watch_options *options, struct error *error) {
	struct watch *watch = calloc(1, sizeof(*watch));
	if (watch == NULL) {
		error_set_memory(error);
		return NULL;
	}
	watch_points_init(&watch->points, options->limit);
	atomic_init(&watch->is_woken, false);
	watch->store_count = stores->count;
	watch->poll_seconds =
		options->poll_seconds > 0 ? options->poll_seconds : DEFAULT_POLL_SECONDS;
	watch->timer = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC);
	watch->wake = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
	watch->other = options->other == 0 ? -1 : options->other;
	watch->mounts = open("/proc/self/mountinfo", O_RDONLY | O_CLOEXEC);
	if (options->avoids_remote && remote_mounts_read(&watch->remote)) {
		watch->points.remote = &watch->remote;
	}
	if (watch->timer < 0 || watch->wake < 0) {
		error_set_system(error, errno, "cannot wait for changes of the stores");
		watch_destroy(watch);
		return NULL;
	}
	watch->watched = calloc(stores->count + options->cache_count + 1, sizeof(*watch->watched));
	if (watch->watched == NULL) {
		error_set_memory(error);
		watch_destroy(watch);
		return NULL;
	}
	add_trees(watch, stores, options);
	return watch;
}

void watch_destroy(struct watch *watch) {
	if (watch == NULL) {
		return;
	}
	/* Closed first: so the kernel drops all watches at once. */
	watch_points_close(&watch->points);
	for (size_t i = 0; i < watch->count; i++) {
		watch_tree_finish(&watch->watched[i].tree);
	}
	watch_points_finish(&watch->points);
	remote_mounts_finish(&watch->remote);
	descriptor_close(&watch->timer);
	descriptor_close(&watch->wake);
	descriptor_close(&watch->mounts);
	free(watch->watched);
	free(watch);
}

static bool has_news(const struct watch *watch) {
	for (size_t i = 0; i < watch->count; i++) {
		if (!store_changes_is_empty(&watch->watched[i].tree.news)) {
			return true;
		}
	}
	return false;
}

/* Whether the last thing that happened is usually followed by more of the same file. */
static bool is_being_written(const struct watch *watch) {
	const uint32_t last = watch->points.last;
	return (last & (IN_CREATE | IN_MODIFY)) != 0 && (last & IN_ISDIR) == 0;
}

/* How long to wait for more; -1 is until something happens. */
static int choose_timeout(const struct watch *watch, int64_t deadline) {
	if (!has_news(watch)) {
		return -1;
	}
	return is_being_written(watch) && clock_milliseconds() < deadline ? QUIET_MILLISECONDS : 0;
}

/* Takes what a timer or an event has counted. Returns whether that was something. */
static bool take_count(int descriptor) {
	uint64_t count;
	return read(descriptor, &count, sizeof(count)) > 0;
}

static void poll_trees(struct watch *watch) {
	for (size_t i = 0; i < watch->count; i++) {
		if (watch->watched[i].is_doubtful) {
			watch_tree_restart(&watch->watched[i].tree);
		} else {
			watch_tree_poll(&watch->watched[i].tree);
		}
	}
}

static void restart_trees(struct watch *watch) {
	for (size_t i = 0; i < watch->count; i++) {
		watch_tree_restart(&watch->watched[i].tree);
	}
}

static void deliver(struct watch *watch, struct store_changes *changes, bool *caches_changed) {
	for (size_t i = 0; i < watch->count; i++) {
		struct watch_tree *tree = &watch->watched[i].tree;
		watch_tree_update(tree);
		if (i < watch->store_count) {
			store_changes_add_all(&changes[i], &tree->news);
		} else if (!store_changes_is_empty(&tree->news)) {
			*caches_changed = true;
		}
		store_changes_finish(&tree->news);
	}
	watch->points.last = 0;
	log_failures(watch);
	ensure_timer(watch);
}

static bool read_events(struct watch *watch, struct error *error) {
	if (watch->points.descriptor >= 0 && watch_points_read(&watch->points) < 0) {
		return error_set_system(error, errno, "cannot read the changes of the stores");
	}
	if (watch->points.has_overflown) {
		watch->points.has_overflown = false;
		restart_trees(watch);
	}
	return true;
}

/* inotify tells nothing of what is mounted over a directory, or was. */
static void look_below_mounts(struct watch *watch) {
	if (watch->points.remote != NULL) {
		remote_mounts_read(&watch->remote);
	}
	for (size_t i = 0; i < watch->count; i++) {
		watch_tree_identify(&watch->watched[i].tree);
	}
}

/* What has something to tell. */
struct ready {
	int count; /* of all, as poll returns it */
	bool timer, wake, other;
};

static struct ready wait_for_any(struct watch *watch, int timeout) {
	struct pollfd descriptors[] = {
		{.fd = watch->points.descriptor, .events = POLLIN},
		{.fd = watch->timer, .events = POLLIN},
		{.fd = watch->wake, .events = POLLIN},
		{.fd = watch->mounts, .events = POLLPRI},
		{.fd = watch->other, .events = POLLIN},
	};
	const int count = poll(descriptors, sizeof(descriptors) / sizeof(descriptors[0]), timeout);
	if (count < 0) {
		return (struct ready){.count = errno == EINTR ? 1 : count};
	}
	if ((descriptors[3].revents & POLLPRI) != 0) {
		look_below_mounts(watch);
	}
	return (struct ready){
		.count = count,
		.timer = descriptors[1].revents != 0,
		.wake = descriptors[2].revents != 0,
		.other = descriptors[4].revents != 0,
	};
}

enum watch_result watch_wait(struct watch *watch, struct store_changes *changes,
	bool *caches_changed, struct error *error) {
	int64_t deadline = clock_milliseconds() + GATHER_MILLISECONDS;
	for (;;) {
		const bool had_news = has_news(watch);
		const struct ready ready = wait_for_any(watch, choose_timeout(watch, deadline));
		if (ready.count < 0) {
			error_set_system(error, errno, "cannot wait for changes of the stores");
			return WATCH_FAILED;
		}
		if (ready.wake && take_count(watch->wake)) {
			atomic_store(&watch->is_woken, false);
			return WATCH_WOKEN;
		}
		if (ready.other) {
			return WATCH_OTHER;
		}
		const int64_t now = clock_milliseconds();
		if (had_news && (ready.count == 0 || now >= deadline)) {
			deliver(watch, changes, caches_changed);
			return WATCH_CHANGED;
		}
		if (ready.timer && take_count(watch->timer)) {
			poll_trees(watch);
			ensure_timer(watch);
		}
		if (!read_events(watch, error)) {
			return WATCH_FAILED;
		}
		deadline = had_news ? deadline : now + GATHER_MILLISECONDS;
	}
}

bool watch_take(struct watch *watch, struct store_changes *changes, bool *caches_changed) {
	if (!read_events(watch, NULL) || !has_news(watch)) {
		return false;
	}
	deliver(watch, changes, caches_changed);
	return true;
}

void watch_doubt(struct watch *watch, size_t store, bool is_doubtful) {
	watch->watched[store].is_doubtful = is_doubtful;
	ensure_timer(watch);
}

void watch_wake(struct watch *watch) {
	static const uint64_t one = 1;
	const int before = errno;
	atomic_store(&watch->is_woken, true);
	/* It fails only when it has been woken very often already. */
	(void)!write(watch->wake, &one, sizeof(one));
	errno = before;
}

struct watch_figures watch_figures(const struct watch *watch) {
	struct watch_figures figures = {.directories = watch->points.points.count};
	for (size_t i = 0; i < watch->count; i++) {
		figures.polled += watch->watched[i].tree.poll != WATCH_POLL_NOTHING;
	}
	return figures;
}

bool watch_is_remote(const struct watch *watch, size_t place) {
	return place < watch->count && watch->watched[place].tree.poll == WATCH_POLL_ELSEWHERE;
}

bool watch_would_be_remote(const struct remote_mounts *remote, const struct store *store) {
	return watch_tree_is_remote(remote, store->location, store->type->scope);
}

bool watch_would_cache_be_remote(const struct remote_mounts *remote, const char *cache) {
	return cache[0] == '/' && watch_tree_is_remote(remote, cache, &cache_scope);
}
