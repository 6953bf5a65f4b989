#include "stores/store.h"

#include "base/array.h"
#include "stores/keepers.h"
#include "stores/kinds.h"
#include "yaml/read.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const struct store_type *const store_types[] = {
	&store_directory_type,
	&store_checkpoints_type,
	&store_package_type,
};

static char *append_string(char **end, struct text text) {
	char *string = *end;
	if (text.length > 0) {
		memcpy(string, text.data, text.length);
	}
	string[text.length] = '\0';
	*end += text.length + 1;
	return string;
}

struct card_file *card_file_create_empty(
	struct text path, struct text directory, size_t length, bool is_much) {
	struct bulk *bulk = NULL;
	const size_t strings = path.length + 1 + directory.length + 1;
	if (length > SIZE_MAX - sizeof(struct card_file) - strings - 1) {
		return NULL;
	}
	const size_t size = sizeof(struct card_file) + strings + length + 1;
	struct card_file *file = is_much ? bulk_allocate(size, &bulk) : bulk_reuse(size, &bulk);
	if (file == NULL) {
		file = malloc(size);
	}
	if (file == NULL) {
		return NULL;
	}
	memset(file, 0, sizeof(*file));
	atomic_init(&file->references, 1);
	char *end = (char *)(file + 1);
	file->path = append_string(&end, path);
	file->directory = append_string(&end, directory);
	file->text = end;
	file->text[length] = '\0';
	file->length = length;
	file->bulk = bulk;
	file->is_much = is_much;
	return file;
}

struct card_file *card_file_create(
	struct text path, struct text directory, struct text text, int64_t modified) {
	struct card_file *file = card_file_create_empty(path, directory, text.length, false);
	if (file != NULL) {
		char *end = file->text;
		append_string(&end, text);
		file->modified = modified;
	}
	return file;
}

static void free_file(struct card_file *file) {
	if (file->bulk == NULL) {
		free(file);
	} else {
		bulk_free(file->bulk, file, (size_t)(file->text + file->length + 1 - (char *)file));
	}
}

struct card_file *card_file_acquire(struct card_file *file) {
	atomic_fetch_add_explicit(&file->references, 1, memory_order_relaxed);
	return file;
}

void card_file_release(struct card_file *file) {
	if (file == NULL) {
		return;
	}
	if (atomic_fetch_sub_explicit(&file->references, 1, memory_order_acq_rel) == 1) {
		free_file(file);
	}
}

const char *store_origin_name(enum store_origin origin) {
	static const char *const names[] = {
		[STORE_BUILT_IN] = "built-in",
		[STORE_SYSTEM] = "system",
		[STORE_ADDED] = "added",
		[STORE_USER] = "user",
	};
	return names[origin];
}

void store_listing_finish(struct store_listing *listing) {
	if (listing == NULL) {
		return;
	}
	for (size_t i = 0; i < listing->count; i++) {
		card_file_release(listing->files[i]);
	}
	free(listing->files);
	footing_finish(&listing->footing);
	*listing = (struct store_listing){0};
}

bool store_listing_add(struct store_listing *listing, struct card_file *file) {
	struct card_file **files = array_make_room(
		listing->files, listing->count, &listing->capacity, sizeof(struct card_file *));
	if (files == NULL) {
		card_file_release(file);
		return false;
	}
	listing->files = files;
	listing->files[listing->count++] = file;
	return true;
}

static int compare_path(const void *path, const void *item) {
	const struct card_file *const *file = item;
	return strcmp(path, (*file)->path);
}

struct card_file *store_listing_find(const struct store_listing *listing, const char *path) {
	if (listing == NULL || listing->count == 0) {
		return NULL;
	}
	struct card_file **found = bsearch(
		path, listing->files, listing->count, sizeof(struct card_file *), compare_path);
	return found == NULL ? NULL : *found;
}

size_t store_listing_bound(const struct store_listing *listing, const char *path) {
	size_t low = 0, high = listing->count;
	while (low < high) {
		const size_t middle = low + (high - low) / 2;
		if (strcmp(listing->files[middle]->path, path) < 0) {
			low = middle + 1;
		} else {
			high = middle;
		}
	}
	return low;
}

bool store_listing_below(
	const struct store_listing *listing, const char *directory, size_t *first, size_t *end) {
	struct buffer bound = {0};
	buffer_append_string(&bound, directory);
	if (!text_ends_with(buffer_text(&bound), TEXT("/"))) {
		buffer_append_byte(&bound, '/');
	}
	const bool done = !bound.failed;
	if (done) {
		*first = store_listing_bound(listing, bound.data);
		bound.data[bound.length - 1] = '/' + 1;
		*end = store_listing_bound(listing, bound.data);
	}
	buffer_finish(&bound);
	return done;
}

