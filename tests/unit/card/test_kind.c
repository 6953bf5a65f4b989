#include "unit/support/scene.h"

#include "card/kind.h"

static void check_kind(
	struct scene *scene, const char *request, const char *kind, const char *family) {
	const struct card *card = scene_card(scene, request);
	assert_string_equal(card_kind_name(card_kind(card)), kind);
	assert_true(text_equal(card_family(card), text_of(family)));
}

static void test_a_card_is_of_the_kind_whose_family_it_has(void **state) {
	struct scene *scene = *state;
	scene_load_cards(scene, "name: a\nmodel_family: llama\n---\nname: b\ndataset_family: wiki\n"
				"---\nname: c\ntokenizer_family: char\n---\nname: d\nfamily: x\n");
	check_kind(scene, "a", "model", "llama");
	check_kind(scene, "b", "dataset", "wiki");
	check_kind(scene, "c", "tokenizer", "char");
	check_kind(scene, "d", "other", "");
}

static void test_of_several_families_a_models_comes_first(void **state) {
	struct scene *scene = *state;
	scene_load_cards(scene, "name: a\ntokenizer_family: t\ndataset_family: d\nmodel_family: m\n"
				"---\nname: b\ntokenizer_family: t\ndataset_family: d\n");
	check_kind(scene, "a", "model", "m");
	check_kind(scene, "b", "dataset", "d");
}

static void test_a_family_may_be_inherited(void **state) {
	struct scene *scene = *state;
	scene_load_cards(scene, "name: a\nbase: b\n---\nname: b\nmodel_family: m\n");
	check_kind(scene, "a", "model", "m");
}

static void test_a_family_that_is_no_string_has_no_name(void **state) {
	struct scene *scene = *state;
	scene_load_cards(scene, "name: a\nmodel_family: [m]\n");
	check_kind(scene, "a", "model", "");
}

static void test_a_broken_card_is_of_no_kind(void **state) {
	struct scene *scene = *state;
	scene_load_cards(scene, "name: a\nbase: b\nmodel_family: m\n");
	check_kind(scene, "a", "other", "");
}

static void test_a_field_without_a_name_is_no_family(void **state) {
	struct scene *scene = *state;
	scene_load_cards(scene, "name: a\n'': x\n");
	check_kind(scene, "a", "other", "");
}

static void test_kinds_are_found_by_their_names(void **state) {
	(void)state;
	for (enum card_kind kind = KIND_MODEL; kind <= KIND_OTHER; kind++) {
		enum card_kind parsed;
		assert_true(card_kind_parse(card_kind_name(kind), &parsed));
		assert_int_equal(parsed, kind);
	}
	enum card_kind kind;
	assert_false(card_kind_parse("Model", &kind));
	assert_false(card_kind_parse("", &kind));
}

int main(void) {
	const struct CMUnitTest tests[] = {
		SCENE_TEST(test_a_card_is_of_the_kind_whose_family_it_has),
		SCENE_TEST(test_of_several_families_a_models_comes_first),
		SCENE_TEST(test_a_family_may_be_inherited),
		SCENE_TEST(test_a_family_that_is_no_string_has_no_name),
		SCENE_TEST(test_a_broken_card_is_of_no_kind),
		SCENE_TEST(test_a_field_without_a_name_is_no_family),
		cmocka_unit_test(test_kinds_are_found_by_their_names),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
