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

/* What is changed: the last card of a file, of which the rest stays. */
struct change {
	char file[PATH_SIZE];
	char asset[PATH_SIZE]; /* its directory in the mount */
	char text[CONTENT_SIZE * 16];
	size_t target; /* where in the text the checkpoint of that card is */
};

static void read_text(struct change *change) {
	FILE *stream = fopen(change->file, "r");
	if (stream == NULL) {
		fail("cannot read %s: %s", change->file, strerror(errno));
	}
	const size_t length = fread(change->text, 1, sizeof(change->text) - 1, stream);
	change->text[length] = '\0';
	fclose(stream);
}

/* The last one in the text, and what is behind it. */
static char *find_last(char *text, const char *wanted) {
	char *found = NULL, *next = text;
	while ((next = strstr(next, wanted)) != NULL) {
		next += strlen(wanted);
		found = next;
	}
	if (found == NULL) {
		fail("there is no \"%s\" in the cards", wanted);
	}
	return found;
}

static void find_change(
	struct change *change, const char *mount, const char *store, unsigned long file) {
	snprintf(change->file, sizeof(change->file), "%s/%04lu/cards_%07lu.yaml", store,
		file / FILES_A_DIRECTORY, file);
	read_text(change);
	const char *name = find_last(change->text, "\nname: ");
	snprintf(change->asset, sizeof(change->asset), "%s/%.*s", mount, (int)strcspn(name, "\n"),
		name);
	change->target = (size_t)(find_last(change->text, "\ncheckpoint: ") - change->text);
}

/* What an earlier change added is not the card's own. */
static size_t length_of_card(const char *rest) {
	const char *added = strstr(rest, "value: ");
	return added == NULL ? strlen(rest) : (size_t)(added - rest);
}

/*
 * Each time the link, the content of a field, its size, and a name in the listing are others.
 * Returns when that begins to be so.
 */
static uint64_t write_change(const struct change *change, unsigned long number) {
	char draft[PATH_SIZE + 8];
	const char *rest = change->text + change->target;
	rest += strcspn(rest, "\n");
	snprintf(draft, sizeof(draft), "%s.new", change->file);
	FILE *stream = fopen(draft, "w");
	if (stream == NULL ||
		fprintf(stream, "%.*s/changed/%lu%.*svalue: %0*lu\nadded_%lu: 1\n",
			(int)change->target, change->text, number, (int)length_of_card(rest), rest,
			(int)(number % 7) + 1, number, number) < 0 ||
		fclose(stream) != 0) {
		fail("cannot write %s: %s", draft, strerror(errno));
	}
	const uint64_t start = nanoseconds();
	if (rename(draft, change->file) != 0) {
		fail("cannot rename %s: %s", draft, strerror(errno));
	}
	return start;
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
		snprintf(wanted, sizeof(wanted), "%0*lu\n", (int)(number % 7) + 1, number);
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

/*
 * What a change shows in. Each change is awaited in one of them: the time that it takes to read the
 * others is not the time that this one is late.
 */
static const struct aspect {
	const char *name;
	bool (*is_new)(const char *asset, unsigned long number);
} aspects[] = {
	{"link", has_link},
	{"content", has_content},
	{"listing", has_name},
};

enum { ASPECTS = sizeof(aspects) / sizeof(aspects[0]) };

/* Returns how long it took from the start, in nanoseconds. */
static double await(
	const struct aspect *aspect, const char *asset, unsigned long number, uint64_t start) {
	while (!aspect->is_new(asset, number)) {
		if (nanoseconds() - start > patience) {
			fail("a change of the %s of %s is not seen", aspect->name, asset);
		}
	}
	return (double)(nanoseconds() - start);
}

static double worst_percentile(struct samples samples[ASPECTS], double percentile) {
	double worst = 0;
	for (int i = 0; i < ASPECTS; i++) {
		const double of_aspect = samples_percentile(&samples[i], percentile);
		worst = of_aspect > worst ? of_aspect : worst;
	}
	return worst;
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

/* The kernel knows all of an asset, and nothing of it is new yet. */
static void look_at(const struct change *change, unsigned long number) {
	char path[PATH_SIZE + 32], content[CONTENT_SIZE];
	size_t length;
	snprintf(path, sizeof(path), "%s/card.yaml", change->asset);
	read_file(path, content, &length);
	for (int i = 0; i < ASPECTS; i++) {
		if (aspects[i].is_new(change->asset, number)) {
			fail("the %s of %s is new before it changes", aspects[i].name,
				change->asset);
		}
	}
}

void measure_freshness(char **arguments) {
	static struct change change;
	static const struct timespec pause = {.tv_nsec = 20000000};
	const unsigned long files = number_of(arguments[2], 1);
	const unsigned long changes = number_of(arguments[3], 1);
	const int watch = watch_store(arguments[1], files);
	struct samples samples[ASPECTS] = {{0}};
	unsigned seed = 1;
	unsigned long opened = 0;
	for (unsigned long i = 1; i <= changes * ASPECTS; i++) {
		find_change(
			&change, arguments[0], arguments[1], (unsigned long)rand_r(&seed) % files);
		look_at(&change, i);
		nanosleep(&pause, NULL);
		count_opened(watch);
		const struct aspect *aspect = &aspects[i % ASPECTS];
		const uint64_t start = write_change(&change, i);
		samples_add(&samples[i % ASPECTS], await(aspect, change.asset, i, start));
		nanosleep(&pause, NULL);
		opened += count_opened(watch);
	}
	printf("%.0f %.0f %.3f\n", worst_percentile(samples, 0.5), worst_percentile(samples, 0.99),
		(double)opened / (double)(changes * ASPECTS));
	for (int i = 0; i < ASPECTS; i++) {
		samples_finish(&samples[i]);
	}
	close(watch);
}
