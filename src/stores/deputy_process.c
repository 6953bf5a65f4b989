#include "stores/deputy_process.h"

#include "base/child.h"
#include "locate/locate_message.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

/* What one thread works with. */
struct desk {
	const struct deputy_options *options;
	int socket;
	char question[DEPUTY_MESSAGE_SIZE];
};

static void say(int socket, const struct buffer *answer) {
	while (send(socket, answer->data, answer->length, MSG_NOSIGNAL) < 0) {
		if (errno != EINTR) {
			_exit(EXIT_SUCCESS);
		}
	}
}

static void answer(const struct desk *desk, const struct locator *locator) {
	struct location location = {0};
	struct error error = {0};
	struct buffer message = {0};
	const bool found = desk->options->look(desk->options->locate, locator, &location, &error);
	locate_message_append_answer(&message, found, &location, &error);
	if (message.failed || message.length > DEPUTY_MESSAGE_SIZE) {
		buffer_finish(&message);
		error_set_memory(&error);
		locate_message_append_answer(&message, false, NULL, &error);
	}
	if (message.failed) {
		_exit(EXIT_FAILURE);
	}
	say(desk->socket, &message);
	buffer_finish(&message);
	location_finish(&location);
}

static void *work(void *context) {
	struct desk *desk = context;
	for (;;) {
		const ssize_t length =
			recv(desk->socket, desk->question, sizeof(desk->question), 0);
		struct locator locator;
		if (length == 0 || (length < 0 && errno != EINTR)) {
			_exit(EXIT_SUCCESS);
		}
		if (length > 0 &&
			locate_message_read_question(
				(struct text){desk->question, (size_t)length}, &locator)) {
			answer(desk, &locator);
		}
	}
}

_Noreturn void deputy_process_run(
	const struct deputy_options *options, const int sockets[DEPUTY_THREADS]) {
	const struct keeper_confinement *confinement = options->confinement;
	struct error error = {0};
	child_begin("cardfs-deputy", sockets, DEPUTY_THREADS);
	if (confinement->confine != NULL &&
		!confinement->confine(confinement->context, options->place, &error)) {
		_exit(EXIT_FAILURE);
	}
	struct desk *desks = calloc(DEPUTY_THREADS, sizeof(*desks));
	for (int i = 0; desks != NULL && i < DEPUTY_THREADS; i++) {
		pthread_t thread;
		desks[i].options = options;
		desks[i].socket = CHILD_FIRST_SOCKET + i;
		if (i == DEPUTY_THREADS - 1) {
			work(&desks[i]);
		} else if (pthread_create(&thread, NULL, work, &desks[i]) != 0) {
			break;
		}
	}
	_exit(EXIT_FAILURE);
}
