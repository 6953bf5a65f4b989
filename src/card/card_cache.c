#include "card/card_cache.h"

#include <stdlib.h>
#include <string.h>

struct card_cache_entry {
	struct card *card;
	bool was_used; /* since the hand last came by */
	size_t length;
	char key[];
};

static struct text entry_key(const void *item) {
	const struct card_cache_entry *entry = item;
	return (struct text){entry->key, entry->length};
}

bool card_cache_init(struct card_cache *cache) {
	*cache = (struct card_cache){.entries = {.key = entry_key}};
	return pthread_mutex_init(&cache->lock, NULL) == 0;
}

static void free_entry(struct card_cache_entry *entry) {
	card_release(entry->card);
	free(entry);
}

void card_cache_finish(struct card_cache *cache) {
	for (size_t i = 0; i < CARD_CACHE_LIMIT; i++) {
		if (cache->ring[i] != NULL) {
			free_entry(cache->ring[i]);
		}
	}
	table_finish(&cache->entries);
	pthread_mutex_destroy(&cache->lock);
}

struct card *card_cache_find(struct card_cache *cache, struct text key) {
	pthread_mutex_lock(&cache->lock);
	struct card_cache_entry *entry = table_find(&cache->entries, key);
	struct card *card = NULL;
	if (entry != NULL) {
		entry->was_used = true;
		card = card_acquire(entry->card);
	}
	pthread_mutex_unlock(&cache->lock);
	return card;
}

/* The clock algorithm: passes over entries that were used since it last came by. */
static struct card_cache_entry **find_place(struct card_cache *cache) {
	for (;;) {
		struct card_cache_entry **place = &cache->ring[cache->hand];
		cache->hand = (cache->hand + 1) % CARD_CACHE_LIMIT;
		if (*place == NULL || !(*place)->was_used) {
			return place;
		}
		(*place)->was_used = false;
	}
}

void card_cache_add(struct card_cache *cache, struct text key, struct card *card) {
	struct card_cache_entry *entry = malloc(sizeof(*entry) + key.length);
	if (entry == NULL) {
		return;
	}
	*entry = (struct card_cache_entry){.card = card, .was_used = true, .length = key.length};
	memcpy(entry->key, key.data, key.length);

	struct card_cache_entry *evicted = NULL;
	pthread_mutex_lock(&cache->lock);
	bool is_added =
		table_find(&cache->entries, key) == NULL && table_add(&cache->entries, entry);
	if (is_added) {
		struct card_cache_entry **place = find_place(cache);
		evicted = *place;
		if (evicted != NULL) {
			table_remove(&cache->entries, entry_key(evicted));
		}
		*place = entry;
		card_acquire(card);
	}
	pthread_mutex_unlock(&cache->lock);

	if (evicted != NULL) {
		free_entry(evicted);
	}
	if (!is_added) {
		free(entry);
	}
}

void card_cache_carry_over(
	struct card_cache *cache, struct card_cache *other, const struct table *changed) {
	pthread_mutex_lock(&other->lock);
	for (size_t i = 0; i < CARD_CACHE_LIMIT; i++) {
		const struct card_cache_entry *entry = other->ring[i];
		if (entry != NULL && table_find(changed, entry->card->name) == NULL) {
			card_cache_add(cache, entry_key(entry), entry->card);
		}
	}
	pthread_mutex_unlock(&other->lock);
}
