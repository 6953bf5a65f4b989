#include "supervise/worker.h"

#include "supervise/areas.h"
#include "supervise/greeting.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/signalfd.h>
#include <unistd.h>

struct worker {
	const struct supervised *what;
	struct shared *shared;
	int channel;
	int signals;
	bool is_first;
	struct fuse_session *session;
	struct loop loop;
};

/*
 * What a terminal sends is for the supervisor, which tells; SIGTERM may be for this process alone.
 */
static bool hold_signals(struct worker *worker, struct error *error) {
	const struct sigaction ignore = {.sa_handler = SIG_IGN};
	sigset_t set;
	sigaction(SIGPIPE, &ignore, NULL);
	sigaction(SIGINT, &ignore, NULL);
	sigaction(SIGUSR2, &ignore, NULL);
	sigemptyset(&set);
	sigaddset(&set, SIGHUP);
	sigaddset(&set, SIGQUIT);
	sigaddset(&set, SIGTERM);
	sigprocmask(SIG_SETMASK, &set, NULL);
	worker->signals = signalfd(-1, &set, SFD_CLOEXEC);
	return worker->signals >= 0 || error_set_system(error, errno, "cannot receive signals");
}

/* Without a supervisor there is no mount to answer for. */
static void tell(const struct worker *worker, enum channel_kind kind, const struct error *error) {
	if (!channel_send(worker->channel, kind, error, CHANNEL_NO_DESCRIPTOR)) {
		_exit(WORKER_FAILED);
	}
}

/* Returns the device; or CHANNEL_NO_DESCRIPTOR when this process is to end. */
static int await_device(const struct worker *worker) {
	struct channel_message message;
	int device;
	if (!channel_receive(worker->channel, &message, &device)) {
		_exit(WORKER_FAILED);
	}
	return message.kind == CHANNEL_DEVICE ? device : CHANNEL_NO_DESCRIPTOR;
}

/* Whether it is to go on after what the supervisor or a signal said. */
static bool answer_signal(const struct worker *worker) {
	struct signalfd_siginfo signal;
	if (read(worker->signals, &signal, sizeof(signal)) != sizeof(signal)) {
		return true;
	}
	if (signal.ssi_signo == SIGTERM) {
		return false;
	}
	worker->what->take_signal(worker->what->context, (int)signal.ssi_signo);
	return true;
}

static bool answer_supervisor(const struct worker *worker) {
	struct channel_message message;
	int descriptor;
	if (!channel_receive(worker->channel, &message, &descriptor)) {
		_exit(WORKER_FAILED);
	}
	return message.kind != CHANNEL_STOP;
}

/* Of the loop: without a failure the mount is gone. */
static enum worker_end explain_end(int failure, struct error *error) {
	if (failure == 0) {
		return WORKER_UNMOUNTED;
	}
	error_set_system(error, failure, "cannot go on answering requests");
	return WORKER_FAILED;
}

/* Waits until it is over, and says why. */
static enum worker_end await_end(const struct worker *worker, struct error *error) {
	struct pollfd waiting[] = {
		{.fd = worker->channel, .events = POLLIN},
		{.fd = worker->signals, .events = POLLIN},
		{.fd = worker->loop.ended, .events = POLLIN},
	};
	for (;;) {
		if (poll(waiting, sizeof(waiting) / sizeof(waiting[0]), -1) < 0) {
			continue;
		}
		if ((waiting[2].revents & POLLIN) != 0) {
			return explain_end(loop_failure(&worker->loop), error);
		}
		if ((waiting[0].revents != 0 && !answer_supervisor(worker)) ||
			(waiting[1].revents != 0 && !answer_signal(worker))) {
			return WORKER_STOPPED;
		}
	}
}

static enum worker_end answer(struct worker *worker, struct error *error) {
	const struct supervised *what = worker->what;
	struct slots *slots = &areas_of(worker->shared)->slots;
	enum worker_end end = WORKER_FAILED;
	worker->loop = (struct loop){
		.session = worker->session,
		.device = fuse_session_fd(worker->session),
		.minor = slots->greeting.minor,
		.undo = what->undo,
		.context = what->context,
	};
	if (!worker->is_first) {
		what->renew(what->context, worker->session);
	}
	if (!what->start(what->context, worker->session, error)) {
		return end;
	}
	if (loop_start(&worker->loop, slots, error)) {
		what->leave(what->context);
		tell(worker, CHANNEL_ANSWERING, NULL);
		end = await_end(worker, error);
	}
	what->stop(what->context);
	loop_stop(&worker->loop);
	return end;
}

static enum worker_end connect_to(struct worker *worker, int device, struct error *error) {
	const struct supervised *what = worker->what;
	struct greeting *greeting = &areas_of(worker->shared)->slots.greeting;
	enum worker_end end = WORKER_FAILED;
	worker->session = connection_create(what->name, &what->connection, what->user_data, error);
	if (worker->session == NULL) {
		close(device);
		return end;
	}
	if (greeting_attach(greeting, worker->session, device, error)) {
		connection_log();
		end = answer(worker, error);
	} else if (error->kind == ERROR_NOT_FOUND) {
		end = WORKER_UNMOUNTED;
	}
	fuse_session_destroy(worker->session);
	return end;
}

static enum worker_end run(struct worker *worker, struct error *error) {
	const struct supervised *what = worker->what;
	if (!hold_signals(worker, error) ||
		!what->prepare(what->context, worker->shared, worker->is_first, error)) {
		return WORKER_FAILED;
	}
	tell(worker, CHANNEL_PREPARED, NULL);
	const int device = await_device(worker);
	const enum worker_end end = device == CHANNEL_NO_DESCRIPTOR
					    ? WORKER_STOPPED
					    : connect_to(worker, device, error);
	what->finish(what->context);
	return end;
}

enum worker_end worker_run(const struct supervised *what, struct shared *shared, int channel) {
	struct worker worker = {.what = what, .shared = shared, .channel = channel};
	struct error error = {0};
	shared_recover(shared);
	worker.is_first = areas_of(shared)->slots.greeting.answer_size == 0;
	const enum worker_end end = run(&worker, &error);
	if (end == WORKER_FAILED) {
		tell(&worker, CHANNEL_FAILED, &error);
	}
	return end;
}
