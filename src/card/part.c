#include "card/part.h"

#include "base/log.h"
#include "stores/kept.h"

#include <stdlib.h>
#include <string.h>

/* Smaller stores are parsed sooner than what was kept of them is found. */
#define BYTES_WORTH_KEEPING ((size_t)1 << 20)

static void free_sets(struct document_set **sets, size_t count) {
	for (size_t i = 0; sets != NULL && i < count; i++) {
		document_set_release(sets[i]);
	}
	free(sets);
}

void part_finish(struct part *part) {
	free_sets(part->sets, part->listing.count);
	free_sets(part->attempts, part->listing.count);
	free_sets(part->emptied, part->listing.count);
	free(part->is_new);
	free(part->replaced);
	snapshot_close(part->snapshot);
	store_listing_finish(&part->listing);
	problem_list_finish(&part->problems);
}

static struct document_set *acquire(struct document_set *set) {
	return set == NULL ? NULL : document_set_acquire(set);
}

static void take_over(
	struct part *part, size_t index, const struct part *previous, size_t previous_index) {
	part->is_new[index] = false;
	part->sets[index] = document_set_acquire(previous->sets[previous_index]);
	part->attempts[index] = acquire(previous->attempts[previous_index]);
}

/* Which of two files comes first, as strcmp has it; behind the end of a listing comes nothing. */
static int compare_paths(
	const struct store_listing *listing, size_t i, const struct part *previous, size_t j) {
	if (i == listing->count) {
		return 1;
	}
	if (previous == NULL || j == previous->listing.count) {
		return -1;
	}
	if (listing->files[i] == previous->listing.files[j]) {
		return 0;
	}
	return strcmp(listing->files[i]->path, previous->listing.files[j]->path);
}

/* Walks two sorted listings side by side. */
static bool compare_listings(struct part *part, const struct part *previous,
	struct catalog_update *update, struct error *error) {
	size_t old_count = previous == NULL ? 0 : previous->listing.count;
	size_t i = 0;
	size_t j = 0;
	while (i < part->listing.count || j < old_count) {
		int order = compare_paths(&part->listing, i, previous, j);
		if (order > 0 && !catalog_update_remove(update, previous->sets[j], error)) {
			return false;
		}
		if (order <= 0) {
			part->is_new[i] = true;
		}
		if (order == 0) {
			part->emptied[i] = acquire(previous->emptied[j]);
		}
		if (order == 0 && part->listing.files[i] == previous->listing.files[j]) {
			take_over(part, i, previous, j);
		} else if (order == 0) {
			part->replaced[i] = previous->sets[j];
		}
		i += order <= 0;
		j += order >= 0;
	}
	return true;
}

/* Listing a part of a store would lose what was wrong with the rest. */
static bool list_files(struct part *part, const struct part *previous,
	const struct store_changes *changes, struct error *error) {
	const struct store_listing *old = previous == NULL ? NULL : &previous->listing;
	if (changes == NULL || previous == NULL || previous->problems.count > 0) {
		return store_list(part->store, old, &part->listing, &part->problems, error);
	}
	return store_update(part->store, old, changes, &part->listing, &part->problems, error);
}

bool part_init(struct part *part, struct store *store, const struct part *previous,
	const struct store_changes *changes, struct catalog_update *update, struct error *error) {
	*part = (struct part){.store = store};
	if (!list_files(part, previous, changes, error)) {
		return false;
	}
	size_t count = part->listing.count;
	part->sets = calloc(count + 1, sizeof(struct document_set *));
	part->attempts = calloc(count + 1, sizeof(struct document_set *));
	part->emptied = calloc(count + 1, sizeof(struct document_set *));
	part->is_new = calloc(count + 1, sizeof(*part->is_new));
	part->replaced = calloc(count + 1, sizeof(const struct document_set *));
	if (part->sets == NULL || part->attempts == NULL || part->emptied == NULL ||
		part->is_new == NULL || part->replaced == NULL) {
		return error_set_memory(error);
	}
	return compare_listings(part, previous, update, error);
}

size_t part_count_unread(const struct part *part) {
	size_t count = 0;
	for (size_t i = 0; i < part->listing.count; i++) {
		count += part->is_new[i];
	}
	return count;
}

size_t part_add_tasks(struct part *part, uint32_t number, struct load_task *tasks) {
	size_t count = 0;
	for (size_t i = 0; i < part->listing.count; i++) {
		if (part->is_new[i]) {
			tasks[count++] = (struct load_task){
				.file = part->listing.files[i],
				.store = number,
				.set = &part->sets[i],
				.earlier = part->replaced[i],
				.snapshot = part->snapshot,
				.parsed = &part->parsed,
			};
		}
	}
	return count;
}

static size_t count_bytes(const struct part *part) {
	size_t bytes = 0;
	for (size_t i = 0; i < part->listing.count; i++) {
		bytes += part->listing.files[i]->length;
	}
	return bytes;
}

void part_recall(struct part *part, const struct yaml_limits *limits) {
	if (count_bytes(part) < BYTES_WORTH_KEEPING) {
		return;
	}
	struct buffer bytes = {0};
	kept_read(part->store, &bytes);
	part->snapshot = snapshot_open(&bytes, limits);
}

void part_end_recall(struct part *part) {
	snapshot_close(part->snapshot);
	part->snapshot = NULL;
}

