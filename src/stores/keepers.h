/*
 * Stores and caches on file systems that may not answer are kept by processes of their own, one for
 * each: a keeper watches its place, lists it, and says what it holds. Whoever asks such a file
 * system waits for as long as that likes; a process that waits so can't always be killed, nor its
 * threads left behind. So it is one that nobody waits for.
 *
 * Beside the keeper of a cache there is a deputy, which says where links into it lead.
 *
 * The keepers belong to the process that serves. By one thread at a time.
 */
#ifndef CARDFS_STORES_KEEPERS_H
#define CARDFS_STORES_KEEPERS_H

#include "locate/locate.h"
#include "stores/changes.h"
#include "stores/confinement.h"
#include "stores/defaults.h"

struct keepers;
struct keeper;

struct keepers_options {
	const bool *kept; /* which places are: the stores, and behind them the caches */
	const char *const *caches;
	size_t cache_count;
	/* Which caches these are; NULL: nobody asks where links lead. */
	const struct locate_settings *locate;
	unsigned poll_seconds; /* as watch_options have it */
	const struct keeper_confinement *confinement;
	unsigned tick_milliseconds; /* how often they are asked to answer; 0: every 2000 */
};

/*
 * Starts a keeper for each of those places; everything is borrowed. From now on store_list and
 * store_update take what the keeper of a store said last, in this process. To be called by a
 * process of one thread that reads nothing of those stores. Fails for want of memory, descriptors
 * or processes.
 */
struct keepers *keepers_create(
	const struct store_set *stores, const struct keepers_options *options, struct error *error);

/* Ends them, without waiting for any: a keeper that hangs ends when it is answered. */
void keepers_destroy(struct keepers *keepers);

/* Whether a place has a keeper. NULL keepers: none has. */
bool keepers_keep(const struct keepers *keepers, size_t place);

/*
 * Has locate() with these settings ask deputies (stores/deputy.h) about links into the caches that
 * are kept, for as long as the keepers live. NULL keepers: there are none.
 */
void keepers_deputize(const struct keepers *keepers, struct locate_settings *settings);

/* Adds a problem for each cache that does not answer. May be called by any thread. */
void keepers_add_problems(const struct keepers *keepers, struct problem_list *problems);

/* A descriptor that can be read when there is something to receive. Theirs. */
int keepers_descriptor(const struct keepers *keepers);

struct keepers_news {
	struct store_changes
		*changes; /* one for each store (borrowed): everything, where there is news */
	bool caches_changed;
	bool is_out_of_reach; /* only another process may read what there is now, or keep it */
};

/* Takes what they have said by now, and notes who does not answer. Sets what is news. */
void keepers_receive(struct keepers *keepers, struct keepers_news *news);

/* Receives until every store has been listed, or so many milliseconds are over. */
void keepers_await(struct keepers *keepers, unsigned milliseconds, struct keepers_news *news);

/* Has them look at everything again. They are busy until each has, or is known not to answer. */
void keepers_look(struct keepers *keepers);
bool keepers_are_busy(const struct keepers *keepers);

/* What store_list does for a store that is kept (stores/store.h). */
bool keeper_list(const struct keeper *keeper, const struct store_listing *previous,
	struct store_listing *listing, struct problem_list *problems);

#endif
