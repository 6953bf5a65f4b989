#include "bench/measure.h"
#include "bench/samples.h"

#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { MOST_WORDS = 64, COMMAND_SIZE = 8192, MOST_WAITS = 600 };

extern char **environ;

/* The words of a command, at blanks; nothing is quoted. */
static void split(char *command, char *words[MOST_WORDS]) {
	size_t count = 0;
	char *rest = command;
	for (char *word; (word = strtok_r(rest, " ", &rest)) != NULL;) {
		if (count == MOST_WORDS - 1) {
			fail("a command has too many words");
		}
		words[count++] = word;
	}
	words[count] = NULL;
}

/* What it writes is thrown away. Returns how long it took. */
static double run(const char *command) {
	char copy[COMMAND_SIZE];
	char *words[MOST_WORDS];
	snprintf(copy, sizeof(copy), "%s", command);
	split(copy, words);
	if (words[0] == NULL) {
		fail("a command is empty");
	}
	posix_spawn_file_actions_t actions;
	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
	pid_t process;
	int status;
	const uint64_t start = nanoseconds();
	const int failure = posix_spawnp(&process, words[0], &actions, NULL, words, environ);
	if (failure != 0 || waitpid(process, &status, 0) != process) {
		fail("cannot run \"%s\": %s", command, strerror(failure != 0 ? failure : errno));
	}
	const double took = (double)(nanoseconds() - start);
	posix_spawn_file_actions_destroy(&actions);
	const int usual = strcmp(words[0], "grep") == 0 ? 1 : 0; /* for it finds nothing */
	if (!WIFEXITED(status) || WEXITSTATUS(status) != usual) {
		fail("\"%s\" failed", command);
	}
	return took;
}

static unsigned long ticks_of(unsigned long process) {
	char path[64];
	unsigned long user = 0, system = 0;
	snprintf(path, sizeof(path), "/proc/%lu/stat", process);
	FILE *file = fopen(path, "r");
	if (file == NULL ||
		fscanf(file, "%*d (%*[^)]) %*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %lu %lu",
			&user, &system) != 2) {
		fail("there is no process %lu", process);
	}
	fclose(file);
	return user + system;
}

/* Waits until the server has done with what the kernel forgets, but for no longer than a minute. */
static void settle(unsigned long server) {
	static const struct timespec pause = {.tv_nsec = 100000000};
	unsigned long ticks, before = 0;
	for (int i = 0; i < MOST_WAITS && (ticks = ticks_of(server)) != before; i++) {
		before = ticks;
		nanosleep(&pause, NULL);
	}
}

static void drop_caches(unsigned long server) {
	sync();
	const int descriptor = open("/proc/sys/vm/drop_caches", O_WRONLY | O_CLOEXEC);
	if (descriptor < 0 || write(descriptor, "3", 1) != 1) {
		fail("cannot drop the kernel's caches: %s", strerror(errno));
	}
	close(descriptor);
	settle(server);
}

void measure_commands(char **arguments) {
	const unsigned long rounds = number_of(arguments[0], 1);
	const unsigned long server = number_of(arguments[1], 0);
	struct samples samples[2] = {{0}, {0}};
	/* Without dropped caches the first round fills them. */
	for (unsigned long i = server == 0 ? 0 : 1; i <= rounds; i++) {
		for (int j = 0; j < 2; j++) {
			if (server != 0) {
				drop_caches(server);
			}
			const double took = run(arguments[2 + j]);
			if (i > 0) {
				samples_add(&samples[j], took);
			}
		}
	}
	samples_print_medians(&samples[0], &samples[1]);
	samples_finish(&samples[0]);
	samples_finish(&samples[1]);
}
