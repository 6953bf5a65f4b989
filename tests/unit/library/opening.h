/*
 * Stores of a scene as the library opens them, and how it fails.
 */
#ifndef CARDFS_TESTS_UNIT_LIBRARY_OPENING_H
#define CARDFS_TESTS_UNIT_LIBRARY_OPENING_H

#include "unit/support/scene.h"

#include "library/cardfs.h"

/* Options for the store that a scene writes, and no other. */
static inline struct cardfs_options *options_of(struct scene *scene) {
	struct cardfs_options *options = cardfs_options_create(NULL);
	struct buffer store = {0};
	buffer_append_format(&store, "store=%s", scene_path(scene, "cards"));
	assert_true(cardfs_options_set(options, "nodefaults", NULL));
	assert_true(cardfs_options_set(options, store.data, NULL));
	buffer_finish(&store);
	return options;
}

/* The same store, with one option more (NULL: none). */
static inline struct cardfs_stores *open_with(struct scene *scene, const char *option) {
	struct cardfs_options *options = options_of(scene);
	assert_true(option == NULL || cardfs_options_set(options, option, NULL));
	struct cardfs_error *error = NULL;
	struct cardfs_stores *stores = cardfs_open(options, &error);
	assert_string_equal(cardfs_error_message(error), "");
	cardfs_options_free(options);
	return stores;
}

/* The same store, with these cards. */
static inline struct cardfs_stores *open_cards(struct scene *scene, const char *text) {
	scene_write_cards(scene, "cards.yaml", text);
	return open_with(scene, NULL);
}

static inline void assert_fails(
	struct cardfs_error *error, enum cardfs_error_kind kind, const char *sentence) {
	assert_string_equal(cardfs_error_message(error), sentence);
	assert_int_equal(cardfs_error_kind(error), kind);
	assert_int_not_equal(cardfs_error_number(error), 0);
	cardfs_error_free(error);
}

#endif
