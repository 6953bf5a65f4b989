/*
 * A scene for the tests of card/ and view/: a temporary directory with stores in it, and the
 * catalog of them. Every text that it hands out lives until it is destroyed.
 */
#ifndef CARDFS_TESTS_UNIT_SUPPORT_SCENE_H
#define CARDFS_TESTS_UNIT_SUPPORT_SCENE_H

#include "card/catalog.h"
#include "locate/locate.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

struct scene {
	char root[32];
	struct locate_settings settings; /* caches in cache/ and hub/, which do not exist */
	struct catalog_options options;  /* may be changed until scene_load */
	struct text environment;         /* may be changed at any time */
	struct store_set stores;
	struct catalog *catalog;
	struct arena arena; /* of the texts */
	struct card **cards;
	size_t card_count;
	struct error error;
};

int scene_create(void **state);
int scene_destroy(void **state);

#define SCENE_TEST(function) cmocka_unit_test_setup_teardown(function, scene_create, scene_destroy)

/* The absolute path of an entry. */
const char *scene_path(struct scene *scene, const char *entry);

/* Writes a file, with the directories above it. Every store is a directory below the root. */
void scene_write(struct scene *scene, const char *entry, const char *text);
void scene_write_text(struct scene *scene, const char *entry, struct text text);

/* Writes to cards/ENTRY, which is a store when no other is added. */
void scene_write_cards(struct scene *scene, const char *entry, const char *text);

void scene_remove(struct scene *scene, const char *entry);
void scene_set_modified(struct scene *scene, const char *entry, time_t seconds);

/* Adds the directory of that name as a store, before the scene is loaded first. */
void scene_add_store(struct scene *scene, const char *entry);

/* Makes the catalog, or, again, one in its place that takes over what has not changed. */
void scene_load(struct scene *scene);

/* Writes cards/cards.yaml and loads it. */
void scene_load_cards(struct scene *scene, const char *text);

/* The card that NAME, NAME@ENV or NAME@ asks for in the scene's environment. */
struct card *scene_card(struct scene *scene, const char *request);

/* The same card, merged, on one line of YAML. */
const char *scene_merged(struct scene *scene, const char *request);

/* A value on one line of YAML. */
const char *scene_inline(struct scene *scene, const struct value *value);

/* What a buffer holds, which is finished. NUL shows as \x00. */
const char *scene_take(struct scene *scene, struct buffer *buffer);

/*
 * Problems a line each, "FILE:LINE: MESSAGE", with severity "FILE:LINE:COLUMN: error: MESSAGE";
 * FILE is below the root. The list is finished.
 */
const char *scene_problems(struct scene *scene, struct problem_list *problems, bool with_severity);

/* What is wrong with a broken card, so. */
const char *scene_faults(struct scene *scene, const char *request);

/* What is wrong in files, and between them. */
const char *scene_catalog_problems(struct scene *scene);

#define ASSERT_MERGED(scene, request, expected) \
	assert_string_equal(scene_merged(scene, request), expected)
#define ASSERT_FAULTS(scene, request, expected) \
	assert_string_equal(scene_faults(scene, request), expected)

#endif
