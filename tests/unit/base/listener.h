/*
 * A socket that takes datagrams, as the journal's and a service manager's do, in a directory of its
 * own.
 */
#ifndef CARDFS_TESTS_UNIT_BASE_LISTENER_H
#define CARDFS_TESTS_UNIT_BASE_LISTENER_H

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cmocka.h>

struct listener {
	char directory[32];
	char path[64];
	int socket;
	char received[65536]; /* the last datagram, and a NUL */
	size_t length;
};

/* name: a path, or one of the abstract name space with a NUL before it. */
static inline void listener_bind(struct listener *listener, const char *name, size_t length) {
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	memcpy(address.sun_path, name, length);
	listener->socket = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	assert_true(listener->socket >= 0);
	assert_int_equal(bind(listener->socket, (const struct sockaddr *)&address,
				 (socklen_t)(offsetof(struct sockaddr_un, sun_path) + length)),
		0);
}

static inline void listener_start(struct listener *listener) {
	strcpy(listener->directory, "/tmp/cardfs-listen-XXXXXX");
	assert_non_null(mkdtemp(listener->directory));
	snprintf(listener->path, sizeof(listener->path), "%s/socket", listener->directory);
	listener_bind(listener, listener->path, strlen(listener->path));
}

/* What was sent next, in words that end with NUL; waits for it. */
static inline const char *listener_receive(struct listener *listener) {
	const ssize_t length =
		recv(listener->socket, listener->received, sizeof(listener->received) - 1, 0);
	assert_true(length >= 0);
	listener->length = (size_t)length;
	listener->received[length] = '\0';
	return listener->received;
}

/* Whether nothing has been sent. */
static inline bool listener_is_idle(const struct listener *listener) {
	char byte;
	return recv(listener->socket, &byte, 1, MSG_DONTWAIT | MSG_PEEK) < 0;
}

static inline void listener_stop(struct listener *listener) {
	close(listener->socket);
	unlink(listener->path);
	rmdir(listener->directory);
}

#endif
