#include "stores/reader.h"

#include "base/file.h"
#include "base/parallel.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* What a thread is started for: so many files, or that those before them had so much to read. */
enum { FILES_FOR_A_THREAD = 64, FILES_AT_A_TIME = 16 };
#define BYTES_FOR_A_THREAD ((size_t)1 << 20)

static const int64_t second = 1000000000;

/*
 * A file may change twice within one tick of the clock that stamps it, and the second change leaves
 * no trace in its times. So a file whose newest time is no older than a tick when it is read is not
 * recognised later, but read again, until it has been read once when it was older. Kernels tick
 * every 10 ms or faster; a time in whole seconds is from a file system that keeps nothing finer.
 */
static const int64_t fine_tick = 20000000;
static const int64_t coarse_tick = 2000000000;

void card_reader_finish(struct card_reader *reader) {
	buffer_finish(&reader->content);
	buffer_finish(&reader->path);
}

int64_t card_reader_nanoseconds(struct timespec time) {
	return (int64_t)time.tv_sec * second + time.tv_nsec;
}

static int64_t now(void) {
	struct timespec time;
	clock_gettime(CLOCK_REALTIME, &time);
	return card_reader_nanoseconds(time);
}

static bool is_settled(int64_t changed, int64_t read) {
	const int64_t tick = changed % second == 0 ? coarse_tick : fine_tick;
	return changed < read - tick;
}

static void identify(struct card_file *file, const struct stat *status, int64_t read) {
	const int64_t modified = card_reader_nanoseconds(status->st_mtim);
	const int64_t changed = card_reader_nanoseconds(status->st_ctim);
	if (!is_settled(modified, read) || !is_settled(changed, read)) {
		return;
	}
	file->identity.device = status->st_dev;
	file->identity.inode = status->st_ino;
	file->identity.size = (uint64_t)status->st_size;
	file->identity.modified = modified;
	file->identity.changed = changed;
}

static bool is_identical(const struct card_file *file, const struct stat *status) {
	return file->identity.inode == status->st_ino && file->identity.device == status->st_dev &&
	       file->identity.size == (uint64_t)status->st_size &&
	       file->identity.modified == card_reader_nanoseconds(status->st_mtim) &&
	       file->identity.changed == card_reader_nanoseconds(status->st_ctim);
}

static bool is_unchanged(const struct card_file *file, int descriptor, const char *name) {
	struct stat status;
	return fstatat(descriptor, name, &status, 0) == 0 && is_identical(file, &status);
}

static bool is_gone(int descriptor, const char *name) {
	struct stat status;
	return fstatat(descriptor, name, &status, AT_SYMLINK_NOFOLLOW) != 0 && errno == ENOENT;
}

/* It is there, and may be read again some day. */
static bool is_fault(const struct error *failure) {
	return failure->kind == ERROR_LIMIT ||
	       (failure->kind == ERROR_SYSTEM && failure->system_error != ENOENT &&
		       failure->system_error != ENOTDIR && failure->system_error != ELOOP);
}

/* Whether nobody may tell when it can be read again: permissions and sizes are watched. */
static bool may_pass_unnoticed(const struct error *failure) {
	return is_fault(failure) && failure->kind == ERROR_SYSTEM &&
	       failure->system_error != EACCES && failure->system_error != EPERM;
}

static void report(struct card_reader *reader, struct text path, const struct error *failure,
	bool is_replaced) {
	struct error problem = *failure;
	if (is_replaced) {
		error_set(&problem, failure->kind, "%s; what it last held is served",
			failure->message);
	}
	problem_list_add_error(reader->problems, path, TEXT(""), &problem);
	reader->listing->is_incomplete |= may_pass_unnoticed(failure);
}

static bool keep(struct card_reader *reader, struct card_file *file, struct error *error) {
	if (file == NULL || !store_listing_add(reader->listing, file)) {
		return error_set_memory(error);
	}
	return true;
}

/* Lists what previous holds of a path. */
static bool keep_previous(struct card_reader *reader, const char *path, struct error *error) {
	struct card_file *file = store_listing_find(reader->previous, path);
	size_t first = 0, end = 0;
	if (file != NULL && !keep(reader, card_file_acquire(file), error)) {
		return false;
	}
	return (store_listing_below(reader->previous, path, &first, &end) &&
		       store_listing_share(reader->listing, reader->previous, first, end)) ||
	       error_set_memory(error);
}

