/*
 * Changes a store at full speed while readers check every answer of the mount above it.
 *
 *     stress STORE MOUNT SECONDS READERS
 *
 * A file of the store, "fileN.yaml", goes through numbered states. In every seventh it does not
 * exist; in every other one each value, link, and one name in it has the state's stamp in it. So
 * whatever is read tells the states that it can be of, and nobody may meet an older one than
 * somebody has met of that file before he asked, by any path: the asset itself, the one that
 * derives from it, the same in an environment. What is read at once must be of one state.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
	FILES = 12,
	MOVES_EVERY = 4,
	WRITERS = 2,
	MOST_READERS = 64,
	ABSENT_EVERY = 7,
	MOST_BYTES = 65536,
	PATH_BYTES = 512,
	OPEN_FILES = 4,
};

static const char *store, *mount;
static atomic_bool is_over;
static atomic_ulong answers;
static atomic_ulong states[FILES]; /* the newest that the store has been brought to */
static atomic_ulong met[FILES];    /* the newest that some reader has met */

struct open_file {
	int descriptor;
	size_t length;
	char content[MOST_BYTES];
};

struct reader {
	unsigned seed;
	unsigned long met[FILES]; /* no older state may come */
	struct open_file open_files[OPEN_FILES];
	char content[MOST_BYTES];
};

__attribute__((format(printf, 1, 2), noreturn)) static void fail(const char *format, ...) {
	va_list arguments;
	va_start(arguments, format);
	flockfile(stdout);
	printf("stress: ");
	vprintf(format, arguments);
	printf("\n");
	fflush(stdout);
	_exit(1);
}

static bool is_absent_in(unsigned long state) {
	return state % ABSENT_EVERY == 0;
}

/* Writing. */

static size_t write_cards(char *text, size_t size, int file, unsigned long state) {
	static const char padding[] = "/0123456789012345678901234567890123456789";
	int length = snprintf(text, size,
		"name: asset%d\nstamp: s%lus\nat_s%lus: s%lus\n%s: s%lus\n"
		"map: {first: s%lus, list: [s%lus, s%lus], %s: s%lus}\n"
		"kind: %s\ncheckpoint: /s%lus",
		file, state, state, state, state % 2 == 0 ? "even" : "odd", state, state, state,
		state, state % 2 == 0 ? "even" : "odd", state,
		state % 3 == 0 ? "{of: {a: 1}}" : "scalar", state);
	for (unsigned long i = 0; i < state * 7 % 60; i++) {
		length += snprintf(text + length, size - (size_t)length, "%s", padding);
	}
	length += snprintf(text + length, size - (size_t)length,
		"\n---\nname: asset%d@lab\nin_lab: s%lus\n---\nname: derived%d\nbase: asset%d\n",
		file, state, file, file);
	return (size_t)length;
}

static void write_file(const char *path, const char *text, size_t length) {
	const int descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
	if (descriptor < 0 || write(descriptor, text, length) != (ssize_t)length ||
		close(descriptor) != 0) {
		fail("cannot write %s: %s", path, strerror(errno));
	}
}

/* The file is called by one name or another, so that it is also moved. */
static void path_of(char path[PATH_BYTES], int file, bool is_other) {
	snprintf(path, PATH_BYTES, "%s/%s/file%d.yaml", store, is_other ? "b" : "a", file);
}

static void advance(int file, bool *is_other, unsigned *seed) {
	char text[MOST_BYTES];
	char path[PATH_BYTES], target[PATH_BYTES], draft[PATH_BYTES];
	const unsigned long state = atomic_load(&states[file]) + 1;
	path_of(path, file, *is_other);
	if (is_absent_in(state)) {
		unlink(path);
	} else {
		const size_t length = write_cards(text, sizeof(text), file, state);
		snprintf(draft, sizeof(draft), "%s/.draft%d", store, file);
		write_file(draft, text, length);
		if (rename(draft, path) != 0) {
			fail("cannot rename to %s: %s", path, strerror(errno));
		}
	}
	atomic_store(&states[file], state);
	if (rand_r(seed) % MOVES_EVERY == 0) {
		path_of(target, file, !*is_other);
		if (rename(path, target) == 0) {
			*is_other = !*is_other;
		}
	}
}

