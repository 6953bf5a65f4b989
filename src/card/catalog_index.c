#include "card/catalog_index.h"

#include "base/parallel.h"
#include "card/buckets.h"

#include <stdlib.h>

/*
 * Documents a shard has on average when shards are chosen; it may grow to many times that. A change
 * takes time for every document of the shards that it touches.
 */
#define DOCUMENTS_A_SHARD 128
#define GROWTH_LIMIT 8

/* Fewer new documents are sorted sooner than a thread is started. */
#define DOCUMENTS_FOR_A_THREAD 10000
#define GROUPS_AT_A_TIME 2

bool catalog_update_add(
	struct catalog_update *update, const struct document_set *set, struct error *error) {
	return set_list_add(&update->added, set, error);
}

bool catalog_update_remove(
	struct catalog_update *update, const struct document_set *set, struct error *error) {
	return set_list_add(&update->removed, set, error);
}

void catalog_update_finish(struct catalog_update *update) {
	set_list_finish(&update->added);
	set_list_finish(&update->removed);
}

const struct shard *catalog_index_shard_at(const struct catalog_index *index, size_t number) {
	return index->groups[number / SHARDS_A_GROUP]->shards[number % SHARDS_A_GROUP];
}

const struct shard *catalog_index_shard(const struct catalog_index *index, struct text name) {
	return catalog_index_shard_at(index, shard_number(index->shard_count, name));
}

/* The making of an index. */
struct making {
	struct catalog_index *index;
	const struct catalog_index *previous; /* whose shards are carried over; NULL for none */
	const struct set_list *removed;
	struct bulk_array added; /* documents that are to be in shards */
	size_t added_count;
	struct buckets buckets; /* of those */
	bool *is_touched;       /* shards that lose something */
	bool shadow;            /* see shard_create */
};

static void touch_removed(struct making *making) {
	size_t shard_count = making->index->shard_count;
	for (size_t i = 0; making->previous != NULL && i < making->removed->count; i++) {
		const struct document_set *set = making->removed->items[i];
		for (size_t j = 0; j < set->count; j++) {
			const struct document *document = &set->documents[j];
			making->is_touched[shard_number(shard_count, document_name(document))] =
				true;
			struct shard_use use;
			for (size_t step = 0; shard_next_use(document, &step, &use);) {
				struct text name = shard_use_name(&use);
				making->is_touched[shard_number(shard_count, name)] = true;
			}
		}
	}
}

static struct shard *make_shard(const struct making *making, size_t number) {
	const struct buckets *buckets = &making->buckets;
	const size_t first_document = buckets_start(buckets->document_ends, number);
	const size_t first_use = buckets_start(buckets->use_ends, number);
	const struct shard_change change = {
		.old = making->previous == NULL ? NULL
						: catalog_index_shard_at(making->previous, number),
		.removed = making->removed,
		.documents = buckets->documents + first_document,
		.document_count = buckets->document_ends[number] - first_document,
		.uses = buckets->uses + first_use,
		.use_count = buckets->use_ends[number] - first_use,
		.bulk = making->previous == NULL ? buckets->array.bulk : NULL,
		.shadow = making->shadow,
	};
	return shard_create(&change, NULL);
}

static bool is_any_touched(const struct making *making, size_t first, size_t end) {
	for (size_t i = first; i < end; i++) {
		if (making->is_touched[i]) {
			return true;
		}
	}
	return false;
}

/* Whether nothing goes from, nor comes to, the shards from first to before end. */
static bool are_unchanged(const struct making *making, size_t first, size_t end) {
	const struct buckets *buckets = &making->buckets;
	return making->previous != NULL && !is_any_touched(making, first, end) &&
	       buckets->document_ends[end - 1] == buckets_start(buckets->document_ends, first) &&
	       buckets->use_ends[end - 1] == buckets_start(buckets->use_ends, first);
}

