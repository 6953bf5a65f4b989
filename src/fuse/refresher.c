#include "fuse/refresher.h"

#include "base/log.h"
#include "fuse/refresh.h"

#include <stdlib.h>
#include <time.h>

/* Before it is tried again what failed for want of memory. */
static const struct timespec pause_after_failure = {.tv_sec = 1};

bool refresher_init(struct refresher *refresher, struct filesystem *filesystem,
	const struct mount_options *options, struct error *error) {
	const char *caches[] = {options->locate->asset_cache, options->locate->hub_cache};
	const struct watch_options watch = {
		.poll_seconds = options->poll_seconds,
		.caches = caches,
		.cache_count = sizeof(caches) / sizeof(caches[0]),
	};
	*refresher = (struct refresher){.filesystem = filesystem};
	refresher->changes = calloc(options->stores->count + 1, sizeof(*refresher->changes));
	if (refresher->changes == NULL) {
		return error_set_memory(error);
	}
	refresher->watch = watch_create(options->stores, &watch, error);
	if (refresher->watch == NULL) {
		free(refresher->changes);
		return false;
	}
	return true;
}

static void clear_changes(struct refresher *refresher) {
	const size_t count = refresher->filesystem->current.options->stores->count;
	for (size_t i = 0; i < count; i++) {
		store_changes_finish(&refresher->changes[i]);
	}
}

void refresher_finish(struct refresher *refresher) {
	clear_changes(refresher);
	free(refresher->changes);
	watch_destroy(refresher->watch);
}

static bool has_changes(const struct refresher *refresher) {
	const size_t count = refresher->filesystem->current.options->stores->count;
	for (size_t i = 0; i < count; i++) {
		if (!store_changes_is_empty(&refresher->changes[i])) {
			return true;
		}
	}
	return false;
}

static void mark_everything(struct refresher *refresher) {
	const size_t count = refresher->filesystem->current.options->stores->count;
	for (size_t i = 0; i < count; i++) {
		store_changes_add_everything(&refresher->changes[i]);
	}
}

static bool load(struct refresher *refresher, struct error *error) {
	struct filesystem *filesystem = refresher->filesystem;
	if (!current_load(&filesystem->current, refresher->changes, error)) {
		return false;
	}
	clear_changes(refresher);
	const bool done = refresh_after_load(filesystem, refresher->session, error);
	current_settle(&filesystem->current);
	const struct catalog *catalog = view_catalog(current_view(&filesystem->current));
	log_message(LOG_LEVEL_INFORMATION, "loaded what changed: generation %llu, %zu assets",
		(unsigned long long)catalog_generation(catalog), catalog_asset_count(catalog));
	return done;
}

/* What could not be done is tried again, for everything: it is not known how far it came. */
static void retry_later(struct refresher *refresher, const struct error *error) {
	log_message(LOG_LEVEL_ERROR, "cannot load what changed: %s", error->message);
	mark_everything(refresher);
	nanosleep(&pause_after_failure, NULL);
	watch_wake(refresher->watch);
}

static void *run(void *context) {
	struct refresher *refresher = context;
	for (;;) {
		bool caches_changed = false;
		struct error error = {0};
		bool done = watch_wait(refresher->watch, refresher->changes, &caches_changed,
				    &error) != WATCH_FAILED;
		if (atomic_load(&refresher->is_to_stop)) {
			return NULL;
		}
		if (atomic_exchange(&refresher->is_to_load, false)) {
			mark_everything(refresher);
		}
		if (done && has_changes(refresher)) {
			done = load(refresher, &error);
		}
		if (done && caches_changed) {
			done = refresh_after_download(
				refresher->filesystem, refresher->session, &error);
		}
		if (!done) {
			retry_later(refresher, &error);
		}
	}
}

bool refresher_start(
	struct refresher *refresher, struct fuse_session *session, struct error *error) {
	refresher->session = session;
	const int failure = pthread_create(&refresher->thread, NULL, run, refresher);
	if (failure != 0) {
		return error_set_system(error, failure, "cannot start a thread");
	}
	refresher->is_running = true;
	return true;
}

void refresher_load(struct refresher *refresher) {
	atomic_store(&refresher->is_to_load, true);
	watch_wake(refresher->watch);
}

void refresher_stop(struct refresher *refresher) {
	if (!refresher->is_running) {
		return;
	}
	refresher->is_running = false;
	atomic_store(&refresher->is_to_stop, true);
	watch_wake(refresher->watch);
	pthread_join(refresher->thread, NULL);
}
