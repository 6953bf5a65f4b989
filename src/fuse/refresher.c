#include "fuse/refresher.h"

#include "base/file.h"
#include "base/log.h"
#include "base/service.h"
#include "fuse/refresh.h"
#include "fuse/status.h"

#ifdef __GLIBC__
#include <malloc.h>
#endif
#include <signal.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

/* Before it is tried again what failed for want of memory. */
static const struct timespec pause_after_failure = {.tv_sec = 1};

/* How often the stores are read anew, at most, because a file was moved meanwhile. */
enum { MOST_READINGS = 10 };

/* How long a start waits for stores that may not answer. */
enum { PATIENCE_MILLISECONDS = 2000 };

bool refresher_init(struct refresher *refresher, struct filesystem *filesystem,
	const struct mount_options *options, struct keepers *keepers, struct error *error) {
	const char *caches[LOCATE_CACHES];
	const struct watch_options watch = {
		.poll_seconds = options->poll_seconds,
		.caches = caches,
		.cache_count = locate_caches(options->locate, caches),
		.avoids_remote = true,
		.other = keepers == NULL ? 0 : keepers_descriptor(keepers),
	};
	*refresher = (struct refresher){
		.filesystem = filesystem,
		.keepers = keepers,
		.store_count = options->stores->count,
		.cache_count = watch.cache_count,
	};
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
	for (size_t i = 0; i < refresher->store_count; i++) {
		store_changes_finish(&refresher->changes[i]);
	}
}

void refresher_finish(struct refresher *refresher) {
	clear_changes(refresher);
	free(refresher->changes);
	watch_destroy(refresher->watch);
}

/* What may not answer now, and has no keeper, is for the server that takes over. */
static void leave_alone(struct refresher *refresher) {
	for (size_t i = 0; i < refresher->store_count; i++) {
		if (watch_is_remote(refresher->watch, i) && !keepers_keep(refresher->keepers, i)) {
			store_changes_finish(&refresher->changes[i]);
		}
	}
}

static bool has_changes(const struct refresher *refresher) {
	for (size_t i = 0; i < refresher->store_count; i++) {
		if (!store_changes_is_empty(&refresher->changes[i])) {
			return true;
		}
	}
	return false;
}

static void mark_everything(struct refresher *refresher) {
	for (size_t i = 0; i < refresher->store_count; i++) {
		store_changes_add_everything(&refresher->changes[i]);
	}
}

static void log_load(struct filesystem *filesystem) {
	const struct catalog *catalog = view_catalog(current_view(&filesystem->current));
	log_message(LOG_LEVEL_INFORMATION,
		"loaded what changed: generation %llu, %zu assets, %zu inodes known",
		(unsigned long long)catalog_generation(catalog), catalog_asset_count(catalog),
		inodes_count(&filesystem->inodes));
	status_tell(catalog);
}

/* What is shown already has to be told of. */
static void end_refresh(struct refresher *refresher, struct refresh *refresh) {
	struct error error = {0};
	while (!refresh_end(refresh, &error) && !atomic_load(&refresher->is_to_stop)) {
		log_message(LOG_LEVEL_ERROR, "cannot tell what changed: %s", error.message);
		nanosleep(&pause_after_failure, NULL);
	}
}

/*
 * A file that is moved while stores are read may be found in neither place, or in both. So before
 * files come or go it is asked whether anything has happened meanwhile.
 */
static bool read_stores(struct refresher *refresher, bool *caches_changed, struct error *error) {
	struct current *current = &refresher->filesystem->current;
	for (int i = 1;; i++) {
		leave_alone(refresher);
		if (!current_load(current, refresher->changes, error)) {
			return false;
		}
		if (i == MOST_READINGS ||
			!catalog_has_other_files(view_catalog(current_loaded(current))) ||
			!watch_take(refresher->watch, refresher->changes, caches_changed)) {
			return true;
		}
	}
}

/* What could not be read is looked at again, though nobody may tell of it. */
static void doubt_stores(struct refresher *refresher) {
	const struct catalog *catalog = view_catalog(current_view(&refresher->filesystem->current));
	for (size_t i = 0; i < catalog_store_count(catalog); i++) {
		if (!keepers_keep(refresher->keepers, i)) {
			watch_doubt(refresher->watch, i, catalog_store(catalog, i).is_incomplete);
		}
	}
}

/* Links into a cache that may not answer are not looked at here. */
static struct refresh begin_refresh(const struct refresher *refresher) {
	struct refresh refresh = {
		.filesystem = refresher->filesystem,
		.notifier = refresher->notifier,
	};
	for (size_t i = 0; i < refresher->cache_count; i++) {
		refresh.avoids_caches |=
			keepers_keep(refresher->keepers, refresher->store_count + i);
	}
	return refresh;
}

