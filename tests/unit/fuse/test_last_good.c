#include "fuse/last_good.h"

#include "fuse/inode_table.h"
#include "unit/support/scene.h"

#include <stdlib.h>
#include <string.h>

static struct shared shared;
static struct last_good_files files;

static int set_up(void **state) {
	struct error error;
	if (!shared_create(&shared, 1, sizeof(struct shared_table), &error)) {
		return -1;
	}
	files = (struct last_good_files){
		.shared = &shared, .table = shared_areas(&shared), .seed = 7};
	return scene_create(state);
}

static int tear_down(void **state) {
	shared_finish(&shared);
	return scene_destroy(state);
}

static void assert_kept(struct scene *scene, const char *name, const char *expected) {
	struct card_file *file = last_good_find(&files, scene_path(scene, name));
	assert_non_null(file);
	assert_string_equal(file->text, expected);
	card_file_release(file);
}

static void assert_not_kept(struct scene *scene, const char *name) {
	struct card_file *file = last_good_find(&files, scene_path(scene, name));
	const bool is_kept = file != NULL;
	card_file_release(file);
	assert_false(is_kept);
}

static void load_and_keep(struct scene *scene) {
	scene_load(scene);
	assert_true(last_good_keep(&files, scene->catalog));
}

static void test_what_broken_files_held_is_kept(void **state) {
	struct scene *scene = *state;
	scene_write_cards(scene, "a.yaml", "name: a\n");
	scene_write_cards(scene, "b.yaml", "name: b\n");
	load_and_keep(scene);
	assert_int_equal(files.table->count, 0);
	scene_write_cards(scene, "a.yaml", "name: [\n");
	scene_write_cards(scene, "b.yaml", "name: [\n");
	load_and_keep(scene);
	assert_kept(scene, "cards/a.yaml", "name: a\n");
	assert_kept(scene, "cards/b.yaml", "name: b\n");
	struct card_file *file = last_good_find(&files, scene_path(scene, "cards/a.yaml"));
	assert_string_equal(file->path, scene_path(scene, "cards/a.yaml"));
	assert_string_equal(file->directory, scene_path(scene, "cards"));
	card_file_release(file);
	assert_not_kept(scene, "cards/c.yaml");
}

static void test_nothing_is_kept_of_what_is_mended_or_gone(void **state) {
	struct scene *scene = *state;
	const struct shared_header *header = shared_header(&shared);
	scene_write_cards(scene, "a.yaml", "name: a\n");
	scene_write_cards(scene, "b.yaml", "name: b\n");
	load_and_keep(scene);
	scene_write_cards(scene, "a.yaml", "name: [\n");
	scene_write_cards(scene, "b.yaml", "name: [\n");
	load_and_keep(scene);
	assert_true(header->used > 0);
	scene_write_cards(scene, "a.yaml", "name: a2\n");
	scene_remove(scene, "cards/b.yaml");
	load_and_keep(scene);
	assert_int_equal(files.table->count, 0);
	assert_not_kept(scene, "cards/a.yaml");
	scene_write_cards(scene, "a.yaml", "name: {\n");
	load_and_keep(scene);
	assert_kept(scene, "cards/a.yaml", "name: a2\n");
}

/* Many, so that they share chains. */
static void test_many_come_and_go(void **state) {
	struct scene *scene = *state;
	enum { FILES = 200 };
	char name[32];
	for (int round = 0; round < 2; round++) {
		for (int i = 0; i < FILES; i++) {
			snprintf(name, sizeof(name), "%d.yaml", i);
			scene_write_cards(scene, name, round == 0 ? "name: n\n" : "name: [\n");
		}
		load_and_keep(scene);
	}
	assert_int_equal(files.table->count, FILES);
	for (int i = 0; i < FILES; i += 2) {
		snprintf(name, sizeof(name), "cards/%d.yaml", i);
		scene_remove(scene, name);
	}
	load_and_keep(scene);
	assert_int_equal(files.table->count, FILES / 2);
	assert_kept(scene, "cards/1.yaml", "name: n\n");
	assert_not_kept(scene, "cards/2.yaml");
}

#define LAST_GOOD_TEST(function) cmocka_unit_test_setup_teardown(function, set_up, tear_down)

int main(void) {
	const struct CMUnitTest tests[] = {
		LAST_GOOD_TEST(test_what_broken_files_held_is_kept),
		LAST_GOOD_TEST(test_nothing_is_kept_of_what_is_mended_or_gone),
		LAST_GOOD_TEST(test_many_come_and_go),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
