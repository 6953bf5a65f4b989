#include "card/part.h"

#include "base/array.h"
#include "base/log.h"
#include "stores/kept.h"

#include <stdlib.h>
#include <string.h>

/* Smaller stores are parsed sooner than what was kept of them is found. */
#define BYTES_WORTH_KEEPING ((size_t)1 << 20)

void part_finish(struct part *part) {
	for (size_t i = 0; i < part->change_count; i++) {
		loaded_file_finish(&part->changes[i].new);
	}
	free(part->changes);
	store_listing_finish(&part->found);
	file_runs_finish(&part->files);
	snapshot_close(part->snapshot);
	footing_finish(&part->footing);
	problem_list_finish(&part->problems);
}

/* Files that a part holds. */
struct known_files {
	const struct loaded_file **items;
	size_t count;
	size_t capacity;
};

static bool add_known(struct known_files *known, const struct loaded_file *file) {
	const struct loaded_file **items = array_make_room(
		known->items, known->count, &known->capacity, sizeof(const struct loaded_file *));
	if (items == NULL) {
		return false;
	}
	known->items = items;
	known->items[known->count++] = file;
	return true;
}

static bool add_all(struct known_files *known, const struct part *part) {
	struct file_cursor cursor = {0};
	const struct loaded_file *file;
	while ((file = file_runs_next(&part->files, &cursor)) != NULL) {
		if (!add_known(known, file)) {
			return false;
		}
	}
	return true;
}

static bool add_file(struct known_files *known, const struct part *part, const char *path) {
	struct file_cursor cursor = file_runs_seek(&part->files, path);
	const struct loaded_file *file = file_runs_next(&part->files, &cursor);
	return file == NULL || strcmp(loaded_file_path(file), path) != 0 || add_known(known, file);
}

/* directory ends with a slash. */
static bool add_below(
	struct known_files *known, const struct part *part, const struct buffer *directory) {
	struct file_cursor cursor = file_runs_seek(&part->files, directory->data);
	const struct loaded_file *file;
	while ((file = file_runs_next(&part->files, &cursor)) != NULL &&
		text_starts_with(text_of(loaded_file_path(file)), buffer_text(directory))) {
		if (!add_known(known, file)) {
			return false;
		}
	}
	return true;
}

/* Adds the file of that path, and the files below it. */
static bool add_at(struct known_files *known, const struct part *part, const char *path) {
	struct buffer directory = {0};
	buffer_append_string(&directory, path);
	buffer_append_byte(&directory, '/');
	const bool done = !directory.failed && add_file(known, part, path) &&
			  add_below(known, part, &directory);
	buffer_finish(&directory);
	return done;
}

static int compare_known(const void *a, const void *b) {
	const struct loaded_file *const *file = a;
	const struct loaded_file *const *other = b;
	return strcmp(loaded_file_path(*file), loaded_file_path(*other));
}

/* Changes may be of a directory and of what is in it. */
static void sort_known(struct known_files *known) {
	size_t kept = 0;
	if (known->count > 0) {
		qsort(known->items, known->count, sizeof(const struct loaded_file *),
			compare_known);
	}
	for (size_t i = 0; i < known->count; i++) {
		if (kept == 0 || known->items[kept - 1] != known->items[i]) {
			known->items[kept++] = known->items[i];
		}
	}
	known->count = kept;
}

static bool add_changed(
	struct known_files *known, const struct part *part, const struct store_changes *changes) {
	for (size_t i = 0; i < changes->count; i++) {
		if (!add_at(known, part, changes->paths[i])) {
			return false;
		}
	}
	sort_known(known);
	return true;
}

/* Adds the known files to a listing. */
static bool list_known(const struct known_files *known, struct store_listing *listing) {
	for (size_t i = 0; i < known->count; i++) {
		struct card_file *file = loaded_file_newest(known->items[i])->file;
		if (!store_listing_add(listing, card_file_acquire(file))) {
			return false;
		}
	}
	return true;
}

/* Lists all that there is. */
static bool list_all(struct part *part, struct known_files *known, struct error *error) {
	const struct part *previous = part->previous;
	struct store_listing held = {0};
	if (previous != NULL && (!add_all(known, previous) || !list_known(known, &held) ||
					!footing_copy(&held.footing, &previous->footing))) {
		store_listing_finish(&held);
		return error_set_memory(error);
	}
	const bool done = store_list(
		part->store, previous == NULL ? NULL : &held, &part->found, &part->problems, error);
	store_listing_finish(&held);
	return done;
}

