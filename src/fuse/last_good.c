#include "fuse/last_good.h"

#include "base/table.h"
#include "fuse/inode_table.h"

#include <string.h>

/* One file. Its path, its directory and its text follow, each with a NUL behind it. */
struct kept_file {
	struct shared_item item;
	int64_t modified;
	uint64_t path_length, directory_length, text_length;
	char strings[];
};

static struct text path_of(const struct kept_file *kept) {
	return (struct text){kept->strings, kept->path_length};
}

static struct text directory_of(const struct kept_file *kept) {
	return (struct text){kept->strings + kept->path_length + 1, kept->directory_length};
}

static struct text text_of_kept(const struct kept_file *kept) {
	const struct text directory = directory_of(kept);
	return (struct text){directory.data + directory.length + 1, kept->text_length};
}

static size_t size_of(size_t path, size_t directory, size_t text) {
	return sizeof(struct kept_file) + path + 1 + directory + 1 + text + 1;
}

static struct kept_file *find(const struct last_good_files *files, struct text path) {
	struct shared_item *item =
		shared_table_find(files->shared, files->table, inode_hash(files->seed, path));
	while (item != NULL && !text_equal(path_of((struct kept_file *)item), path)) {
		item = shared_table_next(files->shared, item);
	}
	return (struct kept_file *)item;
}

struct card_file *last_good_find(void *context, const char *path) {
	struct last_good_files *files = context;
	shared_lock(files->shared);
	const struct kept_file *kept = find(files, text_of(path));
	struct card_file *file = kept == NULL ? NULL
					      : card_file_create(path_of(kept), directory_of(kept),
							text_of_kept(kept), kept->modified);
	shared_unlock(files->shared);
	return file;
}

static void append(char **end, const char *string, size_t length) {
	memcpy(*end, string, length);
	(*end)[length] = '\0';
	*end += length + 1;
}

static bool add(struct last_good_files *files, const struct card_file *file) {
	struct shared *shared = files->shared;
	const size_t path_length = strlen(file->path);
	const size_t directory_length = strlen(file->directory);
	const size_t size = size_of(path_length, directory_length, file->length);
	shared_begin(shared);
	const uint64_t block = shared_allocate(shared, size);
	struct kept_file *kept = shared_at(shared, block);
	bool done = kept != NULL;
	if (done) {
		*kept = (struct kept_file){
			.item.hash = inode_hash(files->seed, text_of(file->path)),
			.modified = file->modified,
			.path_length = path_length,
			.directory_length = directory_length,
			.text_length = file->length,
		};
		char *end = kept->strings;
		append(&end, file->path, path_length);
		append(&end, file->directory, directory_length);
		append(&end, file->text, file->length);
		done = shared_table_add(shared, files->table, &kept->item);
		if (!done) {
			shared_free(shared, block, size);
		}
	}
	shared_end(shared);
	return done;
}

static void drop(struct last_good_files *files, struct kept_file *kept) {
	struct shared *shared = files->shared;
	const size_t size = size_of(kept->path_length, kept->directory_length, kept->text_length);
	shared_begin(shared);
	shared_table_remove(shared, files->table, &kept->item);
	shared_free(shared, shared_offset(shared, kept), size);
	shared_end(shared);
}

static struct text key_of_file(const void *item) {
	const struct card_file *file = item;
	return text_of(file->path);
}

struct collection {
	struct table served;
	bool failed;
};

static bool collect(void *context, struct card_file *file) {
	struct collection *collection = context;
	collection->failed = table_find(&collection->served, text_of(file->path)) == NULL &&
			     !table_add(&collection->served, file);
	return !collection->failed;
}

static bool is_same(const struct kept_file *kept, const struct card_file *file) {
	return kept->modified == file->modified &&
	       text_equal(text_of_kept(kept), (struct text){file->text, file->length});
}

/* Drops what is not served any more, or is served as something else. */
static void drop_outdated(struct last_good_files *files, const struct table *served) {
	uint64_t chain = 0;
	struct shared_item *item = shared_table_each(files->shared, files->table, &chain, NULL);
	while (item != NULL) {
		struct kept_file *kept = (struct kept_file *)item;
		const struct card_file *file = table_find(served, path_of(kept));
		item = shared_table_each(files->shared, files->table, &chain, item);
		if (file == NULL || !is_same(kept, file)) {
			drop(files, kept);
		}
	}
}

bool last_good_keep(struct last_good_files *files, const struct catalog *catalog) {
	struct collection collection = {.served = {.key = key_of_file}};
	catalog_visit_last_good(catalog, collect, &collection);
	bool done = !collection.failed;
	if (done) {
		drop_outdated(files, &collection.served);
	}
	size_t position = 0;
	const struct card_file *file;
	while (done && (file = table_next(&collection.served, &position)) != NULL) {
		done = find(files, text_of(file->path)) != NULL || add(files, file);
	}
	table_finish(&collection.served);
	return done;
}
