#include "stores/changes.h"

#include "base/array.h"

#include <stdlib.h>
#include <string.h>

static struct text path_key(const void *path) {
	return text_of(path);
}

bool store_changes_is_empty(const struct store_changes *changes) {
	return !changes->everything && changes->count == 0;
}

static bool make_room(struct store_changes *changes) {
	char **paths =
		array_make_room(changes->paths, changes->count, &changes->capacity, sizeof(*paths));
	if (paths == NULL) {
		return false;
	}
	changes->paths = paths;
	return true;
}

static bool add(struct store_changes *changes, const char *path) {
	char *copy = make_room(changes) ? strdup(path) : NULL;
	if (copy == NULL || !table_add(&changes->known, copy)) {
		free(copy);
		return false;
	}
	changes->paths[changes->count++] = copy;
	return true;
}

void store_changes_add(struct store_changes *changes, const char *path) {
	changes->known.key = path_key;
	if (changes->everything || table_find(&changes->known, text_of(path)) != NULL) {
		return;
	}
	if (!add(changes, path)) {
		store_changes_add_everything(changes);
	}
}

void store_changes_add_all(struct store_changes *changes, const struct store_changes *other) {
	if (other->everything) {
		store_changes_add_everything(changes);
	}
	for (size_t i = 0; i < other->count; i++) {
		store_changes_add(changes, other->paths[i]);
	}
}

void store_changes_add_everything(struct store_changes *changes) {
	store_changes_finish(changes);
	changes->everything = true;
}

void store_changes_finish(struct store_changes *changes) {
	for (size_t i = 0; i < changes->count; i++) {
		free(changes->paths[i]);
	}
	free(changes->paths);
	table_finish(&changes->known);
	*changes = (struct store_changes){0};
}
