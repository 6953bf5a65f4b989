#include "card/catalog.h"

#include "base/table.h"
#include "card/card_cache.h"
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

/* A document with its place in the order of stores, files and documents. */
struct placed {
	const struct document *document;
	uint32_t store;
	uint32_t order;
};

struct catalog {
	atomic_uint references;
	struct catalog_options options;
	uint64_t generation;
	int64_t modified;
	struct part *parts;
	size_t part_count;
	const struct document **documents; /* by name, environment and place */
	struct asset *assets;              /* by name */
	size_t asset_count;
	struct table by_name;
	struct text *environments; /* sorted */
	size_t environment_count;
	struct problem_list problems;
	struct card_cache cards;
};

static struct text asset_key(const void *item) {
	const struct asset *asset = item;
	return asset->name;
}

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
	for (size_t i = 0; i < catalog->part_count; i++) {
		free_part(&catalog->parts[i]);
	}
	free(catalog->parts);
	free(catalog->documents);
	free(catalog->assets);
	table_finish(&catalog->by_name);
	free(catalog->environments);
	problem_list_finish(&catalog->problems);
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

/* The set that the previous catalog made of the same file, with a reference; NULL where none is. */
static struct document_set *find_set(const struct part *previous, const struct card_file *file) {
	if (previous == NULL) {
		return NULL;
	}
	size_t low = 0;
	size_t high = previous->listing.count;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		int order = strcmp(previous->listing.files[middle]->path, file->path);
		if (order == 0) {
			return previous->listing.files[middle] == file
				       ? document_set_acquire(previous->sets[middle])
				       : NULL;
		}
		if (order < 0) {
			low = middle + 1;
		} else {
			high = middle;
		}
	}
	return NULL;
}

static bool read_files(const struct catalog *catalog, struct part *part,
	const struct part *previous, struct error *error) {
	part->sets = calloc(part->listing.count + 1, sizeof(struct document_set *));
	if (part->sets == NULL) {
		return error_set_memory(error);
	}
	for (size_t i = 0; i < part->listing.count; i++) {
		struct card_file *file = part->listing.files[i];
		part->sets[i] = find_set(previous, file);
		if (part->sets[i] == NULL) {
			part->sets[i] = document_set_read(file, &catalog->options.limits, error);
		}
		if (part->sets[i] == NULL) {
			return false;
		}
		part->store.card_count += part->sets[i]->count;
		part->store.problem_count += part->sets[i]->problems.count;
	}
	return true;
}

static bool read_stores(struct catalog *catalog, const struct store_set *stores,
	const struct catalog *previous, struct error *error) {
	catalog->parts = calloc(stores->count + 1, sizeof(*catalog->parts));
	if (catalog->parts == NULL) {
		return error_set_memory(error);
	}
	for (size_t i = 0; i < stores->count; i++) {
		struct part *part = &catalog->parts[catalog->part_count++];
		const struct part *old = previous == NULL ? NULL : &previous->parts[i];
		part->store.store = stores->stores[i];
		if (!store_list(stores->stores[i], old == NULL ? NULL : &old->listing,
			    &part->listing, &part->problems, error) ||
			!read_files(catalog, part, old, error)) {
			return false;
		}
		part->store.file_count = part->listing.count;
		part->store.problem_count += part->problems.count;
	}
	return true;
}

static int compare_placed(const void *first, const void *second) {
	const struct placed *a = first;
	const struct placed *b = second;
	int order = text_compare(a->document->name, b->document->name);
	if (order == 0) {
		order = text_compare(a->document->environment, b->document->environment);
	}
	return order != 0 ? order : (a->order > b->order) - (a->order < b->order);
}

static void place_documents(const struct catalog *catalog, struct placed *placed) {
	uint32_t order = 0;
	for (size_t i = 0; i < catalog->part_count; i++) {
		const struct part *part = &catalog->parts[i];
		for (size_t j = 0; j < part->listing.count; j++) {
			const struct document_set *set = part->sets[j];
			for (size_t k = 0; k < set->count; k++) {
				placed[order] =
					(struct placed){&set->documents[k], (uint32_t)i, order};
				order++;
			}
		}
	}
}

static struct text document_path(const struct document *document) {
	return text_of(document->set->file->path);
}

