#include "supervise/loop.h"

#include "base/descriptors.h"
#include "base/log.h"

#include <errno.h>
#include <linux/fuse.h>
#include <signal.h>
#include <sys/eventfd.h>
#include <time.h>
#include <unistd.h>

enum { WAKE_SIGNAL = SIGUSR1 };

/*
 * So many threads wait for requests; the others, until all of these are at one. The kernel has
 * those that wait take turns: were there many, each would be the one that slept longest.
 */
enum { MOST_WAITING = 2 };

static const struct timespec wake_pause = {.tv_nsec = 1000000};

static _Thread_local struct effects *effects_of_thread;

struct effects *loop_effects(void) {
	return effects_of_thread;
}

void loop_limit(struct fuse_conn_info *connection) {
	if (connection->max_write > SLOT_WRITE_SIZE) {
		connection->max_write = SLOT_WRITE_SIZE;
	}
}

static void process(const struct loop *loop, struct slot *slot) {
	const struct fuse_buf request = {.mem = slot->request, .size = slot_size(slot)};
	fuse_session_process_buf(loop->session, &request);
}

static bool has_answer(uint32_t opcode) {
	return opcode != FUSE_FORGET && opcode != FUSE_BATCH_FORGET;
}

/*
 * A dead process took it, and may have answered it: then its effects are right. Otherwise they are
 * taken back, and it is answered as if it had just come.
 */
static void take_up(const struct loop *loop, struct slot *slot) {
	const uint32_t opcode = slot_opcode(slot);
	if (!has_answer(opcode)) {
		process(loop, slot);
		return;
	}
	/* Those that an interruption is about are answered in any case. */
	if (opcode == FUSE_INTERRUPT ||
		slot_ask(slot, loop->device, loop->minor) == SLOT_ANSWERED) {
		return;
	}
	loop->undo(loop->context, &slot->effects);
	if (slot->crashes < SLOT_CRASHES) {
		process(loop, slot);
		return;
	}
	log_message(LOG_LEVEL_ERROR,
		"the server crashed %u times over a request (opcode %u): it is answered with an "
		"error",
		slot->crashes, opcode);
	slot_refuse(slot, loop->device, EIO);
}

static void end(struct loop *loop, int failure) {
	const uint64_t one = 1;
	atomic_store(&loop->failure, failure == ENODEV ? 0 : failure);
	if (write(loop->ended, &one, sizeof(one)) < 0) {
		log_message(LOG_LEVEL_ERROR, "cannot tell that the loop has ended");
	}
}

/* Returns when it is for this thread to wait for requests, or to stop. */
static void begin_waiting(struct loop *loop) {
	pthread_mutex_lock(&loop->lock);
	bool is_needed = loop->waiting < MOST_WAITING;
	while (!is_needed && !atomic_load(&loop->is_to_stop)) {
		pthread_cond_wait(&loop->needed, &loop->lock);
		is_needed = loop->waiting == 0;
	}
	loop->waiting++;
	pthread_mutex_unlock(&loop->lock);
}

static void end_waiting(struct loop *loop) {
	pthread_mutex_lock(&loop->lock);
	if (--loop->waiting == 0) {
		pthread_cond_signal(&loop->needed);
	}
	pthread_mutex_unlock(&loop->lock);
}

/* Waits for a request, and answers it. Returns 0 or the errno of what ends the loop. */
static int serve_next(struct loop *loop, struct slot *slot) {
	begin_waiting(loop);
	const int failure = atomic_load(&loop->is_to_stop) ? 0 : slot_read(slot, loop->device);
	end_waiting(loop);
	if (slot_has_request(slot)) {
		process(loop, slot);
		slot_clear(slot);
	}
	return failure;
}

static void *serve(void *context) {
	struct loop_thread *thread = context;
	struct loop *loop = thread->loop;
	struct slot *slot = thread->slot;
	int failure = 0;
	slot_fetch(slot);
	effects_of_thread = &slot->effects;
	if (slot_has_request(slot)) {
		take_up(loop, slot);
	}
	slot_clear(slot);
	while (failure == 0 && !atomic_load(&loop->is_to_stop)) {
		failure = serve_next(loop, slot);
	}
	if (failure != 0) {
		end(loop, failure);
	}
	atomic_store(&thread->has_ended, true);
	return NULL;
}

static void do_nothing(int signal) {
	(void)signal;
}

bool loop_start(struct loop *loop, struct slots *slots, struct error *error) {
	const struct sigaction wake = {.sa_handler = do_nothing};
	sigaction(WAKE_SIGNAL, &wake, NULL);
	pthread_mutex_init(&loop->lock, NULL);
	pthread_cond_init(&loop->needed, NULL);
	loop->ended = eventfd(0, EFD_CLOEXEC);
	if (loop->ended < 0) {
		return error_set_system(error, errno, "cannot start to answer");
	}
	for (loop->count = 0; loop->count < SLOTS; loop->count++) {
		struct loop_thread *thread = &loop->threads[loop->count];
		thread->loop = loop;
		thread->slot = &slots->items[loop->count];
		const int failure = pthread_create(&thread->thread, NULL, serve, thread);
		if (failure != 0) {
			return error_set_system(error, failure, "cannot start a thread");
		}
	}
	return true;
}

/* A signal may come just before a thread begins to wait: so it comes again. */
static void stop_thread(struct loop_thread *thread) {
	while (!atomic_load(&thread->has_ended)) {
		pthread_kill(thread->thread, WAKE_SIGNAL);
		nanosleep(&wake_pause, NULL);
	}
	pthread_join(thread->thread, NULL);
}

void loop_stop(struct loop *loop) {
	pthread_mutex_lock(&loop->lock);
	atomic_store(&loop->is_to_stop, true);
	pthread_cond_broadcast(&loop->needed);
	pthread_mutex_unlock(&loop->lock);
	while (loop->count > 0) {
		loop->count--;
		stop_thread(&loop->threads[loop->count]);
	}
	pthread_cond_destroy(&loop->needed);
	pthread_mutex_destroy(&loop->lock);
	descriptor_close(&loop->ended);
}

int loop_failure(const struct loop *loop) {
	return atomic_load(&loop->failure);
}
