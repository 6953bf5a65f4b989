#include "card/catalog.h"

#include "base/bulk.h"
#include "base/table.h"
#include "card/card_cache.h"
#include "card/catalog_index.h"
#include "card/part.h"
#include "card/resolve.h"

#include <stdlib.h>
#include <string.h>

struct catalog {
	atomic_uint references;
	struct catalog_options options;
	uint64_t generation;
	bool is_same; /* as the previous one */
	int64_t modified;
	struct part *parts;
	size_t part_count;
	struct catalog_index index;
	struct catalog_changes changes;
	struct card_cache *cards; /* shared with those before and behind it, and when it is: */
	uint64_t moment, previous_moment;
};

static void free_catalog(struct catalog *catalog) {
	if (catalog->cards != NULL) {
		card_cache_leave(catalog->cards, catalog->moment, catalog->previous_moment);
	}
	card_cache_release(catalog->cards);
	catalog_changes_finish(&catalog->changes);
	catalog_index_finish(&catalog->index);
	for (size_t i = 0; i < catalog->part_count; i++) {
		part_finish(&catalog->parts[i]);
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

static bool list_stores(struct catalog *catalog, const struct store_set *stores,
	const struct catalog *previous, const struct store_changes *changes, struct error *error) {
	catalog->parts = calloc(stores->count + 1, sizeof(*catalog->parts));
	if (catalog->parts == NULL) {
		return error_set_memory(error);
	}
	for (size_t i = 0; i < stores->count; i++) {
		if (!part_init(&catalog->parts[catalog->part_count++], stores->stores[i],
			    previous == NULL ? NULL : &previous->parts[i],
			    changes == NULL ? NULL : &changes[i], error)) {
			return false;
		}
	}
	return true;
}

static void count_files(
	const struct catalog *catalog, const struct load_task *tasks, size_t count) {
	struct catalog_figures *figures = catalog->options.figures;
	if (figures == NULL) {
		return;
	}
	catalog_figures_add(&figures->files_read, count);
	for (size_t i = 0; i < count; i++) {
		catalog_figures_add(&figures->bytes_read, tasks[i].file->length);
	}
}

/* Reads the files that the previous catalog did not have. */
static bool read_files(struct catalog *catalog, struct error *error) {
	size_t count = 0;
	for (size_t i = 0; i < catalog->part_count; i++) {
		count += part_count_unread(&catalog->parts[i]);
	}
	struct load_task *tasks = calloc(count + 1, sizeof(*tasks));
	if (tasks == NULL) {
		return error_set_memory(error);
	}
	count = 0;
	for (size_t i = 0; i < catalog->part_count; i++) {
		count += part_add_tasks(&catalog->parts[i], (uint32_t)i, &tasks[count]);
	}
	bool done = load_files(tasks, count, &catalog->options.limits, error);
	count_files(catalog, tasks, count);
	free(tasks);
	return done;
}

/* The first catalog of a process uses what an earlier one found in the same files. */
static void recall_parts(struct catalog *catalog) {
	for (size_t i = 0; i < catalog->part_count; i++) {
		part_recall(&catalog->parts[i], &catalog->options.limits);
	}
}

static void end_recall(struct catalog *catalog) {
	for (size_t i = 0; i < catalog->part_count; i++) {
		part_end_recall(&catalog->parts[i]);
	}
}

void catalog_keep(const struct catalog *catalog) {
	for (size_t i = 0; i < catalog->part_count; i++) {
		part_keep(&catalog->parts[i], &catalog->options.limits);
	}
}

static bool settle_parts(
	struct catalog *catalog, struct catalog_update *update, struct error *error) {
	for (size_t i = 0; i < catalog->part_count; i++) {
		struct part *part = &catalog->parts[i];
		if (!part_settle(part, &catalog->options, update, error)) {
			return false;
		}
		if (part->files.modified > catalog->modified) {
			catalog->modified = part->files.modified;
		}
	}
	return true;
}

static bool has_same_parts(const struct catalog *catalog, const struct catalog *previous) {
	for (size_t i = 0; i < catalog->part_count; i++) {
		if (!part_is_same(&catalog->parts[i], &previous->parts[i])) {
			return false;
		}
	}
	return true;
}

static bool fill_catalog(struct catalog *catalog, const struct store_set *stores,
	const struct catalog *previous, const struct store_changes *changes,
	struct catalog_update *update, struct error *error) {
	if (!list_stores(catalog, stores, previous, changes, error)) {
		return false;
	}
	if (previous == NULL) {
		recall_parts(catalog);
	}
	const bool are_read = read_files(catalog, error);
	end_recall(catalog);
	if (!are_read || !settle_parts(catalog, update, error)) {
		return false;
	}
	const struct catalog_index *old = previous == NULL ? NULL : &previous->index;
	return catalog_index_init(&catalog->index, old, update, catalog->options.shadow, error) &&
	       catalog_changes_init(&catalog->changes, old, &catalog->index, update, error);
}

/* Keeps the cards that previous kept, but for those that changed. */
static bool share_cards(
	struct catalog *catalog, const struct catalog *previous, struct error *error) {
	catalog->moment = previous == NULL ? 0
					   : card_cache_advance(previous->cards, previous->moment,
						     &catalog->changes.names);
	if (catalog->moment != 0) {
		catalog->cards = card_cache_acquire(previous->cards);
		catalog->previous_moment = previous->moment;
		return true;
	}
	catalog->cards = card_cache_create();
	catalog->moment = CARD_CACHE_START;
	return catalog->cards != NULL || error_set_memory(error);
}

struct catalog *catalog_create(const struct store_set *stores,
	const struct catalog_options *options, struct catalog *previous,
	const struct store_changes *changes, struct error *error) {
	struct catalog *catalog = calloc(1, sizeof(*catalog));
	if (catalog == NULL) {
		error_set_memory(error);
		return NULL;
	}
	atomic_init(&catalog->references, 1);
	catalog->options = *options;
	catalog->generation =
		(previous == NULL ? options->past_generation : previous->generation) + 1;
	struct catalog_update update = {0};
	const bool done = fill_catalog(catalog, stores, previous, changes, &update, error) &&
			  share_cards(catalog, previous, error);
	catalog_update_finish(&update);
	bulk_end();
	if (!done) {
		free_catalog(catalog);
		return NULL;
	}
	catalog->is_same = previous != NULL && has_same_parts(catalog, previous);
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
		const struct shard *shard = catalog_index_shard_at(&catalog->index, cursor->shard);
		if (shard_next(shard, &cursor->position, asset)) {
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

const struct document *catalog_next_user(
	const struct catalog *catalog, struct text name, size_t *position) {
	return shard_next_user(catalog_index_shard(&catalog->index, name), name, position);
}

size_t catalog_change_count(const struct catalog *catalog) {
	return catalog->changes.count;
}

size_t catalog_content_change_count(const struct catalog *catalog) {
	return catalog->changes.content_count;
}

bool catalog_is_same(const struct catalog *catalog) {
	return catalog->is_same;
}

bool catalog_has_other_files(const struct catalog *catalog) {
	return catalog->changes.has_other_files;
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

struct catalog_store catalog_store(const struct catalog *catalog, size_t index) {
	const struct part *part = &catalog->parts[index];
	return (struct catalog_store){part->store, part->files.file_count, part->files.card_count,
		part->problem_count, part->is_incomplete};
}

void catalog_visit_last_good(
	const struct catalog *catalog, catalog_file_visitor *visitor, void *context) {
	for (size_t i = 0; i < catalog->part_count; i++) {
		if (!part_visit_last_good(&catalog->parts[i], visitor, context)) {
			return;
		}
	}
}

const struct catalog_options *catalog_options(const struct catalog *catalog) {
	return &catalog->options;
}

void catalog_add_problems(const struct catalog *catalog, struct problem_list *problems) {
	for (size_t i = 0; i < catalog->part_count; i++) {
		part_add_problems(&catalog->parts[i], problems);
	}
	for (size_t i = 0; i < catalog->index.shard_count; i++) {
		shard_add_problems(catalog_index_shard_at(&catalog->index, i), problems);
	}
	problem_list_sort(problems);
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

static void count_card(const struct catalog *catalog, bool was_kept) {
	struct catalog_figures *figures = catalog->options.figures;
	if (figures != NULL) {
		catalog_figures_add(was_kept ? &figures->cards_kept : &figures->cards_resolved, 1);
	}
}

static struct card *find_card(struct catalog *catalog, const struct asset *asset,
	const struct environments *environments, struct text key, struct error *error) {
	struct card *card = card_cache_find(catalog->cards, catalog->moment, key);
	count_card(catalog, card != NULL);
	if (card == NULL) {
		card = resolve_card(catalog, asset, environments, error);
		if (card != NULL) {
			card_cache_add(catalog->cards, catalog->moment, key, card);
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