/* Fills a group with the shards from first to before end, in place of the old one. */
static bool fill_group(const struct making *making, const struct shard_group *old, size_t first,
	size_t end, struct shard_group *group) {
	for (size_t i = first; i < end; i++) {
		struct shard *shard = are_unchanged(making, i, i + 1)
					      ? shard_acquire(old->shards[i - first])
					      : make_shard(making, i);
		if (shard == NULL) {
			return false;
		}
		shard_group_add(group, shard);
	}
	return true;
}

static struct shard_group *make_group(const struct making *making, size_t number) {
	const size_t shard_count = making->index->shard_count;
	const size_t first = number * SHARDS_A_GROUP;
	const size_t left = shard_count - first;
	const size_t end = first + (left < SHARDS_A_GROUP ? left : SHARDS_A_GROUP);
	struct shard_group *old =
		making->previous == NULL ? NULL : making->previous->groups[number];
	if (are_unchanged(making, first, end)) {
		return shard_group_acquire(old);
	}
	struct shard_group *group = shard_group_create();
	if (group != NULL && !fill_group(making, old, first, end, group)) {
		shard_group_release(group);
		return NULL;
	}
	return group;
}

static bool make_some_groups(void *context, size_t first, size_t end) {
	const struct making *making = context;
	for (size_t i = first; i < end; i++) {
		making->index->groups[i] = make_group(making, i);
		if (making->index->groups[i] == NULL) {
			return false;
		}
	}
	return true;
}

static bool make_groups(struct making *making, struct error *error) {
	struct catalog_index *index = making->index;
	const size_t helpers = making->added_count / DOCUMENTS_FOR_A_THREAD;
	if (!parallel_run(
		    index->group_count, GROUPS_AT_A_TIME, helpers, make_some_groups, making)) {
		return error_set_memory(error);
	}
	for (size_t i = 0; i < index->group_count; i++) {
		index->document_count += index->groups[i]->document_count;
		index->asset_count += index->groups[i]->asset_count;
	}
	return true;
}

/* Chooses the number of shards; one that no longer fits means that nothing is carried over. */
static void choose_shards(struct making *making, size_t total) {
	if (making->previous != NULL &&
		total / DOCUMENTS_A_SHARD <= making->previous->shard_count * GROWTH_LIMIT) {
		making->index->shard_count = making->previous->shard_count;
		return;
	}
	making->previous = NULL;
	making->index->shard_count = 1;
	while (making->index->shard_count < total / DOCUMENTS_A_SHARD) {
		making->index->shard_count *= 2;
	}
}

/* The documents that are to be put in shards: what was added, and what is not carried over. */
static void gather_documents(struct making *making, const struct catalog_index *previous,
	const struct catalog_update *update) {
	const struct document **documents = making->added.items;
	size_t count = 0;
	bool is_redistributed = making->previous == NULL && previous != NULL;
	for (size_t i = 0; is_redistributed && i < previous->shard_count; i++) {
		const struct shard *shard = catalog_index_shard_at(previous, i);
		for (size_t j = 0; j < shard->all_count; j++) {
			if (!set_list_has(&update->removed, shard->all[j])) {
				documents[count++] = shard->all[j];
			}
		}
	}
	for (size_t i = 0; i < update->added.count; i++) {
		const struct document_set *set = update->added.items[i];
		for (size_t j = 0; j < set->count; j++) {
			documents[count++] = &set->documents[j];
		}
	}
	making->added_count = count;
}

static bool allocate(struct making *making, size_t added_count, struct error *error) {
	struct catalog_index *index = making->index;
	index->group_count = (index->shard_count + SHARDS_A_GROUP - 1) / SHARDS_A_GROUP;
	index->groups = calloc(index->group_count, sizeof(struct shard_group *));
	making->is_touched = calloc(index->shard_count, sizeof(*making->is_touched));
	return (bulk_array_init(&making->added, added_count, sizeof(const struct document *)) &&
		       index->groups != NULL && making->is_touched != NULL) ||
	       error_set_memory(error);
}

static bool fill_buckets(struct making *making, struct error *error) {
	return buckets_init(&making->buckets, making->added.items, making->added_count,
		       making->index->shard_count) ||
	       error_set_memory(error);
}

