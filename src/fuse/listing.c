#include "fuse/listing.h"

#include "base/array.h"

#include <stdlib.h>

void listing_finish(struct listing *listing) {
	free(listing->entries);
	buffer_finish(&listing->names);
	*listing = (struct listing){0};
}

bool listing_add(struct listing *listing, struct text name, enum node_kind kind) {
	struct listed *entries = array_make_room(
		listing->entries, listing->count, &listing->capacity, sizeof(*entries));
	if (entries == NULL) {
		listing->names.failed = true;
		return false;
	}
	listing->entries = entries;
	listing->entries[listing->count++] = (struct listed){
		.name_offset = listing->names.length,
		.name_length = name.length,
		.kind = kind,
	};
	buffer_append_text(&listing->names, name);
	buffer_append_byte(&listing->names, '\0');
	return !listing->names.failed;
}

static bool visit(void *context, struct text name, enum node_kind kind) {
	return listing_add(context, name, kind);
}

static bool fill(struct listing *listing, const struct node *directory, struct error *error) {
	if (!listing_add(listing, TEXT("."), NODE_DIRECTORY) ||
		!listing_add(listing, TEXT(".."), NODE_DIRECTORY)) {
		return error_set_memory(error);
	}
	return node_list(directory, visit, listing, error) &&
	       (!listing->names.failed || error_set_memory(error));
}

bool listing_take(struct listing *listing, const struct node *directory, struct error *error) {
	listing_finish(listing);
	if (!fill(listing, directory, error)) {
		listing_finish(listing);
		return false;
	}
	return true;
}

struct text listing_name(const struct listing *listing, size_t index) {
	const struct listed *entry = &listing->entries[index];
	return (struct text){listing->names.data + entry->name_offset, entry->name_length};
}
