#include "bench/measure.h"
#include "bench/samples.h"
#include "card/catalog.h"

#include <errno.h>
#include <fcntl.h>
#include <fts.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#include <yaml.h>

static size_t count_events(const unsigned char *text, size_t length) {
	yaml_parser_t parser;
	yaml_event_t event;
	size_t count = 0;
	yaml_parser_initialize(&parser);
	yaml_parser_set_input_string(&parser, text, length);
	for (bool is_over = false; !is_over; count++) {
		if (!yaml_parser_parse(&parser, &event)) {
			fail("libyaml does not read a file of cards");
		}
		is_over = event.type == YAML_STREAM_END_EVENT;
		yaml_event_delete(&event);
	}
	yaml_parser_delete(&parser);
	return count;
}

/* All that has to be done to know what the files say: each opened, read and parsed. */
static void parse_file(const char *path) {
	const int descriptor = open(path, O_RDONLY | O_CLOEXEC);
	struct stat status;
	if (descriptor < 0 || fstat(descriptor, &status) != 0) {
		fail("cannot open %s: %s", path, strerror(errno));
	}
	const size_t size = (size_t)status.st_size;
	unsigned char *text = malloc(size + 1);
	if (text == NULL || read(descriptor, text, size) != status.st_size) {
		fail("cannot read %s: %s", path, strerror(errno));
	}
	close(descriptor);
	count_events(text, size);
	free(text);
}

static double parse_all(char *store) {
	const uint64_t start = nanoseconds();
	FTS *files =
		fts_open((char *[]){store, NULL}, FTS_PHYSICAL | FTS_NOCHDIR | FTS_NOSTAT, NULL);
	if (files == NULL) {
		fail("cannot list %s: %s", store, strerror(errno));
	}
	for (const FTSENT *entry; (entry = fts_read(files)) != NULL;) {
		if (strstr(entry->fts_name, ".yaml") != NULL) {
			parse_file(entry->fts_path);
		}
	}
	fts_close(files);
	return (double)(nanoseconds() - start);
}

static void use_one_processor(void) {
	cpu_set_t set;
	CPU_ZERO(&set);
	CPU_SET(0, &set);
	if (sched_setaffinity(0, sizeof(set), &set) != 0) {
		fail("cannot stay on a processor: %s", strerror(errno));
	}
}

static void make_catalog(const char *location) {
	struct error error = {0};
	struct store *store = store_open(text_of(location), STORE_ADDED, 0, &error);
	if (store == NULL) {
		fail("%s", error.message);
	}
	const struct store_set stores = {.stores = &store, .count = 1};
	const struct catalog_options options = {.limits = yaml_default_limits};
	if (catalog_create(&stores, &options, NULL, NULL, &error) == NULL) {
		fail("%s", error.message);
	}
}

/* In a process of its own, which never was any larger. Nothing is kept for the next one. */
static double load(const char *store, unsigned long processors) {
	double took = 0;
	int ends[2];
	if (pipe(ends) != 0) {
		fail("cannot make a pipe: %s", strerror(errno));
	}
	const pid_t process = fork();
	if (process == 0) {
		setenv("XDG_CACHE_HOME", "/dev/null", 1);
		if (processors == 1) {
			use_one_processor();
		}
		const uint64_t start = nanoseconds();
		make_catalog(store);
		took = (double)(nanoseconds() - start);
		_exit(write(ends[1], &took, sizeof(took)) == sizeof(took) ? 0 : 1);
	}
	close(ends[1]);
	if (read(ends[0], &took, sizeof(took)) != sizeof(took)) {
		fail("cannot load %s", store);
	}
	close(ends[0]);
	waitpid(process, NULL, 0);
	return took;
}

void measure_loading(char **arguments) {
	const unsigned long rounds = number_of(arguments[0], 1);
	const unsigned long processors = number_of(arguments[1], 1);
	struct samples ours = {0}, baseline = {0};
	for (unsigned long i = 0; i <= rounds; i++) {
		const double loaded = load(arguments[2], processors);
		const double parsed = parse_all(arguments[2]);
		if (i > 0) {
			samples_add(&ours, loaded);
			samples_add(&baseline, parsed);
		}
	}
	samples_print_medians(&ours, &baseline);
	samples_finish(&ours);
	samples_finish(&baseline);
}