/* Lists what there is at the paths of changes; *is_known: that tells enough. */
static bool list_changed(struct part *part, struct known_files *known,
	const struct store_changes *changes, bool *is_known, struct error *error) {
	const struct part *previous = part->previous;
	struct store_listing held = {0};
	bool done = (add_changed(known, previous, changes) && list_known(known, &held) &&
			    footing_copy(&part->found.footing, &previous->footing)) ||
		    error_set_memory(error);
	done = done && store_look(part->store, &held, changes, &part->found, &part->problems,
			       is_known, error);
	store_listing_finish(&held);
	return done;
}

/* Looking at a part of a store would lose what was wrong with the rest. */
static bool list_files(struct part *part, struct known_files *known,
	const struct store_changes *changes, struct error *error) {
	if (changes != NULL && part->previous != NULL && part->previous->problems.count == 0) {
		bool is_known;
		if (!list_changed(part, known, changes, &is_known, error)) {
			return false;
		}
		if (is_known) {
			return true;
		}
		store_listing_finish(&part->found);
		problem_list_finish(&part->problems);
		known->count = 0;
	}
	return list_all(part, known, error);
}

/* Which of two files comes first, as strcmp has it; behind the end of either comes nothing. */
static int compare_paths(
	const struct store_listing *found, size_t i, const struct known_files *known, size_t j) {
	if (i == found->count) {
		return 1;
	}
	return j == known->count ? -1
				 : strcmp(found->files[i]->path, loaded_file_path(known->items[j]));
}

/* Walks what there is and what is known, both sorted, side by side. */
static bool compare(struct part *part, const struct known_files *known) {
	const struct store_listing *found = &part->found;
	part->changes = calloc(found->count + known->count + 1, sizeof(*part->changes));
	if (part->changes == NULL) {
		return false;
	}
	for (size_t i = 0, j = 0; i < found->count || j < known->count;) {
		const int order = compare_paths(found, i, known, j);
		const struct loaded_file *old = order >= 0 ? known->items[j] : NULL;
		struct card_file *file = order <= 0 ? found->files[i] : NULL;
		if (old == NULL || loaded_file_newest(old)->file != file) {
			part->changes[part->change_count++] =
				(struct file_change){.old = old, .file = file};
		}
		i += order <= 0;
		j += order >= 0;
	}
	part->has_changes = part->change_count > 0;
	return true;
}

bool part_init(struct part *part, struct store *store, const struct part *previous,
	const struct store_changes *changes, struct error *error) {
	*part = (struct part){.store = store, .previous = previous};
	struct known_files known = {0};
	bool done = list_files(part, &known, changes, error);
	if (done) {
		part->is_incomplete = part->found.is_incomplete;
		part->footing = part->found.footing;
		part->found.footing = (struct footing){0};
		done = compare(part, &known) || error_set_memory(error);
	}
	free(known.items);
	return done;
}

size_t part_count_unread(const struct part *part) {
	size_t count = 0;
	for (size_t i = 0; i < part->change_count; i++) {
		count += part->changes[i].file != NULL;
	}
	return count;
}

size_t part_add_tasks(struct part *part, uint32_t number, struct load_task *tasks) {
	size_t count = 0;
	for (size_t i = 0; i < part->change_count; i++) {
		struct file_change *change = &part->changes[i];
		if (change->file != NULL) {
			tasks[count++] = (struct load_task){
				.file = change->file,
				.store = number,
				.set = &change->new.set,
				.earlier = change->old == NULL ? NULL : change->old->set,
				.snapshot = part->snapshot,
				.parsed = &part->parsed,
			};
		}
	}
	return count;
}

void part_recall(struct part *part, const struct yaml_limits *limits) {
	for (size_t i = 0; i < part->found.count; i++) {
		part->bytes += part->found.files[i]->length;
	}
	if (part->bytes < BYTES_WORTH_KEEPING) {
		return;
	}
	size_t length;
	struct bulk *bulk;
	char *bytes = kept_read(part->store, &length, &bulk);
	if (bytes != NULL) {
		part->snapshot = snapshot_open(bytes, length, bulk, limits);
	}
}

void part_end_recall(struct part *part) {
	snapshot_close(part->snapshot);
	part->snapshot = NULL;
}

/* Appends a snapshot of what is served. */
static void take_snapshot(
	struct buffer *snapshot, const struct part *part, const struct yaml_limits *limits) {
	struct document_set **sets =
		calloc(part->files.file_count + 1, sizeof(struct document_set *));
	if (sets == NULL) {
		snapshot->failed = true;
		return;
	}
	struct file_cursor cursor = {0};
	const struct loaded_file *file;
	size_t count = 0;
	while ((file = file_runs_next(&part->files, &cursor)) != NULL) {
		sets[count++] = file->set;
	}
	snapshot_write(snapshot, sets, count, limits);
	free(sets);
}

