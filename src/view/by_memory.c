/* The other half of by.h: who has what, found out once and brought up to date. */
#include "view/by.h"
#include "view/node.h"

#include <stdlib.h>

/* With more changes than one in so many assets it is as quick to look at all. */
enum { CHANGE_SHARE = 2 };

static struct text changed_key(const void *item) {
	return *(const struct text *)item;
}

bool by_memory_init(struct by_memory *memory) {
	*memory = (struct by_memory){.changed = {.key = changed_key}};
	return pthread_mutex_init(&memory->lock, NULL) == 0;
}

static void forget_older(struct by_memory *memory) {
	field_index_release(memory->older);
	memory->older = NULL;
	table_finish(&memory->changed);
	arena_finish(&memory->arena);
	memory->changed = (struct table){.key = changed_key};
}

void by_memory_finish(struct by_memory *memory) {
	forget_older(memory);
	field_index_release(memory->index);
	pthread_mutex_destroy(&memory->lock);
}

static bool add_change(struct by_memory *memory, struct text name) {
	if (table_find(&memory->changed, name) != NULL) {
		return true;
	}
	struct text *kept = arena_allocate(&memory->arena, sizeof(*kept));
	return kept != NULL && arena_copy_text(&memory->arena, name, kept) &&
	       table_add(&memory->changed, kept);
}

static bool add_changes(
	struct by_memory *memory, const struct by_memory *previous, const struct catalog *catalog) {
	const struct text *name;
	for (size_t position = 0; (name = table_next(&previous->changed, &position)) != NULL;) {
		if (!add_change(memory, *name)) {
			return false;
		}
	}
	for (size_t i = 0; i < catalog_change_count(catalog); i++) {
		if (!add_change(memory, catalog_change(catalog, i))) {
			return false;
		}
	}
	return memory->changed.count <= memory->older->asset_count / CHANGE_SHARE;
}

static bool follows(const struct catalog *catalog, const struct catalog *previous) {
	return catalog_generation(catalog) == catalog_generation(previous) + 1;
}

void by_inherit(struct view *view, struct view *previous) {
	struct by_memory *memory = &view->by;
	struct by_memory *old = &previous->by;
	pthread_mutex_lock(&old->lock);
	struct field_index *known = old->index != NULL ? old->index : old->older;
	memory->was_visited = old->was_visited;
	if (known != NULL && follows(view->catalog, previous->catalog)) {
		memory->older = field_index_acquire(known);
		if (!add_changes(memory, old, view->catalog)) {
			forget_older(memory);
		}
	}
	pthread_mutex_unlock(&old->lock);
}

static int compare_names(const void *a, const void *b) {
	return text_compare(*(const struct text *)a, *(const struct text *)b);
}

static struct text *sort_changes(const struct by_memory *memory) {
	struct text *names = calloc(memory->changed.count + 1, sizeof(*names));
	if (names == NULL) {
		return NULL;
	}
	size_t count = 0;
	const struct text *name;
	for (size_t position = 0; (name = table_next(&memory->changed, &position)) != NULL;) {
		names[count++] = *name;
	}
	qsort(names, count, sizeof(*names), compare_names);
	return names;
}

static struct field_index *create_index(const struct view *view, struct error *error) {
	const struct by_memory *memory = &view->by;
	struct text *changed = sort_changes(memory);
	if (changed == NULL) {
		error_set_memory(error);
		return NULL;
	}
	struct field_index *index = field_index_create(view->catalog, &view->environments,
		memory->older, changed, memory->changed.count, error);
	free(changed);
	return index;
}

const struct field_index *by_index(struct view *view, struct error *error) {
	struct by_memory *memory = &view->by;
	pthread_mutex_lock(&memory->lock);
	memory->was_visited = true;
	if (memory->index == NULL) {
		memory->index = create_index(view, error);
	}
	if (memory->index != NULL) {
		forget_older(memory);
	}
	const struct field_index *index = memory->index;
	pthread_mutex_unlock(&memory->lock);
	return index;
}

bool by_was_visited(struct view *view) {
	pthread_mutex_lock(&view->by.lock);
	bool was_visited = view->by.was_visited;
	pthread_mutex_unlock(&view->by.lock);
	return was_visited;
}

bool by_visit(struct view *view, struct text name, field_index_visitor *visitor, void *context,
	int64_t *modified, struct error *error) {
	struct error fault = {0};
	struct card *card = catalog_card(view->catalog, name, &view->environments, &fault);
	*modified = 0;
	if (card == NULL) {
		return fault.kind == ERROR_NOT_FOUND || error_set_memory(error);
	}
	*modified = card->modified;
	bool done = field_index_visit(card, visitor, context, error);
	card_release(card);
	return done;
}