/* Shows what is loaded, and tells the kernel. */
static bool show(struct refresher *refresher, struct error *error) {
	struct filesystem *filesystem = refresher->filesystem;
	struct refresh refresh = begin_refresh(refresher);
	current_announce(&filesystem->current);
	const bool done = refresh_begin(&refresh, error);
	if (done) {
		current_show(&filesystem->current);
		end_refresh(refresher, &refresh);
		log_load(filesystem);
	} else {
		current_abandon(&filesystem->current);
	}
	refresh_finish(&refresh);
	return done;
}

static void note_load(struct statistics *statistics, uint64_t start) {
	const uint64_t taken = statistics_now() - start;
	statistics_count(statistics, COUNTER_RELOADS);
	statistics_add(statistics, COUNTER_RELOAD_NANOSECONDS, taken);
	statistics_set(statistics, GAUGE_RELOAD_NANOSECONDS, taken);
	statistics_set(statistics, GAUGE_RELOADED, (uint64_t)time(NULL));
}

/* Whoever asks for a reading can tell it by the generation. Else one that finds nothing is none. */
static bool load(struct refresher *refresher, bool *caches_changed, struct error *error) {
	struct current *current = &refresher->filesystem->current;
	const uint64_t start = statistics_now();
	if (!read_stores(refresher, caches_changed, error)) {
		return false;
	}
	if (!refresher->is_asked && catalog_is_same(view_catalog(current_loaded(current)))) {
		current_forget(current);
	} else if (show(refresher, error)) {
		note_load(refresher->notifier.statistics, start);
	} else {
		return false;
	}
	clear_changes(refresher);
	doubt_stores(refresher);
	return true;
}

static bool look_at_downloads(struct refresher *refresher, struct error *error) {
	struct refresh refresh = begin_refresh(refresher);
	const bool done = refresh_after_download(&refresh, error);
	refresh_finish(&refresh);
	return done;
}

/* What could not be done is tried again, for everything: it is not known how far it came. */
static void retry_later(struct refresher *refresher, const struct error *error) {
	log_message(LOG_LEVEL_ERROR, "cannot load what changed: %s", error->message);
	mark_everything(refresher);
	nanosleep(&pause_after_failure, NULL);
	watch_wake(refresher->watch);
}

/* Whether something may not answer now that did when this process started. */
static bool is_unkept(const struct refresher *refresher) {
	for (size_t i = 0; i < refresher->store_count + refresher->cache_count; i++) {
		if (watch_is_remote(refresher->watch, i) && !keepers_keep(refresher->keepers, i)) {
			return true;
		}
	}
	return false;
}

/* Whether there is something to read now that this process was not confined to. */
static bool is_out_of_reach(const struct refresher *refresher) {
	if (refresher->is_out_of_reach || is_unkept(refresher)) {
		return true;
	}
	return refresher->reach != NULL &&
	       (reach_is_outdated(refresher->reach) ||
		       (file_was_refused() && !refresher->is_refused_from_start));
}

/* Another server, which is confined to what there is now, takes the place of this one. */
static void give_way(struct refresher *refresher) {
	if (!refresher->has_given_way) {
		refresher->has_given_way = true;
		log_message(LOG_LEVEL_INFORMATION,
			"a store or a link in one leads elsewhere than when the server started: "
			"another one takes its place");
		kill(getpid(), SIGTERM);
	}
}

static void hear_keepers(struct refresher *refresher, bool *caches_changed) {
	if (refresher->keepers == NULL) {
		return;
	}
	struct keepers_news news = {.changes = refresher->changes};
	keepers_receive(refresher->keepers, &news);
	*caches_changed |= news.caches_changed;
	refresher->is_out_of_reach |= news.is_out_of_reach;
}

void refresher_await_keepers(struct refresher *refresher) {
	if (refresher->keepers == NULL) {
		return;
	}
	struct keepers_news news = {.changes = refresher->changes};
	keepers_await(refresher->keepers, PATIENCE_MILLISECONDS, &news);
	refresher->is_out_of_reach |= news.is_out_of_reach;
	clear_changes(refresher);
}

static bool take_up(struct refresher *refresher, bool *caches_changed, struct error *error) {
	leave_alone(refresher);
	if (has_changes(refresher) && !load(refresher, caches_changed, error)) {
		statistics_count(refresher->notifier.statistics, COUNTER_RELOADS_FAILED);
		return false;
	}
	if (*caches_changed && !look_at_downloads(refresher, error)) {
		return false;
	}
	*caches_changed = false;
	if (is_out_of_reach(refresher)) {
		give_way(refresher);
	}
	return true;
}

