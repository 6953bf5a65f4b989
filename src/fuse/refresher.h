/*
 * The thread that keeps a mount fresh: it waits for changes in the stores, loads what changed, and
 * tells the kernel. It answers no requests and holds no lock while it notifies, so that the kernel
 * may wait for requests meanwhile.
 */
#ifndef CARDFS_FUSE_REFRESHER_H
#define CARDFS_FUSE_REFRESHER_H

#include "confine/reach.h"
#include "fuse/renewal.h"
#include "stores/keepers.h"
#include "stores/watch.h"

struct refresher {
	struct filesystem *filesystem;
	struct notifier notifier;
	struct watch *watch;
	size_t store_count, cache_count;
	struct keepers *keepers; /* of stores and caches that may not answer (borrowed); or NULL */
	struct store_changes *changes; /* one for each store */
	pthread_t thread;
	bool is_running;
	struct renewal renewal;
	/* What the process was confined to (borrowed); NULL: nothing. */
	const struct reach *reach;
	bool is_refused_from_start; /* some file can't be read by any server */
	bool is_out_of_reach;       /* some keeper says so */
	bool is_reloading;          /* somebody asked, and has not been told that it is done */
	bool has_given_way;
	bool is_asked;           /* to read the stores, by somebody, and is about to */
	uint64_t given_back_at;  /* how many bytes had been read then */
	atomic_bool is_to_renew; /* before anything else */
	atomic_bool is_to_stop;
	atomic_bool is_to_load;
};

/*
 * Starts to notice changes. To be called before the stores are read for the first time: what
 * changes from then on is not missed.
 */
bool refresher_init(struct refresher *refresher, struct filesystem *filesystem,
	const struct mount_options *options, struct keepers *keepers, struct error *error);

/* Waits until every store that is kept has been listed, for as long as a start may take. */
void refresher_await_keepers(struct refresher *refresher);
void refresher_finish(struct refresher *refresher);

/* Starts the thread, when the session is mounted. */
bool refresher_start(
	struct refresher *refresher, struct fuse_session *session, struct error *error);

/*
 * Makes the thread, which has not started, tell the kernel first what is to be told after the death
 * of a server. refresher_await_renewal waits until it has, or does not get on because the kernel
 * waits for an answer.
 */
void refresher_renew(struct refresher *refresher, struct fuse_session *session);
void refresher_await_renewal(struct refresher *refresher);

/* Makes it read all stores again. May be called from any thread. */
void refresher_load(struct refresher *refresher);

/*
 * Ends the thread. To be called while requests are still answered, or can't come any more: a
 * notification may be waiting for one. Does nothing when called again, by one thread at a time.
 */
void refresher_stop(struct refresher *refresher);

#endif
