#include "stores/keeper_process.h"

#include "base/child.h"
#include "base/file.h"
#include "stores/keeper_message.h"
#include "stores/watch.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { SOCKET = CHILD_FIRST_SOCKET };

/* How often a store is read anew, at most, because a file was moved meanwhile. */
enum { MOST_READINGS = 10 };

/* More than any message without a listing takes. */
enum { WORD_SIZE = 64 };

struct process {
	const struct keeper_duty *duty;
	struct watch *watch;
	struct store_changes changes;
	struct store_listing listing; /* as it was said last */
	struct buffer problems;       /* likewise, as a message has them */
	bool has_problems;
	bool has_said;
	struct buffer word;         /* has room for any, so that none is lost for want of memory */
	uint64_t asked, answered;   /* how many requests */
	bool is_refused_from_start; /* some file can't be read by any process */
	bool has_told_outdated;
};

static const struct timespec pause_after_failure = {.tv_sec = 1};

static void say(const struct buffer *messages) {
	size_t sent = 0;
	while (sent < messages->length) {
		const ssize_t length =
			send(SOCKET, messages->data + sent, messages->length - sent, MSG_NOSIGNAL);
		if (length < 0 && errno != EINTR) {
			_exit(EXIT_SUCCESS);
		}
		sent += length < 0 ? 0 : (size_t)length;
	}
}

static void make_room_for_words(struct process *process) {
	while (!buffer_reserve(&process->word, WORD_SIZE)) {
		buffer_finish(&process->word);
		nanosleep(&pause_after_failure, NULL);
	}
}

static void say_word(struct process *process, enum keeper_message kind) {
	buffer_clear(&process->word);
	keeper_message_append(&process->word, kind);
	say(&process->word);
}

static void answer(struct process *process) {
	if (process->answered < process->asked) {
		buffer_clear(&process->word);
		keeper_message_append_answer(&process->word, process->asked);
		process->answered = process->asked;
		say(&process->word);
	}
}

static bool read_store(
	struct process *process, struct store_listing *listing, struct problem_list *problems) {
	struct store *store = process->duty->store;
	struct error error;
	const struct store_listing *previous = process->has_said ? &process->listing : NULL;
	/* Listing a part of a store would lose what was wrong with the rest. */
	return process->has_problems ? store_list(store, previous, listing, problems, &error)
				     : store_update(store, previous, &process->changes, listing,
					       problems, &error);
}

/* A file that is moved while the store is read may be found in neither place, or in both. */
static bool read_until_settled(
	struct process *process, struct store_listing *listing, struct problem_list *problems) {
	bool caches_changed = false;
	for (int i = 1;; i++) {
		if (!read_store(process, listing, problems)) {
			return false;
		}
		if (i == MOST_READINGS ||
			!watch_take(process->watch, &process->changes, &caches_changed)) {
			return true;
		}
		store_listing_finish(listing);
		problem_list_finish(problems);
	}
}

/* Takes over the listing. Returns false for want of memory: then it has not been said. */
static bool say_listing(struct process *process, struct store_listing *listing,
	const struct problem_list *problems) {
	struct buffer message = {0}, content = {0};
	keeper_message_append_problems(&content, problems);
	const bool is_same = process->has_said &&
			     keeper_message_is_same(listing, &process->listing) &&
			     text_equal(buffer_text(&content), buffer_text(&process->problems));
	if (!is_same) {
		keeper_message_append_listing(
			&message, listing, process->has_said ? &process->listing : NULL, problems);
	}
	if (content.failed || message.failed) {
		buffer_finish(&content);
		buffer_finish(&message);
		return false;
	}
	say(&message);
	buffer_finish(&message);
	buffer_finish(&process->problems);
	process->problems = content;
	process->has_problems = problems->count > 0;
	process->has_said = true;
	store_listing_finish(&process->listing);
	process->listing = *listing;
	*listing = (struct store_listing){0};
	watch_doubt(process->watch, 0, process->listing.is_incomplete);
	return true;
}

