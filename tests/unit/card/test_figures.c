#include "unit/support/scene.h"

static struct catalog_figures figures;

static int set_up(void **state) {
	catalog_figures_init(&figures);
	scene_create(state);
	struct scene *scene = *state;
	scene->options.figures = &figures;
	return 0;
}

static void test_files_are_counted_when_they_are_read_and_not_when_shared(void **state) {
	struct scene *scene = *state;
	scene_write_cards(scene, "a.yaml", "name: a\n");
	scene_write_cards(scene, "b.yaml", "name: b\n");
	scene_load(scene);
	assert_int_equal(figures.files_read, 2);
	assert_int_equal(figures.bytes_read, 16);
	scene_write_cards(scene, "b.yaml", "name: b\nx: longer than before\n");
	scene_load(scene);
	assert_int_equal(figures.files_read, 3);
	assert_int_equal(figures.bytes_read, 46);
	scene_load(scene);
	assert_int_equal(figures.files_read, 3);
}

static void test_cards_are_resolved_once_and_kept(void **state) {
	struct scene *scene = *state;
	scene_load_cards(scene, "name: a\n");
	scene_card(scene, "a");
	assert_int_equal(figures.cards_resolved, 1);
	assert_int_equal(figures.cards_kept, 0);
	scene_card(scene, "a");
	scene_card(scene, "a");
	assert_int_equal(figures.cards_resolved, 1);
	assert_int_equal(figures.cards_kept, 2);
}

int main(void) {
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
			test_files_are_counted_when_they_are_read_and_not_when_shared, set_up,
			scene_destroy),
		cmocka_unit_test_setup_teardown(
			test_cards_are_resolved_once_and_kept, set_up, scene_destroy),
	};
	return cmocka_run_group_tests_name("figures", tests, NULL, NULL);
}
