#include "fuse/signals.h"

#include <errno.h>
#include <fuse_lowlevel.h>
#include <signal.h>
#include <time.h>

enum { WAKE_SIGNAL = SIGUSR1, WAKE_MILLISECONDS = 10 };

static void do_nothing(int signal) {
	(void)signal;
}

static void fill_set(sigset_t *set) {
	sigemptyset(set);
	sigaddset(set, SIGHUP);
	sigaddset(set, SIGQUIT);
	sigaddset(set, SIGTERM);
	sigaddset(set, SIGINT);
}

void signals_hold(void) {
	const struct sigaction ignore = {.sa_handler = SIG_IGN};
	const struct sigaction wake = {.sa_handler = do_nothing};
	sigset_t set;
	fill_set(&set);
	pthread_sigmask(SIG_BLOCK, &set, NULL);
	sigaction(SIGPIPE, &ignore, NULL);
	sigaction(WAKE_SIGNAL, &wake, NULL);
}

static struct timespec soon(void) {
	struct timespec time;
	clock_gettime(CLOCK_REALTIME, &time);
	time.tv_nsec += WAKE_MILLISECONDS * 1000000L;
	if (time.tv_nsec >= 1000000000L) {
		time.tv_nsec -= 1000000000L;
		time.tv_sec++;
	}
	return time;
}

/* libfuse's loop asks whether to end after a signal interrupts its waiting, and may just miss one.
 */
static void end_session(struct signals *signals) {
	struct timespec deadline;
	fuse_session_exit(signals->session);
	do {
		pthread_kill(signals->server, WAKE_SIGNAL);
		deadline = soon();
	} while (sem_timedwait(&signals->served, &deadline) != 0);
}

/* A notification may be waiting for the answer to a request: the refresher ends before the session.
 */
static void *answer(void *context) {
	struct signals *signals = context;
	sigset_t set;
	fill_set(&set);
	int signal = 0;
	while (sigwait(&set, &signal) == 0 && signal != SIGTERM && signal != SIGINT) {
		if (signal == SIGHUP) {
			refresher_load(signals->refresher);
		} else {
			report_log(signals->report);
		}
	}
	refresher_stop(signals->refresher);
	end_session(signals);
	return NULL;
}

bool signals_start(struct signals *signals, struct refresher *refresher,
	const struct report *report, struct fuse_session *session, struct error *error) {
	*signals = (struct signals){
		.refresher = refresher,
		.report = report,
		.session = session,
		.server = pthread_self(),
	};
	sem_init(&signals->served, 0, 0);
	const int failure = pthread_create(&signals->thread, NULL, answer, signals);
	if (failure != 0) {
		sem_destroy(&signals->served);
		return error_set_system(error, failure, "cannot start a thread");
	}
	return true;
}

void signals_stop(struct signals *signals) {
	sem_post(&signals->served);
	pthread_kill(signals->thread, SIGINT);
	pthread_join(signals->thread, NULL);
	sem_destroy(&signals->served);
}