/* A file that is written in place shows anything until it is good again. */
static void make_noise(unsigned number) {
	char path[PATH_BYTES];
	char text[256];
	const int length = snprintf(text, sizeof(text),
		"name: noise\nfield: %u\nchanging_%u: [%s\n---\nname: noise%u\n", number, number,
		number % 3 == 0 ? "" : "]", number % 5);
	snprintf(path, sizeof(path), "%s/noise.yaml", store);
	write_file(path, text, (size_t)length);
}

static void *write_states(void *context) {
	const int number = (int)(intptr_t)context;
	unsigned seed = (unsigned)number + 1000;
	bool is_other[FILES] = {false};
	while (!atomic_load(&is_over)) {
		const int file = (int)(rand_r(&seed) % (FILES / WRITERS)) * WRITERS + number;
		advance(file, &is_other[file], &seed);
		if (number == 0) {
			make_noise(rand_r(&seed) % 1000);
		}
		/* Between full speed and one change at a time. */
		usleep(rand_r(&seed) % 4 * 1000);
	}
	return NULL;
}

/* Reading. */

static void meet(struct reader *reader, int file, unsigned long state, const char *path) {
	if (state < reader->met[file]) {
		fail("%s is of state %lu, but state %lu was met before", path, state,
			reader->met[file]);
	}
	reader->met[file] = state;
}

/* Something is missing: the state may be any later one in which it is. */
static void meet_absence(struct reader *reader, int file, int step, int remainder) {
	unsigned long state = reader->met[file];
	while (!is_absent_in(state) && (int)(state % (unsigned)step) != remainder) {
		state++;
	}
	reader->met[file] = state;
}

/* Every stamp in the text, which must be one and the same; 0 where there is none. */
static unsigned long find_stamp(const char *text, size_t length, const char *path) {
	unsigned long found = 0;
	for (size_t i = 0; i + 2 < length; i++) {
		char *end;
		if (text[i] != 's' || text[i + 1] < '0' || text[i + 1] > '9') {
			continue;
		}
		const unsigned long stamp = strtoul(text + i + 1, &end, 10);
		if (*end != 's') {
			continue;
		}
		if (found != 0 && stamp != found) {
			fail("%s is of states %lu and %lu at once:\n%s", path, found, stamp, text);
		}
		found = stamp;
	}
	return found;
}

static bool is_gone(int system_error) {
	return system_error == ENOENT || system_error == ENOTDIR || system_error == ESTALE;
}

/* Opens a path, or returns -1 where nothing is there. */
static int open_path(const char *path, int flags) {
	const int descriptor = open(path, flags | O_CLOEXEC);
	if (descriptor < 0 && !is_gone(errno)) {
		fail("cannot open %s: %s", path, strerror(errno));
	}
	return descriptor;
}

static size_t read_whole(int descriptor, char content[MOST_BYTES], const char *path) {
	size_t length = 0;
	ssize_t got;
	while ((got = pread(descriptor, content + length, MOST_BYTES - 1 - length, (off_t)length)) >
		0) {
		length += (size_t)got;
	}
	if (got < 0) {
		fail("cannot read %s: %s", path, strerror(errno));
	}
	content[length] = '\0';
	struct stat status;
	if (fstat(descriptor, &status) != 0 || status.st_size != (off_t)length) {
		fail("%s has %zu bytes, and says that it has %lld", path, length,
			(long long)status.st_size);
	}
	return length;
}

/* What the paths of a file's assets begin with: this around the file's number. */
static const char *const ways[][2] = {{"asset", ""}, {"derived", ""}, {"asset", "@lab"},
	{"derived", "@"}, {"@lab/asset", ""}, {"@lab/derived", "@lab"}};
enum { WAYS = sizeof(ways) / sizeof(ways[0]) };

