#include "bench/measure.h"
#include "bench/samples.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { PATH_SIZE = 4096, CONTENT_SIZE = 65536, FILES_A_DIRECTORY = 1000 };

/* Longer than any change takes that will still be seen. */
static const uint64_t patience = 120000000000;

static void read_file(const char *path, char content[CONTENT_SIZE], size_t *length) {
	const int descriptor = open(path, O_RDONLY | O_CLOEXEC);
	const ssize_t got = descriptor < 0 ? -1 : read(descriptor, content, CONTENT_SIZE - 1);
	if (got < 0) {
		fail("cannot read %s: %s", path, strerror(errno));
	}
	close(descriptor);
	content[got] = '\0';
	*length = (size_t)got;
}

/* What is changed: the last card of a file, whose text up to its last two fields stays. */
struct change {
	char file[PATH_SIZE];
	char asset[PATH_SIZE]; /* its directory in the mount */
	char text[CONTENT_SIZE * 16];
	size_t length;
};

static void find_change(
	struct change *change, const char *mount, const char *store, unsigned long file) {
	snprintf(change->file, sizeof(change->file), "%s/%04lu/cards_%07lu.yaml", store,
		file / FILES_A_DIRECTORY, file);
	FILE *stream = fopen(change->file, "r");
	if (stream == NULL) {
		fail("cannot read %s: %s", change->file, strerror(errno));
	}
	change->length = fread(change->text, 1, sizeof(change->text) - PATH_SIZE, stream);
	change->text[change->length] = '\0';
	fclose(stream);
	char *name = change->text, *next;
	while ((next = strstr(name, "\nname: ")) != NULL) {
		name = next + 1;
	}
	const char *end = strchr(name, '\n');
	snprintf(change->asset, sizeof(change->asset), "%s/%.*s", mount, (int)(end - name) - 6,
		name + 6);
	change->length = (size_t)(end + 1 - change->text);
}

/* Each time the link, the content, its size, and a name in the listing are others. */
static void write_change(struct change *change, unsigned long number) {
	char draft[PATH_SIZE + 8];
	snprintf(draft, sizeof(draft), "%s.new", change->file);
	const int length = snprintf(change->text + change->length, PATH_SIZE,
		"checkpoint: /changed/%lu\nvalue: %0*lu\nadded_%lu: 1\n", number,
		(int)(number % 7) + 1, number % 10, number);
	FILE *stream = fopen(draft, "w");
	const size_t size = change->length + (size_t)length;
	if (stream == NULL || fwrite(change->text, 1, size, stream) != size ||
		fclose(stream) != 0) {
		fail("cannot write %s: %s", draft, strerror(errno));
	}
	if (rename(draft, change->file) != 0) {
		fail("cannot rename %s: %s", draft, strerror(errno));
	}
}

static bool has_link(const char *asset, unsigned long number) {
	char path[PATH_SIZE + 32], target[64] = "", wanted[64];
	snprintf(path, sizeof(path), "%s/checkpoint", asset);
	snprintf(wanted, sizeof(wanted), "/changed/%lu", number);
	return readlink(path, target, sizeof(target) - 1) >= 0 && strcmp(target, wanted) == 0;
}

static bool has_content(const char *asset, unsigned long number) {
	char path[PATH_SIZE + 32], content[64] = "", wanted[64];
	const int length =
		snprintf(wanted, sizeof(wanted), "%0*lu\n", (int)(number % 7) + 1, number % 10);
	struct stat status;
	snprintf(path, sizeof(path), "%s/value", asset);
	const int descriptor = open(path, O_RDONLY | O_CLOEXEC);
	const bool is_new = descriptor >= 0 &&
			    read(descriptor, content, sizeof(content) - 1) >= 0 &&
			    strcmp(content, wanted) == 0 && stat(path, &status) == 0 &&
			    status.st_size == length;
	if (descriptor >= 0) {
		close(descriptor);
	}
	return is_new;
}

static bool has_name(const char *asset, unsigned long number) {
	char wanted[64];
	bool is_new = false;
	snprintf(wanted, sizeof(wanted), "added_%lu", number);
	DIR *directory = opendir(asset);
	const struct dirent *entry;
	while (directory != NULL && (entry = readdir(directory)) != NULL) {
		is_new = is_new || strcmp(entry->d_name, wanted) == 0;
	}
	if (directory != NULL) {
		closedir(directory);
	}
	return is_new;
}

static void await(bool (*is_new)(const char *, unsigned long), const char *asset,
	unsigned long number, uint64_t start) {
	while (!is_new(asset, number)) {
		if (nanoseconds() - start > patience) {
			fail("a change of %s is not seen", asset);
		}
	}
}

static double await_all(const char *asset, unsigned long number, uint64_t start) {
	await(has_link, asset, number, start);
	await(has_content, asset, number, start);
	await(has_name, asset, number, start);
	return (double)(nanoseconds() - start);
}

/* Watches who opens files of the store. */
static int watch_store(const char *store, unsigned long files) {
	const int watch = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
	for (unsigned long i = 0; i < files; i += FILES_A_DIRECTORY) {
		char path[PATH_SIZE];
		snprintf(path, sizeof(path), "%s/%04lu", store, i / FILES_A_DIRECTORY);
		if (watch < 0 || inotify_add_watch(watch, path, IN_OPEN) < 0) {
			fail("cannot watch %s: %s", path, strerror(errno));
		}
	}
	return watch;
}

/* How often card files were opened since it was asked last. */
static unsigned long count_opened(int watch) {
	_Alignas(struct inotify_event) char buffer[65536];
	unsigned long count = 0;
	ssize_t length;
	while ((length = read(watch, buffer, sizeof(buffer))) > 0) {
		for (size_t offset = 0; offset < (size_t)length;) {
			const struct inotify_event *event = (const void *)(buffer + offset);
			const size_t name_length = event->len == 0 ? 0 : strlen(event->name);
			count += name_length > 5 &&
				 strcmp(event->name + name_length - 5, ".yaml") == 0;
			offset += sizeof(*event) + event->len;
		}
	}
	return count;
}

void measure_freshness(char **arguments) {
	static struct change change;
	static const struct timespec pause = {.tv_nsec = 20000000};
	const unsigned long files = number_of(arguments[2], 1);
	const unsigned long changes = number_of(arguments[3], 1);
	const int watch = watch_store(arguments[1], files);
	struct samples samples = {0};
	unsigned seed = 1;
	unsigned long opened = 0;
	for (unsigned long i = 1; i <= changes; i++) {
		char content[CONTENT_SIZE];
		char path[PATH_SIZE + 32];
		size_t length;
		find_change(
			&change, arguments[0], arguments[1], (unsigned long)rand_r(&seed) % files);
		/* The kernel knows all of it before. */
		snprintf(path, sizeof(path), "%s/card.yaml", change.asset);
		read_file(path, content, &length);
		has_link(change.asset, i);
		has_content(change.asset, i);
		has_name(change.asset, i);
		nanosleep(&pause, NULL);
		count_opened(watch);
		write_change(&change, i);
		const uint64_t start = nanoseconds();
		samples_add(&samples, await_all(change.asset, i, start));
		opened += count_opened(watch);
	}
	printf("%.0f %.0f %.3f\n", samples_percentile(&samples, 0.5),
		samples_percentile(&samples, 0.99), (double)opened / (double)changes);
	samples_finish(&samples);
	close(watch);
}