/* Shards that took their runs over have references to the buckets. */
static void free_making(struct making *making) {
	if (making->previous == NULL && making->buckets.array.bulk != NULL) {
		bulk_release(making->buckets.array.bulk);
		making->buckets.array = (struct bulk_array){0};
	}
	buckets_finish(&making->buckets);
	bulk_array_finish(&making->added);
	free(making->is_touched);
}

static struct text environment_key(const void *item) {
	const struct environment_count *environment = item;
	return environment->name;
}

static bool count_environment(struct catalog_index *index, struct text name, size_t change) {
	struct environment_count *environment = table_find(&index->environment_table, name);
	if (environment == NULL) {
		environment = arena_allocate(&index->arena, sizeof(*environment));
		if (environment == NULL ||
			!arena_copy_text(&index->arena, name, &environment->name) ||
			!table_add(&index->environment_table, environment)) {
			return false;
		}
	}
	environment->count += change;
	return true;
}

/* Adds (change 1) or takes away (change -1, as unsigned numbers wrap) what the sets name. */
static bool count_environments(
	struct catalog_index *index, const struct set_list *sets, size_t change) {
	for (size_t i = 0; i < sets->count; i++) {
		for (size_t j = 0; j < sets->items[i]->count; j++) {
			const struct document *document = &sets->items[i]->documents[j];
			if (document->environment_length > 0 &&
				!count_environment(index, document_environment(document), change)) {
				return false;
			}
		}
	}
	return true;
}

static int compare_environments(const void *a, const void *b) {
	return text_compare(environment_key(a), environment_key(b));
}

/* Lists the environments that some document still names, and makes the table one of that list. */
static bool list_environments(struct catalog_index *index) {
	struct table counted = index->environment_table;
	index->environment_table = (struct table){.key = environment_key};
	index->environments = arena_allocate_array(
		&index->arena, counted.count + 1, sizeof(*index->environments));
	size_t position = 0;
	const struct environment_count *environment;
	while (index->environments != NULL &&
		(environment = table_next(&counted, &position)) != NULL) {
		if (environment->count > 0) {
			index->environments[index->environment_count++] = *environment;
		}
	}
	table_finish(&counted);
	if (index->environments == NULL) {
		return false;
	}
	qsort(index->environments, index->environment_count, sizeof(*index->environments),
		compare_environments);
	for (size_t i = 0; i < index->environment_count; i++) {
		if (!table_add(&index->environment_table, &index->environments[i])) {
			return false;
		}
	}
	return true;
}

static bool make_environments(struct catalog_index *index, const struct catalog_index *previous,
	const struct catalog_update *update, struct error *error) {
	index->environment_table.key = environment_key;
	bool done = true;
	for (size_t i = 0; done && previous != NULL && i < previous->environment_count; i++) {
		const struct environment_count *old = &previous->environments[i];
		done = count_environment(index, old->name, old->count);
	}
	done = done && count_environments(index, &update->added, 1) &&
	       count_environments(index, &update->removed, (size_t)-1) && list_environments(index);
	return done || error_set_memory(error);
}

bool catalog_index_init(struct catalog_index *index, const struct catalog_index *previous,
	struct catalog_update *update, bool shadow, struct error *error) {
	*index = (struct catalog_index){0};
	struct making making = {.index = index,
		.previous = previous,
		.removed = &update->removed,
		.shadow = shadow};
	set_list_sort(&update->removed);
	size_t added = set_list_count_documents(&update->added);
	size_t total = (previous == NULL ? 0 : previous->document_count) + added;
	choose_shards(&making, total);
	bool done = allocate(&making, making.previous == NULL ? total : added, error);
	if (done) {
		gather_documents(&making, previous, update);
		touch_removed(&making);
		done = fill_buckets(&making, error) && make_groups(&making, error) &&
		       make_environments(index, previous, update, error);
	}
	free_making(&making);
	return done;
}

void catalog_index_finish(struct catalog_index *index) {
	for (size_t i = 0; index->groups != NULL && i < index->group_count; i++) {
		shard_group_release(index->groups[i]);
	}
	free(index->groups);
	table_finish(&index->environment_table);
	arena_finish(&index->arena);
}