static void make_path(char path[PATH_BYTES], struct reader *reader, int file, const char *entry) {
	const char *const *way = ways[rand_r(&reader->seed) % WAYS];
	snprintf(path, PATH_BYTES, "%s/%s%d%s/%s", mount, way[0], file, way[1], entry);
}

static void keep_open(struct reader *reader, int descriptor, size_t length) {
	struct open_file *open_file = &reader->open_files[rand_r(&reader->seed) % OPEN_FILES];
	if (open_file->descriptor >= 0) {
		close(open_file->descriptor);
	}
	open_file->descriptor = descriptor;
	open_file->length = length;
	memcpy(open_file->content, reader->content, length);
}

static void read_file(struct reader *reader, int file) {
	static const struct {
		const char *name;
		int step, remainder; /* the states that do not have it; 0: those that are absent */
	} entries[] = {
		{"card.yaml", 1000000007, 0},
		{"card.json", 1000000007, 0},
		{"stamp", 1000000007, 0},
		{"even", 2, 1},
		{"odd", 2, 0},
		{"map/first", 1000000007, 0},
		{"map/list/0", 1000000007, 0},
		{"map/list/1", 1000000007, 0},
		{"map/even", 2, 1},
		{"map/odd", 2, 0},
	};
	const size_t entry = rand_r(&reader->seed) % (sizeof(entries) / sizeof(entries[0]));
	char path[PATH_BYTES];
	make_path(path, reader, file, entries[entry].name);
	const int descriptor = open_path(path, O_RDONLY);
	if (descriptor < 0) {
		meet_absence(reader, file, entries[entry].step, entries[entry].remainder);
		return;
	}
	const size_t length = read_whole(descriptor, reader->content, path);
	const unsigned long state = find_stamp(reader->content, length, path);
	if (state == 0) {
		fail("%s holds nothing of any state:\n%s", path, reader->content);
	}
	meet(reader, file, state, path);
	if (rand_r(&reader->seed) % 8 == 0) {
		keep_open(reader, descriptor, length);
	} else {
		close(descriptor);
	}
}

static void read_link(struct reader *reader, int file) {
	char path[PATH_BYTES];
	make_path(path, reader, file, "checkpoint");
	const int descriptor = open_path(path, O_PATH | O_NOFOLLOW);
	if (descriptor < 0) {
		meet_absence(reader, file, 1000000007, 0);
		return;
	}
	const ssize_t length = readlinkat(descriptor, "", reader->content, MOST_BYTES - 1);
	struct stat status;
	if (length < 0 || fstat(descriptor, &status) != 0) {
		fail("cannot read the link %s: %s", path, strerror(errno));
	}
	close(descriptor);
	reader->content[length] = '\0';
	const unsigned long state = find_stamp(reader->content, (size_t)length, path);
	char head[32];
	const int head_length = snprintf(head, sizeof(head), "/s%lus", state);
	if (status.st_size != length ||
		(unsigned long)length != (unsigned)head_length + state * 7 % 60 * 41) {
		fail("%s has %zd bytes, and says that it has %lld: %s", path, length,
			(long long)status.st_size, reader->content);
	}
	meet(reader, file, state, path);
}

/* A listing has the name of its state in it, and those names that the state has. */
static void list_asset(struct reader *reader, int file) {
	char path[PATH_BYTES];
	make_path(path, reader, file, "");
	DIR *directory = opendir(path);
	if (directory == NULL) {
		if (!is_gone(errno)) {
			fail("cannot open %s: %s", path, strerror(errno));
		}
		meet_absence(reader, file, 1000000007, 0);
		return;
	}
	unsigned long state = 0;
	bool has_error = false, has_even = false, has_odd = false, kind_is_directory = false;
	int count = 0;
	const struct dirent *entry;
	errno = 0;
	while ((entry = readdir(directory)) != NULL) {
		const unsigned long stamp =
			find_stamp(entry->d_name, strlen(entry->d_name), entry->d_name);
		state = stamp != 0 ? stamp : state;
		has_error = has_error || strcmp(entry->d_name, "card.error") == 0;
		has_even = has_even || strcmp(entry->d_name, "even") == 0;
		has_odd = has_odd || strcmp(entry->d_name, "odd") == 0;
		kind_is_directory = kind_is_directory ||
				    (strcmp(entry->d_name, "kind") == 0 && entry->d_type == DT_DIR);
		count++;
	}
	const int failure = errno;
	closedir(directory);
	if (is_gone(failure) || has_error) {
		meet_absence(reader, file, 1000000007, 0);
		return;
	}
	if (failure != 0 || state == 0 || has_even != (state % 2 == 0) ||
		has_odd != (state % 2 == 1) || kind_is_directory != (state % 3 == 0)) {
		fail("%s lists %d entries that are of no state: state %lu,%s%s%s (%s)", path, count,
			state, has_even ? " even" : "", has_odd ? " odd" : "",
			kind_is_directory ? " kind/" : "", strerror(failure));
	}
	meet(reader, file, state, path);
}

