#include "stores/keepers.h"

#include "base/clock.h"
#include "base/descriptors.h"
#include "base/log.h"
#include "stores/deputy.h"
#include "stores/keeper_message.h"
#include "stores/keeper_process.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

enum {
	DEFAULT_TICK_MILLISECONDS = 2000,
	TICKS_OF_PATIENCE = 2, /* without an answer; then it is said that there is none */
	RECEIVE_SIZE = 64 * 1024,
};

struct keeper {
	struct store *store; /* NULL: of a cache, or of nothing */
	const char *path;    /* of what it keeps (borrowed); NULL: nothing */
	size_t place;
	int socket;
	struct buffer received;
	struct store_listing listing;
	struct problem_list problems;
	bool has_listing;
	uint64_t asked, answered;  /* how many requests, the start counted as one */
	unsigned ticks;            /* without the answer to the last one */
	bool is_silent;            /* for so long that it has been said */
	atomic_llong silent_since; /* 0: it is not; for any thread */
	struct deputy *deputy;     /* of a cache; or NULL */
	time_t last_heard;
	bool has_news;
};

struct keepers {
	struct keeper *places; /* the stores, and behind them the caches */
	size_t count;
	size_t store_count;
	int descriptor; /* of epoll: the sockets and the timer */
	int timer;
	bool caches_changed;
	bool is_out_of_reach;
};

static struct log_field field_of(const struct keeper *keeper) {
	return (struct log_field){keeper->store != NULL ? "store" : "cache", text_of(keeper->path)};
}

/* Another process has to keep what nobody keeps. */
static void lose(struct keepers *keepers, struct keeper *keeper) {
	log_about(field_of(keeper), LOG_LEVEL_WARNING, "who reads %s has died", keeper->path);
	close(keeper->socket);
	keeper->socket = -1;
	keeper->answered = keeper->asked;
	keepers->is_out_of_reach = true;
}

static bool is_awaited(const struct keeper *keeper) {
	return keeper->answered < keeper->asked;
}

/* One that can't be asked for having been asked so often has not answered, which says as much. */
static void ask(struct keeper *keeper, enum keeper_request request) {
	const char byte = (char)request;
	const ssize_t sent = send(keeper->socket, &byte, sizeof(byte), MSG_DONTWAIT | MSG_NOSIGNAL);
	keeper->ticks = is_awaited(keeper) ? keeper->ticks : 0;
	keeper->asked += sent == sizeof(byte);
}

static void become_silent(struct keeper *keeper) {
	keeper->is_silent = true;
	keeper->has_news = true;
	atomic_store(&keeper->silent_since, keeper->last_heard);
	log_about(field_of(keeper), LOG_LEVEL_WARNING,
		"%s does not answer: what it held is served until it does", keeper->path);
}

static void take_answer(struct keeper *keeper, uint64_t done) {
	keeper->answered = done;
	keeper->ticks = 0;
	keeper->last_heard = time(NULL);
	if (keeper->is_silent) {
		keeper->is_silent = false;
		keeper->has_news = true;
		atomic_store(&keeper->silent_since, 0);
		log_about(
			field_of(keeper), LOG_LEVEL_INFORMATION, "%s answers again", keeper->path);
	}
}

/* What could not be taken, for want of memory, is asked for once more. */
static void take_listing(struct keeper *keeper, struct text content) {
	struct store_listing listing = {0};
	struct problem_list problems = {0};
	if (!keeper_message_read_listing(content, &keeper->listing, &listing, &problems)) {
		store_listing_finish(&listing);
		problem_list_finish(&problems);
		ask(keeper, KEEPER_REPEAT);
		return;
	}
	store_listing_finish(&keeper->listing);
	problem_list_finish(&keeper->problems);
	keeper->listing = listing;
	keeper->problems = problems;
	keeper->has_listing = true;
	keeper->has_news = true;
}

