#include "card/card_cache.h"

#include <stdlib.h>
#include <string.h>

struct card_cache_entry {
	struct card_cache_entry *next; /* of its name; of those that leave */
	struct card *card;
	uint64_t moment; /* since when it is right */
	size_t place;    /* in the ring */
	size_t size;
	bool was_used; /* since the hand last came by */
	size_t length;
	char key[];
};

static struct text entry_key(const void *item) {
	const struct card_cache_entry *entry = item;
	return (struct text){entry->key, entry->length};
}

static struct text entry_name(const void *item) {
	const struct card_cache_entry *entry = item;
	return entry->card->name;
}

struct card_cache *card_cache_create(void) {
	struct card_cache *cache = calloc(1, sizeof(*cache));
	if (cache == NULL || pthread_mutex_init(&cache->lock, NULL) != 0) {
		free(cache);
		return NULL;
	}
	atomic_init(&cache->references, 1);
	cache->entries.key = entry_key;
	cache->names.key = entry_name;
	cache->past.key = entry_key;
	cache->moment = cache->latest = CARD_CACHE_START;
	return cache;
}

struct card_cache *card_cache_acquire(struct card_cache *cache) {
	atomic_fetch_add_explicit(&cache->references, 1, memory_order_relaxed);
	return cache;
}

static void free_entries(struct card_cache_entry *first) {
	while (first != NULL) {
		struct card_cache_entry *next = first->next;
		card_release(first->card);
		free(first);
		first = next;
	}
}

/* Puts what is kept of the past before those that leave. */
static void take_past(struct card_cache *cache, struct card_cache_entry **leaving) {
	struct card_cache_entry *entry;
	for (size_t position = 0; (entry = table_next(&cache->past, &position)) != NULL;) {
		entry->next = *leaving;
		*leaving = entry;
	}
	table_finish(&cache->past);
}

void card_cache_release(struct card_cache *cache) {
	if (cache == NULL ||
		atomic_fetch_sub_explicit(&cache->references, 1, memory_order_acq_rel) != 1) {
		return;
	}
	struct card_cache_entry *past = NULL;
	take_past(cache, &past);
	free_entries(past);
	for (size_t i = 0; i < cache->entries.count; i++) {
		cache->ring[i]->next = NULL;
		free_entries(cache->ring[i]);
	}
	table_finish(&cache->entries);
	table_finish(&cache->names);
	pthread_mutex_destroy(&cache->lock);
	free(cache);
}

/* Room was made for both, so neither can fail. */
static bool add_to_tables(struct card_cache *cache, struct card_cache_entry *entry) {
	struct card_cache_entry *first = table_find(&cache->names, entry_name(entry));
	entry->next = NULL;
	if (first != NULL) {
		entry->next = first->next;
		first->next = entry;
	}
	return (first != NULL || table_add(&cache->names, entry)) &&
	       table_add(&cache->entries, entry);
}

/* Takes an entry out of those of its name; where it is the first, the next one is that. */
static void leave_name(struct card_cache *cache, const struct card_cache_entry *entry) {
	struct card_cache_entry *first = table_find(&cache->names, entry_name(entry));
	if (first == entry) {
		table_remove(&cache->names, entry_name(entry));
		if (entry->next != NULL) {
			(void)table_add(&cache->names, entry->next);
		}
		return;
	}
	while (first->next != entry) {
		first = first->next;
	}
	first->next = entry->next;
}

/* Takes an entry out, and puts it before those that leave. */
static void take_out(struct card_cache *cache, struct card_cache_entry *entry,
	struct card_cache_entry **leaving) {
	leave_name(cache, entry);
	table_remove(&cache->entries, entry_key(entry));
	struct card_cache_entry *last = cache->ring[cache->entries.count];
	cache->ring[entry->place] = last;
	last->place = entry->place;
	cache->size -= entry->size;
	entry->next = *leaving;
	*leaving = entry;
}

/* Takes the changed ones out, and puts them before those that leave. */
static void take_changed(
	struct card_cache *cache, const struct table *changed, struct card_cache_entry **leaving) {
	const void *item;
	for (size_t position = 0; (item = table_next(changed, &position)) != NULL;) {
		struct card_cache_entry *entry;
		while ((entry = table_find(&cache->names, changed->key(item))) != NULL) {
			take_out(cache, entry, leaving);
		}
	}
}

/* Keeps what has left the present; what there is no memory for stays with those that leave. */
static void keep_past(struct card_cache *cache, struct card_cache_entry **leaving) {
	while (*leaving != NULL && table_add(&cache->past, *leaving)) {
		*leaving = (*leaving)->next;
	}
}