/* What changes its type is what it is by the time that it is looked up. */
static void look_at_type(struct reader *reader, int file) {
	char path[PATH_BYTES];
	struct stat status;
	make_path(path, reader, file, "kind");
	if (lstat(path, &status) != 0) {
		if (!is_gone(errno)) {
			fail("cannot look at %s: %s", path, strerror(errno));
		}
		meet_absence(reader, file, 1000000007, 0);
		return;
	}
	unsigned long state = reader->met[file];
	while (is_absent_in(state) || (state % 3 == 0) != S_ISDIR(status.st_mode)) {
		state++;
	}
	reader->met[file] = state;
}

static void reread(struct reader *reader) {
	const struct open_file *open_file = &reader->open_files[rand_r(&reader->seed) % OPEN_FILES];
	if (open_file->descriptor < 0) {
		return;
	}
	posix_fadvise(open_file->descriptor, 0, 0, POSIX_FADV_DONTNEED);
	const size_t length = read_whole(open_file->descriptor, reader->content, "an open file");
	if (length != open_file->length ||
		memcmp(reader->content, open_file->content, length) != 0) {
		fail("an open file held:\n%s\nand holds:\n%s", open_file->content, reader->content);
	}
}

/* Every asset that does not change is listed once, whatever comes and goes beside it. */
static void list_root(struct reader *reader) {
	char path[PATH_BYTES];
	unsigned steady[100] = {0};
	const bool in_environment = rand_r(&reader->seed) % 2 == 0;
	snprintf(path, sizeof(path), "%s/%s", mount, in_environment ? "@lab" : "");
	DIR *directory = opendir(path);
	if (directory == NULL) {
		if (!in_environment) {
			fail("cannot open %s: %s", path, strerror(errno));
		}
		return;
	}
	const struct dirent *entry;
	while ((entry = readdir(directory)) != NULL) {
		unsigned number;
		if (sscanf(entry->d_name, "steady%u", &number) == 1 && number < 100) {
			steady[number]++;
		}
	}
	closedir(directory);
	for (unsigned i = 0; i < 100; i++) {
		if (steady[i] != 1) {
			fail("%s lists steady%u %u times", path, i, steady[i]);
		}
	}
}

static void read_steady(struct reader *reader) {
	char path[PATH_BYTES];
	const unsigned number = rand_r(&reader->seed) % 100;
	snprintf(path, sizeof(path), "%s/steady%u/field", mount, number);
	const int descriptor = open_path(path, O_RDONLY);
	if (descriptor < 0) {
		fail("%s is not there", path);
	}
	read_whole(descriptor, reader->content, path);
	close(descriptor);
	if ((unsigned)atoi(reader->content) != number) {
		fail("%s holds %s", path, reader->content);
	}
}

/* What anybody has met until now. */
static void take_met(struct reader *reader, int file) {
	const unsigned long newest = atomic_load(&met[file]);
	if (newest > reader->met[file]) {
		reader->met[file] = newest;
	}
}

static void tell_met(const struct reader *reader, int file) {
	unsigned long newest = atomic_load(&met[file]);
	while (newest < reader->met[file] &&
		!atomic_compare_exchange_weak(&met[file], &newest, reader->met[file])) {
	}
}

