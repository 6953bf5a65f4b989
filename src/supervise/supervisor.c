#include "supervise/supervise.h"

#include "base/clock.h"
#include "base/descriptors.h"
#include "base/log.h"
#include "supervise/areas.h"
#include "supervise/channel.h"
#include "supervise/mount.h"
#include "supervise/restarts.h"
#include "supervise/takeover.h"
#include "supervise/worker.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/*
 * How long a worker may take to end: with the mount, for it may have what to tidy up; for another
 * one, while requests wait, which is then given what this one has left; and once it is killed.
 */
enum {
	NONE = -1,
	END_MILLISECONDS = 10000,
	LEAVE_MILLISECONDS = 1000,
	KILL_MILLISECONDS = 1000,
};

/* What has to become of it. */
enum course {
	COURSE_SERVE,
	COURSE_END,    /* somebody wants it to */
	COURSE_RELOAD, /* another program takes over when the worker has ended */
	COURSE_OVER,   /* there is nothing to supervise any more */
};

struct supervisor {
	const struct supervised *what;
	struct shared shared;
	struct mount mount;
	int asker; /* who waits for the answer to a reload; CONTROL_NONE */
	enum course course;
	bool has_failed; /* with what is in error */
	struct error *error;
	int signals;
	pid_t worker; /* 0: none */
	int channel;
	bool is_answering; /* the worker */
	bool is_killed;    /* the worker, by this process */
	bool is_ready;     /* the mount has answered under this program */
	bool is_successor; /* of another program */
	int64_t since;     /* when the worker began to answer */
	int64_t due;       /* when the next one starts, or one that is to end is killed */
	unsigned deaths;
};

static struct launch *launch_of(const struct supervisor *supervisor) {
	return &areas_of(&supervisor->shared)->launch;
}

/* The first thing that goes wrong is what is told. */
static void fail(struct supervisor *supervisor, const struct error *error) {
	if (!supervisor->has_failed) {
		*supervisor->error = *error;
		supervisor->has_failed = true;
	}
	supervisor->course = COURSE_OVER;
}

static void answer_asker(struct supervisor *supervisor, const struct error *error) {
	control_answer(supervisor->asker, error);
	supervisor->asker = CONTROL_NONE;
}

/* Signals. */

static bool hold_signals(struct supervisor *supervisor, struct error *error) {
	static const int answered[] = {SIGCHLD, SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGUSR2};
	const struct sigaction ignore = {.sa_handler = SIG_IGN};
	sigset_t set;
	sigemptyset(&set);
	for (size_t i = 0; i < sizeof(answered) / sizeof(answered[0]); i++) {
		sigaddset(&set, answered[i]);
	}
	sigaction(SIGPIPE, &ignore, NULL);
	sigprocmask(SIG_BLOCK, &set, NULL);
	supervisor->signals = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
	return supervisor->signals >= 0 || error_set_system(error, errno, "cannot receive signals");
}

/* The worker. */

/* In the new process, which has nothing of the supervisor's but the memory. */
_Noreturn static void become_worker(struct supervisor *supervisor, int channel) {
	char name[16];
	snprintf(name, sizeof(name), "%s-worker", supervisor->what->name);
	prctl(PR_SET_NAME, name);
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	setpgid(0, 0);
	descriptor_close(&supervisor->signals);
	descriptor_close(&supervisor->asker);
	mount_leave(&supervisor->mount);
	exit(worker_run(supervisor->what, &supervisor->shared, channel));
}

static bool start_worker(struct supervisor *supervisor, struct error *error) {
	int ends[2];
	if (!channel_create(ends)) {
		return error_set_system(error, errno, "cannot start the serving process");
	}
	/* What is still in them must not be written twice. */
	fflush(NULL);
	const pid_t worker = fork();
	if (worker == 0) {
		close(ends[0]);
		become_worker(supervisor, ends[1]);
	}
	close(ends[1]);
	if (worker < 0) {
		error_set_system(error, errno, "cannot start the serving process");
		close(ends[0]);
		return false;
	}
	supervisor->worker = worker;
	supervisor->channel = ends[0];
	supervisor->is_answering = false;
	return true;
}

static void kill_worker(struct supervisor *supervisor) {
	kill(supervisor->worker, SIGKILL);
	supervisor->is_killed = true;
	supervisor->due = clock_milliseconds() + KILL_MILLISECONDS;
}