uint64_t card_cache_advance(
	struct card_cache *cache, uint64_t moment, const struct table *changed) {
	struct card_cache_entry *past = NULL;
	struct card_cache_entry *changing = NULL;
	uint64_t next = 0;
	pthread_mutex_lock(&cache->lock);
	if (moment == cache->moment) {
		take_past(cache, &past);
		take_changed(cache, changed, &changing);
		keep_past(cache, &changing);
		cache->past_moment = moment;
		next = cache->moment = ++cache->latest;
	}
	pthread_mutex_unlock(&cache->lock);
	free_entries(past);
	free_entries(changing);
	return next;
}

/* Takes out what was added in a moment, and puts it before those that leave. */
static void take_added(
	struct card_cache *cache, uint64_t moment, struct card_cache_entry **leaving) {
	for (size_t i = cache->entries.count; i-- > 0;) {
		if (cache->ring[i]->moment == moment) {
			take_out(cache, cache->ring[i], leaving);
		}
	}
}

void card_cache_leave(struct card_cache *cache, uint64_t moment, uint64_t previous) {
	struct card_cache_entry *leaving = NULL;
	pthread_mutex_lock(&cache->lock);
	if (moment == cache->moment) {
		take_added(cache, moment, &leaving);
		cache->moment = previous;
		moment = cache->past_moment;
	}
	if (moment == cache->past_moment) {
		take_past(cache, &leaving);
	}
	pthread_mutex_unlock(&cache->lock);
	free_entries(leaving);
}

static struct card_cache_entry *find_entry(
	const struct card_cache *cache, uint64_t moment, struct text key) {
	struct card_cache_entry *past =
		moment == cache->past_moment ? table_find(&cache->past, key) : NULL;
	struct card_cache_entry *entry = past != NULL ? past : table_find(&cache->entries, key);
	return entry != NULL && entry->moment <= moment ? entry : NULL;
}

struct card *card_cache_find(struct card_cache *cache, uint64_t moment, struct text key) {
	pthread_mutex_lock(&cache->lock);
	struct card_cache_entry *entry = find_entry(cache, moment, key);
	struct card *card = NULL;
	if (entry != NULL) {
		entry->was_used = true;
		card = card_acquire(entry->card);
	}
	pthread_mutex_unlock(&cache->lock);
	return card;
}

/* The clock algorithm: passes over entries that were used since it last came by. */
static void evict(struct card_cache *cache, struct card_cache_entry **leaving) {
	for (;;) {
		cache->hand %= cache->entries.count;
		struct card_cache_entry *entry = cache->ring[cache->hand];
		if (!entry->was_used) {
			take_out(cache, entry, leaving);
			return;
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

/* Adds an entry, and puts those that have to go for it before those that leave. */
static bool add_entry(struct card_cache *cache, struct card_cache_entry *entry,
	struct card_cache_entry **leaving) {
	if (entry->moment != cache->moment ||
		table_find(&cache->entries, entry_key(entry)) != NULL ||
		!table_reserve(&cache->entries, cache->entries.count + 1) ||
		!table_reserve(&cache->names, cache->names.count + 1)) {
		return false;
	}
	while (!has_room(cache, entry->size)) {
		evict(cache, leaving);
	}
	entry->place = cache->entries.count;
	cache->ring[entry->place] = entry;
	cache->size += entry->size;
	return add_to_tables(cache, entry);
}

static struct card_cache_entry *create_entry(uint64_t moment, struct text key, struct card *card) {
	struct card_cache_entry *entry = malloc(sizeof(*entry) + key.length);
	if (entry == NULL) {
		return NULL;
	}
	*entry = (struct card_cache_entry){
		.card = card_acquire(card),
		.moment = moment,
		.size = arena_size(&card->arena),
		.was_used = true,
		.length = key.length,
	};
	memcpy(entry->key, key.data, key.length);
	return entry;
}

void card_cache_add(struct card_cache *cache, uint64_t moment, struct text key, struct card *card) {
	struct card_cache_entry *entry = create_entry(moment, key, card);
	if (entry == NULL) {
		return;
	}
	struct card_cache_entry *leaving = NULL;
	pthread_mutex_lock(&cache->lock);
	const bool is_added = add_entry(cache, entry, &leaving);
	pthread_mutex_unlock(&cache->lock);
	if (!is_added) {
		free_entries(entry);
	}
	free_entries(leaving);
}