static void take_message(struct keepers *keepers, struct keeper *keeper, enum keeper_message kind,
	struct text content) {
	switch (kind) {
	case KEEPER_ANSWERED:
		take_answer(keeper, keeper_message_read_answer(content));
		break;
	case KEEPER_LISTED:
		take_listing(keeper, content);
		break;
	case KEEPER_CHANGED:
		keepers->caches_changed = true;
		break;
	case KEEPER_OUTDATED:
		keepers->is_out_of_reach = true;
		break;
	}
}

static void take_messages(struct keepers *keepers, struct keeper *keeper) {
	struct text rest = buffer_text(&keeper->received);
	enum keeper_message kind;
	struct text content;
	while (keeper_message_take(&rest, &kind, &content)) {
		take_message(keepers, keeper, kind, content);
	}
	if (rest.length > 0) {
		memmove(keeper->received.data, rest.data, rest.length);
	}
	keeper->received.length = rest.length;
}

static void receive(struct keepers *keepers, struct keeper *keeper) {
	ssize_t length = 1;
	while (length > 0 && buffer_reserve(&keeper->received, RECEIVE_SIZE)) {
		struct buffer *received = &keeper->received;
		length = recv(keeper->socket, received->data + received->length, RECEIVE_SIZE,
			MSG_DONTWAIT);
		received->length += length > 0 ? (size_t)length : 0;
	}
	const bool is_over = length == 0 || (length < 0 && errno != EAGAIN && errno != EINTR);
	take_messages(keepers, keeper);
	/* A part of a message that is lost can't be made up for. */
	if (is_over || keeper->received.failed) {
		lose(keepers, keeper);
	}
}

static void tick(struct keepers *keepers, struct keeper *keeper) {
	keepers->is_out_of_reach |= keeper->deputy != NULL && deputy_is_lost(keeper->deputy);
	if (!is_awaited(keeper)) {
		ask(keeper, KEEPER_ANSWER);
	} else if (++keeper->ticks >= TICKS_OF_PATIENCE && !keeper->is_silent) {
		become_silent(keeper);
	}
}

static void take_ticks(struct keepers *keepers) {
	uint64_t count;
	if (read(keepers->timer, &count, sizeof(count)) != sizeof(count)) {
		return;
	}
	for (size_t i = 0; i < keepers->count; i++) {
		if (keepers->places[i].socket >= 0) {
			tick(keepers, &keepers->places[i]);
		}
	}
}

static void tell(struct keepers *keepers, struct keepers_news *news) {
	for (size_t i = 0; i < keepers->store_count; i++) {
		if (keepers->places[i].has_news) {
			keepers->places[i].has_news = false;
			store_changes_add_everything(&news->changes[i]);
		}
	}
	news->caches_changed |= keepers->caches_changed;
	news->is_out_of_reach |= keepers->is_out_of_reach;
	keepers->caches_changed = false;
	keepers->is_out_of_reach = false;
}

void keepers_receive(struct keepers *keepers, struct keepers_news *news) {
	for (size_t i = 0; i < keepers->count; i++) {
		if (keepers->places[i].socket >= 0) {
			receive(keepers, &keepers->places[i]);
		}
	}
	take_ticks(keepers);
	tell(keepers, news);
}

static bool is_unlisted(const struct keeper *keeper) {
	return keeper->store != NULL && keeper->socket >= 0 && !keeper->has_listing;
}

static bool have_unlisted(const struct keepers *keepers) {
	for (size_t i = 0; i < keepers->store_count; i++) {
		if (is_unlisted(&keepers->places[i])) {
			return true;
		}
	}
	return false;
}

void keepers_await(struct keepers *keepers, unsigned milliseconds, struct keepers_news *news) {
	const int64_t end = clock_milliseconds() + milliseconds;
	int64_t left = milliseconds;
	while (have_unlisted(keepers) && left > 0) {
		struct pollfd ready = {.fd = keepers->descriptor, .events = POLLIN};
		poll(&ready, 1, (int)left);
		keepers_receive(keepers, news);
		left = end - clock_milliseconds();
	}
	for (size_t i = 0; i < keepers->store_count; i++) {
		struct keeper *keeper = &keepers->places[i];
		if (is_unlisted(keeper) && !keeper->is_silent) {
			become_silent(keeper);
		}
	}
}