/* One that answers finishes what it is at; one that does not may be at something for long. */
static void stop_worker(struct supervisor *supervisor) {
	supervisor->due =
		clock_milliseconds() +
		(supervisor->course == COURSE_RELOAD ? LEAVE_MILLISECONDS : END_MILLISECONDS);
	if (supervisor->worker != 0 && supervisor->is_answering) {
		channel_send(supervisor->channel, CHANNEL_STOP, NULL, CHANNEL_NO_DESCRIPTOR);
	} else if (supervisor->worker != 0) {
		kill_worker(supervisor);
	}
}

/* What the worker says. */

static void give_device(struct supervisor *supervisor) {
	struct error error = {0};
	if (supervisor->mount.device == MOUNT_NO_DEVICE &&
		!mount_establish(&supervisor->mount, &supervisor->what->connection, &error)) {
		fail(supervisor, &error);
		return;
	}
	channel_send(supervisor->channel, CHANNEL_DEVICE, NULL, supervisor->mount.device);
}

static void note_answering(struct supervisor *supervisor) {
	supervisor->is_answering = true;
	supervisor->since = clock_milliseconds();
	if (!supervisor->is_ready) {
		supervisor->is_ready = true;
		supervisor->what->ready(supervisor->what->context);
		answer_asker(supervisor, NULL);
	}
}

/* The first worker's failure is the end; others are tried again when they have ended. */
static void note_failure(struct supervisor *supervisor, const struct error *error) {
	if (!supervisor->is_ready && !supervisor->is_successor) {
		fail(supervisor, error);
		return;
	}
	answer_asker(supervisor, error);
	log_message(LOG_LEVEL_ERROR, "the server cannot go on: %s", error->message);
}

static void hear_worker(struct supervisor *supervisor) {
	struct channel_message message;
	int descriptor;
	if (!channel_receive(supervisor->channel, &message, &descriptor)) {
		/* Its death is told by a signal. */
		descriptor_close(&supervisor->channel);
		return;
	}
	switch (message.kind) {
	case CHANNEL_PREPARED:
		give_device(supervisor);
		break;
	case CHANNEL_ANSWERING:
		note_answering(supervisor);
		break;
	default:
		note_failure(supervisor, &message.error);
		break;
	}
}

/* Its end. */

static void explain_end(int status, struct error *error) {
	if (WIFSIGNALED(status)) {
		error_set(error, ERROR_SYSTEM, "the serving process was ended by a signal: %s",
			strsignal(WTERMSIG(status)));
	} else {
		error_set(error, ERROR_SYSTEM, "the serving process ended before it was ready");
	}
}

static void plan_restart(struct supervisor *supervisor, int status) {
	const int64_t served =
		supervisor->is_answering ? clock_milliseconds() - supervisor->since : 0;
	const unsigned delay = restarts_delay(&supervisor->deaths, served);
	struct buffer reason = {0};
	restarts_describe(&reason, status);
	if (delay == 0) {
		log_message(LOG_LEVEL_WARNING, "the server %s; it is started again",
			reason.failed ? "died" : reason.data);
	} else {
		log_message(LOG_LEVEL_ERROR,
			"the server %s, after %u others that died soon; it is started again in %u "
			"ms",
			reason.failed ? "died" : reason.data, supervisor->deaths - 1, delay);
	}
	buffer_finish(&reason);
	supervisor->due = clock_milliseconds() + delay;
}

static void take_over(struct supervisor *supervisor) {
	const struct handover handover = {
		.memory = supervisor->shared.descriptor,
		.device = supervisor->mount.device,
		.control = supervisor->mount.control,
		.asker = supervisor->asker,
		.guard = supervisor->mount.guard,
	};
	struct error error = {0};
	takeover_execute(launch_of(supervisor), &handover, &error);
	log_message(LOG_LEVEL_ERROR, "no other program takes over: %s", error.message);
	answer_asker(supervisor, &error);
	supervisor->course = COURSE_SERVE;
	supervisor->due = clock_milliseconds();
}

static void note_death(struct supervisor *supervisor, int status) {
	struct error error = {0};
	if (restarts_is_crash(status)) {
		slots_note_crash(&areas_of(&supervisor->shared)->slots);
	}
	if (supervisor->mount.device != MOUNT_NO_DEVICE && mount_is_gone(&supervisor->mount)) {
		supervisor->course = COURSE_OVER;
	} else if (!supervisor->is_ready && !supervisor->is_successor) {
		explain_end(status, &error);
		fail(supervisor, &error);
	} else {
		plan_restart(supervisor, status);
	}
}

