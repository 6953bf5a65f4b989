/*
 * Whatever allocation fails while stores are opened, listed, watched and written: an error of
 * memory, nothing leaked.
 */
#include "base/log.h"
#include "stores/defaults.h"
#include "stores/deputy.h"
#include "stores/keeper_message.h"
#include "stores/keepers.h"
#include "stores/kept.h"
#include "stores/overlay.h"
#include "stores/remote.h"
#include "stores/watch.h"
#include "stores/writer.h"
#include "unit/support/allocation.h"

#include "fixture.h"

#include <poll.h>

/* Not the fixture's, which asserts. */
static bool list(struct store *store, const struct store_listing *previous, struct error *error) {
	struct store_listing listing = {0};
	struct problem_list problems = {0};
	const bool done = store_list(store, previous, &listing, &problems, error);
	store_listing_finish(&listing);
	problem_list_finish(&problems);
	return done;
}

static bool open_and_list(void *context, struct error *error) {
	struct store *store = store_open(text_of(context), STORE_ADDED, 0, error);
	const bool done = store != NULL && list(store, NULL, error);
	store_close(store);
	return done;
}

static void fill(struct fixture *fixture) {
	make_directory(fixture, "d/e");
	write_file(fixture, "a.yaml", "name: a");
	write_file(fixture, "d/b.yaml", "name: b");
	write_file(fixture, "d/e/c.yaml", "name: c");
	make_link(fixture, "nowhere", "l.yaml");
	make_link(fixture, "d/b.yaml", "m.yaml");
}

static void test_a_directory(void **state) {
	struct fixture *fixture = *state;
	fill(fixture);
	allocation_fail_each(open_and_list, fixture->root, 15);
}

static void test_one_file(void **state) {
	struct fixture *fixture = *state;
	char location[64];
	fill(fixture);
	snprintf(location, sizeof(location), "%s", at(fixture, "a.yaml"));
	allocation_fail_each(open_and_list, location, 5);
}

static void test_checkpoints(void **state) {
	struct fixture *fixture = *state;
	char location[64];
	make_directory(fixture, "step_1");
	make_directory(fixture, "step_20");
	make_directory(fixture, "scores");
	write_file(fixture, "model.yaml", "name: checkpoint");
	write_file(fixture, "scores/step_1.txt", "1.5");
	write_file(fixture, "scores/step_20.txt", "none");
	snprintf(location, sizeof(location), "checkpoints:%s", fixture->root);
	allocation_fail_each(open_and_list, location, 15);
}

static void test_a_package(void **state) {
	struct fixture *fixture = *state;
	char location[] = "package:some.cards";
	make_directory(fixture, "env/lib/python3.11/site-packages");
	make_directory(fixture, "elsewhere/some/cards");
	write_file(fixture, "elsewhere/some/cards/a.yaml", "name: a");
	write_file(fixture, "env/lib/python3.11/site-packages/x.pth", at(fixture, "elsewhere"));
	setenv("VIRTUAL_ENV", at(fixture, "env"), 1);
	allocation_fail_each(open_and_list, location, 10);
	unsetenv("VIRTUAL_ENV");
}

static bool update(void *context, struct error *error) {
	struct fixture *fixture = context;
	struct store_listing listing = {0};
	struct problem_list problems = {0};
	struct store_changes changes = {0};
	store_changes_add(&changes, at(fixture, "d"));
	store_changes_add(&changes, at(fixture, "a.yaml"));
	store_changes_add(&changes, at(fixture, "new.yaml"));
	const bool done = store_update(
		fixture->store, &fixture->listing, &changes, &listing, &problems, error);
	store_changes_finish(&changes);
	store_listing_finish(&listing);
	problem_list_finish(&problems);
	return done;
}

static void test_an_update(void **state) {
	struct fixture *fixture = *state;
	fill(fixture);
	open_store(fixture, "", "");
	list_again(fixture);
	write_file(fixture, "new.yaml", "name: new");
	write_file(fixture, "a.yaml", "name: changed");
	allocation_fail_each(update, fixture, 10);
}

static bool list_what_was_lost(void *context, struct error *error) {
	struct fixture *fixture = context;
	return list(fixture->store, &fixture->listing, error);
}

static void test_what_stands_in_for_what_is_lost(void **state) {
	struct fixture *fixture = *state;
	make_directory(fixture, "s");
	write_file(fixture, "s/a.yaml", "name: a");
	open_store(fixture, "", "s");
	list_again(fixture);
	fixture->listing.footing.mounts.here++;
	remove(at(fixture, "s/a.yaml"));
	allocation_fail_each(list_what_was_lost, fixture, 3);
}

static bool try_change(void *context, struct error *error) {
	struct store *inner = store_open(text_of(context), STORE_ADDED, 0, error);
	struct store *overlay = inner == NULL ? NULL : overlay_create(inner, error);
	if (overlay == NULL) {
		store_close(inner);
		return false;
	}
	const bool done = overlay_change(overlay, TEXT("/x/new.yaml"), TEXT("name: n"), error) &&
			  list(overlay, NULL, error) &&
			  overlay_remove(overlay, TEXT("/x/new.yaml"), error) &&
			  list(overlay, NULL, error);
	store_close(overlay);
	return done;
}

