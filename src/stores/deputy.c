#include "stores/deputy.h"

#include "base/descriptors.h"
#include "base/table.h"
#include "locate/locate_message.h"
#include "stores/deputy_process.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
	DEFAULT_PATIENCE_MILLISECONDS = 2000,
	IMPATIENCE_MILLISECONDS = 50, /* while another question is without an answer */
	KNOWN_LIMIT = 1 << 16,        /* of a cache of more links, some are not known */
};

enum channel_state {
	CHANNEL_FREE,
	CHANNEL_WAITED_FOR,
	CHANNEL_OVERDUE, /* nobody waits for the answer any more */
};

/* A way to one thread of the process. */
struct channel {
	enum channel_state state;
	int socket;
	struct buffer question; /* that it has not answered; there is room for the longest */
	time_t asked;
};

/* Where a link led when it was asked last. */
struct known {
	struct buffer question, answer;
};

struct deputy {
	const char *cache;
	int patience; /* in milliseconds */
	/* Of what follows, but for the socket of a channel that is waited for. */
	pthread_mutex_t lock;
	struct channel channels[DEPUTY_THREADS];
	struct table known;
};

static struct text key_of_known(const void *item) {
	const struct known *known = item;
	return buffer_text(&known->question);
}

static void free_known(struct known *known) {
	if (known != NULL) {
		buffer_finish(&known->question);
		buffer_finish(&known->answer);
		free(known);
	}
}

/* Replaces what was known before. What there is no memory for is not known. */
static void keep(struct deputy *deputy, const struct buffer *question, struct text answer) {
	struct known *known = calloc(1, sizeof(*known));
	free_known(table_remove(&deputy->known, buffer_text(question)));
	if (known == NULL) {
		return;
	}
	buffer_append_text(&known->question, buffer_text(question));
	buffer_append_text(&known->answer, answer);
	if (known->question.failed || known->answer.failed || deputy->known.count == KNOWN_LIMIT ||
		!table_add(&deputy->known, known)) {
		free_known(known);
	}
}

/* Only where a link leads may be old: that is what the kernel keeps of it, too. */
static bool is_worth_keeping(const struct buffer *question, struct text answer) {
	struct locator locator;
	struct location location = {0};
	const bool is_found = locate_message_read_question(buffer_text(question), &locator) &&
			      locator.look == LOCATE_CACHE &&
			      locate_message_read_answer(answer, &location, NULL);
	location_finish(&location);
	return is_found;
}

/* Takes the answer of a channel, if it has come, and frees the channel. */
static bool take_answer(struct deputy *deputy, struct channel *channel, struct buffer *answer) {
	if (!buffer_reserve(answer, DEPUTY_MESSAGE_SIZE)) {
		return false;
	}
	const ssize_t length =
		recv(channel->socket, answer->data, DEPUTY_MESSAGE_SIZE, MSG_DONTWAIT);
	if (length <= 0) {
		return false;
	}
	answer->length = (size_t)length;
	if (is_worth_keeping(&channel->question, buffer_text(answer))) {
		keep(deputy, &channel->question, buffer_text(answer));
	}
	channel->state = CHANNEL_FREE;
	return true;
}

/* Returns whether some have none still. */
static bool take_overdue_answers(struct deputy *deputy) {
	bool is_any_overdue = false;
	struct buffer answer = {0};
	for (int i = 0; i < DEPUTY_THREADS; i++) {
		struct channel *channel = &deputy->channels[i];
		if (channel->state == CHANNEL_OVERDUE) {
			take_answer(deputy, channel, &answer);
			is_any_overdue |= channel->state == CHANNEL_OVERDUE;
		}
	}
	buffer_finish(&answer);
	return is_any_overdue;
}

/* What has been asked already is not asked by one channel after the other. */
static bool is_overdue(const struct deputy *deputy, struct text question) {
	for (int i = 0; i < DEPUTY_THREADS; i++) {
		const struct channel *channel = &deputy->channels[i];
		if (channel->state == CHANNEL_OVERDUE &&
			text_equal(buffer_text(&channel->question), question)) {
			return true;
		}
	}
	return false;
}

static struct channel *find_free(struct deputy *deputy) {
	for (int i = 0; i < DEPUTY_THREADS; i++) {
		if (deputy->channels[i].state == CHANNEL_FREE) {
			return &deputy->channels[i];
		}
	}
	return NULL;
}

/* Returns who is to answer, with *patience how long to wait; NULL where nobody can. */
static struct channel *ask(struct deputy *deputy, struct text question, int *patience) {
	*patience = take_overdue_answers(deputy) ? IMPATIENCE_MILLISECONDS : deputy->patience;
	struct channel *channel = is_overdue(deputy, question) ? NULL : find_free(deputy);
	if (channel == NULL) {
		return NULL;
	}
	buffer_clear(&channel->question);
	buffer_append_text(&channel->question, question);
	channel->asked = time(NULL);
	if (send(channel->socket, question.data, question.length, MSG_DONTWAIT | MSG_NOSIGNAL) <
		0) {
		return NULL;
	}
	channel->state = CHANNEL_WAITED_FOR;
	return channel;
}

static void wait_for(const struct channel *channel, int milliseconds) {
	struct pollfd ready = {.fd = channel->socket, .events = POLLIN};
	while (poll(&ready, 1, milliseconds) < 0 && errno == EINTR) {
	}
}

