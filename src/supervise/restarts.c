#include "supervise/restarts.h"

#include <signal.h>
#include <sys/wait.h>

static const struct {
	const char *name;
	int number;
	bool is_crash;
} signals[] = {
	{"SIGABRT", SIGABRT, true},
	{"SIGALRM", SIGALRM, false},
	{"SIGBUS", SIGBUS, true},
	{"SIGFPE", SIGFPE, true},
	{"SIGHUP", SIGHUP, false},
	{"SIGILL", SIGILL, true},
	{"SIGINT", SIGINT, false},
	{"SIGKILL", SIGKILL, false},
	{"SIGPIPE", SIGPIPE, false},
	{"SIGQUIT", SIGQUIT, false},
	{"SIGSEGV", SIGSEGV, true},
	{"SIGSYS", SIGSYS, true},
	{"SIGTERM", SIGTERM, false},
	{"SIGTRAP", SIGTRAP, true},
	{"SIGUSR1", SIGUSR1, false},
	{"SIGUSR2", SIGUSR2, false},
	{"SIGXCPU", SIGXCPU, false},
	{"SIGXFSZ", SIGXFSZ, false},
};

enum { SIGNAL_COUNT = sizeof(signals) / sizeof(signals[0]) };

unsigned restarts_delay(unsigned *deaths, int64_t served) {
	if (served >= RESTARTS_GOOD) {
		*deaths = 0;
	}
	unsigned delay = *deaths == 0 ? 0 : RESTARTS_LEAST;
	for (unsigned i = 1; i < *deaths && delay < RESTARTS_MOST; i++) {
		delay *= 2;
	}
	*deaths += *deaths < RESTARTS_MOST;
	return delay < RESTARTS_MOST ? delay : RESTARTS_MOST;
}

void restarts_describe(struct buffer *text, int status) {
	if (!WIFSIGNALED(status)) {
		buffer_append_format(text, "ended with status %d", WEXITSTATUS(status));
		return;
	}
	for (size_t i = 0; i < SIGNAL_COUNT; i++) {
		if (signals[i].number == WTERMSIG(status)) {
			buffer_append_format(text, "was killed by %s", signals[i].name);
			return;
		}
	}
	buffer_append_format(text, "was killed by signal %d", WTERMSIG(status));
}

bool restarts_is_crash(int status) {
	for (size_t i = 0; i < SIGNAL_COUNT; i++) {
		if (WIFSIGNALED(status) && signals[i].number == WTERMSIG(status)) {
			return signals[i].is_crash;
		}
	}
	return false;
}
