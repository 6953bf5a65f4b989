#include "card/catalog_index.h"

#include "base/parallel.h"

#include <stdlib.h>
#include <string.h>

/*
 * Documents a shard has on average when shards are chosen; it may grow to many times that. A change
 * takes time for every shard, since each is counted, and for every document of those it touches.
 */
#define DOCUMENTS_A_SHARD 128
#define GROWTH_LIMIT 8

/* Fewer new documents are sorted sooner than a thread is started. */
#define DOCUMENTS_FOR_A_THREAD 10000
#define SHARDS_AT_A_TIME 64

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

/*
 * The uses that a document makes, its base first: start with *step 0. Returns false behind the
 * last.
 */
static bool next_use(const struct document *document, size_t *step, struct shard_use *use) {
	uint32_t start = document->name_length + document->environment_length;
	if (*step == 0) {
		*step = 1;
		*use = (struct shard_use){document, start, document->base_length};
		if (use->length > 0) {
			return true;
		}
	}
	size_t position = *step - 1;
	struct text reference;
	if (!document_next_reference(document, &position, &reference)) {
		return false;
	}
	*step = position + 1;
	*use = (struct shard_use){document, (uint32_t)(reference.data - document_strings(document)),
		(uint32_t)reference.length};
	return true;
}

static size_t shard_number(size_t shard_count, struct text name) {
	return (size_t)text_hash(name) & (shard_count - 1);
}

const struct shard *catalog_index_shard(const struct catalog_index *index, struct text name) {
	return index->shards[shard_number(index->shard_count, name)];
}

/* The making of an index. Buckets are arrays with a run for each shard. */
struct making {
	struct catalog_index *index;
	const struct catalog_index *previous; /* whose shards are carried over; NULL for none */
	const struct set_list *removed;
	const struct document **documents; /* to be added */
	size_t document_count;
	uint32_t *document_shards; /* the number of the shard that each is in */
	size_t *document_ends;     /* of each shard's run */
	const struct document **document_bucket;
	size_t *use_ends;
	struct shard_use *use_bucket;
	bool *is_touched; /* shards that lose something */
	bool shadow;      /* see shard_create */
	/* What documents, document_shards and both buckets are in. */
	struct bulk_array document_array, number_array, buckets;
};

static void count_entries(struct making *making) {
	size_t shard_count = making->index->shard_count;
	for (size_t i = 0; i < making->document_count; i++) {
		const struct document *document = making->documents[i];
		const size_t shard = shard_number(shard_count, document_name(document));
		making->document_shards[i] = (uint32_t)shard;
		making->document_ends[shard]++;
		struct shard_use use;
		for (size_t step = 0; next_use(document, &step, &use);) {
			making->use_ends[shard_number(shard_count, shard_use_name(&use))]++;
		}
	}
}

/* Turns counts into the starts of runs, which become their ends while the runs are filled. */
static size_t place_runs(size_t *counts, size_t shard_count) {
	size_t total = 0;
	for (size_t i = 0; i < shard_count; i++) {
		size_t count = counts[i];
		counts[i] = total;
		total += count;
	}
	return total;
}

/* Uses, which are larger, come first, so that both are aligned. */
static bool make_buckets(struct making *making, size_t document_total, size_t use_total) {
	const size_t use_size = use_total * sizeof(*making->use_bucket);
	const size_t document_size = document_total * sizeof(const struct document *);
	if (!bulk_array_init(&making->buckets, use_size + document_size, 1)) {
		return false;
	}
	char *start = making->buckets.items;
	making->use_bucket = (struct shard_use *)(void *)start;
	making->document_bucket = (const struct document **)(void *)(start + use_size);
	return true;
}

static bool fill_buckets(struct making *making, struct error *error) {
	size_t shard_count = making->index->shard_count;
	count_entries(making);
	size_t document_total = place_runs(making->document_ends, shard_count);
	size_t use_total = place_runs(making->use_ends, shard_count);
	if (!make_buckets(making, document_total, use_total)) {
		return error_set_memory(error);
	}
	for (size_t i = 0; i < making->document_count; i++) {
		const struct document *document = making->documents[i];
		making->document_bucket[making->document_ends[making->document_shards[i]]++] =
			document;
		struct shard_use use;
		for (size_t step = 0; next_use(document, &step, &use);) {
			const size_t shard = shard_number(shard_count, shard_use_name(&use));
			making->use_bucket[making->use_ends[shard]++] = use;
		}
	}
	return true;
}

static void touch_removed(struct making *making) {
	size_t shard_count = making->index->shard_count;
	for (size_t i = 0; making->previous != NULL && i < making->removed->count; i++) {
		const struct document_set *set = making->removed->items[i];
		for (size_t j = 0; j < set->count; j++) {
			const struct document *document = &set->documents[j];
			making->is_touched[shard_number(shard_count, document_name(document))] =
				true;
			struct shard_use use;
			for (size_t step = 0; next_use(document, &step, &use);) {
				struct text name = shard_use_name(&use);
				making->is_touched[shard_number(shard_count, name)] = true;
			}
		}
	}
}