static void note_watches(const struct refresher *refresher) {
	struct statistics *statistics = refresher->filesystem->statistics;
	const struct watch_figures figures = watch_figures(refresher->watch);
	statistics_set(statistics, GAUGE_WATCHES, figures.directories);
	statistics_set(statistics, GAUGE_POLLED, figures.polled);
}

/* What fails for want of memory is tried again. */
static void renew(struct refresher *refresher) {
	struct error error = {0};
	while (atomic_load(&refresher->is_to_renew) && !atomic_load(&refresher->is_to_stop)) {
		if (renewal_expire_names(&refresher->renewal, &error)) {
			atomic_store(&refresher->is_to_renew, false);
			return;
		}
		log_message(LOG_LEVEL_ERROR, "cannot tell what may differ: %s", error.message);
		nanosleep(&pause_after_failure, NULL);
	}
}

void refresher_renew(struct refresher *refresher, struct fuse_session *session) {
	refresher->renewal.filesystem = refresher->filesystem;
	refresher->renewal.notifier = &refresher->notifier;
	refresher->notifier = (struct notifier){session, refresher->filesystem->statistics};
	renewal_expire_inodes(&refresher->renewal);
	atomic_store(&refresher->is_to_renew, true);
}

/* Nothing depends on how long this is: the longer, the less is told while requests are answered. */
void refresher_await_renewal(struct refresher *refresher) {
	static const struct timespec pause = {.tv_nsec = 1000000};
	enum { MOST_PAUSES = 50 };
	unsigned long told = 0;
	for (int i = 0; i < MOST_PAUSES && atomic_load(&refresher->is_to_renew); i++) {
		const unsigned long now = atomic_load(&refresher->renewal.told);
		i = now == told ? i : 0;
		told = now;
		nanosleep(&pause, NULL);
	}
}

static void begin_reloading(struct refresher *refresher) {
	service_reloading();
	refresher->is_reloading = true;
	if (refresher->keepers != NULL) {
		keepers_look(refresher->keepers);
	}
}

/* What is kept is looked at first, but what does not answer is not waited for. */
static void go_on_reloading(struct refresher *refresher) {
	refresher->is_asked = refresher->is_reloading && !keepers_are_busy(refresher->keepers);
	if (refresher->is_asked) {
		mark_everything(refresher);
	}
}

static void end_reloading(struct refresher *refresher) {
	if (refresher->is_asked) {
		refresher->is_reloading = false;
		service_ready(0);
	}
}

/* So many bytes are read between two times that memory is given back. */
static const uint64_t read_until_given_back = 16 << 20;

/*
 * What changed files held before is freed where the threads of the start put it, and what they hold
 * now is elsewhere: glibc would keep room for either.
 */
static void give_back_memory(struct refresher *refresher) {
	const uint64_t read = atomic_load(&refresher->filesystem->statistics->catalog.bytes_read);
	if (read - refresher->given_back_at < read_until_given_back) {
		return;
	}
	refresher->given_back_at = read;
#ifdef __GLIBC__
	malloc_trim(0);
#endif
}

static void *run(void *context) {
	struct refresher *refresher = context;
	bool caches_changed = false;
	note_watches(refresher);
	doubt_stores(refresher);
	renew(refresher);
	catalog_keep(view_catalog(current_view(&refresher->filesystem->current)));
	give_back_memory(refresher);
	for (;;) {
		struct error error = {0};
		const enum watch_result result =
			watch_wait(refresher->watch, refresher->changes, &caches_changed, &error);
		note_watches(refresher);
		if (atomic_load(&refresher->is_to_stop)) {
			return NULL;
		}
		hear_keepers(refresher, &caches_changed);
		if (atomic_exchange(&refresher->is_to_load, false)) {
			begin_reloading(refresher);
		}
		go_on_reloading(refresher);
		if (result == WATCH_FAILED || !take_up(refresher, &caches_changed, &error)) {
			retry_later(refresher, &error);
		}
		end_reloading(refresher);
		give_back_memory(refresher);
	}
}

/*
 * Threads from now on share what memory those of the start were given: what a changed file holds
 * goes where what it held before was.
 */
static void share_memory(void) {
#ifdef __GLIBC__
	mallopt(M_ARENA_MAX, 1);
#endif
}

bool refresher_start(
	struct refresher *refresher, struct fuse_session *session, struct error *error) {
	refresher->notifier = (struct notifier){
		.session = session,
		.statistics = refresher->filesystem->statistics,
	};
	refresher->is_refused_from_start = file_was_refused();
	share_memory();
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
