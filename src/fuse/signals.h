/*
 * The thread that answers signals while a mount is served: SIGHUP loads the stores again, SIGQUIT
 * logs the state, SIGTERM and SIGINT end the session. No signal interrupts anything else.
 */
#ifndef CARDFS_FUSE_SIGNALS_H
#define CARDFS_FUSE_SIGNALS_H

#include "fuse/refresher.h"
#include "fuse/report.h"

#include <semaphore.h>

struct fuse_session;

struct signals {
	struct refresher *refresher;
	const struct report *report;
	struct fuse_session *session;
	pthread_t server; /* the thread that runs the session's loop */
	pthread_t thread;
	sem_t served; /* posted once the loop has ended */
};

/*
 * Keeps signals waiting in this thread and those that it starts, until there is one that answers
 * them. They stay so for the rest of the process: one that comes late must not spoil its end.
 */
void signals_hold(void);

/* Starts the thread; the calling one will run the loop of session. */
bool signals_start(struct signals *signals, struct refresher *refresher,
	const struct report *report, struct fuse_session *session, struct error *error);

/* Ends the thread, and the refresher, when the loop has ended. */
void signals_stop(struct signals *signals);

#endif
