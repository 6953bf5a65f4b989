/*
 * Watching stores: an object that a thread waits on until something in a store may have changed.
 * Directories on local file systems are watched by inotify; those on network file systems, and all
 * of them once inotify's limits are hit, are looked at every so often. Everything here is a hint:
 * what really changed is found by listing the store.
 */
#ifndef CARDFS_STORES_WATCH_H
#define CARDFS_STORES_WATCH_H

#include "base/error.h"
#include "stores/changes.h"
#include "stores/defaults.h"
#include "stores/remote.h"

struct watch;

struct watch_options {
	/* Also look every so many seconds, everywhere; 0: only where needed, every 5. */
	unsigned poll_seconds;
	/*
	 * Directories of downloads (borrowed), empty ones are skipped. Watched are they, the
	 * directories in them, and of a Hub's repository its refs and snapshots.
	 */
	const char *const *caches;
	size_t cache_count;
	size_t limit; /* of directories that inotify watches; 0: as many as the system lets */
	/*
	 * Keeps away from file systems that may not answer: a store or cache that leads there is
	 * watched as far as it is elsewhere, and watch_is_remote. Else it waits for them.
	 */
	bool avoids_remote;
	int other; /* a descriptor that is waited for as well; 0: none */
};

/*
 * Starts watching the stores (borrowed) and caches. A place that does not exist yet is seen when it
 * appears. What changes from now on is told. Returns NULL for want of memory or descriptors. What
 * is not watched for want of watches is polled; that is logged once, of all together.
 */
struct watch *watch_create(
	const struct store_set *stores, const struct watch_options *options, struct error *error);
void watch_destroy(struct watch *watch);

enum watch_result {
	WATCH_CHANGED, /* something may have: in changes, or a cache */
	WATCH_WOKEN,   /* by watch_wake */
	WATCH_OTHER,   /* the other descriptor has something to read, or has ended */
	WATCH_FAILED,  /* no memory, or a descriptor is broken: error says why */
};

/*
 * Waits until something changes and adds it to changes (one for each store, in the set's order);
 * *caches_changed is set when a cache may have changed. While a file is being written it waits for
 * the end of that, some milliseconds at most. One thread at a time may wait.
 */
enum watch_result watch_wait(struct watch *watch, struct store_changes *changes,
	bool *caches_changed, struct error *error);

/*
 * Adds what may have changed by now, without waiting. Returns whether that is anything. By the
 * thread that waits.
 */
bool watch_take(struct watch *watch, struct store_changes *changes, bool *caches_changed);

/* How it watches at the moment; by the thread that waits. */
struct watch_figures {
	size_t directories; /* that inotify watches */
	size_t polled;      /* stores and caches that are looked at every so often */
};

struct watch_figures watch_figures(const struct watch *watch);

/*
 * Whether a store (by its place in the set), or a cache (behind them, empty ones left out), leads
 * to what the watch keeps away from. By the thread that waits.
 */
bool watch_is_remote(const struct watch *watch, size_t place);

/* The same before there is a watch, for what a watch of these options would watch. */
bool watch_would_be_remote(const struct remote_mounts *remote, const struct store *store);
bool watch_would_cache_be_remote(const struct remote_mounts *remote, const char *cache);

/*
 * Says whether a store (by its place in the set) has to be listed again without any news of it: it
 * is told as changed every poll_seconds until it need not be. By the thread that waits.
 */
void watch_doubt(struct watch *watch, size_t store, bool is_doubtful);

/*
 * Makes watch_wait return now, or the next time; also a poll ends early. May be called from any
 * thread and a signal handler.
 */
void watch_wake(struct watch *watch);

#endif