void keepers_look(struct keepers *keepers) {
	for (size_t i = 0; i < keepers->count; i++) {
		if (keepers->places[i].socket >= 0) {
			ask(&keepers->places[i], KEEPER_LOOK);
		}
	}
}

bool keepers_are_busy(const struct keepers *keepers) {
	for (size_t i = 0; keepers != NULL && i < keepers->count; i++) {
		const struct keeper *keeper = &keepers->places[i];
		if (is_awaited(keeper) && !keeper->is_silent) {
			return true;
		}
	}
	return false;
}

bool keepers_keep(const struct keepers *keepers, size_t place) {
	return keepers != NULL && place < keepers->count && keepers->places[place].path != NULL;
}

static void deputize(struct locate_deputy *locate, const struct keeper *keeper, const char *cache) {
	if (keeper->deputy != NULL && keeper->path == cache) {
		*locate = (struct locate_deputy){deputy_locate, keeper->deputy};
	}
}

void keepers_deputize(const struct keepers *keepers, struct locate_settings *settings) {
	for (size_t i = 0; keepers != NULL && i < keepers->count; i++) {
		deputize(&settings->asset_deputy, &keepers->places[i], settings->asset_cache);
		deputize(&settings->hub_deputy, &keepers->places[i], settings->hub_cache);
	}
}

int keepers_descriptor(const struct keepers *keepers) {
	return keepers->descriptor;
}

static bool add_to_wait(struct keepers *keepers, int descriptor) {
	struct epoll_event event = {.events = EPOLLIN};
	return epoll_ctl(keepers->descriptor, EPOLL_CTL_ADD, descriptor, &event) == 0;
}

/* A socket whose buffer is small makes a large listing come in parts, which is no harm. */
static bool start(struct keepers *keepers, struct keeper *keeper,
	const struct keepers_options *options, struct error *error) {
	int ends[2];
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0) {
		return error_set_system(error, errno, "cannot start who reads %s", keeper->path);
	}
	const pid_t process = fork();
	if (process == 0) {
		const struct keeper_duty duty = {
			.store = keeper->store,
			.cache = keeper->path,
			.place = keeper->place,
			.poll_seconds = options->poll_seconds,
			.confinement = options->confinement,
		};
		keeper_process_run(&duty, ends[1]);
	}
	close(ends[1]);
	keeper->socket = ends[0];
	keeper->asked = 1;
	keeper->last_heard = time(NULL);
	return (process > 0 && add_to_wait(keepers, ends[0])) ||
	       error_set_system(error, errno, "cannot start who reads %s", keeper->path);
}

static bool start_timer(
	struct keepers *keepers, const struct keepers_options *options, struct error *error) {
	const unsigned milliseconds = options->tick_milliseconds == 0 ? DEFAULT_TICK_MILLISECONDS
								      : options->tick_milliseconds;
	const struct timespec period = {
		.tv_sec = milliseconds / 1000, .tv_nsec = (long)(milliseconds % 1000) * 1000000};
	const struct itimerspec times = {.it_interval = period, .it_value = period};
	keepers->descriptor = epoll_create1(EPOLL_CLOEXEC);
	keepers->timer = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC);
	return (keepers->descriptor >= 0 && keepers->timer >= 0 &&
		       timerfd_settime(keepers->timer, 0, &times, NULL) == 0 &&
		       add_to_wait(keepers, keepers->timer)) ||
	       error_set_system(error, errno, "cannot wait for who reads the stores");
}

static bool start_deputy(
	struct keeper *keeper, const struct keepers_options *options, struct error *error) {
	const struct deputy_options choice = {
		.locate = options->locate,
		.cache = keeper->path,
		.place = keeper->place,
		.confinement = options->confinement,
	};
	keeper->deputy = deputy_create(&choice, error);
	return keeper->deputy != NULL;
}