/* What it has said before its end is heard first. */
static void note_end(struct supervisor *supervisor, int status) {
	struct pollfd said = {.fd = supervisor->channel, .events = POLLIN};
	while (supervisor->channel >= 0 && poll(&said, 1, 0) == 1) {
		hear_worker(supervisor);
	}
	descriptor_close(&supervisor->channel);
	supervisor->worker = 0;
	supervisor->is_killed = false;
	switch (supervisor->course) {
	case COURSE_SERVE:
		note_death(supervisor, status);
		break;
	case COURSE_RELOAD:
		take_over(supervisor);
		break;
	default:
		supervisor->course = COURSE_OVER;
		break;
	}
	supervisor->is_answering = false;
}

static void reap(struct supervisor *supervisor) {
	int status;
	pid_t ended;
	while ((ended = waitpid(-1, &status, WNOHANG)) > 0) {
		if (ended == supervisor->worker) {
			note_end(supervisor, status);
		} else if (ended == supervisor->mount.guard.process) {
			mount_restart_guard(&supervisor->mount);
		}
	}
}

/* What others want. */

static void reload(struct supervisor *supervisor) {
	struct error error = {0};
	if (supervisor->course != COURSE_SERVE || !supervisor->is_ready) {
		error_set(&error, ERROR_INVALID, "it is about to start or to end: ask again");
	} else if (takeover_try(
			   shared_header(&supervisor->shared), launch_of(supervisor), &error)) {
		supervisor->course = COURSE_RELOAD;
		stop_worker(supervisor);
		if (supervisor->worker == 0) {
			take_over(supervisor);
		}
		return;
	}
	log_message(LOG_LEVEL_ERROR, "no other program takes over: %s", error.message);
	answer_asker(supervisor, &error);
}

static void end(struct supervisor *supervisor) {
	if (supervisor->course != COURSE_OVER) {
		supervisor->course = supervisor->worker == 0 ? COURSE_OVER : COURSE_END;
		stop_worker(supervisor);
	}
}

static void answer_signals(struct supervisor *supervisor) {
	struct signalfd_siginfo signal;
	while (read(supervisor->signals, &signal, sizeof(signal)) == sizeof(signal)) {
		switch (signal.ssi_signo) {
		case SIGCHLD:
			reap(supervisor);
			break;
		case SIGHUP:
		case SIGQUIT:
			if (supervisor->worker != 0) {
				kill(supervisor->worker, (int)signal.ssi_signo);
			}
			break;
		case SIGUSR2:
			reload(supervisor);
			break;
		default:
			end(supervisor);
			break;
		}
	}
}

static void answer_control(struct supervisor *supervisor) {
	supervisor->asker = control_accept(supervisor->mount.control);
	if (supervisor->asker != CONTROL_NONE) {
		reload(supervisor);
	}
}

static int time_left(const struct supervisor *supervisor) {
	const bool waits = supervisor->worker == 0 || supervisor->course != COURSE_SERVE;
	const int64_t time = clock_milliseconds();
	if (!waits) {
		return -1;
	}
	return supervisor->due <= time ? 0 : (int)(supervisor->due - time);
}

/* Does what is due by now. */
static void go_on(struct supervisor *supervisor) {
	struct error error = {0};
	if (time_left(supervisor) != 0 || supervisor->course == COURSE_OVER) {
		return;
	}
	if (supervisor->course != COURSE_SERVE && !supervisor->is_killed) {
		kill_worker(supervisor);
		return;
	}
	/*
	 * One that was killed runs no more, though it is not gone while a thread of it waits for a
	 * file system that does not answer.
	 */
	if (supervisor->course != COURSE_SERVE) {
		note_end(supervisor, SIGKILL);
		return;
	}
	atomic_fetch_add(&shared_header(&supervisor->shared)->restarts, 1);
	if (!start_worker(supervisor, &error)) {
		log_message(LOG_LEVEL_ERROR, "%s", error.message);
		supervisor->due = clock_milliseconds() + RESTARTS_MOST;
	}
}

