#include "unit/support/scene.h"

#include "card/availability.h"

static void check(struct scene *scene, const char *card, const char *expected) {
	enum availability availability;
	scene_load_cards(scene, card);
	assert_true(availability_of(
		scene_card(scene, "a"), &scene->settings, &availability, &scene->error));
	assert_string_equal(availability_name(availability), expected);
}

static void test_a_checkpoint_has_a_state(void **state) {
	struct scene *scene = *state;
	check(scene, "name: a\nmodel_family: m\ncheckpoint: /dev/null\n", "local");
	check(scene, "name: a\nmodel_family: m\ncheckpoint: /no/such\n", "missing");
	check(scene, "name: a\nmodel_family: m\ncheckpoint: https://e.com/x\n", "remote");
	scene_write(scene, "hub/models--o--n/snapshots/main/x", "");
	check(scene, "name: a\nmodel_family: m\ncheckpoint: hg://o/n\n", "cached");
	check(scene, "name: a\ncheckpoint: /dev/null\n", "local");
}

static void test_data_sets_and_tokenizers_have_the_state_of_theirs(void **state) {
	struct scene *scene = *state;
	check(scene, "name: a\ndataset_family: d\ncheckpoint: /no\ndata: /dev/null\n", "local");
	check(scene, "name: a\ntokenizer_family: t\ntokenizer: /dev/null\n", "local");
}

static void test_what_has_no_locator_has_no_state(void **state) {
	struct scene *scene = *state;
	check(scene, "name: a\nmodel_family: m\nurl: https://e.com\n", "-");
	check(scene, "name: a\nmodel_family: m\ncheckpoint: 1\n", "-");
	check(scene, "name: a\n", "-");
}

static void test_a_locator_that_leads_nowhere_is_missing(void **state) {
	struct scene *scene = *state;
	check(scene, "name: a\nmodel_family: m\ncheckpoint: /dev\ncheckpoint_path: ../etc\n",
		"missing");
}

static void test_a_gated_checkpoint_is_so_until_it_is_cached(void **state) {
	struct scene *scene = *state;
	static const char card[] =
		"name: a\nmodel_family: m\ncheckpoint: https://e.com/m;gated=true\n";
	check(scene, card, "gated");
	scene_write(scene, "cache/08c94debe0cad30f72b9f719/m", "");
	check(scene, card, "cached");
}

static void test_a_model_without_a_checkpoint_but_with_a_url_is_gated(void **state) {
	struct scene *scene = *state;
	check(scene, "name: a\nmodel_family: m\nmodel_arch: b\nurl: https://e.com\n", "gated");
	const struct card_field *page = availability_page(scene_card(scene, "a"));
	assert_non_null(page);
	assert_string_equal(scene_inline(scene, page->value), "https://e.com");
	check(scene, "name: a\nmodel_family: m\nmodel_arch: b\nurl: 1\n", "-");
	check(scene,
		"name: a\nmodel_family: m\nmodel_arch: b\nurl: https://e.com\n"
		"checkpoint: /dev/null\n",
		"local");
	assert_null(availability_page(scene_card(scene, "a")));
}

int main(void) {
	const struct CMUnitTest tests[] = {
		SCENE_TEST(test_a_checkpoint_has_a_state),
		SCENE_TEST(test_data_sets_and_tokenizers_have_the_state_of_theirs),
		SCENE_TEST(test_what_has_no_locator_has_no_state),
		SCENE_TEST(test_a_locator_that_leads_nowhere_is_missing),
		SCENE_TEST(test_a_gated_checkpoint_is_so_until_it_is_cached),
		SCENE_TEST(test_a_model_without_a_checkpoint_but_with_a_url_is_gated),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