void catalog_report_conflict(struct problem_list *problems, const struct document *first,
	const struct document *second) {
	struct buffer name = {0};
	document_append_name(&name, second);
	problem_list_add(problems, PROBLEM_ERROR, document_path(second), second->line, 0,
		second->name,
		"the card \"%.*s\" is defined twice, also at %s:%u; rename or remove one of them",
		TEXT_ARGUMENTS(buffer_text(&name)), first->set->file->path, first->line);
	problems->failed |= name.failed;
	buffer_finish(&name);
}

static void add_conflict(struct catalog *catalog, struct asset *asset, const struct document *first,
	const struct document *second) {
	catalog_report_conflict(&catalog->problems, first, second);
	if (asset->conflict[0] == NULL) {
		asset->conflict[0] = first;
		asset->conflict[1] = second;
	}
}

static void add_orphan(struct catalog *catalog, const struct document *document) {
	problem_list_add(&catalog->problems, PROBLEM_ERROR, document_path(document), document->line,
		0, document->name,
		"the card \"%.*s@%.*s\" has no card \"%.*s\" to be laid over; add one, or mend the "
		"name",
		TEXT_ARGUMENTS(document->name), TEXT_ARGUMENTS(document->environment),
		TEXT_ARGUMENTS(document->name));
}

/* Makes an asset of the documents of one name, count of them from placed on, which are sorted. */
static void add_asset(
	struct catalog *catalog, const struct placed *placed, size_t count, size_t *kept) {
	const struct document **documents = &catalog->documents[*kept];
	struct asset *asset = &catalog->assets[catalog->asset_count];
	*asset = (struct asset){.name = placed[0].document->name, .documents = documents};
	for (size_t i = 0; i < count; i++) {
		const struct document *document = placed[i].document;
		bool is_repeat = i > 0 && text_equal(placed[i - 1].document->environment,
						  document->environment);
		if (!is_repeat) {
			documents[asset->document_count++] = document;
		} else if (catalog->options.shadow && placed[i - 1].store != placed[i].store) {
			documents[asset->document_count - 1] = document;
		} else {
			add_conflict(catalog, asset, placed[i - 1].document, document);
		}
	}
	*kept += asset->document_count;
	if (documents[0]->environment.length == 0) {
		catalog->asset_count++;
		return;
	}
	for (size_t i = 0; i < asset->document_count; i++) {
		add_orphan(catalog, documents[i]);
	}
}

static bool index_assets(struct catalog *catalog, struct error *error) {
	if (!table_reserve(&catalog->by_name, catalog->asset_count)) {
		return error_set_memory(error);
	}
	for (size_t i = 0; i < catalog->asset_count; i++) {
		if (!table_add(&catalog->by_name, &catalog->assets[i])) {
			return error_set_memory(error);
		}
	}
	return true;
}

static bool gather_assets(
	struct catalog *catalog, struct placed *placed, size_t count, struct error *error) {
	catalog->documents = calloc(count + 1, sizeof(const struct document *));
	catalog->assets = calloc(count + 1, sizeof(*catalog->assets));
	if (catalog->documents == NULL || catalog->assets == NULL) {
		return error_set_memory(error);
	}
	place_documents(catalog, placed);
	qsort(placed, count, sizeof(*placed), compare_placed);
	size_t kept = 0;
	for (size_t first = 0, next; first < count; first = next) {
		next = first + 1;
		while (next < count &&
			text_equal(placed[next].document->name, placed[first].document->name)) {
			next++;
		}
		add_asset(catalog, &placed[first], next - first, &kept);
	}
	return index_assets(catalog, error);
}

static struct text environment_key(const void *item) {
	return *(const struct text *)item;
}

static int compare_texts(const void *a, const void *b) {
	return text_compare(*(const struct text *)a, *(const struct text *)b);
}

