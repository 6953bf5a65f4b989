/*
 * A mount that survives the death of its server. A supervisor holds the mount and the connection to
 * the kernel; a worker, a process of its own, answers requests, and is replaced when it dies. What
 * the next one needs of the last one is in shared memory (docs/supervision.md).
 *
 * It is for any file system of libfuse's low-level interface: what it is the caller says by a
 * struct supervised. Its answers must be such that a request can be answered twice, but for what it
 * counts (supervise/slots.h, struct effects).
 */
#ifndef CARDFS_SUPERVISE_SUPERVISE_H
#define CARDFS_SUPERVISE_SUPERVISE_H

#include "supervise/connection.h"
#include "supervise/loop.h"

/*
 * Everything is borrowed. The functions get context; they are called in the worker, but for begin,
 * ready and end.
 */
struct supervised {
	const char *name;        /* of processes and sockets, at most 8 bytes */
	const char *mount_point; /* absolute; NULL in a program that takes over */
	struct connection_options connection;
	uint32_t layout;   /* of the memory that is the caller's; another one for another layout */
	size_t areas_size; /* of that memory, which is zeroes at first */
	void *context;
	void *user_data; /* of requests, as fuse_req_userdata gives it */

	/*
	 * In the supervisor, before there is a worker: here is the memory that is the caller's,
	 * where workers see it too. is_new: it is zeroes; else it is as another program left it.
	 */
	void (*begin)(void *context, const char *mount_point, void *areas, bool is_new);

	/*
	 * Makes everything ready for answering, with what a worker before may have left in memory.
	 * is_first: nobody has answered before. Failing is the end of the mount for the first
	 * worker, and tried again by others.
	 */
	bool (*prepare)(void *context, struct shared *shared, bool is_first, struct error *error);

	/*
	 * Called for all but the first worker, before any request is answered: tells the kernel to
	 * forget what may have been true for the worker before. Must not wait for an answer.
	 */
	void (*renew)(void *context, struct fuse_session *session);

	/* Starts whatever has to run beside the answering of requests, which begins next. */
	bool (*start)(void *context, struct fuse_session *session, struct error *error);

	/* The worker is about to say that it answers: it may leave its terminal. */
	void (*leave)(void *context);

	/* On SIGHUP and SIGQUIT. */
	void (*take_signal)(void *context, int number);

	/* Takes back what a request counted up whose answer was not taken. */
	loop_undo *undo;

	/* Ends what start started, while requests are answered still. */
	void (*stop)(void *context);

	/* Frees what prepare made. */
	void (*finish)(void *context);

	/* In the supervisor: the mount answers for the first time, or after another program. */
	void (*ready)(void *context);

	/* In the supervisor: it is about to unmount, and the memory to go. */
	void (*end)(void *context);
};

/* Whether this program was started by a supervisor: to be its successor, or to say if it could. */
enum supervise_role { SUPERVISE_NEW, SUPERVISE_SUCCESSOR, SUPERVISE_TRIAL };
enum supervise_role supervise_role(void);

/*
 * Mounts and serves until that is over: the file system was unmounted, or a signal (SIGTERM,
 * SIGINT) ends it. SIGHUP and SIGQUIT go on to the worker; SIGUSR2 has the program taken over by
 * the one that is now where this one was started from. Returns whether it has been mounted and
 * ended well. Must be called while there are no threads; the calling process becomes the
 * supervisor. In a trial it returns whether this program could take over, and does nothing else.
 */
bool supervise_run(const struct supervised *what, struct error *error);

/*
 * What a program on the command line does: has the supervisor of a mount taken over by its program,
 * and waits until that answers. device: of the mount, as the mount table has it. Fails with a
 * sentence; the mount goes on as before then.
 */
bool supervise_reload(const char *name, const char *device, struct error *error);

#endif
