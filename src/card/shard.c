#include "card/shard.h"

#include <stdlib.h>
#include <string.h>

/* So few items are put in their places one by one. */
#define FEW 16

/* They do not decide where a name is: so a hundred that are numbered in turn are in one place. */
#define BYTES_AT_THE_END 2

struct text shard_use_name(const struct shard_use *use) {
	return (struct text){document_strings(use->document) + use->offset, use->length};
}

bool shard_next_use(const struct document *document, size_t *step, struct shard_use *use) {
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

size_t shard_number(size_t count, struct text name) {
	const size_t end = name.length < BYTES_AT_THE_END ? name.length : BYTES_AT_THE_END;
	return (size_t)text_hash(text_part(name, 0, name.length - end)) & (count - 1);
}

static int compare_documents(const void *a, const void *b) {
	return document_compare(
		*(const struct document *const *)a, *(const struct document *const *)b);
}

static int compare_uses(const void *a, const void *b) {
	return text_compare(shard_use_name(a), shard_use_name(b));
}

typedef int compare_function(const void *a, const void *b);

/* Moves the last of items, whose others are in order, to where it belongs. */
static void insert_last(char *items, size_t count, size_t size, compare_function *compare) {
	const char *last = items + (count - 1) * size;
	char item[sizeof(struct shard_use)];
	size_t low = 0;
	size_t high = count - 1;
	while (low < high) {
		const size_t middle = low + (high - low) / 2;
		if (compare(items + middle * size, last) <= 0) {
			low = middle + 1;
		} else {
			high = middle;
		}
	}
	memcpy(item, last, size);
	memmove(items + (low + 1) * size, items + low * size, (count - 1 - low) * size);
	memcpy(items + low * size, item, size);
}

/* Sorts items, of which the first so many are in order. Cards of a file often are altogether. */
static void sort(
	void *items, size_t ordered, size_t count, size_t size, compare_function *compare) {
	const char *next = (const char *)items + ordered * size;
	while (ordered < count && (ordered == 0 || compare(next - size, next) <= 0)) {
		ordered++;
		next += size;
	}
	if (count - ordered > FEW) {
		qsort(items, count, size, compare);
		return;
	}
	for (size_t i = ordered; i < count; i++) {
		insert_last(items, i + 1, size, compare);
	}
}

static bool has_same_environment(const struct document *a, const struct document *b) {
	return text_equal(document_environment(a), document_environment(b));
}

static bool has_same_name(const struct document *a, const struct document *b) {
	return text_equal(document_name(a), document_name(b));
}

static bool is_shadowed_by(const struct document *document, const struct document *other) {
	return has_same_name(document, other) && has_same_environment(document, other) &&
	       document->set->store != other->set->store;
}

/* Of documents of several stores with one name and environment, leaves the last store's. */
static bool select_unshadowed(struct shard *shard) {
	shard->documents = calloc(shard->all_count + 1, sizeof(const struct document *));
	if (shard->documents == NULL) {
		return false;
	}
	size_t kept = 0;
	for (size_t i = 0; i < shard->all_count; i++) {
		while (kept > 0 && is_shadowed_by(shard->documents[kept - 1], shard->all[i])) {
			kept--;
		}
		shard->documents[kept++] = shard->all[i];
	}
	shard->document_count = kept;
	return true;
}

static bool select_documents(struct shard *shard, bool shadow) {
	if (shadow) {
		return select_unshadowed(shard);
	}
	shard->documents = shard->all;
	shard->document_count = shard->all_count;
	return true;
}

void shard_report_conflict(struct problem_list *problems, struct text asset,
	const struct document *first, const struct document *second) {
	struct buffer name = {0};
	document_append_name(&name, second);
	bool is_base = !text_equal(asset, document_name(second));
	problem_list_add(problems, PROBLEM_ERROR, document_path(second), second->line,
		second->column, asset,
		"the card \"%.*s\"%s%.*s%s is defined twice, also at %s:%u; rename or remove one "
		"of them",
		TEXT_ARGUMENTS(buffer_text(&name)), is_base ? ", a base of " : "",
		is_base ? (int)asset.length : 0, asset.data, is_base ? "," : "",
		first->set->file->path, first->line);
	problems->failed |= name.failed;
	buffer_finish(&name);
}

static void report_orphan(struct problem_list *problems, const struct document *document) {
	struct text name = document_name(document);
	problem_list_add(problems, PROBLEM_ERROR, document_path(document), document->line,
		document->column, name,
		"the card \"%.*s@%.*s\" has no card \"%.*s\" to be laid over; add one, or mend the "
		"name",
		TEXT_ARGUMENTS(name), TEXT_ARGUMENTS(document_environment(document)),
		TEXT_ARGUMENTS(name));
}

/* The documents from *position on that have one name; moves *position behind them. */
static struct asset next_name(const struct shard *shard, size_t *position) {
	const struct document *const *first = &shard->documents[*position];
	size_t count = 1;
	while (*position + count < shard->document_count && has_same_name(first[0], first[count])) {
		count++;
	}
	*position += count;
	return (struct asset){document_name(first[0]), first, count};
}

static bool is_orphaned(const struct asset *asset) {
	return asset->documents[0]->environment_length > 0;
}

static bool is_in_conflict(const struct asset *asset, size_t index) {
	return index > 0 &&
	       has_same_environment(asset->documents[index - 1], asset->documents[index]);
}

static void inspect(struct shard *shard) {
	for (size_t position = 0; position < shard->document_count;) {
		const struct asset asset = next_name(shard, &position);
		shard->asset_count += is_orphaned(&asset) ? 0 : 1;
		shard->problem_count += is_orphaned(&asset) ? asset.document_count : 0;
		for (size_t i = 0; i < asset.document_count; i++) {
			shard->problem_count += is_in_conflict(&asset, i);
		}
	}
}

static void add_problems_of(const struct asset *asset, struct problem_list *problems) {
	for (size_t i = 0; i < asset->document_count; i++) {
		if (is_orphaned(asset)) {
			report_orphan(problems, asset->documents[i]);
		}
		if (is_in_conflict(asset, i)) {
			shard_report_conflict(problems, asset->name, asset->documents[i - 1],
				asset->documents[i]);
		}
	}
}

void shard_add_problems(const struct shard *shard, struct problem_list *problems) {
	for (size_t position = 0; shard->problem_count > 0 && position < shard->document_count;) {
		const struct asset asset = next_name(shard, &position);
		add_problems_of(&asset, problems);
	}
}

/*
 * Takes, of few documents that come, the one that has the place of one that goes: they sort alike.
 * NULL where there is none.
 */
static const struct document *take_successor(
	const struct shard_change *change, const struct document *document) {
	for (size_t i = 0; i < change->document_count && change->document_count <= FEW; i++) {
		const struct document *successor = change->documents[i];
		if (successor != NULL && successor->set->store == document->set->store &&
			has_same_name(successor, document) &&
			has_same_environment(successor, document)) {
			change->documents[i] = NULL;
			return successor;
		}
	}
	return NULL;
}

/* The same for a use; its document is NULL where there is none. */
static struct shard_use take_use(const struct shard_change *change, const struct shard_use *use) {
	for (size_t i = 0; i < change->use_count && change->use_count <= FEW; i++) {
		const struct shard_use successor = change->uses[i];
		if (successor.document != NULL && compare_uses(&successor, use) == 0) {
			change->uses[i].document = NULL;
			return successor;
		}
	}
	return (struct shard_use){0};
}

/* Takes over what stays, and what takes the place of something that goes, in order. */
static void carry_documents(struct shard *shard, const struct shard_change *change) {
	for (size_t i = 0; i < change->old->all_count; i++) {
		const struct document *document = change->old->all[i];
		if (set_list_has(change->removed, document)) {
			document = take_successor(change, document);
		}
		if (document != NULL) {
			shard->all[shard->all_count++] = document;
		}
	}
}

static void carry_uses(struct shard *shard, const struct shard_change *change) {
	for (size_t i = 0; i < change->old->use_count; i++) {
		struct shard_use use = change->old->uses[i];
		if (set_list_has(change->removed, use.document)) {
			use = take_use(change, &use);
		}
		if (use.document != NULL) {
			shard->uses[shard->use_count++] = use;
		}
	}
}

/* Returns how many of the documents are in order. */
static size_t gather_documents(struct shard *shard, const struct shard_change *change) {
	carry_documents(shard, change);
	const size_t ordered = shard->all_count;
	for (size_t i = 0; i < change->document_count; i++) {
		if (change->documents[i] != NULL) {
			shard->all[shard->all_count++] = change->documents[i];
		}
	}
	/* Of documents in conflict one may have the other's place now. */
	return change->old->problem_count > 0 ? 0 : ordered;
}

static size_t gather_uses(struct shard *shard, const struct shard_change *change) {
	carry_uses(shard, change);
	const size_t ordered = shard->use_count;
	for (size_t i = 0; i < change->use_count; i++) {
		if (change->uses[i].document != NULL) {
			shard->uses[shard->use_count++] = change->uses[i];
		}
	}
	return ordered;
}

/*
 * Finds which documents stand, and what is wrong; where each has the place of an old one, what was
 * found of those holds.
 */
static bool examine(struct shard *shard, const struct shard_change *change, size_t ordered) {
	const struct shard *old = change->old;
	const bool is_alike = ordered == shard->all_count && ordered == old->all_count;
	if (!select_documents(shard, change->shadow)) {
		return false;
	}
	if (is_alike && old->problem_count == 0) {
		shard->asset_count = old->asset_count;
	} else {
		inspect(shard);
	}
	return true;
}

static void sort_entries(struct shard *shard, size_t ordered, size_t ordered_uses) {
	sort(shard->all, ordered, shard->all_count, sizeof(const struct document *),
		compare_documents);
	sort(shard->uses, ordered_uses, shard->use_count, sizeof(*shard->uses), compare_uses);
}

/* What the change brings is all that there is. */
static bool take_over(struct shard *shard, const struct shard_change *change) {
	shard->bulk = bulk_acquire(change->bulk);
	shard->all = change->documents;
	shard->all_count = change->document_count;
	shard->uses = change->uses;
	shard->use_count = change->use_count;
	sort_entries(shard, 0, 0);
	return examine(shard, change, 0);
}

static bool fill(struct shard *shard, const struct shard_change *change) {
	const size_t ordered = gather_documents(shard, change);
	const size_t ordered_uses = gather_uses(shard, change);
	sort_entries(shard, ordered, ordered_uses);
	return examine(shard, change, ordered);
}

/* Returns an empty shard. Where its arrays are not in bulk, there is room for them behind it. */
static struct shard *allocate(const struct shard_change *change) {
	const struct shard *old = change->old;
	const bool is_bulk = change->bulk != NULL;
	const size_t uses = is_bulk ? 0 : old->use_count + change->use_count;
	const size_t documents = is_bulk ? 0 : old->all_count + change->document_count;
	struct shard *shard = malloc(sizeof(*shard) + uses * sizeof(struct shard_use) +
				     documents * sizeof(const struct document *));
	if (shard != NULL) {
		*shard = (struct shard){.uses = (struct shard_use *)(shard + 1)};
		shard->all = (const struct document **)(shard->uses + uses);
	}
	return shard;
}

struct shard *shard_create(const struct shard_change *change, struct error *error) {
	static const struct shard nothing;
	struct shard_change whole = *change;
	if (whole.old == NULL) {
		whole.old = &nothing;
	}
	struct shard *shard = allocate(&whole);
	if (shard == NULL) {
		error_set_memory(error);
		return NULL;
	}
	atomic_init(&shard->references, 1);
	if (!(whole.bulk != NULL ? take_over(shard, &whole) : fill(shard, &whole))) {
		shard_release(shard);
		error_set_memory(error);
		return NULL;
	}
	return shard;
}

struct shard *shard_acquire(struct shard *shard) {
	atomic_fetch_add_explicit(&shard->references, 1, memory_order_relaxed);
	return shard;
}

void shard_release(struct shard *shard) {
	if (shard == NULL ||
		atomic_fetch_sub_explicit(&shard->references, 1, memory_order_acq_rel) != 1) {
		return;
	}
	if (shard->documents != shard->all) {
		free(shard->documents);
	}
	bulk_release(shard->bulk);
	free(shard);
}

/* The first document whose name is not below that one. */
static size_t find_first(const struct shard *shard, struct text name) {
	size_t low = 0;
	size_t high = shard->document_count;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (text_compare(document_name(shard->documents[middle]), name) < 0) {
			low = middle + 1;
		} else {
			high = middle;
		}
	}
	return low;
}