static void supervise(struct supervisor *supervisor) {
	while (supervisor->course != COURSE_OVER) {
		struct pollfd waiting[] = {
			{.fd = supervisor->signals, .events = POLLIN},
			{.fd = supervisor->channel, .events = POLLIN},
			{.fd = supervisor->asker == CONTROL_NONE ? supervisor->mount.control : NONE,
				.events = POLLIN},
			{.fd = supervisor->worker == 0 ? supervisor->mount.device : NONE},
		};
		if (poll(waiting, sizeof(waiting) / sizeof(waiting[0]), time_left(supervisor)) <
			0) {
			continue;
		}
		if ((waiting[3].revents & POLLERR) != 0) {
			supervisor->course = COURSE_OVER;
		}
		if (waiting[1].revents != 0) {
			hear_worker(supervisor);
		}
		if (waiting[0].revents != 0) {
			answer_signals(supervisor);
		}
		if (waiting[2].revents != 0) {
			answer_control(supervisor);
		}
		go_on(supervisor);
	}
}

/* Its beginning and end. */

static size_t areas_size(const struct supervised *what) {
	return sizeof(struct areas) + what->areas_size;
}

static bool begin(struct supervisor *supervisor, struct error *error) {
	const struct supervised *what = supervisor->what;
	if (!supervisor->is_successor) {
		if (!shared_create(&supervisor->shared, what->layout, areas_size(what), error)) {
			return false;
		}
		takeover_note_launch(launch_of(supervisor), what->mount_point);
		return true;
	}
	struct handover handover = {0};
	if (!takeover_receive(&handover, error) ||
		!shared_attach(&supervisor->shared, handover.memory, what->layout, areas_size(what),
			error)) {
		return false;
	}
	supervisor->mount.device = handover.device;
	supervisor->mount.control = handover.control;
	supervisor->mount.guard = handover.guard;
	supervisor->asker = handover.asker;
	atomic_fetch_add(&shared_header(&supervisor->shared)->reloads, 1);
	return true;
}

/* Until it is reaped, or has had the time for it. */
static void await_end(const struct supervisor *supervisor) {
	static const struct timespec pause = {.tv_nsec = 1000000};
	pid_t ended = 0;
	while (ended == 0 && clock_milliseconds() < supervisor->due) {
		ended = waitpid(supervisor->worker, NULL, WNOHANG);
		if (ended == 0) {
			nanosleep(&pause, NULL);
		}
	}
}

/* Kills a worker that is left, which waits for a mount that has failed. */
static void finish(struct supervisor *supervisor) {
	if (supervisor->worker != 0) {
		kill_worker(supervisor);
		await_end(supervisor);
	}
	descriptor_close(&supervisor->channel);
	mount_close_control(&supervisor->mount);
	supervisor->what->end(supervisor->what->context);
	mount_finish(&supervisor->mount);
	answer_asker(supervisor, &(struct error){.message = "it has been unmounted"});
	descriptor_close(&supervisor->signals);
	shared_finish(&supervisor->shared);
}

static bool start(struct supervisor *supervisor, struct error *error) {
	if (!hold_signals(supervisor, error)) {
		return false;
	}
	if (supervisor->is_successor) {
		mount_replace_guard(&supervisor->mount);
	}
	return start_worker(supervisor, error);
}

bool supervise_run(const struct supervised *what, struct error *error) {
	struct supervisor supervisor = {
		.what = what,
		.error = error,
		.mount = {.name = what->name, .device = MOUNT_NO_DEVICE, .control = CONTROL_NONE},
		.asker = CONTROL_NONE,
		.signals = NONE,
		.channel = NONE,
		.is_successor = supervise_role() == SUPERVISE_SUCCESSOR,
	};
	if (supervise_role() == SUPERVISE_TRIAL) {
		return takeover_check(what->layout, areas_size(what), error);
	}
	if (!begin(&supervisor, error)) {
		return false;
	}
	supervisor.mount.launch = launch_of(&supervisor);
	what->begin(what->context, launch_of(&supervisor)->mount_point,
		areas_of(&supervisor.shared)->program, !supervisor.is_successor);
	supervisor.has_failed = !start(&supervisor, error);
	if (!supervisor.has_failed) {
		supervise(&supervisor);
	}
	finish(&supervisor);
	return !supervisor.has_failed;
}

bool supervise_reload(const char *name, const char *device, struct error *error) {
	return control_ask(name, device, error);
}
