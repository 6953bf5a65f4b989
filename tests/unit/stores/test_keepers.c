#include "stores/keepers.h"

#include "stores/keeper_message.h"
#include "stores/kinds.h"

#include "fixture.h"

#include <poll.h>
#include <signal.h>
#include <time.h>

enum {
	PATIENCE_MILLISECONDS = 60000, /* for what has to come */
	IMPATIENT_TICK = 20,           /* so that a keeper that hangs is silent soon */
	PATIENT_TICK = 1000000,        /* so that none is, however slow it is */
};

/* The store "s", and a cache "cache", with keepers for what is to be kept. */
struct keeping {
	struct fixture *fixture;
	struct store *stores[1];
	struct store_set set;
	char cache[64];
	const char *caches[1];
	bool kept[2];
	unsigned tick_milliseconds;
	struct keeper_confinement confinement;
	struct keepers *keepers;
	struct store_changes changes;
	struct keepers_news news;
};

static char hang[64]; /* while there is such a file, the store does not answer */

static bool is_hanging(void) {
	return access(hang, F_OK) == 0;
}

static void pause_shortly(void) {
	const struct timespec moment = {.tv_nsec = 2000000};
	nanosleep(&moment, NULL);
}

static bool list_when_it_may(struct store *store, const struct store_listing *previous,
	struct store_listing *listing, struct problem_list *problems, struct error *error) {
	while (is_hanging()) {
		pause_shortly();
	}
	return store_directory_type.list(store, previous, listing, problems, error);
}

static struct store_type hanging_type;

static int keeping_create(void **state) {
	struct keeping *keeping = calloc(1, sizeof(*keeping));
	void *fixture;
	assert_non_null(keeping);
	fixture_create(&fixture);
	keeping->fixture = fixture;
	snprintf(hang, sizeof(hang), "%s", at(fixture, "hang"));
	snprintf(keeping->cache, sizeof(keeping->cache), "%s", at(fixture, "cache"));
	make_directory(fixture, "s");
	make_directory(fixture, "cache");
	write_file(fixture, "s/a.yaml", "name: a");
	open_store(fixture, "", "s");
	hanging_type = store_directory_type;
	hanging_type.list = list_when_it_may;
	hanging_type.look = NULL;
	keeping->fixture->store->type = &hanging_type;
	keeping->stores[0] = keeping->fixture->store;
	keeping->set = (struct store_set){.stores = keeping->stores, .count = 1};
	keeping->caches[0] = keeping->cache;
	keeping->kept[0] = true;
	keeping->tick_milliseconds = PATIENT_TICK;
	keeping->news.changes = &keeping->changes;
	*state = keeping;
	return 0;
}

static int keeping_destroy(void **state) {
	struct keeping *keeping = *state;
	void *fixture = keeping->fixture;
	unlink(hang);
	keepers_destroy(keeping->keepers);
	store_changes_finish(&keeping->changes);
	fixture_destroy(&fixture);
	free(keeping);
	return 0;
}

static void start(struct keeping *keeping, unsigned milliseconds) {
	const struct keepers_options options = {
		.kept = keeping->kept,
		.caches = keeping->caches,
		.cache_count = 1,
		.confinement = &keeping->confinement,
		.tick_milliseconds = keeping->tick_milliseconds,
	};
	struct error error;
	keeping->keepers = keepers_create(&keeping->set, &options, &error);
	assert_non_null(keeping->keepers);
	keepers_await(keeping->keepers, milliseconds, &keeping->news);
}

static void receive(struct keeping *keeping) {
	struct pollfd ready = {.fd = keepers_descriptor(keeping->keepers), .events = POLLIN};
	assert_true(poll(&ready, 1, PATIENCE_MILLISECONDS) == 1);
	keepers_receive(keeping->keepers, &keeping->news);
}

/* Lists after the next news. */
static void list_news(struct keeping *keeping) {
	while (!keeping->changes.everything) {
		receive(keeping);
	}
	store_changes_finish(&keeping->changes);
	list_again(keeping->fixture);
}

static void list_until_problems(struct keeping *keeping, size_t count) {
	list_again(keeping->fixture);
	while (keeping->fixture->problems.count != count) {
		list_news(keeping);
	}
}

static void test_a_store_is_what_its_keeper_says(void **state) {
	struct keeping *keeping = *state;
	struct fixture *fixture = keeping->fixture;
	assert_int_equal(mkfifo(at(fixture, "s/b.yaml"), 0600), 0);
	start(keeping, PATIENCE_MILLISECONDS);
	assert_true(keepers_keep(keeping->keepers, 0));
	assert_false(keepers_keep(keeping->keepers, 1));
	list_again(fixture);
	ASSERT_LISTED(fixture, "s/a.yaml");
	assert_string_equal(listed(fixture, "s/a.yaml")->text, "name: a");
	assert_string_equal(listed(fixture, "s/a.yaml")->directory, at(fixture, "s"));
	assert_problem(fixture, "s/b.yaml", "");
}