static void test_a_change_that_is_tried(void **state) {
	struct fixture *fixture = *state;
	fill(fixture);
	allocation_fail_each(try_change, fixture->root, 20);
}

static bool open_defaults(void *context, struct error *error) {
	const char *const locations[] = {context, "dir:/nowhere"};
	const struct store_options options = {.locations = locations, .location_count = 2};
	struct store_set set = {0};
	struct problem_list problems = {0};
	bool done = store_set_open(&set, &options, &problems, error);
	if (done && problems.failed) {
		done = error_set_memory(error);
	}
	problem_list_finish(&problems);
	store_set_close(&set);
	return done;
}

static void test_the_stores_in_force(void **state) {
	struct fixture *fixture = *state;
	allocation_fail_each(open_defaults, fixture->root, 8);
}

/* What can't be watched for want of memory is polled. */
static bool watch(void *context, struct error *error) {
	struct fixture *fixture = context;
	struct store *stores[] = {fixture->store};
	const struct store_set set = {stores, 1};
	const char *caches[] = {fixture->root};
	const struct watch_options options = {.caches = caches, .cache_count = 1};
	struct store_changes changes = {0};
	bool caches_changed = false;
	struct watch *watch = watch_create(&set, &options, error);
	if (watch == NULL) {
		return false;
	}
	allocation_permit_all();
	write_file(fixture, "a.yaml", "name: a");
	remove(at(fixture, "d/e/c.yaml"));
	write_file(fixture, "d/e/c.yaml", "name: c");
	allocation_permit_end();
	watch_take(watch, &changes, &caches_changed);
	store_changes_finish(&changes);
	watch_destroy(watch);
	return true;
}

static void test_watching(void **state) {
	struct fixture *fixture = *state;
	fill(fixture);
	open_store(fixture, "", "");
	allocation_fail_each(watch, fixture, 20);
}

static bool write_card(void *context, struct error *error) {
	struct fixture *fixture = context;
	char path[64], directory[64];
	struct writer_lock lock;
	snprintf(directory, sizeof(directory), "%s", at(fixture, "made/below"));
	snprintf(path, sizeof(path), "%s", at(fixture, "made/below/a.yaml"));
	const bool is_made = writer_make_directory(directory, error);
	bool done = is_made && writer_lock_acquire(&lock, directory, error);
	if (is_made) {
		done = done && writer_replace(path, TEXT("name: written"), error);
		writer_lock_release(&lock);
	}
	return done && writer_remove(path, error);
}

static void test_writing(void **state) {
	struct fixture *fixture = *state;
	allocation_fail_each(write_card, fixture, 3);
}

static bool keep(void *context, struct error *error) {
	struct fixture *fixture = context;
	size_t length;
	struct bulk *bulk;
	const bool is_written = kept_write(fixture->store, TEXT("something"), error);
	const char *kept = kept_read(fixture->store, &length, &bulk);
	const bool is_read =
		kept != NULL && text_equal((struct text){kept, length}, TEXT("something"));
	if (kept != NULL) {
		bulk_release(bulk);
	}
	bulk_clear();
	return is_written && (is_read || error_set_memory(error));
}

static void test_keeping(void **state) {
	struct fixture *fixture = *state;
	setenv("XDG_CACHE_HOME", fixture->root, 1);
	open_store(fixture, "", "");
	allocation_fail_each(keep, fixture, 3);
	unsetenv("XDG_CACHE_HOME");
}

/* A mount that is lost would be asked what may not be answered. */
static bool tell_remote_mounts(void *context, struct error *error) {
	static const char table[] = "22 1 254:0 / / rw - ext4 /dev/vda rw\n"
				    "30 22 0:50 / /home rw shared:1 - nfs4 server:/home rw\n"
				    "31 22 0:51 / /mnt/a\\040b rw - fuse.sshfs host: rw\n";
	struct remote_mounts mounts = {0};
	(void)context;
	const bool done = remote_mounts_take(&mounts, TEXT(table));
	assert_true(!done || mounts.count == 2);
	remote_mounts_finish(&mounts);
	return done || error_set_memory(error);
}

static void test_remote_mounts(void **state) {
	allocation_fail_each(tell_remote_mounts, *state, 5);
}

/* Of what a keeper has said. */
static bool exchange(void *context, struct error *error) {
	struct fixture *fixture = context;
	struct store_listing listing = {0};
	struct problem_list problems = {0};
	struct buffer messages = {0};
	enum keeper_message kind;
	keeper_message_append_listing(&messages, &fixture->listing, NULL, &fixture->problems);
	struct text rest = buffer_text(&messages), content;
	const bool is_written = !messages.failed && keeper_message_take(&rest, &kind, &content);
	const bool done =
		is_written && keeper_message_read_listing(content, NULL, &listing, &problems);
	if (done) {
		assert_true(keeper_message_is_same(&listing, &fixture->listing));
		assert_int_equal(problems.count, fixture->problems.count);
	}
	buffer_finish(&messages);
	store_listing_finish(&listing);
	problem_list_finish(&problems);
	return done || error_set_memory(error);
}