static void visit(struct reader *reader) {
	const int file = (int)(rand_r(&reader->seed) % FILES);
	take_met(reader, file);
	switch (rand_r(&reader->seed) % 16) {
	case 0:
		list_root(reader);
		return;
	case 1:
		read_steady(reader);
		return;
	case 2:
		reread(reader);
		return;
	case 3:
	case 4:
		list_asset(reader, file);
		break;
	case 5:
		look_at_type(reader, file);
		break;
	case 6:
	case 7:
	case 8:
		read_link(reader, file);
		break;
	default:
		read_file(reader, file);
		break;
	}
	tell_met(reader, file);
}

static void *read_states(void *context) {
	struct reader *reader = context;
	while (!atomic_load(&is_over)) {
		visit(reader);
		atomic_fetch_add(&answers, 1);
	}
	return NULL;
}

static void write_steady(void) {
	char path[PATH_BYTES];
	char text[MOST_BYTES];
	int length = 0;
	for (int i = 0; i < 100; i++) {
		length += snprintf(text + length, sizeof(text) - (size_t)length,
			"%sname: steady%d\nfield: %d\n", i > 0 ? "---\n" : "", i, i);
	}
	length += snprintf(
		text + length, sizeof(text) - (size_t)length, "---\nname: steady0@lab\nfield: 0\n");
	snprintf(path, sizeof(path), "%s/steady.yaml", store);
	write_file(path, text, (size_t)length);
}

/* Leaves every file as it is to be when the mount starts. */
static void prepare(void) {
	char path[PATH_BYTES];
	unsigned seed = 1;
	snprintf(path, sizeof(path), "%s/a", store);
	mkdir(path, 0755);
	snprintf(path, sizeof(path), "%s/b", store);
	mkdir(path, 0755);
	write_steady();
	for (int i = 0; i < FILES; i++) {
		bool is_other = false;
		atomic_store(&states[i], 0);
		advance(i, &is_other, &seed);
	}
}

static void start(pthread_t *thread, void *(*function)(void *), void *context) {
	const int failure = pthread_create(thread, NULL, function, context);
	if (failure != 0) {
		fail("cannot start a thread: %s", strerror(failure));
	}
}

static void run(unsigned seconds, int reader_count) {
	static struct reader readers[MOST_READERS];
	pthread_t threads[MOST_READERS + WRITERS];
	int count = 0;
	for (int i = 0; i < FILES; i++) {
		/* Where a file went in the end of its preparation is not known any more. */
		char path[PATH_BYTES];
		path_of(path, i, true);
		char target[PATH_BYTES];
		path_of(target, i, false);
		rename(path, target);
	}
	for (int i = 0; i < WRITERS; i++) {
		start(&threads[count++], write_states, (void *)(intptr_t)i);
	}
	for (int i = 0; i < reader_count; i++) {
		readers[i].seed = (unsigned)i + 1;
		for (int j = 0; j < OPEN_FILES; j++) {
			readers[i].open_files[j].descriptor = -1;
		}
		start(&threads[count++], read_states, &readers[i]);
	}
	sleep(seconds);
	atomic_store(&is_over, true);
	for (int i = 0; i < count; i++) {
		pthread_join(threads[i], NULL);
	}
	make_noise(1);
}

int main(int argc, char **argv) {
	if (argc != 5 || atoi(argv[4]) > MOST_READERS) {
		fprintf(stderr, "usage: stress STORE MOUNT SECONDS READERS\n");
		return 2;
	}
	store = argv[1];
	mount = argv[2];
	if (atoi(argv[3]) == 0) {
		prepare();
		return 0;
	}
	for (int i = 0; i < FILES; i++) {
		atomic_store(&states[i], 1);
	}
	run((unsigned)atoi(argv[3]), atoi(argv[4]));
	unsigned long changes = 0;
	for (int i = 0; i < FILES; i++) {
		changes += atomic_load(&states[i]);
	}
	printf("%lu answers, %lu changes\n", atomic_load(&answers), changes);
	return 0;
}
