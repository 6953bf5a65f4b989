/*
 * The process that answers requests.
 */
#ifndef CARDFS_SUPERVISE_WORKER_H
#define CARDFS_SUPERVISE_WORKER_H

#include "supervise/channel.h"
#include "supervise/supervise.h"

/* How it ends, as its exit status says, when it is not killed. */
enum worker_end {
	WORKER_UNMOUNTED, /* there is no mount any more */
	WORKER_FAILED,    /* it has told its supervisor why */
	WORKER_STOPPED,   /* it was told to */
};

/*
 * What the process does, from its start in a fork of the supervisor to its end: it talks to the
 * supervisor by channel. The signals that the supervisor answers are blocked.
 */
enum worker_end worker_run(const struct supervised *what, struct shared *shared, int channel);

#endif