static void test_what_a_keeper_says(void **state) {
	struct fixture *fixture = *state;
	fill(fixture);
	open_store(fixture, "", "");
	list_again(fixture);
	assert_int_equal(fixture->problems.count, 1);
	allocation_fail_each(exchange, fixture, 10);
}

/* In the keeper's process, when it is about to say so. */
static bool is_outdated_without_memory(void *context) {
	(void)context;
	allocation_fail_next();
	return true;
}

static void test_a_keeper_says_a_word_without_memory(void **state) {
	struct fixture *fixture = *state;
	const bool kept[] = {true};
	const struct keeper_confinement confinement = {.is_outdated = is_outdated_without_memory};
	const struct keepers_options options = {
		.kept = kept,
		.confinement = &confinement,
		.tick_milliseconds = 1000000, /* so that it is not given up, however slow it is */
	};
	struct store_changes changes = {0};
	struct keepers_news news = {.changes = &changes};
	fill(fixture);
	open_store(fixture, "", "");
	const struct store_set set = {&fixture->store, 1};
	struct keepers *keepers = keepers_create(&set, &options, &fixture->error);
	assert_non_null(keepers);
	while (keepers_are_busy(keepers)) {
		struct pollfd ready = {.fd = keepers_descriptor(keepers), .events = POLLIN};
		poll(&ready, 1, -1);
		keepers_receive(keepers, &news);
	}
	assert_true(news.is_out_of_reach);
	keepers_destroy(keepers);
	store_changes_finish(&changes);
}

/* In the deputy's process, which inherits how many allocations are left. */
static bool permit_its_own(void *context, size_t place, struct error *error) {
	(void)context;
	(void)place;
	(void)error;
	allocation_permit_all();
	return true;
}

static bool lead_somewhere(const struct locate_settings *settings, const struct locator *locator,
	struct location *location, struct error *error) {
	(void)settings;
	location->state = LOCATION_CACHED;
	buffer_append_text(&location->path, locator->text);
	return !location->path.failed || error_set_memory(error);
}

static bool lead_nowhere_without_memory(const struct locate_settings *settings,
	const struct locator *locator, struct location *location, struct error *error) {
	(void)settings;
	(void)locator;
	(void)location;
	(void)error;
	allocation_fail_next();
	return true;
}

static const struct keeper_confinement free_of_failures = {.confine = permit_its_own};

static bool ask(struct deputy *deputy, struct location *location, struct error *error) {
	const struct locator locator = {.text = TEXT("https://example.org/a"),
		.directory = TEXT("/"),
		.look = LOCATE_CACHE};
	return deputy_locate(deputy, &locator, location, error);
}

static const struct deputy_options usual_deputy = {
	.cache = "/cache",
	.confinement = &free_of_failures,
	.patience_milliseconds = 60000,
	.look = lead_somewhere,
};

/* Asked twice: what was known before is replaced. */
static bool ask_a_deputy(void *context, struct error *error) {
	(void)context;
	struct location location = {0};
	struct deputy *deputy = deputy_create(&usual_deputy, error);
	bool done = deputy != NULL;
	for (int i = 0; done && i < 2; i++) {
		location_finish(&location);
		location = (struct location){0};
		done = ask(deputy, &location, error);
	}
	if (done && !text_equal(buffer_text(&location.path), TEXT("https://example.org/a"))) {
		abort();
	}
	location_finish(&location);
	deputy_destroy(deputy);
	return done;
}

static void test_asking_a_deputy(void **state) {
	(void)state;
	allocation_fail_each(ask_a_deputy, NULL, 10);
}

static void test_a_deputy_answers_without_memory(void **state) {
	struct fixture *fixture = *state;
	struct deputy_options options = usual_deputy;
	options.look = lead_nowhere_without_memory;
	struct location location = {0};
	struct deputy *deputy = deputy_create(&options, &fixture->error);
	assert_non_null(deputy);
	assert_false(ask(deputy, &location, &fixture->error));
	assert_int_equal(fixture->error.kind, ERROR_MEMORY);
	location_finish(&location);
	deputy_destroy(deputy);
}

int main(void) {
	/* That it polls for want of memory is no news here. */
	log_set_level(LOG_LEVEL_ERROR);
	const struct CMUnitTest tests[] = {
		STORE_TEST(test_a_directory),
		STORE_TEST(test_one_file),
		STORE_TEST(test_checkpoints),
		STORE_TEST(test_a_package),
		STORE_TEST(test_an_update),
		STORE_TEST(test_what_stands_in_for_what_is_lost),
		STORE_TEST(test_a_change_that_is_tried),
		STORE_TEST(test_the_stores_in_force),
		STORE_TEST(test_watching),
		STORE_TEST(test_writing),
		STORE_TEST(test_keeping),
		STORE_TEST(test_remote_mounts),
		STORE_TEST(test_what_a_keeper_says),
		STORE_TEST(test_a_keeper_says_a_word_without_memory),
		STORE_TEST(test_asking_a_deputy),
		STORE_TEST(test_a_deputy_answers_without_memory),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