bool store_listing_share(struct store_listing *listing, const struct store_listing *other,
	size_t first, size_t end) {
	for (size_t i = first; i < end; i++) {
		if (!store_listing_add(listing, card_file_acquire(other->files[i]))) {
			return false;
		}
	}
	return true;
}

static int compare_files(const void *a, const void *b) {
	const struct card_file *const *file = a;
	return compare_path((*file)->path, b);
}

/* A directory that changes while it is read may give one name twice. */
static void drop_repeats(struct store_listing *listing) {
	size_t kept = 0;
	for (size_t i = 0; i < listing->count; i++) {
		struct card_file *file = listing->files[i];
		if (kept > 0 && strcmp(listing->files[kept - 1]->path, file->path) == 0) {
			card_file_release(file);
			continue;
		}
		listing->files[kept++] = file;
	}
	listing->count = kept;
}

void store_listing_sort(struct store_listing *listing) {
	if (listing->count > 0) {
		qsort(listing->files, listing->count, sizeof(struct card_file *), compare_files);
		drop_repeats(listing);
	}
}

static const struct store_type *match_type(struct text *location) {
	for (size_t i = 0; i < sizeof(store_types) / sizeof(store_types[0]); i++) {
		const size_t length = strlen(store_types[i]->kind);
		if (text_index(*location, ':') == length &&
			text_starts_with(*location, text_of(store_types[i]->kind))) {
			*location = text_part(*location, length + 1, location->length);
			return store_types[i];
		}
	}
	return &store_directory_type;
}

bool store_is_searched_for(struct text location) {
	return match_type(&location)->is_searched_for;
}

struct store *store_open(struct text location, enum store_origin origin, size_t file_size_limit,
	struct error *error) {
	const struct store_type *type = match_type(&location);
	if (location.length == 0) {
		error_set(error, ERROR_INVALID, "a store's location is empty");
		return NULL;
	}
	if (memchr(location.data, '\0', location.length) != NULL) {
		error_set(error, ERROR_INVALID, "a store's location has a NUL character in it");
		return NULL;
	}
	struct store *store = calloc(1, sizeof(*store));
	if (store == NULL) {
		error_set_memory(error);
		return NULL;
	}
	store->type = type;
	store->origin = origin;
	store->file_size_limit =
		file_size_limit == 0 ? yaml_default_limits.file_size : file_size_limit;
	if (!type->open(store, location, error)) {
		store_close(store);
		return NULL;
	}
	return store;
}

void store_close(struct store *store) {
	if (store == NULL) {
		return;
	}
	if (store->type->close != NULL) {
		store->type->close(store);
	}
	free(store->location);
	free(store);
}

/* Takes everything from previous. */
static bool keep_all(struct store *store, const struct store_listing *previous,
	struct store_listing *listing, struct problem_list *problems) {
	problem_list_add(problems, PROBLEM_ERROR, text_of(store->location), 0, 0, TEXT(""),
		"the file system that its cards were read from is not mounted any more; its last "
		"good cards are served until it is");
	listing->is_incomplete = true;
	return store_listing_share(listing, previous, 0, previous->count) &&
	       footing_copy(&listing->footing, &previous->footing);
}

static bool settle(struct store *store, const struct store_listing *previous,
	struct store_listing *listing, struct problem_list *problems) {
	if (listing->is_incomplete && previous != NULL) {
		return footing_copy(&listing->footing, &previous->footing);
	}
	if (listing->count > 0) {
		return footing_take(&listing->footing, store->location);
	}
	return previous == NULL || !footing_is_lost(&previous->footing) ||
	       keep_all(store, previous, listing, problems);
}

bool store_list(struct store *store, const struct store_listing *previous,
	struct store_listing *listing, struct problem_list *problems, struct error *error) {
	if (store->keeper != NULL) {
		return keeper_list(store->keeper, previous, listing, problems) ||
		       error_set_memory(error);
	}
	/* What is there instead was never meant to be a store, nor to be read. */
	if (previous != NULL && previous->count > 0 && footing_is_uncovered(&previous->footing)) {
		return keep_all(store, previous, listing, problems) || error_set_memory(error);
	}
	if (!store->type->list(store, previous, listing, problems, error)) {
		return false;
	}
	store_listing_sort(listing);
	if (!settle(store, previous, listing, problems) || problems->failed) {
		return error_set_memory(error);
	}
	return true;
}
