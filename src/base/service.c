#include "base/service.h"

#include "base/buffer.h"

#include <errno.h>
#include <stddef.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

enum { MICROSECONDS_OF_SECOND = 1000000, NANOSECONDS_OF_MICROSECOND = 1000 };

/* The one service that a process is; -1: none. */
static int manager = -1;

static bool fill_address(struct sockaddr_un *address, socklen_t *length, const char *name) {
	const size_t name_length = strlen(name);
	if ((name[0] != '/' && name[0] != '@') || name_length >= sizeof(address->sun_path)) {
		return false;
	}
	*address = (struct sockaddr_un){.sun_family = AF_UNIX};
	memcpy(address->sun_path, name, name_length);
	if (name[0] == '@') {
		address->sun_path[0] = '\0';
	}
	*length = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + name_length);
	return true;
}

void service_open(const char *socket_name) {
	struct sockaddr_un address;
	socklen_t length;
	/* A manager that hangs must not hang a mount. */
	const struct timeval patience = {.tv_sec = 1};
	if (manager >= 0) {
		close(manager);
		manager = -1;
	}
	if (socket_name == NULL || !fill_address(&address, &length, socket_name)) {
		return;
	}
	manager = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (manager >= 0 &&
		(setsockopt(manager, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof(patience)) != 0 ||
			connect(manager, (const struct sockaddr *)&address, length) != 0)) {
		close(manager);
		manager = -1;
	}
}

/* Takes the state over. */
static void notify(struct buffer *state) {
	ssize_t sent = 0;
	do {
		sent = manager < 0 || state->failed
			       ? 0
			       : send(manager, state->data, state->length, MSG_NOSIGNAL);
	} while (sent < 0 && errno == EINTR);
	buffer_finish(state);
}

void service_ready(pid_t main_process) {
	struct buffer state = {0};
	buffer_append_string(&state, "READY=1\n");
	if (main_process != 0) {
		buffer_append_format(&state, "MAINPID=%d\n", (int)main_process);
	}
	notify(&state);
}

void service_status(const char *format, ...) {
	struct buffer status = {0};
	struct buffer state = {0};
	va_list arguments;
	va_start(arguments, format);
	buffer_append_format_list(&status, format, arguments);
	va_end(arguments);
	buffer_append_string(&state, "STATUS=");
	buffer_append_printable(&state, buffer_text(&status));
	buffer_append_byte(&state, '\n');
	buffer_finish(&status);
	notify(&state);
}

void service_reloading(void) {
	struct buffer state = {0};
	struct timespec now;
	clock_gettime(CLOCK_MONOTONIC, &now);
	buffer_append_format(&state, "RELOADING=1\nMONOTONIC_USEC=%lld\n",
		(long long)now.tv_sec * MICROSECONDS_OF_SECOND +
			now.tv_nsec / NANOSECONDS_OF_MICROSECOND);
	notify(&state);
}

void service_stopping(void) {
	struct buffer state = {0};
	buffer_append_string(&state, "STOPPING=1\n");
	notify(&state);
}
