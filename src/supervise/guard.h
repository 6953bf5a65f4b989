/*
 * Unmounts when a supervisor is killed: a small process that waits for the supervisor's end of a
 * pipe to close.
 */
#ifndef CARDFS_SUPERVISE_GUARD_H
#define CARDFS_SUPERVISE_GUARD_H

#include "supervise/areas.h"

#include <sys/types.h>

struct guard {
	pid_t process; /* 0: none */
	int pipe;
};

/* Starts the process, for the mount that launch tells of; name is that of the program. */
bool guard_start(
	struct guard *guard, const char *name, const struct launch *launch, struct error *error);

/* Has it end, without unmounting. It is a child still: who reaps those gets to know of its end. */
void guard_dismiss(struct guard *guard);

/* The same, and waits for it. */
void guard_finish(struct guard *guard);

/*
 * Takes the mount away, from under its users if need be, as root or by fusermount3. What else is
 * mounted there by now is left alone.
 */
void guard_unmount(const struct launch *launch);

#endif