static bool start_all(struct keepers *keepers, const struct store_set *stores,
	const struct keepers_options *options, struct error *error) {
	for (size_t i = 0; i < keepers->count; i++) {
		struct keeper *keeper = &keepers->places[i];
		if (!options->kept[i]) {
			continue;
		}
		keeper->store = i < stores->count ? stores->stores[i] : NULL;
		keeper->path = keeper->store != NULL ? keeper->store->location
						     : options->caches[i - stores->count];
		const bool is_asked_for = options->locate != NULL && keeper->store == NULL;
		if (!start(keepers, keeper, options, error) ||
			(is_asked_for && !start_deputy(keeper, options, error))) {
			return false;
		}
		if (keeper->store != NULL) {
			keeper->store->keeper = keeper;
		}
	}
	return true;
}

struct keepers *keepers_create(const struct store_set *stores,
	const struct keepers_options *options, struct error *error) {
	struct keepers *keepers = calloc(1, sizeof(*keepers));
	if (keepers == NULL) {
		error_set_memory(error);
		return NULL;
	}
	keepers->descriptor = keepers->timer = -1;
	keepers->store_count = stores->count;
	keepers->places =
		calloc(stores->count + options->cache_count + 1, sizeof(*keepers->places));
	if (keepers->places == NULL) {
		free(keepers);
		error_set_memory(error);
		return NULL;
	}
	keepers->count = stores->count + options->cache_count;
	for (size_t i = 0; i < keepers->count; i++) {
		keepers->places[i] = (struct keeper){.place = i, .socket = -1};
	}
	/* Nobody waits for them to end. */
	signal(SIGCHLD, SIG_IGN);
	if (!start_timer(keepers, options, error) || !start_all(keepers, stores, options, error)) {
		keepers_destroy(keepers);
		return NULL;
	}
	return keepers;
}

void keepers_destroy(struct keepers *keepers) {
	if (keepers == NULL) {
		return;
	}
	for (size_t i = 0; i < keepers->count; i++) {
		struct keeper *keeper = &keepers->places[i];
		if (keeper->store != NULL) {
			keeper->store->keeper = NULL;
		}
		descriptor_close(&keeper->socket);
		deputy_destroy(keeper->deputy);
		buffer_finish(&keeper->received);
		store_listing_finish(&keeper->listing);
		problem_list_finish(&keeper->problems);
	}
	descriptor_close(&keepers->timer);
	descriptor_close(&keepers->descriptor);
	free(keepers->places);
	free(keepers);
}

static void add_silence(const struct keeper *keeper, time_t when, const char *consequence,
	struct problem_list *problems) {
	char since[16];
	struct tm parts;
	localtime_r(&when, &parts);
	strftime(since, sizeof(since), "%H:%M:%S", &parts);
	problem_list_add(problems, PROBLEM_ERROR, text_of(keeper->path), 0, 0, TEXT(""),
		"its file system has not answered since %s; %s until it does", since, consequence);
}

void keepers_add_problems(const struct keepers *keepers, struct problem_list *problems) {
	for (size_t i = 0; keepers != NULL && i < keepers->count; i++) {
		struct keeper *keeper = &keepers->places[i];
		if (keeper->path == NULL || keeper->store != NULL) {
			continue;
		}
		time_t since = (time_t)atomic_load(&keeper->silent_since);
		if (since == 0 && keeper->deputy != NULL) {
			since = deputy_silent_since(keeper->deputy);
		}
		if (since != 0) {
			add_silence(
				keeper, since, "links lead where they led last, or fail", problems);
		}
	}
}

bool keeper_list(const struct keeper *keeper, const struct store_listing *previous,
	struct store_listing *listing, struct problem_list *problems) {
	const struct store_listing *held = keeper->has_listing ? &keeper->listing : previous;
	if (!keeper->has_listing) {
		problem_list_add(problems, PROBLEM_ERROR, text_of(keeper->path), 0, 0, TEXT(""),
			"its file system does not answer; its cards come when it does");
	} else if (keeper->is_silent) {
		add_silence(keeper, keeper->last_heard, "what it last held is served", problems);
	}
	problem_list_add_all(problems, &keeper->problems);
	listing->is_incomplete = keeper->listing.is_incomplete;
	return (held == NULL || store_listing_share(listing, held, 0, held->count)) &&
	       !problems->failed;
}
