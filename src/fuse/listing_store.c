#include "fuse/listing_store.h"

#include <string.h>

static struct stored_listing *find(struct listing_store *store, uint32_t token) {
	for (size_t i = 0; i < LISTINGS_STORED; i++) {
		if (store->items[i].token == token) {
			return &store->items[i];
		}
	}
	return NULL;
}

/* Each entry's kind is before its name; the names have a NUL behind them already. */
static void write_entries(unsigned char *place, const struct listing *listing) {
	for (size_t i = 0; i < listing->count; i++) {
		const struct text name = listing_name(listing, i);
		*place++ = (unsigned char)listing->entries[i].kind;
		memcpy(place, name.data, name.length + 1);
		place += name.length + 1;
	}
}

void listing_store_add(struct shared *shared, struct listing_store *store, uint64_t directory,
	uint32_t token, const struct listing *listing) {
	const size_t size = listing->names.length + listing->count;
	shared_begin(shared);
	struct stored_listing *place = find(store, 0);
	const uint64_t block = place == NULL ? 0 : shared_allocate(shared, size);
	if (block != 0) {
		write_entries(shared_at(shared, block), listing);
		const struct stored_listing stored = {
			.directory = directory,
			.block = block,
			.size = size,
			.count = listing->count,
			.token = token,
		};
		shared_set(shared, *place, stored);
	}
	shared_end(shared);
}

void listing_store_remove(struct shared *shared, struct listing_store *store, uint32_t token) {
	shared_begin(shared);
	struct stored_listing *stored = find(store, token);
	if (stored != NULL) {
		shared_free(shared, stored->block, stored->size);
		shared_set(shared, *stored, ((struct stored_listing){0}));
	}
	shared_end(shared);
}

bool listing_store_read(
	const struct shared *shared, const struct stored_listing *stored, struct listing *listing) {
	const char *place = shared_at(shared, stored->block);
	for (uint64_t i = 0; i < stored->count; i++) {
		const enum node_kind kind = (enum node_kind) * place++;
		const struct text name = text_of(place);
		if (!listing_add(listing, name, kind)) {
			return false;
		}
		place += name.length + 1;
	}
	return true;
}
