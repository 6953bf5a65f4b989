#include "card/catalog.h"

#include "base/table.h"
#include "card/card_cache.h"
#include "card/catalog_index.h"
#include "card/load.h"
#include "card/resolve.h"

#include <stdlib.h>
#include <string.h>

/* One store's share of a catalog. */
struct part {
	struct catalog_store store;
	struct store_listing listing;
	struct document_set **sets; /* one a file, in the listing's order */
	struct problem_list problems;
};

struct catalog {
	atomic_uint references;
	struct catalog_options options;
	uint64_t generation;
	int64_t modified;
	struct part *parts;
	size_t part_count;
	struct catalog_index index;
	struct catalog_changes changes;
	struct card_cache cards;
};

static void free_part(struct part *part) {
	for (size_t i = 0; part->sets != NULL && i < part->listing.count; i++) {
		document_set_release(part->sets[i]);
	}
	free(part->sets);
	store_listing_finish(&part->listing);
	problem_list_finish(&part->problems);
}

static void free_catalog(struct catalog *catalog) {
	card_cache_finish(&catalog->cards);
	catalog_changes_finish(&catalog->changes);
	catalog_index_finish(&catalog->index);
	for (size_t i = 0; i < catalog->part_count; i++) {
		free_part(&catalog->parts[i]);
	}
	free(catalog->parts);
	free(catalog);
}

struct catalog *catalog_acquire(struct catalog *catalog) {
	atomic_fetch_add_explicit(&catalog->references, 1, memory_order_relaxed);
	return catalog;
}

void catalog_release(struct catalog *catalog) {
	if (catalog != NULL &&
		atomic_fetch_sub_explicit(&catalog->references, 1, memory_order_acq_rel) == 1) {
		free_catalog(catalog);
	}
}

/*
 * Walks two sorted listings side by side. Takes over the sets of files that are the same in both;
 * those of the others are removed from the index, or still to be read.
 */
static bool compare_parts(struct part *part, const struct part *previous,
	struct catalog_update *update, struct error *error) {
	size_t old_count = previous == NULL ? 0 : previous->listing.count;
	size_t j = 0;
	for (size_t i = 0; i < part->listing.count; i++) {
		const char *path = part->listing.files[i]->path;
		while (j < old_count && strcmp(previous->listing.files[j]->path, path) < 0) {
			if (!catalog_update_remove(update, previous->sets[j++], error)) {
				return false;
			}
		}
		if (j == old_count || strcmp(previous->listing.files[j]->path, path) != 0) {
			continue;
		}
		if (previous->listing.files[j] == part->listing.files[i]) {
			part->sets[i] = document_set_acquire(previous->sets[j]);
		} else if (!catalog_update_remove(update, previous->sets[j], error)) {
			return false;
		}
		j++;
	}
	while (j < old_count) {
		if (!catalog_update_remove(update, previous->sets[j++], error)) {
			return false;
		}
	}
	return true;
}

static bool list_part(struct part *part, struct store *store, const struct part *previous,
	struct catalog_update *update, struct error *error) {
	part->store.store = store;
	if (!store_list(store, previous == NULL ? NULL : &previous->listing, &part->listing,
		    &part->problems, error)) {
		return false;
	}
	part->sets = calloc(part->listing.count + 1, sizeof(struct document_set *));
	if (part->sets == NULL) {
		return error_set_memory(error);
	}
	return compare_parts(part, previous, update, error);
}

static size_t count_unread(const struct catalog *catalog) {
	size_t count = 0;
	for (size_t i = 0; i < catalog->part_count; i++) {
		const struct part *part = &catalog->parts[i];
		for (size_t j = 0; j < part->listing.count; j++) {
			count += part->sets[j] == NULL;
		}
	}
	return count;
}

/* Reads the files that the previous catalog did not have, and adds what they hold. */
static bool read_files(
	struct catalog *catalog, struct catalog_update *update, struct error *error) {
	size_t count = 0;
	struct load_task *tasks = calloc(count_unread(catalog) + 1, sizeof(*tasks));
	if (tasks == NULL) {
		return error_set_memory(error);
	}
	for (size_t i = 0; i < catalog->part_count; i++) {
		struct part *part = &catalog->parts[i];
		for (size_t j = 0; j < part->listing.count; j++) {
			if (part->sets[j] == NULL) {
				tasks[count++] = (struct load_task){
					part->listing.files[j], (uint32_t)i, &part->sets[j]};
			}
		}
	}
	bool done = load_files(tasks, count, &catalog->options.limits, error);
	for (size_t i = 0; done && i < count; i++) {
		done = catalog_update_add(update, *tasks[i].set, error);
	}
	free(tasks);
	return done;
}

static void count_part(struct catalog *catalog, struct part *part) {
	part->store.file_count = part->listing.count;
	part->store.problem_count = part->problems.count;
	for (size_t i = 0; i < part->listing.count; i++) {
		part->store.card_count += part->sets[i]->count;
		part->store.problem_count += part->sets[i]->problems.count;
		if (part->listing.files[i]->modified > catalog->modified) {
			catalog->modified = part->listing.files[i]->modified;
		}
	}
}

static bool fill_catalog(struct catalog *catalog, const struct store_set *stores,
	const struct catalog *previous, struct catalog_update *update, struct error *error) {
	catalog->parts = calloc(stores->count + 1, sizeof(*catalog->parts));
	if (catalog->parts == NULL) {
		return error_set_memory(error);
	}
	for (size_t i = 0; i < stores->count; i++) {
		const struct part *old = previous == NULL ? NULL : &previous->parts[i];
		struct part *part = &catalog->parts[catalog->part_count++];
		if (!list_part(part, stores->stores[i], old, update, error)) {
			return false;
		}
	}
	if (!read_files(catalog, update, error)) {
		return false;
	}
	for (size_t i = 0; i < catalog->part_count; i++) {
		count_part(catalog, &catalog->parts[i]);
	}
	const struct catalog_index *old = previous == NULL ? NULL : &previous->index;
	return catalog_index_init(&catalog->index, old, update, catalog->options.shadow, error) &&
	       catalog_changes_init(&catalog->changes, old, &catalog->index, update, error);
}

