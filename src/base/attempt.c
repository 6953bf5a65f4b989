#include "base/attempt.h"

#include "base/descriptors.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

/* What the process says: that it goes on, and in the end what the work returned. */
static const char going_on = '.', said_true = 'y', said_false = 'n';

/* Closes what is between two descriptors. */
static void close_between(int low, int high) {
	if (low + 1 < high) {
		descriptors_close((unsigned)low + 1, (unsigned)high - 1);
	}
}

/* Somebody may wait for the end of what is open here, which must not be for ever. */
static void close_others(int one, int other) {
	const int low = one < other ? one : other;
	const int high = one < other ? other : one;
	const int nothing = open("/dev/null", O_RDWR | O_CLOEXEC);
	for (int i = 0; i <= STDERR_FILENO; i++) {
		dup2(nothing, i);
	}
	close_between(STDERR_FILENO, low);
	close_between(low > STDERR_FILENO ? low : STDERR_FILENO, high);
	descriptors_close_from((unsigned)high + 1);
}

static _Noreturn void run(attempt_work *work, void *context, int descriptor, int progress) {
	/* Who looks for what serves a mount is not to find it. */
	prctl(PR_SET_NAME, "cardfs-attempt");
	close_others(descriptor, progress);
	const bool result = work(context, progress);
	/* What was said before may not have been heard, and fill the pipe. */
	fcntl(progress, F_SETFL, 0);
	(void)!write(progress, result ? &said_true : &said_false, 1);
	_exit(EXIT_SUCCESS);
}

void attempt_go_on(int progress) {
	if (progress >= 0) {
		(void)!write(progress, &going_on, 1);
	}
}

/* Returns the last thing that was said; 0 where that is not the end. */
static char hear(int pipe, int milliseconds) {
	struct pollfd said = {.fd = pipe, .events = POLLIN};
	char words[64];
	for (;;) {
		const int ready = poll(&said, 1, milliseconds);
		if (ready < 0 && errno == EINTR) {
			continue;
		}
		const ssize_t count = ready > 0 ? read(pipe, words, sizeof(words)) : 0;
		if (count <= 0) {
			return 0;
		}
		if (words[count - 1] != going_on) {
			return words[count - 1];
		}
	}
}

/* One that was killed may be gone much later, and is then reaped by whoever is still there. */
static void end(pid_t process, bool is_over) {
	if (!is_over) {
		kill(process, SIGKILL);
	}
	while (waitpid(process, NULL, is_over ? 0 : WNOHANG) < 0 && errno == EINTR) {
	}
}

enum attempt_result attempt(attempt_work *work, void *context, int descriptor, int milliseconds) {
	int ends[2];
	if (pipe2(ends, O_CLOEXEC) != 0) {
		return ATTEMPT_UNKNOWN;
	}
	fcntl(ends[1], F_SETFL, O_NONBLOCK);
	const pid_t process = fork();
	if (process == 0) {
		run(work, context, descriptor, ends[1]);
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
