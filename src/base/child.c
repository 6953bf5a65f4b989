#include "base/child.h"

#include "base/descriptors.h"
#include "base/log.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <unistd.h>

static void ignore_signals(void) {
	static const int ignored[] = {SIGHUP, SIGINT, SIGPIPE, SIGQUIT, SIGUSR2};
	const struct sigaction ignore = {.sa_handler = SIG_IGN};
	sigset_t none;
	for (size_t i = 0; i < sizeof(ignored) / sizeof(ignored[0]); i++) {
		sigaction(ignored[i], &ignore, NULL);
	}
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
}

/* They come in ascending order, so none is where one that is still to be moved is. */
static void move_sockets(const int *sockets, size_t count) {
	for (size_t i = 0; i < count; i++) {
		dup2(sockets[i], CHILD_FIRST_SOCKET + (int)i);
	}
}

void child_begin(const char *name, const int *sockets, size_t count) {
	log_keep(NULL);
	log_set_level(LOG_LEVEL_ERROR);
	prctl(PR_SET_NAME, name);
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	ignore_signals();
	move_sockets(sockets, count);
	const int nothing = open("/dev/null", O_RDWR | O_CLOEXEC);
	for (int i = 0; i < CHILD_FIRST_SOCKET; i++) {
		dup2(nothing, i);
	}
	descriptors_close_from(CHILD_FIRST_SOCKET + (unsigned)count);
}
