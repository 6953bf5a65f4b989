/*
 * The resolved cards that catalogs keep: as many as fit, those that are asked for stay. The
 * catalogs that follow one another share one cache, each at a moment of its own, so that a change
 * costs what changed and not what is kept. May be used by several threads at a time.
 */
#ifndef CARDFS_CARD_CARD_CACHE_H
#define CARDFS_CARD_CARD_CACHE_H

#include "base/table.h"
#include "card/card.h"

/* How many cards are kept, and how many bytes their values may take. */
#define CARD_CACHE_LIMIT 10000
#define CARD_CACHE_SIZE ((size_t)64 * 1024 * 1024)

struct card_cache_entry;

struct card_cache {
	atomic_uint references;
	pthread_mutex_t lock;
	struct table entries; /* by key */
	struct table names;   /* the first entry of each name, in whatever environments */
	struct card_cache_entry *ring[CARD_CACHE_LIMIT]; /* as many as entries */
	size_t hand;     /* which one is next to be looked at for one to leave */
	size_t size;     /* bytes of all values */
	uint64_t moment; /* whose cards are added */
	uint64_t latest; /* that has begun */
	/* While a change is told of, what was is asked for as well: cards that are others now. */
	struct table past; /* by key */
	uint64_t past_moment;
};

/* The moment that a cache begins with. */
#define CARD_CACHE_START ((uint64_t)1)

/* Returns an empty cache with one reference; NULL when there is no memory. */
struct card_cache *card_cache_create(void);
struct card_cache *card_cache_acquire(struct card_cache *cache);
void card_cache_release(struct card_cache *cache);

/*
 * Begins the moment that follows one, in which the cards whose names are among changed are others:
 * they are kept for who sees the one that it follows. Returns it; 0 where that one is not the
 * present one, which happens to a catalog that two others are made from: the second one needs a
 * cache of its own.
 */
uint64_t card_cache_advance(struct card_cache *cache, uint64_t moment, const struct table *changed);

/*
 * Nobody sees a moment any more: what was kept for it alone goes. Where no other has followed it,
 * the one before it is the present one again.
 */
void card_cache_leave(struct card_cache *cache, uint64_t moment, uint64_t previous);

/*
 * The card kept under key, if it is that of the moment, with a reference that the caller releases;
 * else NULL.
 */
struct card *card_cache_find(struct card_cache *cache, uint64_t moment, struct text key);

/*
 * Keeps card, as it is in that moment, under key, with a reference of the cache's own; in place of
 * those that have not been asked for lately when it is full. Does nothing without memory, when the
 * moment is over, or when the key is there already.
 */
void card_cache_add(struct card_cache *cache, uint64_t moment, struct text key, struct card *card);

#endif
