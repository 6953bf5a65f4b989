/* What a catalog shows of a broken file, as a process before this one knew it. */
#include "unit/support/scene.h"

#include "base/buffer.h"
#include "stores/store.h"

#include <string.h>

static struct card_file *find(void *context, const char *path) {
	const char *text = context;
	return strstr(path, "known.yaml") == NULL
		       ? NULL
		       : card_file_create(text_of(path), TEXT("/"), text_of(text), 1);
}

static bool append_path(void *context, struct card_file *file) {
	struct buffer *paths = context;
	buffer_append_string(paths, strrchr(file->path, '/') + 1);
	buffer_append_byte(paths, ' ');
	return true;
}

static void assert_last_good(const struct scene *scene, const char *expected) {
	struct buffer paths = {0};
	catalog_visit_last_good(scene->catalog, append_path, &paths);
	assert_string_equal(paths.length == 0 ? "" : paths.data, expected);
	buffer_finish(&paths);
}

static void load(struct scene *scene, const char *known) {
	scene->options.last_good =
		(struct last_good){.find = find, .context = (void *)(uintptr_t)known};
	scene_load(scene);
}

static void test_what_is_broken_at_the_start_is_as_it_was(void **state) {
	struct scene *scene = *state;
	scene_write_cards(scene, "known.yaml", "name: [\n");
	scene_write_cards(scene, "other.yaml", "name: [\n");
	scene_write_cards(scene, "whole.yaml", "name: whole\n");
	load(scene, "name: a\nx: 1\n");
	ASSERT_MERGED(scene, "a", "{name: a, x: 1}");
	assert_last_good(scene, "known.yaml ");
	assert_non_null(strstr(scene_catalog_problems(scene), "$/cards/known.yaml:"));
	assert_non_null(strstr(scene_catalog_problems(scene), "$/cards/other.yaml:"));
}

static void test_it_is_mended_like_any_other(void **state) {
	struct scene *scene = *state;
	scene_write_cards(scene, "known.yaml", "name: [\n");
	load(scene, "name: a\n");
	scene_write_cards(scene, "known.yaml", "name: a\nx: 2\n");
	scene_load(scene);
	ASSERT_MERGED(scene, "a", "{name: a, x: 2}");
	assert_last_good(scene, "");
	assert_string_equal(scene_catalog_problems(scene), "");
	scene_write_cards(scene, "known.yaml", "name: {\n");
	scene_load(scene);
	ASSERT_MERGED(scene, "a", "{name: a, x: 2}");
	assert_last_good(scene, "known.yaml ");
}

static void test_what_was_not_whole_is_of_no_use(void **state) {
	struct scene *scene = *state;
	scene_write_cards(scene, "known.yaml", "name: b\n---\nname: [\n");
	load(scene, "name: a\n---\nname: {\n");
	ASSERT_MERGED(scene, "b", "{name: b}");
	assert_last_good(scene, "");
}

int main(void) {
	const struct CMUnitTest tests[] = {
		SCENE_TEST(test_what_is_broken_at_the_start_is_as_it_was),
		SCENE_TEST(test_it_is_mended_like_any_other),
		SCENE_TEST(test_what_was_not_whole_is_of_no_use),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