bool shard_find(const struct shard *shard, struct text name, struct asset *asset) {
	size_t position = find_first(shard, name);
	if (position == shard->document_count) {
		return false;
	}
	*asset = next_name(shard, &position);
	return text_equal(asset->name, name) && !is_orphaned(asset);
}

bool shard_next(const struct shard *shard, size_t *position, struct asset *asset) {
	while (*position < shard->document_count) {
		*asset = next_name(shard, position);
		if (!is_orphaned(asset)) {
			return true;
		}
	}
	return false;
}

/* The first use of a name that is not below that one. */
static size_t find_first_use(const struct shard *shard, struct text name) {
	size_t low = 0;
	size_t high = shard->use_count;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (text_compare(shard_use_name(&shard->uses[middle]), name) < 0) {
			low = middle + 1;
		} else {
			high = middle;
		}
	}
	return low;
}

const struct document *shard_next_user(
	const struct shard *shard, struct text name, size_t *position) {
	size_t index = *position == 0 ? find_first_use(shard, name) : *position;
	if (index == shard->use_count || !text_equal(shard_use_name(&shard->uses[index]), name)) {
		return NULL;
	}
	*position = index + 1;
	return shard->uses[index].document;
}

const struct document *asset_document(const struct asset *asset, struct text environment) {
	for (size_t i = 0; i < asset->document_count; i++) {
		if (text_equal(document_environment(asset->documents[i]), environment)) {
			return asset->documents[i];
		}
	}
	return NULL;
}

bool asset_conflict(const struct asset *asset, const struct document *conflict[2]) {
	for (size_t i = 1; i < asset->document_count; i++) {
		if (has_same_environment(asset->documents[i - 1], asset->documents[i])) {
			conflict[0] = asset->documents[i - 1];
			conflict[1] = asset->documents[i];
			return true;
		}
	}
	return false;
}
