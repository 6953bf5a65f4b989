/*
 * Answers requests, in place of libfuse's loop: a thread for each slot, which first takes up what a
 * dead process has left there.
 */
#ifndef CARDFS_SUPERVISE_LOOP_H
#define CARDFS_SUPERVISE_LOOP_H

#include "supervise/libfuse.h"
#include "supervise/slots.h"

#include <pthread.h>

struct loop;

struct loop_thread {
	struct loop *loop;
	struct slot *slot;
	pthread_t thread;
	atomic_bool has_ended;
};

/* Takes back what the effects of a request counted up; their count is 0 then. */
typedef void loop_undo(void *context, struct effects *effects);

struct loop {
	struct fuse_session *session;
	int device;
	uint32_t minor; /* of the kernel's protocol */
	loop_undo *undo;
	void *context;
	int ended; /* readable once the loop has ended by itself */
	atomic_int failure;
	atomic_bool is_to_stop;
	struct loop_thread threads[SLOTS];
	size_t count;
	pthread_mutex_t lock;
	pthread_cond_t needed; /* too few threads wait for requests */
	unsigned waiting;      /* that do; under the lock */
};

/*
 * Starts the threads, for a session that greeting_attach has made ready. What the first four
 * members and the context are is set. To be called in a thread that has blocked the signals that
 * are not for these. loop_stop is called in any case: without all threads, those that there are
 * answer until then.
 */
bool loop_start(struct loop *loop, struct slots *slots, struct error *error);

/* Has them finish what they are at and ends them. */
void loop_stop(struct loop *loop);

/* How it ended by itself: 0 when there is no mount any more, else the errno. */
int loop_failure(const struct loop *loop);

/* The effects of the request that this thread answers; NULL in others. */
struct effects *loop_effects(void);

/* To be called by the file system's init: no request may be larger than a slot. */
void loop_limit(struct fuse_conn_info *connection);

#endif