void part_keep(const struct part *part, const struct yaml_limits *limits) {
	if (part->bytes < BYTES_WORTH_KEEPING || atomic_load(&part->parsed) < part->bytes / 8) {
		return;
	}
	struct buffer snapshot = {0};
	struct error error = {0};
	take_snapshot(&snapshot, part, limits);
	if (snapshot.failed || !kept_write(part->store, buffer_text(&snapshot), &error)) {
		log_message(LOG_LEVEL_DEBUG, "the next start will be as slow: %s", error.message);
	}
	buffer_finish(&snapshot);
}

static bool holds_nothing(const struct document_set *set) {
	return set->count == 0 && !set->has_unreadable;
}

/*
 * Who writes a file in place empties it first: what it held comes back if what follows is broken.
 */
static void settle_emptied(struct file_change *change) {
	struct loaded_file *new = &change->new;
	struct document_set *replaced = change->old == NULL ? NULL : change->old->set;
	struct document_set *emptied = NULL;
	if (holds_nothing(new->set) && replaced != NULL) {
		emptied = holds_nothing(replaced) ? change->old->emptied : replaced;
	}
	new->emptied = emptied == NULL ? NULL : document_set_acquire(emptied);
}

/* What the file held whole, as a process before this one knew it; or NULL. */
static struct document_set *find_last_good(
	const struct document_set *set, const struct catalog_options *options) {
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
static void settle_unreadable(struct file_change *change, const struct catalog_options *options) {
	const struct loaded_file *old = change->old;
	struct loaded_file *new = &change->new;
	struct document_set *good = NULL;
	if (old != NULL) {
		good = document_set_acquire(old->emptied != NULL ? old->emptied : old->set);
	} else {
		good = find_last_good(new->set, options);
	}
	if (good != NULL && !good->has_unreadable) {
		new->attempt = new->set;
		new->set = good;
	} else {
		document_set_release(good);
	}
}

static bool settle_change(struct file_change *change, const struct catalog_options *options,
	struct catalog_update *update, struct error *error) {
	const struct document_set *replaced = change->old == NULL ? NULL : change->old->set;
	if (change->file != NULL) {
		if (change->new.set->has_unreadable) {
			settle_unreadable(change, options);
		}
		settle_emptied(change);
	}
	const struct document_set *set = change->new.set;
	return set == replaced ||
	       ((replaced == NULL || catalog_update_remove(update, replaced, error)) &&
		       (set == NULL || catalog_update_add(update, set, error)));
}

/* What they hold is where it belongs. */
static void end_changes(struct part *part) {
	free(part->changes);
	part->changes = NULL;
	part->change_count = 0;
	store_listing_finish(&part->found);
	part->previous = NULL;
}

bool part_settle(struct part *part, const struct catalog_options *options,
	struct catalog_update *update, struct error *error) {
	static const struct file_runs nothing;
	for (size_t i = 0; i < part->change_count; i++) {
		if (!settle_change(&part->changes[i], options, update, error)) {
			return false;
		}
	}
	if (!file_runs_change(&part->files,
		    part->previous == NULL ? &nothing : &part->previous->files, part->changes,
		    part->change_count)) {
		return error_set_memory(error);
	}
	part->problem_count = part->problems.count + part->files.problem_count;
	end_changes(part);
	return true;
}

bool part_is_same(const struct part *part, const struct part *previous) {
	return !part->has_changes && part->is_incomplete == previous->is_incomplete &&
	       footing_is_same(&part->footing, &previous->footing) &&
	       problem_list_is_same(&part->problems, &previous->problems);
}

void part_add_problems(const struct part *part, struct problem_list *problems) {
	problem_list_add_all(problems, &part->problems);
	struct file_cursor cursor = {0};
	const struct loaded_file *file;
	while ((file = file_runs_next(&part->files, &cursor)) != NULL) {
		problem_list_add_all(problems, &loaded_file_newest(file)->problems);
	}
}

bool part_visit_last_good(const struct part *part, catalog_file_visitor *visitor, void *context) {
	struct file_cursor cursor = {0};
	const struct loaded_file *file;
	while ((file = file_runs_next_attempt(&part->files, &cursor)) != NULL) {
		if (!visitor(context, file->set->file)) {
			return false;
		}
	}
	return true;
}
