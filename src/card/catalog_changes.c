#include "card/catalog_index.h"

#include <stdlib.h>

static struct text change_name(const void *item) {
	return *(const struct text *)item;
}

/* Adds a name that is not there yet, to be looked at later. */
static bool add_change(struct catalog_changes *changes, struct text name) {
	if (table_find(&changes->names, name) != NULL) {
		return true;
	}
	if (changes->count == changes->capacity) {
		size_t capacity = changes->capacity == 0 ? 64 : changes->capacity * 2;
		struct text *grown = realloc(changes->items, capacity * sizeof(*grown));
		if (grown == NULL) {
			return false;
		}
		changes->items = grown;
		changes->capacity = capacity;
	}
	struct text *kept = arena_allocate(&changes->arena, sizeof(*kept));
	if (kept == NULL || !arena_copy_text(&changes->arena, name, kept) ||
		!table_add(&changes->names, kept)) {
		return false;
	}
	changes->items[changes->count++] = *kept;
	return true;
}

static bool add_sets(struct catalog_changes *changes, const struct set_list *sets) {
	for (size_t i = 0; i < sets->count; i++) {
		for (size_t j = 0; j < sets->items[i]->count; j++) {
			if (!add_change(changes, document_name(&sets->items[i]->documents[j]))) {
				return false;
			}
		}
	}
	return true;
}

static bool add_users(
	struct catalog_changes *changes, const struct catalog_index *index, struct text name) {
	const struct shard *shard = catalog_index_shard(index, name);
	size_t position = 0;
	const struct document *user;
	while ((user = shard_next_user(shard, name, &position)) != NULL) {
		if (!add_change(changes, document_name(user))) {
			return false;
		}
	}
	return true;
}

bool catalog_changes_init(struct catalog_changes *changes, const struct catalog_index *previous,
	const struct catalog_index *index, const struct catalog_update *update,
	struct error *error) {
	*changes = (struct catalog_changes){.names = {.key = change_name}};
	if (previous == NULL) {
		return true;
	}
	bool done = add_sets(changes, &update->added) && add_sets(changes, &update->removed);
	/* A user of a changed card is changed in its turn: the list grows while it is walked. */
	for (size_t i = 0; done && i < changes->count; i++) {
		done = add_users(changes, index, changes->items[i]) &&
		       add_users(changes, previous, changes->items[i]);
	}
	return done || error_set_memory(error);
}

void catalog_changes_finish(struct catalog_changes *changes) {
	free(changes->items);
	table_finish(&changes->names);
	arena_finish(&changes->arena);
}
