#include "stores/watch_place.h"

#include "base/file.h"

#include <stdlib.h>
#include <string.h>

struct text watch_place_key(const void *item) {
	const struct watch_place *place = item;
	return text_of(place->path);
}

struct watch_place *watch_place_create(
	struct watch_tree *tree, struct watch_place *parent, struct text path) {
	struct watch_place *place = calloc(1, sizeof(*place) + path.length + 1);
	if (place == NULL) {
		return NULL;
	}
	memcpy(place->path, path.data, path.length);
	place->tree = tree;
	place->depth = parent == NULL ? 0 : parent->depth + 1;
	if (!table_add(&tree->places, place)) {
		free(place);
		return NULL;
	}
	place->parent = parent;
	if (parent != NULL) {
		place->next = parent->children;
		parent->children = place;
		if (place->next != NULL) {
			place->next->previous = place;
		}
	}
	return place;
}

static void leave_parent(struct watch_place *place) {
	if (place->previous != NULL) {
		place->previous->next = place->next;
	} else if (place->parent != NULL) {
		place->parent->children = place->next;
	}
	if (place->next != NULL) {
		place->next->previous = place->previous;
	}
}

/* Frees a place and those below it; the parent still has it among its children. */
static void free_place(struct watch_place *place) {
	for (struct watch_place *child = place->children; child != NULL;) {
		struct watch_place *next = child->next;
		free_place(child);
		child = next;
	}
	if (place->trail != NULL) {
		watch_trail_finish(place->trail);
		free(place->trail);
	}
	watch_points_remove(place->tree->points, &place->interest);
	table_remove(&place->tree->places, watch_place_key(place));
	free(place);
}

void watch_place_destroy(struct watch_place *place) {
	if (place != NULL) {
		leave_parent(place);
		free_place(place);
	}
}

bool watch_place_append_entry(
	struct buffer *path, const struct watch_place *directory, const char *name) {
	file_join(path, text_of(directory->path), text_of(name));
	return !path->failed;
}

bool watch_place_append_resolved(struct buffer *path, const struct watch_place *directory) {
	const struct watch_place *base = directory;
	while (base->trail == NULL && base->parent != NULL) {
		base = base->parent;
	}
	const struct watch_trail *trail =
		base->trail != NULL ? base->trail : &directory->tree->trail;
	const char *below = directory->path + strlen(base->path);
	file_join(path, buffer_text(&trail->path), text_of(*below == '/' ? below + 1 : below));
	return !path->failed;
}

bool watch_place_avoids(const struct watch_place *directory, const char *name) {
	const struct watch_points *points = directory->tree->points;
	if (points->remote == NULL || points->remote->count == 0) {
		return false;
	}
	struct buffer where = {0}, path = {0};
	if (watch_place_append_resolved(&where, directory)) {
		file_join(&path, buffer_text(&where), text_of(name));
	}
	const bool is_remote =
		where.failed || path.failed || watch_points_avoid(points, buffer_text(&path));
	buffer_finish(&where);
	buffer_finish(&path);
	return is_remote;
}
