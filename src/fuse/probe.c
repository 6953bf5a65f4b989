#include "fuse/probe.h"

#include "base/clock.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

enum { STEP = 4096, MILLISECONDS = 1000 };

/* What the other process does: its status is an errno, or 0. */
static int copy(const char *path, int output) {
	char part[STEP];
	const int file = open(path, O_RDONLY | O_CLOEXEC);
	if (file < 0) {
		return errno;
	}
	for (;;) {
		const ssize_t got = read(file, part, sizeof(part));
		if (got < 0) {
			return errno;
		}
		if (got == 0) {
			return 0;
		}
		if (write(output, part, (size_t)got) != got) {
			return EPIPE;
		}
	}
}

/* Returns false when the time is up, or nothing can be read. */
static bool receive(int input, unsigned seconds, struct buffer *content) {
	const int64_t deadline = clock_milliseconds() + (int64_t)seconds * MILLISECONDS;
	for (;;) {
		struct pollfd waited = {.fd = input, .events = POLLIN};
		const int64_t left = deadline - clock_milliseconds();
		const int ready = poll(&waited, 1, left < 0 ? 0 : (int)left);
		if (ready < 0 && errno == EINTR) {
			continue;
		}
		if (ready <= 0 || !buffer_reserve(content, STEP)) {
			return false;
		}
		const ssize_t got = read(input, content->data + content->length, STEP);
		if (got <= 0) {
			return got == 0;
		}
		content->length += (size_t)got;
	}
}

static enum probe_result judge(
	pid_t process, const char *path, struct buffer *content, struct error *error) {
	int status = 0;
	while (waitpid(process, &status, 0) < 0 && errno == EINTR) {
	}
	const int failure = WIFEXITED(status) ? WEXITSTATUS(status) : EIO;
	if (content->failed) {
		error_set_memory(error);
		return PROBE_FAILED;
	}
	if (failure != 0) {
		error_set_system(error, failure, "cannot read %s", path);
		return PROBE_FAILED;
	}
	return PROBE_ANSWERED;
}

enum probe_result probe_read(
	const char *path, unsigned seconds, struct buffer *content, struct error *error) {
	int ends[2];
	fflush(NULL);
	if (pipe2(ends, O_CLOEXEC) != 0) {
		error_set_system(error, errno, "cannot look at %s", path);
		return PROBE_FAILED;
	}
	const pid_t process = fork();
	if (process == 0) {
		_exit(copy(path, ends[1]));
	}
	close(ends[1]);
	enum probe_result result = PROBE_FAILED;
	if (process < 0) {
		error_set_system(error, errno, "cannot start a process");
	} else if (receive(ends[0], seconds, content)) {
		result = judge(process, path, content, error);
	} else {
		kill(process, SIGKILL);
		result = PROBE_SILENT;
	}
	close(ends[0]);
	return result;
}
