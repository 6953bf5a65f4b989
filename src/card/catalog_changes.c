#include "card/catalog_index.h"

#include <stdlib.h>
#include <string.h>

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

static bool add_documents(
	struct catalog_changes *changes, const struct document_set *set, size_t first) {
	for (size_t i = first; i < set->count; i++) {
		if (!add_change(changes, document_name(&set->documents[i]))) {
			return false;
		}
	}
	return true;
}

static bool add_sets(struct catalog_changes *changes, const struct set_list *sets) {
	for (size_t i = 0; i < sets->count; i++) {
		if (!add_documents(changes, sets->items[i], 0)) {
			return false;
		}
	}
	return true;
}

/* Where a card stands is part of what it shows. */
static bool has_same_place(const struct document *a, const struct document *b) {
	return a->first_line == b->first_line && a->line == b->line && a->column == b->column &&
	       a->base_line == b->base_line && a->base_column == b->base_column;
}

static bool is_same_document(const struct document *a, const struct document *b) {
	return a->length == b->length && has_same_place(a, b) &&
	       memcmp(a->set->file->text + a->offset, b->set->file->text + b->offset, a->length) ==
		       0;
}

static bool is_same_file(const struct document_set *a, const struct document_set *b) {
	return a->store == b->store && strcmp(a->file->path, b->file->path) == 0 &&
	       strcmp(a->file->directory, b->file->directory) == 0;
}

/* Adds the names of documents that differ; those of one file mostly stay in their order. */
static bool add_differences(struct catalog_changes *changes, const struct document_set *old,
	const struct document_set *new) {
	const size_t common = old->count < new->count ? old->count : new->count;
	const size_t compared = is_same_file(old, new) ? common : 0;
	for (size_t i = 0; i < compared; i++) {
		const struct document *before = &old->documents[i];
		const struct document *after = &new->documents[i];
		if (!is_same_document(before, after) &&
			(!add_change(changes, document_name(before)) ||
				!add_change(changes, document_name(after)))) {
			return false;
		}
	}
	return add_documents(changes, old, compared) && add_documents(changes, new, compared);
}

static struct text set_path(const void *item) {
	const struct document_set *set = item;
	return text_of(set->file->path);
}

/* Puts sets in a table by path; where there is one of that path already, it is changed anyway. */
static bool fill_by_path(
	struct table *by_path, const struct set_list *sets, struct catalog_changes *changes) {
	for (size_t i = 0; i < sets->count; i++) {
		const struct document_set *set = sets->items[i];
		const bool is_second = table_find(by_path, set_path(set)) != NULL;
		if (is_second ? !add_documents(changes, set, 0) : !table_add(by_path, set)) {
			return false;
		}
	}
	return true;
}

static bool compare_sets(struct catalog_changes *changes, const struct catalog_update *update,
	struct table *removed) {
	if (!fill_by_path(removed, &update->removed, changes)) {
		return false;
	}
	for (size_t i = 0; i < update->added.count; i++) {
		const struct document_set *new = update->added.items[i];
		const struct document_set *old = table_remove(removed, set_path(new));
		changes->has_other_files |= old == NULL;
		if (old == NULL ? !add_documents(changes, new, 0)
				: !add_differences(changes, old, new)) {
			return false;
		}
	}
	const struct document_set *gone;
	changes->has_other_files |= removed->count > 0;
	for (size_t position = 0; (gone = table_next(removed, &position)) != NULL;) {
		if (!add_documents(changes, gone, 0)) {
			return false;
		}
	}
	return true;
}

/* Adds the names of documents that came, went, or say something else. */
static bool add_content(struct catalog_changes *changes, const struct catalog_update *update) {
	struct table removed = {.key = set_path};
	const bool done = compare_sets(changes, update, &removed);
	table_finish(&removed);
	return done;
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

/* A user of a changed card is changed in its turn: the list grows while it is walked. */
static bool add_all_users(struct catalog_changes *changes, size_t first,
	const struct catalog_index *index, const struct catalog_index *previous) {
	for (size_t i = first; i < changes->count; i++) {
		if (!add_users(changes, index, changes->items[i]) ||
			!add_users(changes, previous, changes->items[i])) {
			return false;
		}
	}
	return true;
}

/* What is in files that changed is modified at another time, and so is what derives from it. */
static bool add_times(struct catalog_changes *changes, const struct catalog_index *index,
	const struct catalog_index *previous, const struct catalog_update *update) {
	changes->content_count = changes->count;
	return add_sets(changes, &update->added) && add_sets(changes, &update->removed) &&
	       add_all_users(changes, changes->content_count, index, previous);
}

bool catalog_changes_init(struct catalog_changes *changes, const struct catalog_index *previous,
	const struct catalog_index *index, const struct catalog_update *update,
	struct error *error) {
	*changes = (struct catalog_changes){.names = {.key = change_name}};
	if (previous == NULL) {
		return true;
	}
	const bool done = add_content(changes, update) &&
			  add_all_users(changes, 0, index, previous) &&
			  add_times(changes, index, previous, update);
	return done || error_set_memory(error);
}

void catalog_changes_finish(struct catalog_changes *changes) {
	free(changes->items);
	table_finish(&changes->names);
	arena_finish(&changes->arena);
}
