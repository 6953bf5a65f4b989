#include "supervise/control.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

/* What is said is text, since one program may be older than the other. */
static const char question[] = "take over";
static const char done[] = "done";

enum { BACKLOG = 8, PATIENCE_SECONDS = 5 };

/* In the abstract name space, which needs no directory to write to. */
static socklen_t name_socket(struct sockaddr_un *address, const char *name, const char *device) {
	*address = (struct sockaddr_un){.sun_family = AF_UNIX};
	const int length = snprintf(
		address->sun_path + 1, sizeof(address->sun_path) - 1, "%s/%s", name, device);
	return (socklen_t)(offsetof(struct sockaddr_un, sun_path) + 1 + (size_t)length);
}

int control_listen(const char *name, const char *device, struct error *error) {
	struct sockaddr_un address;
	const socklen_t size = name_socket(&address, name, device);
	const int control = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (control >= 0 && bind(control, (const struct sockaddr *)&address, size) == 0 &&
		listen(control, BACKLOG) == 0) {
		return control;
	}
	error_set_system(error, errno, "cannot be asked to take over");
	if (control >= 0) {
		close(control);
	}
	return CONTROL_NONE;
}

static bool peer_is(int peer, uid_t user) {
	struct ucred credentials;
	socklen_t size = sizeof(credentials);
	return getsockopt(peer, SOL_SOCKET, SO_PEERCRED, &credentials, &size) == 0 &&
	       (credentials.uid == user || credentials.uid == 0);
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

static bool ask(int peer, struct error *error) {
	struct error answer = {0};
	if (send(peer, question, sizeof(question), MSG_NOSIGNAL) != sizeof(question)) {
		return error_set_system(error, errno, "cannot ask its server");
	}
	const ssize_t got = recv(peer, answer.message, sizeof(answer.message) - 1, 0);
	if (got <= 0) {
		return error_set(error, ERROR_SYSTEM,
			"its server ended over this: the system's log says why");
	}
	return strcmp(answer.message, done) == 0 ||
	       error_set(error, ERROR_SYSTEM, "%s", answer.message);
}

bool control_ask(const char *name, const char *device, struct error *error) {
	struct sockaddr_un address;
	const socklen_t size = name_socket(&address, name, device);
	const int peer = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
	if (peer < 0) {
		return error_set_system(error, errno, "cannot ask its server");
	}
	bool is_done = false;
	if (connect(peer, (const struct sockaddr *)&address, size) != 0) {
		error_set(error, ERROR_NOT_FOUND,
			"its server does not answer: it may have been killed, or run in another "
			"container");
	} else if (!peer_is(peer, geteuid()) && geteuid() != 0) {
		error_set(error, ERROR_INVALID, "only root and who mounted it may do that");
	} else {
		is_done = ask(peer, error);
	}
	close(peer);
	return is_done;
}
