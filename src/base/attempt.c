#include "base/attempt.h"

#include "base/clock.h"
#include "base/descriptors.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

/* What the process says in the end: what the work returned. */
static const char said_true = 'y', said_false = 'n';

/* Somebody may wait for the end of what is open here, which must not be for ever. */
static void close_others(int descriptor) {
	const int nothing = open("/dev/null", O_RDWR | O_CLOEXEC);
	for (int i = 0; i <= STDERR_FILENO; i++) {
		dup2(nothing, i);
	}
	if (descriptor > STDERR_FILENO + 1) {
		descriptors_close(STDERR_FILENO + 1, (unsigned)descriptor - 1);
	}
	descriptors_close_from((unsigned)descriptor + 1);
}

static _Noreturn void run(attempt_work *work, void *context, int descriptor) {
	/* Who looks for what serves a mount is not to find it. */
	prctl(PR_SET_NAME, "cardfs-attempt");
	close_others(descriptor);
	const bool result = work(context);
	(void)!write(descriptor, result ? &said_true : &said_false, 1);
	_exit(EXIT_SUCCESS);
}

/* Returns what was said; 0 where nothing was. */
static char hear(int pipe, int milliseconds) {
	const int64_t end = clock_milliseconds() + milliseconds;
	struct pollfd said = {.fd = pipe, .events = POLLIN};
	char word = 0;
	int ready;
	do {
		const int64_t left = end - clock_milliseconds();
		ready = poll(&said, 1, left > 0 ? (int)left : 0);
	} while (ready < 0 && errno == EINTR);
	if (ready > 0) {
		(void)!read(pipe, &word, 1);
	}
	return word;
}

/* One that was killed may be gone much later, and is then reaped by whoever is still there. */
static void end(pid_t process, bool is_over) {
	if (!is_over) {
		kill(process, SIGKILL);
	}
	while (waitpid(process, NULL, is_over ? 0 : WNOHANG) < 0 && errno == EINTR) {
	}
}

enum attempt_result attempt(attempt_work *work, void *context, int milliseconds) {
	int ends[2];
	if (pipe2(ends, O_CLOEXEC) != 0) {
		return ATTEMPT_UNKNOWN;
	}
	const pid_t process = fork();
	if (process == 0) {
		run(work, context, ends[1]);
	}
	close(ends[1]);
	char said = 0;
	if (process > 0) {
		said = hear(ends[0], milliseconds);
	}
	close(ends[0]);
	if (process > 0) {
		end(process, said != 0);
	}
	return said == said_true    ? ATTEMPT_TRUE
	       : said == said_false ? ATTEMPT_FALSE
				    : ATTEMPT_UNKNOWN;
}