static void test_changes_are_told_and_other_files_shared(void **state) {
	struct keeping *keeping = *state;
	struct fixture *fixture = keeping->fixture;
	start(keeping, PATIENCE_MILLISECONDS);
	list_again(fixture);
	struct card_file *before = card_file_acquire(listed(fixture, "s/a.yaml"));
	store_changes_finish(&keeping->changes);
	write_file(fixture, "s/b.yaml", "name: b");
	while (listed(fixture, "s/b.yaml") == NULL || listed(fixture, "s/b.yaml")->length == 0) {
		list_news(keeping);
	}
	assert_string_equal(listed(fixture, "s/b.yaml")->text, "name: b");
	assert_ptr_equal(listed(fixture, "s/a.yaml"), before);
	card_file_release(before);
	assert_int_equal(unlink(at(fixture, "s/a.yaml")), 0);
	while (listed(fixture, "s/a.yaml") != NULL) {
		list_news(keeping);
	}
	ASSERT_LISTED(fixture, "s/b.yaml");
}

static void test_a_store_that_hangs_at_the_start_is_not_waited_for(void **state) {
	struct keeping *keeping = *state;
	struct fixture *fixture = keeping->fixture;
	write_file(fixture, "hang", "");
	start(keeping, 1);
	list_again(fixture);
	assert_int_equal(fixture->listing.count, 0);
	assert_problem(fixture, "s", "does not answer; its cards come when it does");
	unlink(hang);
	list_until_problems(keeping, 0);
	ASSERT_LISTED(fixture, "s/a.yaml");
}

static void test_a_store_that_hangs_stays_as_it_was(void **state) {
	struct keeping *keeping = *state;
	struct fixture *fixture = keeping->fixture;
	keeping->tick_milliseconds = IMPATIENT_TICK;
	start(keeping, PATIENCE_MILLISECONDS);
	write_file(fixture, "hang", "");
	write_file(fixture, "s/b.yaml", "name: b");
	list_until_problems(keeping, 1);
	ASSERT_LISTED(fixture, "s/a.yaml");
	assert_problem(fixture, "s", "; what it last held is served until it does");
	unlink(hang);
	list_until_problems(keeping, 0);
	while (fixture->listing.count < 2) {
		list_news(keeping);
	}
	ASSERT_LISTED(fixture, "s/a.yaml", "s/b.yaml");
}

static void test_looking_again_ends_when_all_have(void **state) {
	struct keeping *keeping = *state;
	start(keeping, PATIENCE_MILLISECONDS);
	keepers_look(keeping->keepers);
	assert_true(keepers_are_busy(keeping->keepers));
	while (keepers_are_busy(keeping->keepers)) {
		receive(keeping);
	}
	assert_false(keepers_are_busy(NULL));
}

static void test_looking_again_does_not_wait_for_what_hangs(void **state) {
	struct keeping *keeping = *state;
	keeping->tick_milliseconds = IMPATIENT_TICK;
	start(keeping, PATIENCE_MILLISECONDS);
	write_file(keeping->fixture, "hang", "");
	keepers_look(keeping->keepers);
	while (keepers_are_busy(keeping->keepers)) {
		receive(keeping);
	}
	list_until_problems(keeping, 1);
}

static void test_a_cache_is_watched(void **state) {
	struct keeping *keeping = *state;
	keeping->kept[0] = false;
	keeping->kept[1] = true;
	start(keeping, PATIENCE_MILLISECONDS);
	while (keepers_are_busy(keeping->keepers)) {
		receive(keeping);
	}
	make_directory(keeping->fixture, "cache/models--a--b");
	while (!keeping->news.caches_changed) {
		receive(keeping);
	}
	assert_false(keeping->changes.everything);
}

/* In the keeper's process. */
static bool write_process(void *context, size_t place, struct error *error) {
	const struct keeping *keeping = context;
	char number[32];
	(void)error;
	snprintf(number, sizeof(number), "%ld %zu", (long)getpid(), place);
	write_file(keeping->fixture, "process", number);
	return true;
}

static pid_t find_process(const struct keeping *keeping) {
	long process = 0;
	size_t place = 1;
	FILE *stream = fopen(at(keeping->fixture, "process"), "r");
	assert_non_null(stream);
	assert_int_equal(fscanf(stream, "%ld %zu", &process, &place), 2);
	fclose(stream);
	assert_int_equal(place, 0);
	return (pid_t)process;
}

static void test_the_death_of_a_keeper_is_noticed(void **state) {
	struct keeping *keeping = *state;
	keeping->confinement =
		(struct keeper_confinement){.confine = write_process, .context = keeping};
	start(keeping, PATIENCE_MILLISECONDS);
	assert_int_equal(kill(find_process(keeping), SIGKILL), 0);
	while (!keeping->news.is_out_of_reach) {
		receive(keeping);
	}
	list_again(keeping->fixture);
	ASSERT_LISTED(keeping->fixture, "s/a.yaml");
}

