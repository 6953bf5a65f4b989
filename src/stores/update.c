/*
 * Brings a listing up to date by looking only at what changed.
 */
#include "stores/store.h"

#include <stdlib.h>
#include <string.h>

/* Files of the previous listing, from first to before end. */
struct range {
	size_t first, end;
};

struct update {
	const struct store_listing *previous;
	struct store_listing found; /* what there is now at the paths that changed */
	struct range *dropped;      /* what there was there; sorted; may overlap */
	size_t dropped_count;
	size_t dropped_next; /* the first that is not passed yet */
	struct problem_list problems;
};

static void drop(struct update *update, size_t first, size_t end) {
	if (first < end) {
		update->dropped[update->dropped_count++] = (struct range){first, end};
	}
}

/* Drops the file of that path, and the files below it. */
static bool drop_path(struct update *update, const char *path) {
	const struct store_listing *previous = update->previous;
	const size_t exact = store_listing_bound(previous, path);
	const bool is_file =
		exact < previous->count && strcmp(previous->files[exact]->path, path) == 0;
	drop(update, exact, exact + is_file);
	size_t first = 0, end = 0;
	const bool done = store_listing_below(previous, path, &first, &end);
	drop(update, first, end);
	return done;
}

static int compare_ranges(const void *a, const void *b) {
	const struct range *one = a, *other = b;
	return one->first < other->first ? -1 : one->first > other->first;
}

static bool drop_paths(struct update *update, const struct store_changes *changes) {
	update->dropped = calloc(changes->count + 1, 2 * sizeof(*update->dropped));
	if (update->dropped == NULL) {
		return false;
	}
	for (size_t i = 0; i < changes->count; i++) {
		if (!drop_path(update, changes->paths[i])) {
			return false;
		}
	}
	qsort(update->dropped, update->dropped_count, sizeof(*update->dropped), compare_ranges);
	return true;
}

/* Moves position behind the dropped files that it is in. Returns where the next ones start. */
static size_t pass_dropped(struct update *update, size_t *position) {
	while (update->dropped_next < update->dropped_count) {
		const struct range *range = &update->dropped[update->dropped_next];
		if (range->first > *position) {
			return range->first;
		}
		*position = range->end > *position ? range->end : *position;
		update->dropped_next++;
	}
	return update->previous->count;
}

/* Shares the files of previous from *position to before stop that are not dropped. */
static void share(
	struct update *update, size_t *position, size_t stop, struct store_listing *listing) {
	while (*position < stop) {
		const size_t dropped = pass_dropped(update, position);
		const size_t end = dropped < stop ? dropped : stop;
		while (*position < end) {
			listing->files[listing->count++] =
				card_file_acquire(update->previous->files[(*position)++]);
		}
	}
}

static bool merge(struct update *update, struct store_listing *listing) {
	const struct store_listing *previous = update->previous;
	struct store_listing *found = &update->found;
	const size_t capacity = previous->count + found->count;
	listing->files = calloc(capacity + 1, sizeof(struct card_file *));
	if (listing->files == NULL) {
		return false;
	}
	listing->capacity = capacity;
	size_t position = 0;
	for (size_t i = 0; i < found->count; i++) {
		share(update, &position, store_listing_bound(previous, found->files[i]->path),
			listing);
		listing->files[listing->count++] = card_file_acquire(found->files[i]);
	}
	share(update, &position, previous->count, listing);
	listing->is_incomplete = found->is_incomplete;
	return footing_copy(&listing->footing, &previous->footing);
}

bool store_look(struct store *store, const struct store_listing *previous,
	const struct store_changes *changes, struct store_listing *listing,
	struct problem_list *problems, bool *is_known, struct error *error) {
	*is_known = !changes->everything && store->type->look != NULL && store->keeper == NULL;
	for (size_t i = 0; i < changes->count && *is_known; i++) {
		if (!store->type->look(store, changes->paths[i], previous, listing, problems,
			    is_known, error)) {
			return false;
		}
	}
	store_listing_sort(listing);
	return !problems->failed || error_set_memory(error);
}

static bool run(struct update *update, struct store *store, const struct store_changes *changes,
	struct store_listing *listing, struct problem_list *problems, struct error *error) {
	bool is_known;
	if (!store_look(store, update->previous, changes, &update->found, &update->problems,
		    &is_known, error)) {
		return false;
	}
	if (!is_known) {
		return store_list(store, update->previous, listing, problems, error);
	}
	problem_list_add_all(problems, &update->problems);
	if (problems->failed || !drop_paths(update, changes) || !merge(update, listing)) {
		return error_set_memory(error);
	}
	return true;
}

bool store_update(struct store *store, const struct store_listing *previous,
	const struct store_changes *changes, struct store_listing *listing,
	struct problem_list *problems, struct error *error) {
	if (previous == NULL) {
		return store_list(store, previous, listing, problems, error);
	}
	struct update update = {.previous = previous};
	const bool done = run(&update, store, changes, listing, problems, error);
	problem_list_finish(&update.problems);
	store_listing_finish(&update.found);
	free(update.dropped);
	return done;
}