struct catalog *catalog_create(const struct store_set *stores,
	const struct catalog_options *options, struct catalog *previous, struct error *error) {
	struct catalog *catalog = calloc(1, sizeof(*catalog));
	if (catalog == NULL || !card_cache_init(&catalog->cards)) {
		free(catalog);
		error_set_memory(error);
		return NULL;
	}
	atomic_init(&catalog->references, 1);
	catalog->options = *options;
	catalog->generation = previous == NULL ? 1 : previous->generation + 1;
	struct catalog_update update = {0};
	bool done = fill_catalog(catalog, stores, previous, &update, error);
	catalog_update_finish(&update);
	if (!done) {
		free_catalog(catalog);
		return NULL;
	}
	if (previous != NULL) {
		card_cache_carry_over(&catalog->cards, &previous->cards, &catalog->changes.names);
	}
	return catalog;
}

uint64_t catalog_generation(const struct catalog *catalog) {
	return catalog->generation;
}

int64_t catalog_modified(const struct catalog *catalog) {
	return catalog->modified;
}

size_t catalog_asset_count(const struct catalog *catalog) {
	return catalog->index.asset_count;
}

bool catalog_next(
	const struct catalog *catalog, struct catalog_cursor *cursor, struct asset *asset) {
	while (cursor->shard < catalog->index.shard_count) {
		if (shard_next(catalog->index.shards[cursor->shard], &cursor->position, asset)) {
			return true;
		}
		*cursor = (struct catalog_cursor){.shard = cursor->shard + 1};
	}
	return false;
}

static int compare_texts(const void *a, const void *b) {
	return text_compare(*(const struct text *)a, *(const struct text *)b);
}

struct text *catalog_sorted_names(const struct catalog *catalog) {
	struct text *names = calloc(catalog->index.asset_count + 1, sizeof(*names));
	if (names == NULL) {
		return NULL;
	}
	struct catalog_cursor cursor = {0};
	struct asset asset;
	for (size_t i = 0; catalog_next(catalog, &cursor, &asset); i++) {
		names[i] = asset.name;
	}
	qsort(names, catalog->index.asset_count, sizeof(*names), compare_texts);
	return names;
}

bool catalog_find(const struct catalog *catalog, struct text name, struct asset *asset) {
	return shard_find(catalog_index_shard(&catalog->index, name), name, asset);
}

size_t catalog_change_count(const struct catalog *catalog) {
	return catalog->changes.count;
}

struct text catalog_change(const struct catalog *catalog, size_t index) {
	return catalog->changes.items[index];
}

size_t catalog_environment_count(const struct catalog *catalog) {
	return catalog->index.environment_count;
}

struct text catalog_environment(const struct catalog *catalog, size_t index) {
	return catalog->index.environments[index].name;
}

bool catalog_has_environment(const struct catalog *catalog, struct text environment) {
	return table_find(&catalog->index.environment_table, environment) != NULL;
}

size_t catalog_store_count(const struct catalog *catalog) {
	return catalog->part_count;
}

const struct catalog_store *catalog_store(const struct catalog *catalog, size_t index) {
	return &catalog->parts[index].store;
}

const struct catalog_options *catalog_options(const struct catalog *catalog) {
	return &catalog->options;
}

void catalog_add_problems(const struct catalog *catalog, struct problem_list *problems) {
	for (size_t i = 0; i < catalog->part_count; i++) {
		const struct part *part = &catalog->parts[i];
		problem_list_add_all(problems, &part->problems);
		for (size_t j = 0; j < part->listing.count; j++) {
			problem_list_add_all(problems, &part->sets[j]->problems);
		}
	}
	for (size_t i = 0; i < catalog->index.shard_count; i++) {
		problem_list_add_all(problems, &catalog->index.shards[i]->problems);
	}
}

/* NUL may stand in a name, so each environment is written with its length. */
static void append_key(
	struct buffer *key, struct text name, const struct environments *environments) {
	for (size_t i = 0; i < environments->count; i++) {
		buffer_append_format(key, "%zu@", environments->names[i].length);
		buffer_append_text(key, environments->names[i]);
	}
	buffer_append_byte(key, '/');
	buffer_append_text(key, name);
}

static struct card *find_card(struct catalog *catalog, const struct asset *asset,
	const struct environments *environments, struct text key, struct error *error) {
	struct card *card = card_cache_find(&catalog->cards, key);
	if (card == NULL) {
		card = resolve_card(catalog, asset, environments, error);
		if (card != NULL) {
			card_cache_add(&catalog->cards, key, card);
		}
	}
	return card;
}

struct card *catalog_card(struct catalog *catalog, struct text name,
	const struct environments *environments, struct error *error) {
	struct asset asset;
	if (!catalog_find(catalog, name, &asset)) {
		error_set(
			error, ERROR_NOT_FOUND, "there is no asset \"%.*s\"", TEXT_ARGUMENTS(name));
		return NULL;
	}
	struct buffer key = {0};
	append_key(&key, name, environments);
	struct card *card = NULL;
	if (key.failed) {
		error_set_memory(error);
	} else {
		card = find_card(catalog, &asset, environments, buffer_text(&key), error);
	}
	buffer_finish(&key);
	return card;
}
