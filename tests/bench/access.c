#include "bench/measure.h"
#include "bench/samples.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* More are not asked in a round. */
enum { MOST_OPERATIONS = 50000, ASSETS_A_SAMPLE = 250, PATH_SIZE = 4096 };

static void look(const char *path) {
	struct stat status;
	if (lstat(path, &status) != 0) {
		fail("cannot look at %s: %s", path, strerror(errno));
	}
}

static void read_target(const char *path) {
	char target[PATH_SIZE];
	if (readlink(path, target, sizeof(target)) < 0) {
		fail("cannot read the link %s: %s", path, strerror(errno));
	}
}

static void read_content(const char *path) {
	static char content[65536];
	const int descriptor = open(path, O_RDONLY | O_CLOEXEC);
	if (descriptor < 0 || read(descriptor, content, sizeof(content)) < 0 ||
		close(descriptor) != 0) {
		fail("cannot read %s: %s", path, strerror(errno));
	}
}

static void miss(const char *path) {
	struct stat status;
	if (lstat(path, &status) == 0 || errno != ENOENT) {
		fail("%s is there, or cannot be told not to be", path);
	}
}

static void list(const char *path) {
	DIR *directory = opendir(path);
	if (directory == NULL) {
		fail("cannot open %s: %s", path, strerror(errno));
	}
	while (readdir(directory) != NULL) {
	}
	closedir(directory);
}

static void read_all(const char *path) {
	static char content[1 << 20];
	const int descriptor = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t got = -1;
	while (descriptor >= 0 && (got = read(descriptor, content, sizeof(content))) > 0) {
	}
	if (got < 0) {
		fail("cannot read %s: %s", path, strerror(errno));
	}
	close(descriptor);
}

static const struct operation {
	const char *name;
	const char *entry; /* of a random asset; NULL: the path is the tree itself */
	void (*run)(const char *path);
} operations[] = {
	{"lstat", "checkpoint", look},
	{"readlink", "checkpoint", read_target},
	{"read", "card.yaml", read_content},
	{"absent", "no_such_field", miss},
	{"list", NULL, list},
	{"content", NULL, read_all},
};

static const struct operation *find_operation(const char *name) {
	for (size_t i = 0; i < sizeof(operations) / sizeof(operations[0]); i++) {
		if (strcmp(operations[i].name, name) == 0) {
			return &operations[i];
		}
	}
	fail("there is no operation %s", name);
}

/* The same assets in every round and tree, in an order that no directory has. */
static unsigned long *choose_assets(unsigned long assets, unsigned long count) {
	unsigned long *chosen = calloc(assets, sizeof(*chosen));
	unsigned seed = 1;
	if (chosen == NULL) {
		fail("no memory");
	}
	for (unsigned long i = 0; i < assets; i++) {
		chosen[i] = i;
	}
	for (unsigned long i = 0; i < count; i++) {
		const unsigned long other = i + (unsigned long)rand_r(&seed) % (assets - i);
		const unsigned long number = chosen[i];
		chosen[i] = chosen[other];
		chosen[other] = number;
	}
	return chosen;
}

/* Nanoseconds an operation. */
static double run(const struct operation *operation, const char *tree, const unsigned long *chosen,
	unsigned long count) {
	char path[PATH_SIZE];
	const uint64_t start = nanoseconds();
	for (unsigned long i = 0; i < count; i++) {
		if (operation->entry == NULL) {
			operation->run(tree);
		} else {
			snprintf(path, sizeof(path), "%s/model_%07lu/%s", tree, chosen[i],
				operation->entry);
			operation->run(path);
		}
	}
	return (double)(nanoseconds() - start) / (double)count;
}

/* Both trees in turn, with few assets at a time: what else the machine does hits single samples. */
static void run_round(const struct operation *operation, char **trees, const unsigned long *chosen,
	unsigned long count, struct samples samples[2]) {
	for (unsigned long done = 0; done < count; done += ASSETS_A_SAMPLE) {
		const unsigned long left = count - done;
		const unsigned long some = left < ASSETS_A_SAMPLE ? left : ASSETS_A_SAMPLE;
		for (int i = 0; i < 2; i++) {
			samples_add(&samples[i], run(operation, trees[i], chosen + done, some));
		}
	}
}

static void forget(struct samples samples[2]) {
	samples_finish(&samples[0]);
	samples_finish(&samples[1]);
}

void measure_access(char **arguments) {
	const struct operation *operation = find_operation(arguments[0]);
	const unsigned long rounds = number_of(arguments[1], 1);
	const unsigned long assets = number_of(arguments[2], 1);
	const bool is_of_tree = operation->entry == NULL;
	const unsigned long most = assets < MOST_OPERATIONS ? assets : MOST_OPERATIONS;
	const unsigned long count = is_of_tree ? 1 : most;
	unsigned long *chosen = choose_assets(assets, count);
	struct samples samples[2] = {{0}, {0}};
	run_round(operation, arguments + 3, chosen, count, samples);
	/* That filled the kernel's caches. */
	forget(samples);
	for (unsigned long i = 0; i < rounds; i++) {
		run_round(operation, arguments + 3, chosen, count, samples);
	}
	samples_print_medians(&samples[0], &samples[1]);
	forget(samples);
	free(chosen);
}