static size_t run_start(const size_t *ends, size_t shard) {
	return shard == 0 ? 0 : ends[shard - 1];
}

static struct shard *make_shard(const struct making *making, size_t number) {
	const size_t first_document = run_start(making->document_ends, number);
	const size_t first_use = run_start(making->use_ends, number);
	const struct shard_change change = {
		.old = making->previous == NULL ? NULL : making->previous->shards[number],
		.removed = making->removed,
		.documents = making->document_bucket + first_document,
		.document_count = making->document_ends[number] - first_document,
		.uses = making->use_bucket + first_use,
		.use_count = making->use_ends[number] - first_use,
		.bulk = making->previous == NULL ? making->buckets.bulk : NULL,
		.shadow = making->shadow,
	};
	return shard_create(&change, NULL);
}

static bool is_unchanged(const struct making *making, size_t number) {
	return making->previous != NULL && !making->is_touched[number] &&
	       making->document_ends[number] == run_start(making->document_ends, number) &&
	       making->use_ends[number] == run_start(making->use_ends, number);
}

static bool make_some_shards(void *context, size_t first, size_t end) {
	const struct making *making = context;
	struct shard **shards = making->index->shards;
	for (size_t i = first; i < end; i++) {
		shards[i] = is_unchanged(making, i) ? shard_acquire(making->previous->shards[i])
						    : make_shard(making, i);
		if (shards[i] == NULL) {
			return false;
		}
	}
	return true;
}

static bool make_shards(struct making *making, struct error *error) {
	struct catalog_index *index = making->index;
	const size_t helpers = making->document_count / DOCUMENTS_FOR_A_THREAD;
	if (!parallel_run(
		    index->shard_count, SHARDS_AT_A_TIME, helpers, make_some_shards, making)) {
		return error_set_memory(error);
	}
	for (size_t i = 0; i < index->shard_count; i++) {
		index->asset_count += index->shards[i]->asset_count;
	}
	return true;
}

static size_t count_indexed(const struct catalog_index *index) {
	size_t count = 0;
	for (size_t i = 0; index != NULL && i < index->shard_count; i++) {
		count += index->shards[i]->all_count;
	}
	return count;
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
	bool is_redistributed = making->previous == NULL && previous != NULL;
	for (size_t i = 0; is_redistributed && i < previous->shard_count; i++) {
		const struct shard *shard = previous->shards[i];
		for (size_t j = 0; j < shard->all_count; j++) {
			if (!set_list_has(&update->removed, shard->all[j])) {
				making->documents[making->document_count++] = shard->all[j];
			}
		}
	}
	for (size_t i = 0; i < update->added.count; i++) {
		const struct document_set *set = update->added.items[i];
		for (size_t j = 0; j < set->count; j++) {
			making->documents[making->document_count++] = &set->documents[j];
		}
	}
}

static bool allocate(struct making *making, size_t document_count, struct error *error) {
	size_t shard_count = making->index->shard_count;
	const bool done = bulk_array_init(&making->document_array, document_count,
				  sizeof(const struct document *)) &&
			  bulk_array_init(&making->number_array, document_count,
				  sizeof(*making->document_shards));
	making->documents = making->document_array.items;
	making->document_shards = making->number_array.items;
	making->index->shards = calloc(shard_count, sizeof(struct shard *));
	making->document_ends = calloc(shard_count, sizeof(*making->document_ends));
	making->use_ends = calloc(shard_count, sizeof(*making->use_ends));
	making->is_touched = calloc(shard_count, sizeof(*making->is_touched));
	return (done && making->index->shards != NULL && making->document_ends != NULL &&
		       making->use_ends != NULL && making->is_touched != NULL) ||
	       error_set_memory(error);
}

/* Shards that took their runs over have references to the buckets. */
static void free_making(struct making *making) {
	if (making->previous == NULL && making->buckets.bulk != NULL) {
		bulk_release(making->buckets.bulk);
	} else {
		bulk_array_finish(&making->buckets);
	}
	bulk_array_finish(&making->document_array);
	bulk_array_finish(&making->number_array);
	free(making->document_ends);
	free(making->use_ends);
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
	size_t total = count_indexed(previous) + added;
	choose_shards(&making, total);
	bool done = allocate(&making, making.previous == NULL ? total : added, error);
	if (done) {
		gather_documents(&making, previous, update);
		touch_removed(&making);
		done = fill_buckets(&making, error) && make_shards(&making, error) &&
		       make_environments(index, previous, update, error);
	}
	free_making(&making);
	return done;
}

void catalog_index_finish(struct catalog_index *index) {
	for (size_t i = 0; index->shards != NULL && i < index->shard_count; i++) {
		shard_release(index->shards[i]);
	}
	free(index->shards);
	table_finish(&index->environment_table);
	arena_finish(&index->arena);
}
