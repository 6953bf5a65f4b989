#include "fuse/background.h"

#include "base/journal.h"
#include "base/log.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

/* What stands in for a terminal; -1: not opened. */
static int nothing = -1;

static bool read_report(int report, struct error *error) {
	struct error outcome;
	ssize_t got;
	do {
		got = read(report, &outcome, sizeof(outcome));
	} while (got < 0 && errno == EINTR);
	if (got == sizeof(outcome)) {
		*error = outcome;
		return true;
	}
	return false;
}

/* One that ends without a word was killed. */
static void explain_silence(pid_t process, struct error *error) {
	int status = 0;
	pid_t ended;
	do {
		ended = waitpid(process, &status, 0);
	} while (ended < 0 && errno == EINTR);
	if (ended == process && WIFSIGNALED(status)) {
		error_set(error, ERROR_SYSTEM, "the serving process was ended by a signal: %s",
			strsignal(WTERMSIG(status)));
	} else {
		error_set(error, ERROR_SYSTEM, "the serving process ended before it was ready");
	}
}

static enum background_role await(pid_t process, int report, struct error *error) {
	struct error outcome = {0};
	if (!read_report(report, &outcome)) {
		explain_silence(process, &outcome);
	}
	close(report);
	if (outcome.kind == ERROR_NONE) {
		return BACKGROUND_ASKED;
	}
	*error = outcome;
	return BACKGROUND_FAILED;
}

static enum background_role fail(struct error *error) {
	error_set_system(error, errno, "cannot start the serving process");
	return BACKGROUND_FAILED;
}

enum background_role background_start(int *report, struct error *error) {
	int ends[2];
	/* What is still in them must not be written twice. */
	fflush(NULL);
	if (pipe2(ends, O_CLOEXEC) != 0) {
		return fail(error);
	}
	const pid_t process = fork();
	if (process < 0) {
		fail(error);
		close(ends[0]);
		close(ends[1]);
		return BACKGROUND_FAILED;
	}
	if (process > 0) {
		close(ends[1]);
		return await(process, ends[0], error);
	}
	close(ends[0]);
	*report = ends[1];
	return BACKGROUND_SERVES;
}

void background_prepare(void) {
	if (nothing < 0) {
		nothing = open("/dev/null", O_RDWR | O_CLOEXEC);
	}
	log_prepare_system_log(JOURNAL_SOCKET);
}

void background_leave(void) {
	setsid();
	if (chdir("/") != 0) {
		log_message(
			LOG_LEVEL_WARNING, "cannot leave the directory that this was started in");
	}
	background_prepare();
	log_use_system_log(JOURNAL_SOCKET);
	for (int i = STDIN_FILENO; nothing >= 0 && i <= STDERR_FILENO; i++) {
		dup2(nothing, i);
	}
	if (nothing > STDERR_FILENO) {
		close(nothing);
	}
	nothing = -1;
}

void background_report(int report, const struct error *error) {
	ssize_t written;
	do {
		written = write(report, error, sizeof(*error));
	} while (written < 0 && errno == EINTR);
	close(report);
}
