/*
 * What the tests of locate/ share: a temporary directory with both caches in it, and checks of what
 * locate() answers.
 */
#ifndef CARDFS_TESTS_LOCATE_FIXTURE_H
#define CARDFS_TESTS_LOCATE_FIXTURE_H

#include "locate/locate.h"
#include "unit/support/clear.h"

#include <errno.h>
#include <limits.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#define WITH_FIXTURE(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

/* A directory of its own for every test, with both caches in it. */
struct fixture {
	char root[64];
	char assets[128];
	char hub[128];
	char path[PATH_MAX];
	struct locate_settings settings;
	struct location location;
	struct error error;
};

/* The absolute path of something in the fixture's directory, until the next call. */
static inline const char *path_in(struct fixture *fixture, const char *name) {
	snprintf(fixture->path, sizeof(fixture->path), "%s/%s", fixture->root, name);
	return fixture->path;
}

/* Makes each directory that has a slash behind it in name. */
static inline void make_directories(struct fixture *fixture, const char *name) {
	path_in(fixture, name);
	char *start = fixture->path + strlen(fixture->root) + 1;
	for (char *slash = strchr(start, '/'); slash != NULL; slash = strchr(slash + 1, '/')) {
		*slash = '\0';
		assert_true(mkdir(fixture->path, 0777) == 0 || errno == EEXIST);
		*slash = '/';
	}
}

/* Writes a file, with the directories that it takes. */
static inline void make_file(struct fixture *fixture, const char *name, const char *content) {
	make_directories(fixture, name);
	FILE *file = fopen(fixture->path, "w");
	assert_non_null(file);
	assert_true(fputs(content, file) >= 0);
	assert_int_equal(fclose(file), 0);
}

static inline int set_up(void **state) {
	struct fixture *fixture = calloc(1, sizeof(*fixture));
	assert_non_null(fixture);
	snprintf(fixture->root, sizeof(fixture->root), "/tmp/cardfs-locate-XXXXXX");
	assert_non_null(mkdtemp(fixture->root));
	snprintf(fixture->assets, sizeof(fixture->assets), "%s/assets", fixture->root);
	snprintf(fixture->hub, sizeof(fixture->hub), "%s/hub", fixture->root);
	fixture->settings.asset_cache = fixture->assets;
	fixture->settings.hub_cache = fixture->hub;
	*state = fixture;
	return 0;
}

static inline int tear_down(void **state) {
	struct fixture *fixture = *state;
	location_finish(&fixture->location);
	int result = clear_directory(fixture->root);
	free(fixture);
	return result;
}

static inline bool try_locator(struct fixture *fixture, struct locator locator) {
	location_finish(&fixture->location);
	fixture->error = (struct error){0};
	return locate(&fixture->settings, &locator, &fixture->location, &fixture->error);
}

static inline bool try_text(struct fixture *fixture, struct text text) {
	return try_locator(fixture, (struct locator){.text = text, .directory = TEXT("/cards")});
}

static inline void assert_path(
	const struct fixture *fixture, const char *path, enum location_state state) {
	assert_string_equal(fixture->location.path.data, path);
	assert_int_equal(fixture->location.path.length, strlen(path));
	assert_string_equal(
		location_state_name(fixture->location.state), location_state_name(state));
}

/* Locates text and compares the answer. */
static inline void check(
	struct fixture *fixture, const char *text, const char *path, enum location_state state) {
	assert_true(try_text(fixture, text_of(text)));
	assert_path(fixture, path, state);
}

/* The same, with a path in the fixture's directory expected. */
static inline void check_in(
	struct fixture *fixture, const char *text, const char *name, enum location_state state) {
	char path[PATH_MAX];
	snprintf(path, sizeof(path), "%s", path_in(fixture, name));
	check(fixture, text, path, state);
}

static inline void check_sub_path(struct fixture *fixture, const char *text, const char *sub_path,
	const char *path, enum location_state state) {
	assert_true(try_locator(fixture, (struct locator){.text = text_of(text),
						 .directory = TEXT("/cards"),
						 .sub_path = text_of(sub_path)}));
	assert_path(fixture, path, state);
}

static inline void check_refused(
	struct fixture *fixture, struct locator locator, const char *message_part) {
	assert_false(try_locator(fixture, locator));
	assert_int_equal(fixture->error.kind, ERROR_INVALID);
	assert_non_null(strstr(fixture->error.message, message_part));
	assert_null(fixture->location.path.data);
	assert_null(fixture->location.uri.data);
}

#endif
