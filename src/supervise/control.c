#include "supervise/control.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

/* What is said is text, since one program may be older than the other. */
static const char question[] = "take over";
static const char done[] = "done";

enum {
	BACKLOG = 8,
	MOST_PAUSES = 100, /* for the name to be free */
	PATIENCE_SECONDS = 5,
	/* What an answer may take: the new program is tried first, and reads its stores. */
	MOST_SECONDS = 120,
};

/* In the abstract name space, which needs no directory to write to. */
static socklen_t name_socket(struct sockaddr_un *address, const char *name, const char *device) {
	*address = (struct sockaddr_un){.sun_family = AF_UNIX};
	const int length = snprintf(
		address->sun_path + 1, sizeof(address->sun_path) - 1, "%s/%s", name, device);
	return (socklen_t)(offsetof(struct sockaddr_un, sun_path) + 1 + (size_t)length);
}

/* Returns CONTROL_NONE with errno. */
static int listen_once(const struct sockaddr_un *address, socklen_t size) {
	const int control = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (control < 0 || (bind(control, (const struct sockaddr *)address, size) == 0 &&
				   listen(control, BACKLOG) == 0)) {
		return control;
	}
	const int failure = errno;
	close(control);
	errno = failure;
	return CONTROL_NONE;
}

/* The number of a device is free for another before who served it last has ended. */
int control_listen(const char *name, const char *device, struct error *error) {
	static const struct timespec pause = {.tv_nsec = 10000000};
	struct sockaddr_un address;
	const socklen_t size = name_socket(&address, name, device);
	int control = listen_once(&address, size);
	for (int i = 0; control < 0 && errno == EADDRINUSE && i < MOST_PAUSES; i++) {
		nanosleep(&pause, NULL);
		control = listen_once(&address, size);
	}
	if (control < 0) {
		error_set_system(error, errno, "cannot be asked to take over");
	}
	return control;
}

/* Who is at the other end; nobody where that can't be told. */
static struct ucred find_peer(int peer) {
	struct ucred credentials = {.pid = 0, .uid = (uid_t)-1};
	socklen_t size = sizeof(credentials);
	getsockopt(peer, SOL_SOCKET, SO_PEERCRED, &credentials, &size);
	return credentials;
}

static bool peer_is(int peer, uid_t user) {
	const struct ucred found = find_peer(peer);
	return found.uid == user || found.uid == 0;
}

static void limit_waiting(int descriptor) {
	const struct timeval patience = {.tv_sec = PATIENCE_SECONDS};
	setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
	setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof(patience));
}

int control_accept(int control) {
	char asked[sizeof(question)];
	const int asker = accept4(control, NULL, NULL, SOCK_CLOEXEC);
	if (asker < 0) {
		return CONTROL_NONE;
	}
	limit_waiting(asker);
	if (!peer_is(asker, geteuid())) {
		struct error error;
		error_set(&error, ERROR_INVALID, "only root and who mounted it may do that");
		control_answer(asker, &error);
		return CONTROL_NONE;
	}
	if (recv(asker, asked, sizeof(asked), 0) != sizeof(question) ||
		memcmp(asked, question, sizeof(question)) != 0) {
		close(asker);
		return CONTROL_NONE;
	}
	return asker;
}

void control_answer(int asker, const struct error *error) {
	if (asker == CONTROL_NONE) {
		return;
	}
	const char *words = error == NULL ? done : error->message;
	send(asker, words, strlen(words), MSG_NOSIGNAL);
	close(asker);
}

/* Whether a signal or a debugger has stopped it, as far as can be told. */
static bool is_stopped(pid_t process) {
	char line[64];
	char state = '\0';
	snprintf(line, sizeof(line), "/proc/%d/status", (int)process);
	FILE *status = fopen(line, "re");
	while (status != NULL && state == '\0' && fgets(line, sizeof(line), status) != NULL) {
		sscanf(line, "State: %c", &state); // NOLINT(cert-err34-c)
	}
	if (status != NULL) {
		fclose(status);
	}
	return state == 'T' || state == 't';
}

static bool fail_silent(int seconds, struct error *error) {
	return error_set(error, ERROR_SYSTEM,
		"its server has not answered for %d s: \"cardfs debug\" shows what it is at",
		seconds);
}

/* Receives the answer of a supervisor that is at it; one that is stopped gives none. */
static bool hear(int peer, char *answer, size_t size, struct error *error) {
	const int process = find_peer(peer).pid;
	for (int waited = PATIENCE_SECONDS;; waited += PATIENCE_SECONDS) {
		const ssize_t got = recv(peer, answer, size, 0);
		if (got > 0) {
			return true;
		}
		if (got == 0 || errno != EAGAIN) {
			return error_set(error, ERROR_SYSTEM,
				"its server ended over this: the system's log says why");
		}
		if (is_stopped(process)) {
			return error_set(error, ERROR_SYSTEM,
				"its server, process %d, is stopped: it does this once it goes on "
				"(kill -CONT %d)",
				process, process);
		}
		if (waited >= MOST_SECONDS) {
			return fail_silent(waited, error);
		}
	}
}

static bool ask(int peer, struct error *error) {
	struct error answer = {0};
	if (send(peer, question, sizeof(question), MSG_NOSIGNAL) != sizeof(question)) {
		return error_set_system(error, errno, "cannot ask its server");
	}
	if (!hear(peer, answer.message, sizeof(answer.message) - 1, error)) {
		return false;
	}
	return strcmp(answer.message, done) == 0 ||
	       error_set(error, ERROR_SYSTEM, "%s", answer.message);
}

/* Where too many have asked before, this waits as well. */
static bool reach(
	int peer, const struct sockaddr_un *address, socklen_t size, struct error *error) {
	limit_waiting(peer);
	if (connect(peer, (const struct sockaddr *)address, size) == 0) {
		return true;
	}
	return errno == EAGAIN ? fail_silent(PATIENCE_SECONDS, error)
			       : error_set(error, ERROR_NOT_FOUND,
					 "its server does not answer: it may have been killed, or "
					 "run in another container");
}

bool control_ask(const char *name, const char *device, struct error *error) {
	struct sockaddr_un address;
	const socklen_t size = name_socket(&address, name, device);
	const int peer = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
	if (peer < 0) {
		return error_set_system(error, errno, "cannot ask its server");
	}
	bool is_done = reach(peer, &address, size, error);
	if (is_done && !peer_is(peer, geteuid()) && geteuid() != 0) {
		is_done =
			error_set(error, ERROR_INVALID, "only root and who mounted it may do that");
	}
	is_done = is_done && ask(peer, error);
	close(peer);
	return is_done;
}
