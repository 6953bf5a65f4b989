#include "fuse/listings.h"

#include <stdlib.h>

/* A position is a token above an index, and has to stay positive. */
enum { LAST_TOKEN = 0x7FFFFFFF };

/* Newcomers are given none of an old server's; nobody knows how many readers one has. */
static const uint64_t old_generation = UINT64_MAX;
enum { MANY_READERS = 1 << 30 };

static void free_listing(struct shared_listing *listing) {
	if (listing != NULL) {
		listing_finish(&listing->listing);
		free(listing);
	}
}

/* For nobody but those who read on. */
static struct shared_listing *take_up(
	const struct listings *listings, const struct stored_listing *stored) {
	struct shared_listing *listing = calloc(1, sizeof(*listing));
	if (listing == NULL) {
		return NULL;
	}
	*listing = (struct shared_listing){
		.directory = stored->directory,
		.generation = old_generation,
		.token = stored->token,
		.references = 1,
		.readers = MANY_READERS,
		.is_stored = true,
	};
	if (!listing_store_read(listings->shared, stored, &listing->listing)) {
		free_listing(listing);
		return NULL;
	}
	return listing;
}

void listings_finish(struct listings *listings) {
	for (size_t i = 0; i < LISTINGS_KEPT; i++) {
		free_listing(listings->kept[i]);
	}
	buffer_finish(&listings->passing);
	pthread_mutex_destroy(&listings->lock);
}

bool listings_init(struct listings *listings, struct statistics *statistics, struct shared *shared,
	struct listing_store *store) {
	*listings = (struct listings){
		.statistics = statistics,
		.shared = shared,
		.store = store,
	};
	bool done = pthread_mutex_init(&listings->lock, NULL) == 0;
	size_t count = 0;
	for (size_t i = 0; done && i < LISTINGS_STORED; i++) {
		if (store->items[i].token != 0) {
			listings->kept[count] = take_up(listings, &store->items[i]);
			done = listings->kept[count++] != NULL;
		}
	}
	if (!done) {
		listings_finish(listings);
	}
	return done;
}

/* What is below needs the lock, up to listings_take. */

static struct shared_listing **find(struct listings *listings, uint64_t number, uint32_t token) {
	for (size_t i = 0; i < LISTINGS_KEPT; i++) {
		const struct shared_listing *listing = listings->kept[i];
		if (listing != NULL && listing->token == token && listing->directory == number) {
			return &listings->kept[i];
		}
	}
	return NULL;
}

/* The newest of that generation. */
static struct shared_listing *find_newest(
	struct listings *listings, uint64_t number, uint64_t generation) {
	struct shared_listing *newest = NULL;
	for (size_t i = 0; i < LISTINGS_KEPT; i++) {
		struct shared_listing *listing = listings->kept[i];
		if (listing != NULL && listing->directory == number &&
			listing->generation == generation &&
			(newest == NULL || listing->token > newest->token)) {
			newest = listing;
		}
	}
	return newest;
}

/* An empty place, or that of the listing not used for longest. */
static struct shared_listing **find_place(struct listings *listings) {
	struct shared_listing **place = &listings->kept[0];
	for (size_t i = 0; i < LISTINGS_KEPT; i++) {
		struct shared_listing **candidate = &listings->kept[i];
		if (*candidate == NULL) {
			return candidate;
		}
		if ((*candidate)->last_use < (*place)->last_use) {
			place = candidate;
		}
	}
	return place;
}

/* Returns it when it is to be freed. */
static struct shared_listing *drop(struct shared_listing *listing) {
	return listing != NULL && --listing->references == 0 ? listing : NULL;
}

/* Makes a place empty. Returns what is to be freed. */
static struct shared_listing *empty(struct listings *listings, struct shared_listing **place) {
	struct shared_listing *listing = *place;
	if (listing != NULL && listing->is_stored) {
		listing_store_remove(listings->shared, listings->store, listing->token);
	}
	*place = NULL;
	return drop(listing);
}

static struct shared_listing *share(
	struct listings *listings, uint64_t number, uint32_t token, uint64_t generation) {
	struct shared_listing **place = token == 0 ? NULL : find(listings, number, token);
	struct shared_listing *listing =
		place != NULL ? *place : find_newest(listings, number, generation);
	if (listing != NULL) {
		listing->references++;
		listing->readers += token == 0;
		listing->last_use = ++listings->uses;
	}
	return listing;
}