static void test_a_keeper_that_hangs_is_left_behind_and_ends_when_it_may(void **state) {
	struct keeping *keeping = *state;
	keeping->confinement =
		(struct keeper_confinement){.confine = write_process, .context = keeping};
	start(keeping, PATIENCE_MILLISECONDS);
	const pid_t process = find_process(keeping);
	write_file(keeping->fixture, "hang", "");
	keepers_look(keeping->keepers);
	keepers_destroy(keeping->keepers);
	keeping->keepers = NULL;
	assert_null(keeping->stores[0]->keeper);
	unlink(hang);
	while (kill(process, 0) == 0) {
		pause_shortly();
	}
}

static bool refuse(void *context, size_t place, struct error *error) {
	(void)context;
	(void)place;
	return error_set(error, ERROR_INVALID, "no");
}

static void test_a_keeper_that_is_not_confined_keeps_nothing(void **state) {
	struct keeping *keeping = *state;
	keeping->confinement.confine = refuse;
	start(keeping, PATIENCE_MILLISECONDS);
	while (!keeping->news.is_out_of_reach) {
		receive(keeping);
	}
	list_again(keeping->fixture);
	assert_int_equal(keeping->fixture->listing.count, 0);
}

static bool is_always_outdated(void *context) {
	(void)context;
	return true;
}

static void test_a_keeper_tells_that_it_may_not_read_what_there_is(void **state) {
	struct keeping *keeping = *state;
	keeping->confinement.is_outdated = is_always_outdated;
	start(keeping, PATIENCE_MILLISECONDS);
	while (!keeping->news.is_out_of_reach) {
		receive(keeping);
	}
	list_again(keeping->fixture);
	ASSERT_LISTED(keeping->fixture, "s/a.yaml");
}

static void test_a_message_that_is_cut_is_no_listing(void **state) {
	struct keeping *keeping = *state;
	struct fixture *fixture = keeping->fixture;
	struct buffer messages = {0};
	enum keeper_message kind;
	struct text content;
	list_again(fixture);
	problem_list_add(&fixture->problems, PROBLEM_WARNING, TEXT("f"), 1, 2, TEXT("a"), "m");
	keeper_message_append_listing(&messages, &fixture->listing, NULL, &fixture->problems);
	const struct text whole = buffer_text(&messages);
	for (size_t length = 0; length < whole.length; length++) {
		struct text part = text_part(whole, 0, length);
		assert_false(keeper_message_take(&part, &kind, &content));
	}
	struct text rest = whole;
	assert_true(keeper_message_take(&rest, &kind, &content));
	assert_int_equal(kind, KEEPER_LISTED);
	assert_int_equal(rest.length, 0);
	for (size_t length = 0; length <= content.length; length++) {
		struct store_listing listing = {0};
		struct problem_list problems = {0};
		assert_int_equal(keeper_message_read_listing(
					 text_part(content, 0, length), NULL, &listing, &problems),
			length == content.length);
		store_listing_finish(&listing);
		problem_list_finish(&problems);
	}
	buffer_finish(&messages);
}

static void test_a_file_that_is_known_is_not_said_again(void **state) {
	struct keeping *keeping = *state;
	struct fixture *fixture = keeping->fixture;
	struct buffer messages = {0};
	struct store_listing listing = {0};
	struct problem_list problems = {0};
	enum keeper_message kind;
	struct text content;
	list_again(fixture);
	keeper_message_append_listing(
		&messages, &fixture->listing, &fixture->listing, &fixture->problems);
	struct text rest = buffer_text(&messages);
	assert_true(keeper_message_take(&rest, &kind, &content));
	assert_false(keeper_message_read_listing(content, NULL, &listing, &problems));
	store_listing_finish(&listing);
	assert_true(keeper_message_read_listing(content, &fixture->listing, &listing, &problems));
	assert_ptr_equal(listing.files[0], fixture->listing.files[0]);
	store_listing_finish(&listing);
	buffer_finish(&messages);
}

#define KEEPER_TEST(function) \
	cmocka_unit_test_setup_teardown(function, keeping_create, keeping_destroy)

int main(void) {
	const struct CMUnitTest tests[] = {
		KEEPER_TEST(test_a_store_is_what_its_keeper_says),
		KEEPER_TEST(test_changes_are_told_and_other_files_shared),
		KEEPER_TEST(test_a_store_that_hangs_at_the_start_is_not_waited_for),
		KEEPER_TEST(test_a_store_that_hangs_stays_as_it_was),
		KEEPER_TEST(test_looking_again_ends_when_all_have),
		KEEPER_TEST(test_looking_again_does_not_wait_for_what_hangs),
		KEEPER_TEST(test_a_cache_is_watched),
		KEEPER_TEST(test_the_death_of_a_keeper_is_noticed),
		KEEPER_TEST(test_a_keeper_that_hangs_is_left_behind_and_ends_when_it_may),
		KEEPER_TEST(test_a_keeper_that_is_not_confined_keeps_nothing),
		KEEPER_TEST(test_a_keeper_tells_that_it_may_not_read_what_there_is),
		KEEPER_TEST(test_a_message_that_is_cut_is_no_listing),
		KEEPER_TEST(test_a_file_that_is_known_is_not_said_again),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