bool card_reader_fail(struct card_reader *reader, const char *path, const struct error *failure,
	struct error *error) {
	const size_t before = reader->listing->count;
	if (is_fault(failure) && reader->previous != NULL && !keep_previous(reader, path, error)) {
		return false;
	}
	report(reader, text_of(path), failure, reader->listing->count > before);
	return true;
}

/* What fairseq2 passes over is no more than a warning: to it, a link to nothing is no file. */
static void report_unreadable(
	struct card_reader *reader, int descriptor, const char *name, const struct error *failure) {
	const struct text path = buffer_text(&reader->path);
	if (failure->kind != ERROR_SYSTEM || failure->system_error != ENOENT) {
		report(reader, path, failure, false);
	} else if (!is_gone(descriptor, name)) {
		problem_list_add(reader->problems, PROBLEM_WARNING, path, 0, 0, TEXT(""),
			"this link leads to nothing, and is passed over; mend or remove it");
	}
}

/* The earlier file of that path, with a reference, if it says the same; or NULL. */
static struct card_file *find_same(
	const struct card_reader *reader, struct text path, struct text text, int64_t modified) {
	struct card_file *earlier = store_listing_find(reader->previous, path.data);
	return earlier != NULL && earlier->modified == modified &&
			       text_equal(text, (struct text){earlier->text, earlier->length})
		       ? card_file_acquire(earlier)
		       : NULL;
}

/* A path is what settings name, and who wrote them is trusted; an entry may be anybody's. */
static int open_file(const struct card_reader *reader, int descriptor, const char *name,
	struct stat *status, struct error *failure) {
	return strchr(name, '/') == NULL
		       ? file_open_entry(descriptor, name, reader->size_limit, status, failure)
		       : file_open(descriptor, name, reader->size_limit, status, failure);
}

/* Of one that has grown since it was opened: what was read of it, and the rest. */
static struct card_file *read_longer(struct card_reader *reader, int descriptor,
	const struct card_file *start, struct error *failure) {
	buffer_clear(&reader->content);
	buffer_append(&reader->content, start->text, start->length);
	if (!file_read_rest(descriptor, reader->size_limit, &reader->content, failure)) {
		return NULL;
	}
	struct card_file *file = card_file_create(
		text_of(start->path), text_of(start->directory), buffer_text(&reader->content), 0);
	if (file == NULL) {
		error_set_memory(failure);
	}
	return file;
}

/* Reads what is open. Returns NULL with a failure. */
static struct card_file *read_file(struct card_reader *reader, int descriptor, struct text path,
	struct text directory, size_t size, struct error *failure) {
	const bool is_much = reader->bytes + size >= BULK_WORTH;
	/* Room for a byte more shows that there is none. */
	struct card_file *file = card_file_create_empty(path, directory, size + 1, is_much);
	if (file == NULL) {
		error_set_memory(failure);
		return NULL;
	}
	if (!file_fill(descriptor, file->text, size, &file->length, failure)) {
		card_file_release(file);
		return NULL;
	}
	if (file->length > size) {
		struct card_file *longer = read_longer(reader, descriptor, file, failure);
		card_file_release(file);
		return longer;
	}
	file->text[file->length] = '\0';
	return file;
}

/* What cannot be read is a problem; what earlier is of it, which may be NULL, is listed instead. */
static bool pass_over(struct card_reader *reader, int descriptor, const char *name,
	struct card_file *earlier, const struct error *failure, struct error *error) {
	if (failure->kind == ERROR_MEMORY) {
		return error_set_memory(error);
	}
	if (earlier != NULL && is_fault(failure)) {
		report(reader, buffer_text(&reader->path), failure, true);
		return keep(reader, card_file_acquire(earlier), error);
	}
	report_unreadable(reader, descriptor, name, failure);
	return true;
}

bool card_reader_add(struct card_reader *reader, int descriptor, struct text directory,
	const char *name, struct error *error) {
	buffer_clear(&reader->path);
	file_join(&reader->path, directory, text_of(name));
	if (reader->path.failed) {
		return error_set_memory(error);
	}
	struct card_file *earlier = store_listing_find(reader->previous, reader->path.data);
	if (earlier != NULL && is_unchanged(earlier, descriptor, name)) {
		return keep(reader, card_file_acquire(earlier), error);
	}

	const struct text path = buffer_text(&reader->path);
	const int64_t read = now();
	struct stat status;
	struct error failure = {0};
	struct card_file *file = NULL;
	const int opened = open_file(reader, descriptor, name, &status, &failure);
	if (opened >= 0) {
		file = read_file(reader, opened, path, directory, (size_t)status.st_size, &failure);
		close(opened);
	}
	if (file == NULL) {
		return pass_over(reader, descriptor, name, earlier, &failure, error);
	}
	reader->bytes += file->length;
	file->modified = card_reader_nanoseconds(status.st_mtim);
	struct card_file *same =
		find_same(reader, path, (struct text){file->text, file->length}, file->modified);
	if (same != NULL) {
		card_file_release(file);
		file = same;
	}
	identify(file, &status, read);
	return keep(reader, file, error);
}

