/*
 * A watched store, and ways to wait for what is told of it. Include it last.
 */
#ifndef CARDFS_TESTS_STORES_WATCHING_H
#define CARDFS_TESTS_STORES_WATCHING_H

#include "stores/watch.h"

#include "fixture.h"

#include <sys/syscall.h>

/* As linux/fs.h has it, which no header of the C library may stand beside everywhere. */
enum { EXCHANGE = 2 };

/* How long an expected report may take before the test fails. */
enum { PATIENCE_SECONDS = 60 };

struct watching {
	struct fixture *fixture;
	struct store *stores[4];
	struct store_set set;
	char cache[64];
	const char *caches[1];
	struct watch_options options;
	struct watch *watch;
	struct store_changes changes[4];
	bool caches_changed;
};

static inline int watching_create(void **state) {
	struct watching *watching = calloc(1, sizeof(*watching));
	assert_non_null(watching);
	void *fixture;
	fixture_create(&fixture);
	watching->fixture = fixture;
	watching->set.stores = watching->stores;
	*state = watching;
	return 0;
}

static inline void forget(struct watching *watching) {
	for (size_t i = 0; i < watching->set.count; i++) {
		store_changes_finish(&watching->changes[i]);
	}
	watching->caches_changed = false;
}

static inline int watching_destroy(void **state) {
	struct watching *watching = *state;
	void *fixture = watching->fixture;
	alarm(0);
	forget(watching);
	watch_destroy(watching->watch);
	for (size_t i = 0; i < watching->set.count; i++) {
		store_close(watching->stores[i]);
	}
	fixture_destroy(&fixture);
	free(watching);
	return 0;
}

static inline void add_store(struct watching *watching, const char *prefix, const char *entry) {
	char location[256];
	snprintf(location, sizeof(location), "%s%s", prefix, at(watching->fixture, entry));
	struct store *store =
		store_open(text_of(location), STORE_ADDED, 0, &watching->fixture->error);
	assert_non_null(store);
	watching->stores[watching->set.count++] = store;
}

static inline void start(struct watching *watching) {
	struct error error = {0};
	watching->watch = watch_create(&watching->set, &watching->options, &error);
	assert_non_null(watching->watch);
}

/* Each takes the place of the other. By number: musl has no function for it. */
static inline void exchange(const struct fixture *fixture, const char *one, const char *other) {
	assert_int_equal(syscall(SYS_renameat2, AT_FDCWD, at(fixture, one), AT_FDCWD,
				 at(fixture, other), EXCHANGE),
		0);
}

/* A store that is the directory "s" with "a.yaml" and "d/b.yaml" in it. */
static inline struct fixture *watch_directory(struct watching *watching) {
	struct fixture *fixture = watching->fixture;
	make_directory(fixture, "s/d");
	write_file(fixture, "s/a.yaml", "name: a");
	write_file(fixture, "s/d/b.yaml", "name: b");
	add_store(watching, "dir:", "s");
	start(watching);
	return fixture;
}

static inline bool is_told(const struct watching *watching, const char *entry) {
	const struct store_changes *changes = &watching->changes[0];
	for (size_t i = 0; i < changes->count; i++) {
		if (strcmp(changes->paths[i], at(watching->fixture, entry)) == 0) {
			return true;
		}
	}
	return false;
}

static inline void wait_once(struct watching *watching) {
	struct error error = {0};
	alarm(PATIENCE_SECONDS);
	assert_int_equal(
		watch_wait(watching->watch, watching->changes, &watching->caches_changed, &error),
		WATCH_CHANGED);
	alarm(0);
}

static inline void expect_path(struct watching *watching, const char *entry) {
	while (!is_told(watching, entry)) {
		assert_false(watching->changes[0].everything);
		wait_once(watching);
	}
	forget(watching);
}

static inline void expect_everything(struct watching *watching) {
	while (!watching->changes[0].everything) {
		wait_once(watching);
	}
	forget(watching);
}

static inline void expect_cache(struct watching *watching) {
	while (!watching->caches_changed) {
		wait_once(watching);
	}
	forget(watching);
}

/* Waits until all that happened so far has been told, and keeps it. */
static inline void settle(struct watching *watching) {
	static unsigned count;
	char marker[32];
	snprintf(marker, sizeof(marker), "s/settled-%u.yaml", count++);
	write_file(watching->fixture, marker, "");
	while (!is_told(watching, marker) && !watching->changes[0].everything) {
		wait_once(watching);
	}
}

/* Nothing is told of what happened since the last time that something was expected. */
static inline void expect_nothing(struct watching *watching) {
	settle(watching);
	assert_false(watching->changes[0].everything);
	assert_int_equal(watching->changes[0].count, 1);
	assert_false(watching->caches_changed);
	settle(watching);
	forget(watching);
}

static inline void expect_only(struct watching *watching, const char *entry) {
	settle(watching);
	assert_false(watching->changes[0].everything);
	assert_true(is_told(watching, entry));
	assert_int_equal(watching->changes[0].count, 2);
	settle(watching);
	forget(watching);
}

static inline void rename_entry(const struct fixture *fixture, const char *from, const char *to) {
	assert_int_equal(rename(at(fixture, from), at(fixture, to)), 0);
}

static inline void remove_entry(const struct fixture *fixture, const char *entry) {
	assert_int_equal(remove(at(fixture, entry)), 0);
}

/* As editors replace a file: another one is written beside it and renamed. */
static inline void replace_file(
	const struct fixture *fixture, const char *entry, const char *text) {
	write_file(fixture, "s/.replacement~", text);
	rename_entry(fixture, "s/.replacement~", entry);
}

static inline void append_to(const struct fixture *fixture, const char *entry) {
	const int descriptor = open(at(fixture, entry), O_WRONLY | O_APPEND | O_CLOEXEC);
	assert_true(descriptor >= 0);
	assert_int_equal(write(descriptor, "#", 1), 1);
	close(descriptor);
}

#define WATCH_TEST(function) \
	cmocka_unit_test_setup_teardown(function, watching_create, watching_destroy)

#endif