static bool gather_environments(
	struct catalog *catalog, const struct placed *placed, size_t count, struct error *error) {
	struct table seen = {.key = environment_key};
	bool done = true;
	for (size_t i = 0; done && i < count; i++) {
		const struct text *name = &placed[i].document->environment;
		if (name->length > 0 && table_find(&seen, *name) == NULL) {
			/* The table only looks at its items. */
			done = table_add(&seen, (void *)(uintptr_t)name);
		}
	}
	catalog->environments = calloc(seen.count + 1, sizeof(*catalog->environments));
	done = done && catalog->environments != NULL;
	size_t position = 0;
	for (const struct text *name; done && (name = table_next(&seen, &position)) != NULL;) {
		catalog->environments[catalog->environment_count++] = *name;
	}
	table_finish(&seen);
	if (!done) {
		return error_set_memory(error);
	}
	qsort(catalog->environments, catalog->environment_count, sizeof(*catalog->environments),
		compare_texts);
	return true;
}

static bool gather_problems(struct catalog *catalog, struct error *error) {
	for (size_t i = 0; i < catalog->part_count; i++) {
		const struct part *part = &catalog->parts[i];
		problem_list_add_all(&catalog->problems, &part->problems);
		for (size_t j = 0; j < part->listing.count; j++) {
			problem_list_add_all(&catalog->problems, &part->sets[j]->problems);
			if (part->listing.files[j]->modified > catalog->modified) {
				catalog->modified = part->listing.files[j]->modified;
			}
		}
	}
	problem_list_sort(&catalog->problems);
	return !catalog->problems.failed || error_set_memory(error);
}

static bool fill_catalog(struct catalog *catalog, const struct store_set *stores,
	const struct catalog *previous, struct error *error) {
	if (!read_stores(catalog, stores, previous, error)) {
		return false;
	}
	size_t count = 0;
	for (size_t i = 0; i < catalog->part_count; i++) {
		count += catalog->parts[i].store.card_count;
	}
	struct placed *placed = calloc(count + 1, sizeof(*placed));
	bool done = placed != NULL && gather_assets(catalog, placed, count, error) &&
		    gather_environments(catalog, placed, count, error);
	free(placed);
	return done ? gather_problems(catalog, error) : error_set_memory(error);
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
	catalog->by_name.key = asset_key;
	catalog->generation = previous == NULL ? 1 : previous->generation + 1;
	if (!fill_catalog(catalog, stores, previous, error)) {
		free_catalog(catalog);
		return NULL;
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
	return catalog->asset_count;
}

const struct asset *catalog_asset(const struct catalog *catalog, size_t index) {
	return &catalog->assets[index];
}

const struct asset *catalog_find(const struct catalog *catalog, struct text name) {
	return table_find(&catalog->by_name, name);
}

const struct document *asset_document(const struct asset *asset, struct text environment) {
	for (size_t i = 0; i < asset->document_count; i++) {
		if (text_equal(asset->documents[i]->environment, environment)) {
			return asset->documents[i];
		}
	}
	return NULL;
}

size_t catalog_environment_count(const struct catalog *catalog) {
	return catalog->environment_count;
}

struct text catalog_environment(const struct catalog *catalog, size_t index) {
	return catalog->environments[index];
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

const struct problem_list *catalog_problems(const struct catalog *catalog) {
	return &catalog->problems;
}

/* NUL may stand in a name, so each part is written with its length. */
static void append_key(
	struct buffer *key, struct text name, const struct environments *environments) {
	for (size_t i = 0; i < environments->count; i++) {
		buffer_append_format(key, "%zu@", environments->names[i].length);
		buffer_append_text(key, environments->names[i]);
	}
	buffer_append_byte(key, '/');
	buffer_append_text(key, name);
}

struct card *catalog_card(struct catalog *catalog, struct text name,
	const struct environments *environments, struct error *error) {
	const struct asset *asset = catalog_find(catalog, name);
	if (asset == NULL) {
		error_set(
			error, ERROR_NOT_FOUND, "there is no asset \"%.*s\"", TEXT_ARGUMENTS(name));
		return NULL;
	}
	struct buffer key = {0};
	append_key(&key, name, environments);
	if (key.failed) {
		buffer_finish(&key);
		error_set_memory(error);
		return NULL;
	}
	struct card *card = card_cache_find(&catalog->cards, buffer_text(&key));
	if (card == NULL) {
		card = resolve_card(catalog, asset, environments, error);
		if (card != NULL) {
			card_cache_add(&catalog->cards, buffer_text(&key), card);
		}
	}
	buffer_finish(&key);
	return card;
}
