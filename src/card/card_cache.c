#include "card/card_cache.h"

#include <stdlib.h>
#include <string.h>

struct card_cache_entry {
	struct card_cache_entry *next; /* of those that leave */
	struct card *card;
	size_t size;
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
	for (size_t i = 0; i < cache->entries.count; i++) {
		free_entry(cache->ring[i]);
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
static struct card_cache_entry *evict(struct card_cache *cache) {
	for (;;) {
		cache->hand %= cache->entries.count;
		struct card_cache_entry **place = &cache->ring[cache->hand];
		struct card_cache_entry *entry = *place;
		if (!entry->was_used) {
			table_remove(&cache->entries, entry_key(entry));
			cache->size -= entry->size;
			*place = cache->ring[cache->entries.count];
			return entry;
		}
		entry->was_used = false;
		cache->hand++;
	}
}

static bool has_room(const struct card_cache *cache, size_t size) {
	return cache->entries.count == 0 ||
	       (cache->entries.count < CARD_CACHE_LIMIT && size <= CARD_CACHE_SIZE &&
		       cache->size <= CARD_CACHE_SIZE - size);
}

/* Adds an entry, and leaves those that have to go for it in *evicted. */
static bool add_entry(struct card_cache *cache, struct card_cache_entry *entry,
	struct card_cache_entry **evicted) {
	if (table_find(&cache->entries, entry_key(entry)) != NULL ||
		!table_reserve(&cache->entries, cache->entries.count + 1)) {
		return false;
	}
	while (!has_room(cache, entry->size)) {
		struct card_cache_entry *leaving = evict(cache);
		leaving->next = *evicted;
		*evicted = leaving;
	}
	/* There is room, so this cannot fail. */
	cache->ring[cache->entries.count] = entry;
	cache->size += entry->size;
	return table_add(&cache->entries, entry);
}

static struct card_cache_entry *create_entry(struct text key, struct card *card) {
	struct card_cache_entry *entry = malloc(sizeof(*entry) + key.length);
	if (entry == NULL) {
		return NULL;
	}
	*entry = (struct card_cache_entry){
		.card = card_acquire(card),
		.size = arena_size(&card->arena),
		.was_used = true,
		.length = key.length,
	};
	memcpy(entry->key, key.data, key.length);
	return entry;
}

void card_cache_add(struct card_cache *cache, struct text key, struct card *card) {
	struct card_cache_entry *entry = create_entry(key, card);
	if (entry == NULL) {
		return;
	}
	struct card_cache_entry *evicted = NULL;
	pthread_mutex_lock(&cache->lock);
	bool is_added = add_entry(cache, entry, &evicted);
	pthread_mutex_unlock(&cache->lock);
	if (!is_added) {
		free_entry(entry);
	}
	while (evicted != NULL) {
		struct card_cache_entry *next = evicted->next;
		free_entry(evicted);
		evicted = next;
	}
}

void card_cache_carry_over(
	struct card_cache *cache, struct card_cache *other, const struct table *changed) {
	pthread_mutex_lock(&other->lock);
	for (size_t i = 0; i < other->entries.count; i++) {
		const struct card_cache_entry *entry = other->ring[i];
		if (table_find(changed, entry->card->name) == NULL) {
			card_cache_add(cache, entry_key(entry), entry->card);
		}
	}
	pthread_mutex_unlock(&other->lock);
}