static struct shared_listing *create(
	uint64_t number, uint64_t generation, const struct node *directory, struct error *error) {
	struct shared_listing *listing = calloc(1, sizeof(*listing));
	if (listing == NULL) {
		error_set_memory(error);
		return NULL;
	}
	listing->directory = number;
	listing->generation = generation;
	listing->readers = 1;
	if (!listing_take(&listing->listing, directory, error)) {
		free(listing);
		return NULL;
	}
	return listing;
}

/* For the caller and for those who read on. */
static void keep(struct listings *listings, struct shared_listing *listing) {
	pthread_mutex_lock(&listings->lock);
	struct listing_store *store = listings->store;
	struct shared_listing **place = find_place(listings);
	struct shared_listing *unused = empty(listings, place);
	store->last_token = store->last_token == LAST_TOKEN ? 1 : store->last_token + 1;
	listing->token = store->last_token;
	listing->references = 2;
	listing->last_use = ++listings->uses;
	*place = listing;
	pthread_mutex_unlock(&listings->lock);
	free_listing(unused);
}

struct shared_listing *listings_take(struct listings *listings, uint64_t number,
	const struct node *directory, uint32_t token, struct error *error) {
	const uint64_t generation = catalog_generation(view_catalog(directory->view));
	pthread_mutex_lock(&listings->lock);
	struct shared_listing *listing = share(listings, number, token, generation);
	pthread_mutex_unlock(&listings->lock);
	statistics_count(listings->statistics,
		listing != NULL ? COUNTER_LISTINGS_SHARED : COUNTER_LISTINGS_MADE);
	if (listing == NULL) {
		listing = create(number, generation, directory, error);
		if (listing != NULL) {
			keep(listings, listing);
		}
	}
	return listing;
}

void listings_release(struct listings *listings, struct shared_listing *listing) {
	pthread_mutex_lock(&listings->lock);
	struct shared_listing *unused = drop(listing);
	pthread_mutex_unlock(&listings->lock);
	free_listing(unused);
}

void listings_store(struct listings *listings, struct shared_listing *listing) {
	pthread_mutex_lock(&listings->lock);
	if (!listing->is_stored && find(listings, listing->directory, listing->token) != NULL) {
		listing_store_add(listings->shared, listings->store, listing->directory,
			listing->token, &listing->listing);
		listing->is_stored = true;
	}
	pthread_mutex_unlock(&listings->lock);
}

static bool is_among(const struct buffer *numbers, uint64_t number) {
	const uint64_t *items = (const void *)numbers->data;
	for (size_t i = 0; i < numbers->length / sizeof(number); i++) {
		if (items[i] == number) {
			return true;
		}
	}
	return false;
}

bool listings_end(struct listings *listings, uint64_t number, uint32_t token) {
	struct shared_listing *unused = NULL;
	pthread_mutex_lock(&listings->lock);
	struct shared_listing **place = find(listings, number, token);
	if (place != NULL && --(*place)->readers == 0) {
		unused = empty(listings, place);
	}
	const bool may_be_kept = !listings->is_closed || !is_among(&listings->passing, number);
	pthread_mutex_unlock(&listings->lock);
	free_listing(unused);
	return may_be_kept;
}

bool listings_note_passing(struct listings *listings, uint64_t number, struct error *error) {
	pthread_mutex_lock(&listings->lock);
	if (!is_among(&listings->passing, number)) {
		buffer_append(&listings->passing, &number, sizeof(number));
	}
	const bool done = !listings->passing.failed;
	listings->passing.failed = false;
	pthread_mutex_unlock(&listings->lock);
	return done || error_set_memory(error);
}

void listings_close(struct listings *listings) {
	pthread_mutex_lock(&listings->lock);
	listings->is_closed = true;
	pthread_mutex_unlock(&listings->lock);
}

void listings_open(struct listings *listings) {
	pthread_mutex_lock(&listings->lock);
	listings->is_closed = false;
	buffer_clear(&listings->passing);
	pthread_mutex_unlock(&listings->lock);
}

bool listings_passing(struct listings *listings, size_t index, uint64_t *number) {
	pthread_mutex_lock(&listings->lock);
	const uint64_t *numbers = (const void *)listings->passing.data;
	const bool is_there = index < listings->passing.length / sizeof(*number);
	if (is_there) {
		*number = numbers[index];
	}
	pthread_mutex_unlock(&listings->lock);
	return is_there;
}