void part_keep(const struct part *part, const struct yaml_limits *limits) {
	const size_t bytes = count_bytes(part);
	if (bytes < BYTES_WORTH_KEEPING || atomic_load(&part->parsed) < bytes / 8) {
		return;
	}
	struct buffer snapshot = {0};
	struct error error = {0};
	snapshot_write(&snapshot, part->sets, part->listing.count, limits);
	if (snapshot.failed || !kept_write(part->store, buffer_text(&snapshot), &error)) {
		log_message(LOG_LEVEL_DEBUG, "the next start will be as slow: %s", error.message);
	}
	buffer_finish(&snapshot);
}

/* Only its count of references changes. */
static struct document_set *acquire_replaced(const struct document_set *set) {
	return document_set_acquire((struct document_set *)(uintptr_t)set);
}

static bool holds_nothing(const struct document_set *set) {
	return set->count == 0 && !set->has_unreadable;
}

/*
 * Who writes a file in place empties it first: what it held comes back if what follows is broken.
 */
static void settle_emptied(struct part *part, size_t index) {
	const struct document_set *replaced = part->replaced[index];
	if (holds_nothing(part->sets[index]) && replaced != NULL && holds_nothing(replaced)) {
		return;
	}
	document_set_release(part->emptied[index]);
	part->emptied[index] = holds_nothing(part->sets[index]) && replaced != NULL
				       ? acquire_replaced(replaced)
				       : NULL;
}

/* What the file held whole, as a process before this one knew it; or NULL. */
static struct document_set *find_last_good(
	const struct part *part, size_t index, const struct catalog_options *options) {
	const struct document_set *set = part->sets[index];
	const struct last_good *last_good = &options->last_good;
	struct card_file *file = last_good->find == NULL
					 ? NULL
					 : last_good->find(last_good->context, set->file->path);
	if (file == NULL) {
		return NULL;
	}
	struct document_set *good =
		document_set_read(file, set->store, NULL, &options->limits, NULL);
	card_file_release(file);
	return good;
}

/* One that never was whole has no last good cards: what it says now is served. */
static void settle_unreadable(
	struct part *part, size_t index, const struct catalog_options *options) {
	const struct document_set *replaced = part->replaced[index];
	struct document_set *good = NULL;
	if (part->emptied[index] != NULL) {
		good = document_set_acquire(part->emptied[index]);
	} else if (replaced != NULL) {
		good = acquire_replaced(replaced);
	} else {
		good = find_last_good(part, index, options);
	}
	if (good != NULL && !good->has_unreadable) {
		part->attempts[index] = part->sets[index];
		part->sets[index] = good;
	} else {
		document_set_release(good);
	}
}

static bool settle_file(struct part *part, size_t index, const struct catalog_options *options,
	struct catalog_update *update, struct error *error) {
	const struct document_set *replaced = part->replaced[index];
	if (part->sets[index]->has_unreadable) {
		settle_unreadable(part, index, options);
	}
	settle_emptied(part, index);
	const struct document_set *set = part->sets[index];
	return set == replaced ||
	       ((replaced == NULL || catalog_update_remove(update, replaced, error)) &&
		       catalog_update_add(update, set, error));
}

static void count_file(struct part *part, size_t index) {
	const struct document_set *set = part->sets[index];
	const struct document_set *newest =
		part->attempts[index] != NULL ? part->attempts[index] : set;
	part->card_count += set->count;
	part->problem_count += newest->problems.count;
	if (set->file->modified > part->modified) {
		part->modified = set->file->modified;
	}
}

bool part_settle(struct part *part, const struct catalog_options *options,
	struct catalog_update *update, struct error *error) {
	part->problem_count = part->problems.count;
	for (size_t i = 0; i < part->listing.count; i++) {
		if (part->is_new[i] && !settle_file(part, i, options, update, error)) {
			return false;
		}
		count_file(part, i);
	}
	free(part->is_new);
	free(part->replaced);
	part->is_new = NULL;
	part->replaced = NULL;
	return true;
}

static bool has_same_sets(const struct part *part, const struct part *previous, size_t index) {
	return part->sets[index] == previous->sets[index] &&
	       part->attempts[index] == previous->attempts[index] &&
	       part->emptied[index] == previous->emptied[index];
}

static bool is_same_listing(const struct store_listing *a, const struct store_listing *b) {
	return a->count == b->count && a->is_incomplete == b->is_incomplete &&
	       footing_is_same(&a->footing, &b->footing);
}

bool part_is_same(const struct part *part, const struct part *previous) {
	bool is_same = is_same_listing(&part->listing, &previous->listing) &&
		       problem_list_is_same(&part->problems, &previous->problems);
	for (size_t i = 0; is_same && i < part->listing.count; i++) {
		is_same = has_same_sets(part, previous, i);
	}
	return is_same;
}

void part_add_problems(const struct part *part, struct problem_list *problems) {
	problem_list_add_all(problems, &part->problems);
	for (size_t i = 0; i < part->listing.count; i++) {
		const struct document_set *newest =
			part->attempts[i] != NULL ? part->attempts[i] : part->sets[i];
		problem_list_add_all(problems, &newest->problems);
	}
}

bool part_visit_last_good(const struct part *part, catalog_file_visitor *visitor, void *context) {
	for (size_t i = 0; i < part->listing.count; i++) {
		if (part->attempts[i] != NULL && !visitor(context, part->sets[i]->file)) {
			return false;
		}
	}
	return true;
}
