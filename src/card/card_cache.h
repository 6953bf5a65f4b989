/*
 * The resolved cards that a catalog keeps: as many as fit, those that are asked for stay. May be
 * used by several threads at a time.
 */
#ifndef CARDFS_CARD_CARD_CACHE_H
#define CARDFS_CARD_CARD_CACHE_H

#include "base/table.h"
#include "card/card.h"

/* How many cards are kept, and how many bytes their values may take. */
#define CARD_CACHE_LIMIT 4096
#define CARD_CACHE_SIZE ((size_t)64 * 1024 * 1024)

struct card_cache_entry;

struct card_cache {
	pthread_mutex_t lock;
	struct table entries;
	struct card_cache_entry *ring[CARD_CACHE_LIMIT]; /* as many as entries */
	size_t hand; /* which one is next to be looked at for one to leave */
	size_t size; /* bytes of all values */
};

bool card_cache_init(struct card_cache *cache);
void card_cache_finish(struct card_cache *cache);

/* The card kept under key, with a reference that the caller releases; NULL where none is. */
struct card *card_cache_find(struct card_cache *cache, struct text key);

/*
 * Keeps card under key, with a reference of the cache's own; in place of those that have not been
 * asked for lately when it is full. Does nothing without memory, or when the key is there already.
 */
void card_cache_add(struct card_cache *cache, struct text key, struct card *card);

/*
 * Takes over what another cache keeps, but for cards whose name is among changed. Does less without
 * memory.
 */
void card_cache_carry_over(
	struct card_cache *cache, struct card_cache *other, const struct table *changed);

#endif