/* What fails for want of memory is tried again. */
static void look_at_store(struct process *process) {
	struct store_listing listing = {0};
	struct problem_list problems = {0};
	while (!read_until_settled(process, &listing, &problems) ||
		!say_listing(process, &listing, &problems)) {
		store_listing_finish(&listing);
		problem_list_finish(&problems);
		store_changes_add_everything(&process->changes);
		nanosleep(&pause_after_failure, NULL);
	}
	problem_list_finish(&problems);
	store_changes_finish(&process->changes);
}

static void take_request(struct process *process, char request) {
	process->asked++;
	if (request != KEEPER_ANSWER) {
		store_changes_add_everything(&process->changes);
	}
	if (request == KEEPER_REPEAT) {
		process->has_said = false;
	}
}

static void hear(struct process *process) {
	char requests[16];
	const ssize_t count = recv(SOCKET, requests, sizeof(requests), MSG_DONTWAIT);
	if (count == 0 || (count < 0 && errno != EAGAIN && errno != EINTR)) {
		_exit(EXIT_SUCCESS);
	}
	for (ssize_t i = 0; i < count; i++) {
		take_request(process, requests[i]);
	}
}

static void tell_outdated(struct process *process) {
	const struct keeper_confinement *confinement = process->duty->confinement;
	if (process->has_told_outdated || confinement->is_outdated == NULL) {
		return;
	}
	if (confinement->is_outdated(confinement->context) ||
		(file_was_refused() && !process->is_refused_from_start)) {
		process->has_told_outdated = true;
		say_word(process, KEEPER_OUTDATED);
	}
}

static void wait_for_change(struct process *process, bool *cache_changed) {
	struct error error = {0};
	const enum watch_result result =
		watch_wait(process->watch, &process->changes, cache_changed, &error);
	if (result == WATCH_OTHER) {
		hear(process);
	} else if (result == WATCH_FAILED) {
		nanosleep(&pause_after_failure, NULL);
		store_changes_add_everything(&process->changes);
	}
}

static void look(struct process *process, bool cache_changed) {
	if (process->duty->store != NULL && !store_changes_is_empty(&process->changes)) {
		look_at_store(process);
	}
	if (cache_changed) {
		say_word(process, KEEPER_CHANGED);
	}
	tell_outdated(process);
	answer(process);
}

static struct watch *watch_place(const struct keeper_duty *duty) {
	struct store *stores[] = {duty->store};
	const struct store_set set = {.stores = stores, .count = duty->store == NULL ? 0 : 1};
	const struct watch_options options = {
		.poll_seconds = duty->poll_seconds,
		.caches = &duty->cache,
		.cache_count = duty->store == NULL ? 1 : 0,
		.other = SOCKET,
	};
	struct watch *watch;
	struct error error;
	while ((watch = watch_create(&set, &options, &error)) == NULL) {
		nanosleep(&pause_after_failure, NULL);
	}
	return watch;
}

_Noreturn void keeper_process_run(const struct keeper_duty *duty, int socket) {
	const struct keeper_confinement *confinement = duty->confinement;
	struct process process = {.duty = duty};
	struct error error = {0};
	child_begin("cardfs-keeper", &socket, 1);
	if (confinement->confine != NULL &&
		!confinement->confine(confinement->context, duty->place, &error)) {
		_exit(EXIT_FAILURE);
	}
	make_room_for_words(&process);
	process.watch = watch_place(duty);
	process.asked = 1;
	store_changes_add_everything(&process.changes);
	if (duty->store != NULL) {
		look_at_store(&process);
	}
	process.is_refused_from_start = file_was_refused();
	look(&process, false);
	for (;;) {
		bool cache_changed = false;
		wait_for_change(&process, &cache_changed);
		look(&process, cache_changed);
	}
}
