/*
 * The serving process, apart from the one that asked for it and waits until it is ready.
 */
#ifndef CARDFS_FUSE_BACKGROUND_H
#define CARDFS_FUSE_BACKGROUND_H

#include "base/error.h"

enum background_role {
	BACKGROUND_FAILED,
	BACKGROUND_ASKED,  /* this is the process that asked, and the other one is ready */
	BACKGROUND_SERVES, /* this is the other one */
};

/*
 * Starts a process and, where that has not failed, returns in both. The one that serves calls
 * background_report once, with the descriptor that it gets in *report.
 */
enum background_role background_start(int *report, struct error *error);

/*
 * Tells the process that asked how it went, which is what it then returns with: no error is that
 * everything is ready.
 */
void background_report(int report, const struct error *error);

/* Leaves the terminal and directory, and logs to the system's log from now on. */
void background_leave(void);

/* Opens what background_leave needs, for a process that may not when it comes to that. */
void background_prepare(void);

#endif
