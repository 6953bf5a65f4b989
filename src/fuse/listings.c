#include "fuse/listings.h"

#include <stdlib.h>

/* A position is a token above an index, and has to stay positive. */
enum { LAST_TOKEN = 0x7FFFFFFF };

bool listings_init(struct listings *listings) {
	*listings = (struct listings){0};
	return pthread_mutex_init(&listings->lock, NULL) == 0;
}

static void free_listing(struct shared_listing *listing) {
	listing_finish(&listing->listing);
	free(listing);
}

void listings_finish(struct listings *listings) {
	for (size_t i = 0; i < LISTINGS_KEPT; i++) {
		if (listings->kept[i] != NULL) {
			free_listing(listings->kept[i]);
		}
	}
	pthread_mutex_destroy(&listings->lock);
}

static struct shared_listing *find(struct listings *listings, uint64_t number, uint32_t token) {
	struct shared_listing *found = NULL;
	pthread_mutex_lock(&listings->lock);
	for (size_t i = 0; found == NULL && i < LISTINGS_KEPT; i++) {
		struct shared_listing *listing = listings->kept[i];
		if (listing != NULL && listing->token == token && listing->directory == number) {
			found = listing;
			found->references++;
		}
	}
	pthread_mutex_unlock(&listings->lock);
	return found;
}

void listings_release(struct listings *listings, struct shared_listing *listing) {
	pthread_mutex_lock(&listings->lock);
	const bool is_last = --listing->references == 0;
	pthread_mutex_unlock(&listings->lock);
	if (is_last) {
		free_listing(listing);
	}
}

/* Keeps a listing in place of the oldest one, for the caller and for those that read on. */
static void keep(struct listings *listings, struct shared_listing *listing) {
	pthread_mutex_lock(&listings->lock);
	struct shared_listing *oldest = listings->kept[listings->next_place];
	listings->last_token = listings->last_token == LAST_TOKEN ? 1 : listings->last_token + 1;
	listing->token = listings->last_token;
	listing->references = 2;
	listings->kept[listings->next_place] = listing;
	listings->next_place = (listings->next_place + 1) % LISTINGS_KEPT;
	pthread_mutex_unlock(&listings->lock);
	if (oldest != NULL) {
		listings_release(listings, oldest);
	}
}

struct shared_listing *listings_take(struct listings *listings, uint64_t number,
	const struct node *directory, uint32_t token, struct error *error) {
	struct shared_listing *listing = token == 0 ? NULL : find(listings, number, token);
	if (listing != NULL) {
		return listing;
	}
	listing = calloc(1, sizeof(*listing));
	if (listing == NULL) {
		error_set_memory(error);
		return NULL;
	}
	listing->directory = number;
	if (!listing_take(&listing->listing, directory, error)) {
		free(listing);
		return NULL;
	}
	keep(listings, listing);
	return listing;
}
