/*
 * A temporary directory for the tests of stores, with short ways to fill it. Include it last.
 */
#ifndef CARDFS_TESTS_STORES_FIXTURE_H
#define CARDFS_TESTS_STORES_FIXTURE_H

#include "stores/store.h"
#include "unit/support/clear.h"

#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

struct fixture {
	char root[32];
	struct store *store;
	struct store_listing listing;
	struct problem_list problems;
	struct error error;
};

static int fixture_create(void **state) {
	struct fixture *fixture = calloc(1, sizeof(*fixture));
	assert_non_null(fixture);
	strcpy(fixture->root, "/tmp/cardfs-stores-XXXXXX");
	assert_non_null(mkdtemp(fixture->root));
	assert_int_equal(chmod(fixture->root, 0755), 0);
	*state = fixture;
	return 0;
}

static int fixture_destroy(void **state) {
	struct fixture *fixture = *state;
	store_listing_finish(&fixture->listing);
	problem_list_finish(&fixture->problems);
	store_close(fixture->store);
	assert_int_equal(clear_directory(fixture->root), 0);
	free(fixture);
	return 0;
}

/* The absolute path of an entry; valid until the fourth call from now. */
static inline const char *at(const struct fixture *fixture, const char *entry) {
	static char paths[4][4200];
	static unsigned next;
	char *path = paths[next++ % 4];
	snprintf(path, sizeof(paths[0]), "%s/%s", fixture->root, entry);
	return path;
}

/* Makes a directory, with those above it. */
static inline void make_directory(const struct fixture *fixture, const char *entry) {
	char path[4200];
	snprintf(path, sizeof(path), "%s/%s/", fixture->root, entry);
	for (char *slash = path + strlen(fixture->root) + 1; *slash != '\0'; slash++) {
		if (*slash == '/') {
			*slash = '\0';
			mkdir(path, 0755);
			*slash = '/';
		}
	}
}

static inline void write_bytes(
	const struct fixture *fixture, const char *entry, const char *bytes, size_t length) {
	FILE *stream = fopen(at(fixture, entry), "w");
	assert_non_null(stream);
	assert_int_equal(fwrite(bytes, 1, length, stream), length);
	assert_int_equal(fclose(stream), 0);
}

static inline void write_file(const struct fixture *fixture, const char *entry, const char *text) {
	write_bytes(fixture, entry, text, strlen(text));
}

static inline void make_link(const struct fixture *fixture, const char *target, const char *entry) {
	assert_int_equal(symlink(target, at(fixture, entry)), 0);
}

/* Opens the store that is the fixture's directory, or an entry of it, behind prefix. */
static inline void open_store(struct fixture *fixture, const char *prefix, const char *entry) {
	char location[4400];
	snprintf(location, sizeof(location), "%s%s", prefix,
		*entry == '\0' ? fixture->root : at(fixture, entry));
	store_close(fixture->store);
	fixture->store = store_open(text_of(location), STORE_ADDED, 0, &fixture->error);
	assert_non_null(fixture->store);
}

/* Lists the store again, with what it listed before as the previous listing. */
static inline void list_again(struct fixture *fixture) {
	struct store_listing previous = fixture->listing;
	fixture->listing = (struct store_listing){0};
	problem_list_finish(&fixture->problems);
	assert_true(store_list(
		fixture->store, &previous, &fixture->listing, &fixture->problems, &fixture->error));
	store_listing_finish(&previous);
}

static inline struct card_file *listed(const struct fixture *fixture, const char *entry) {
	return store_listing_find(&fixture->listing, at(fixture, entry));
}

static inline void assert_listed(
	const struct fixture *fixture, const char *const *entries, size_t count) {
	assert_int_equal(fixture->listing.count, count);
	for (size_t i = 0; i < count; i++) {
		assert_string_equal(fixture->listing.files[i]->path, at(fixture, entries[i]));
	}
}

#define ASSERT_LISTED(fixture, ...)                                \
	assert_listed(fixture, (const char *const[]){__VA_ARGS__}, \
		sizeof((const char *const[]){__VA_ARGS__}) / sizeof(char *))

/* There is one problem, of that entry, and its message holds those words. */
static inline void assert_problem(
	const struct fixture *fixture, const char *entry, const char *words) {
	assert_int_equal(fixture->problems.count, 1);
	const struct problem *problem = &fixture->problems.items[0];
	assert_int_equal(problem->severity, PROBLEM_ERROR);
	assert_string_equal(problem->file, *entry == '\0' ? fixture->root : at(fixture, entry));
	assert_non_null(strstr(problem->message, words));
}

#define STORE_TEST(function) \
	cmocka_unit_test_setup_teardown(function, fixture_create, fixture_destroy)

#endif