/* The reading of a directory's files. */
struct reading {
	struct card_reader *reader;
	int descriptor;
	struct text directory;
	const char **names;
	size_t count;
	size_t bytes;         /* that the reader had read before */
	pthread_mutex_t lock; /* for the reader's listing, problems and bytes */
};

static bool merge(
	struct card_reader *reader, struct store_listing *found, struct problem_list *problems) {
	bool done = true;
	while (done && found->count > 0) {
		done = store_listing_add(reader->listing, found->files[--found->count]);
	}
	reader->listing->is_incomplete |= found->is_incomplete;
	problem_list_add_all(reader->problems, problems);
	return done && !problems->failed;
}

static bool add_some(void *context, size_t first, size_t end) {
	struct reading *reading = context;
	struct store_listing found = {0};
	struct problem_list problems = {0};
	struct card_reader reader = {
		.size_limit = reading->reader->size_limit,
		.previous = reading->reader->previous,
		.listing = &found,
		.problems = &problems,
	};
	struct error error;
	bool done = true;
	pthread_mutex_lock(&reading->lock);
	const size_t before = reader.bytes = reading->reader->bytes;
	pthread_mutex_unlock(&reading->lock);
	for (size_t i = first; done && i < end; i++) {
		done = card_reader_add(&reader, reading->descriptor, reading->directory,
			reading->names[i], &error);
	}
	pthread_mutex_lock(&reading->lock);
	done = merge(reading->reader, &found, &problems) && done;
	reading->reader->bytes += reader.bytes - before;
	pthread_mutex_unlock(&reading->lock);
	card_reader_finish(&reader);
	problem_list_finish(&problems);
	store_listing_finish(&found);
	return done;
}

static bool is_worth_threads(const struct reading *reading, size_t left) {
	return left >= FILES_FOR_A_THREAD ||
	       (left > 1 && reading->reader->bytes - reading->bytes >= BYTES_FOR_A_THREAD);
}

/* Alone, until it is too much for one. */
static bool add_names(struct reading *reading, struct error *error) {
	size_t count = 0;
	while (count < reading->count && !is_worth_threads(reading, reading->count - count)) {
		if (!card_reader_add(reading->reader, reading->descriptor, reading->directory,
			    reading->names[count++], error)) {
			return false;
		}
	}
	const size_t left = reading->count - count;
	const size_t step = left < FILES_FOR_A_THREAD ? 1 : FILES_AT_A_TIME;
	reading->names += count;
	return parallel_run(left, step, left, add_some, reading) || error_set_memory(error);
}

/* Fills starts, if it is not NULL, with each of the names. Returns how many there are. */
static size_t split(struct text names, const char **starts) {
	size_t count = 0;
	for (size_t i = 0; i < names.length; i += strlen(names.data + i) + 1) {
		if (starts != NULL) {
			starts[count] = names.data + i;
		}
		count++;
	}
	return count;
}

bool card_reader_add_all(struct card_reader *reader, int descriptor, struct text directory,
	struct text names, struct error *error) {
	const size_t count = split(names, NULL);
	const char **starts = calloc(count + 1, sizeof(*starts));
	if (starts == NULL) {
		return error_set_memory(error);
	}
	split(names, starts);
	struct reading reading = {
		.reader = reader,
		.descriptor = descriptor,
		.directory = directory,
		.names = starts,
		.count = count,
		.bytes = reader->bytes,
	};
	pthread_mutex_init(&reading.lock, NULL);
	const bool done = add_names(&reading, error);
	pthread_mutex_destroy(&reading.lock);
	free(starts);
	return done;
}

bool card_reader_add_text(struct card_reader *reader, struct text path, struct text directory,
	struct text text, int64_t modified, struct error *error) {
	struct card_file *same = find_same(reader, path, text, modified);
	return keep(reader, same != NULL ? same : card_file_create(path, directory, text, modified),
		error);
}
