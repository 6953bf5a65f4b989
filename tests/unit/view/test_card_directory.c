#include "unit/support/tree.h"

static const char cards[] = "name: llama\n"
			    "model_family: llama\n"
			    "model_config: {dtype: bf16, words_ref: words}\n"
			    "---\n"
			    "name: small\n"
			    "base: llama\n"
			    "parts: [{own_ref: words@lab}, {own_ref: nothing}]\n"
			    "---\n"
			    "name: words\n"
			    "---\n"
			    "name: small@lab\n"
			    "base: words\n"
			    "---\n"
			    "name: broken\n"
			    "base: nothing\n";

static void test_it_is_found_but_not_listed(void **state) {
	struct scene *scene = *state;
	scene_load_cards(scene, cards);
	ASSERT_LIST(scene, "words", "card.yaml card.json name");
	ASSERT_LIST(scene, "words/.card", "origin chain derived/ uses/ used-by/");
	ASSERT_MISSING(scene, "words/.card/nothing");
	ASSERT_MISSING(scene, "words/name/.card");
	ASSERT_MISSING(scene, "llama/model_config/.card");
}

static void test_origins_are_told_of_nested_fields(void **state) {
	struct scene *scene = *state;
	scene_load_cards(scene, cards);
	ASSERT_READ(scene, "small/.card/origin",
		"parts\t$/cards/cards.yaml:7\tsmall\n"
		"model_family\t$/cards/cards.yaml:2\tllama\n"
		"model_config.dtype\t$/cards/cards.yaml:3\tllama\n"
		"model_config.words_ref\t$/cards/cards.yaml:3\tllama\n");
}

static void test_the_chain_is_nearest_first(void **state) {
	struct scene *scene = *state;
	scene_load_cards(scene, cards);
	ASSERT_READ(scene, "small/.card/chain",
		"small\t$/cards/cards.yaml:5\nllama\t$/cards/cards.yaml:1\n");
	ASSERT_READ(scene, "@lab/small/.card/chain",
		"small@lab\t$/cards/cards.yaml:11\nsmall\t$/cards/cards.yaml:5\n"
		"words\t$/cards/cards.yaml:9\n");
}

static void test_a_broken_asset_has_what_is_known(void **state) {
	struct scene *scene = *state;
	scene_load_cards(scene, cards);
	ASSERT_LIST(scene, "broken/.card", "chain derived/ used-by/");
	ASSERT_READ(scene, "broken/.card/chain", "broken\t$/cards/cards.yaml:14\n");
}

static void test_derived_cards_are_those_of_the_environment(void **state) {
	struct scene *scene = *state;
	scene_load_cards(scene, cards);
	ASSERT_LIST(scene, "llama/.card/derived", "small@");
	ASSERT_LIST(scene, "words/.card/derived", "");
	ASSERT_LIST(scene, "@lab/llama/.card/derived", "");
	ASSERT_LIST(scene, "@lab/words/.card/derived", "small@");
	ASSERT_MISSING(scene, "words/.card/derived/small");
	ASSERT_MISSING(scene, "llama/.card/derived/words");
	ASSERT_MISSING(scene, "llama/.card/derived/nothing");
}

static void test_links_lead_to_the_asset_in_the_same_environment(void **state) {
	struct scene *scene = *state;
	scene_load_cards(scene, cards);
	ASSERT_READ(scene, "llama/.card/derived/small", "-> ../../../small");
	ASSERT_READ(scene, "@lab/words/.card/derived/small", "-> ../../../small");
	ASSERT_READ(scene, "words@lab/.card/derived/small", "-> ../../../small@lab");
	ASSERT_READ(scene, "llama@/.card/uses/words", "-> ../../../words@");
	ASSERT_READ(scene, "small@/.card/uses/words@lab", "-> ../../../words@lab");
}

static void test_uses_are_found_at_any_depth_once(void **state) {
	struct scene *scene = *state;
	scene_load_cards(scene, cards);
	ASSERT_LIST_SORTED(scene, "small/.card/uses", "words@ words@lab@");
	ASSERT_LIST(scene, "words/.card/uses", "");
	ASSERT_MISSING(scene, "small/.card/uses/nothing");
}

static void test_users_are_those_that_inherit_a_reference_too(void **state) {
	struct scene *scene = *state;
	scene_load_cards(scene,
		"{name: words}\n---\n{name: a, w_ref: words}\n---\n{name: b, base: a}\n---\n"
		"{name: c, base: b}\n---\n{name: d, base: b, w_ref: a}\n---\n{name: e, base: "
		"words}\n");
	ASSERT_LIST_SORTED(scene, "words/.card/used-by", "a@ b@ c@");
	ASSERT_LIST(scene, "a/.card/used-by", "d@");
	ASSERT_MISSING(scene, "words/.card/used-by/d");
	ASSERT_READ(scene, "words/.card/used-by/c", "-> ../../../c");
}

static void test_what_it_shows_is_live(void **state) {
	struct scene *scene = *state;
	scene_load_cards(scene, cards);
	static const char *const paths[] = {"llama/.card", "llama/.card/origin",
		"llama/.card/derived", "llama/.card/derived/small", "llama/.card/uses/words"};
	for (size_t i = 0; i < sizeof(paths) / sizeof(paths[0]); i++) {
		struct node node = scene_node(scene, paths[i]);
		assert_true(node_is_live(&node));
		node_finish(&node);
	}
}

int main(void) {
	const struct CMUnitTest tests[] = {
		SCENE_TEST(test_it_is_found_but_not_listed),
		SCENE_TEST(test_origins_are_told_of_nested_fields),
		SCENE_TEST(test_the_chain_is_nearest_first),
		SCENE_TEST(test_a_broken_asset_has_what_is_known),
		SCENE_TEST(test_derived_cards_are_those_of_the_environment),
		SCENE_TEST(test_links_lead_to_the_asset_in_the_same_environment),
		SCENE_TEST(test_uses_are_found_at_any_depth_once),
		SCENE_TEST(test_users_are_those_that_inherit_a_reference_too),
		SCENE_TEST(test_what_it_shows_is_live),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