/* Returns whether it has answered in time. */
static bool question_deputy(struct deputy *deputy, struct text question, struct buffer *answer) {
	int patience;
	pthread_mutex_lock(&deputy->lock);
	struct channel *channel = ask(deputy, question, &patience);
	pthread_mutex_unlock(&deputy->lock);
	if (channel == NULL) {
		return false;
	}
	wait_for(channel, patience);
	pthread_mutex_lock(&deputy->lock);
	const bool is_answered = take_answer(deputy, channel, answer);
	if (channel->state == CHANNEL_WAITED_FOR) {
		channel->state = CHANNEL_OVERDUE;
	}
	pthread_mutex_unlock(&deputy->lock);
	return is_answered;
}

static bool recall(struct deputy *deputy, struct text question, struct buffer *answer) {
	pthread_mutex_lock(&deputy->lock);
	const struct known *known = table_find(&deputy->known, question);
	if (known != NULL) {
		buffer_append_text(answer, buffer_text(&known->answer));
	}
	pthread_mutex_unlock(&deputy->lock);
	return known != NULL && !answer->failed;
}

bool deputy_locate(void *context, const struct locator *locator, struct location *location,
	struct error *error) {
	struct deputy *deputy = context;
	struct buffer question = {0}, answer = {0};
	bool done;
	locate_message_append_question(&question, locator);
	if (question.failed || !buffer_reserve(&answer, DEPUTY_MESSAGE_SIZE)) {
		done = error_set_memory(error);
	} else if (question.length > DEPUTY_MESSAGE_SIZE) {
		done = error_set(
			error, ERROR_LIMIT, "it is too long to be looked for in %s", deputy->cache);
	} else if (question_deputy(deputy, buffer_text(&question), &answer) ||
		   recall(deputy, buffer_text(&question), &answer)) {
		done = locate_message_read_answer(buffer_text(&answer), location, error);
	} else {
		done = error_set_system(
			error, ETIMEDOUT, "the file system of %s does not answer", deputy->cache);
	}
	buffer_finish(&question);
	buffer_finish(&answer);
	return done;
}

time_t deputy_silent_since(struct deputy *deputy) {
	time_t since = 0;
	pthread_mutex_lock(&deputy->lock);
	take_overdue_answers(deputy);
	for (int i = 0; i < DEPUTY_THREADS; i++) {
		const struct channel *channel = &deputy->channels[i];
		if (channel->state == CHANNEL_OVERDUE && (since == 0 || channel->asked < since)) {
			since = channel->asked;
		}
	}
	pthread_mutex_unlock(&deputy->lock);
	return since;
}

bool deputy_is_lost(const struct deputy *deputy) {
	struct pollfd ready = {.fd = deputy->channels[0].socket};
	return poll(&ready, 1, 0) > 0 && (ready.revents & POLLHUP) != 0;
}

static void close_all(int sockets[DEPUTY_THREADS]) {
	for (int i = 0; i < DEPUTY_THREADS; i++) {
		descriptor_close(&sockets[i]);
	}
}

/* Each message is a packet of its own. */
static bool make_channels(struct deputy *deputy, int others[DEPUTY_THREADS]) {
	for (int i = 0; i < DEPUTY_THREADS; i++) {
		int ends[2];
		if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) != 0) {
			return false;
		}
		deputy->channels[i].socket = ends[0];
		others[i] = ends[1];
		if (!buffer_reserve(&deputy->channels[i].question, DEPUTY_MESSAGE_SIZE)) {
			errno = ENOMEM;
			return false;
		}
	}
	return true;
}

static bool start(struct deputy *deputy, const struct deputy_options *options) {
	int others[DEPUTY_THREADS];
	for (int i = 0; i < DEPUTY_THREADS; i++) {
		deputy->channels[i].socket = others[i] = -1;
	}
	pid_t process = -1;
	if (make_channels(deputy, others)) {
		process = fork();
	}
	if (process == 0) {
		deputy_process_run(options, others);
	}
	close_all(others);
	return process > 0;
}

struct deputy *deputy_create(const struct deputy_options *options, struct error *error) {
	struct deputy_options whole = *options;
	struct deputy *deputy = calloc(1, sizeof(*deputy));
	if (deputy == NULL || pthread_mutex_init(&deputy->lock, NULL) != 0) {
		free(deputy);
		error_set_memory(error);
		return NULL;
	}
	whole.look = options->look == NULL ? locate : options->look;
	deputy->cache = options->cache;
	deputy->patience = options->patience_milliseconds == 0
				   ? DEFAULT_PATIENCE_MILLISECONDS
				   : (int)options->patience_milliseconds;
	deputy->known.key = key_of_known;
	if (!start(deputy, &whole)) {
		error_set_system(error, errno, "cannot start who looks into %s", options->cache);
		deputy_destroy(deputy);
		return NULL;
	}
	return deputy;
}

void deputy_destroy(struct deputy *deputy) {
	if (deputy == NULL) {
		return;
	}
	for (int i = 0; i < DEPUTY_THREADS; i++) {
		descriptor_close(&deputy->channels[i].socket);
		buffer_finish(&deputy->channels[i].question);
	}
	struct known *known;
	size_t position = 0;
	while ((known = table_next(&deputy->known, &position)) != NULL) {
		free_known(known);
	}
	table_finish(&deputy->known);
	pthread_mutex_destroy(&deputy->lock);
	free(deputy);
}
