#include "unit/support/tree.h"

static const char cards[] = "name: llama\n"
			    "checkpoint: hg://meta/llama\n"
			    "data: data.bin\n"
			    "note: x\n"
			    "model_config:\n"
			    "  dtype: bf16\n"
			    "  layers:\n"
			    "    - [1, 2]\n"
			    "---\n"
			    "name: small\n"
			    "base: llama\n"
			    "words_ref: llama\n"
			    "model_config: {_set_: {heads: 3}}\n"
			    "---\n"
			    "name: small@lab\n"
			    "model_config:\n"
			    "  _set_:\n"
			    "    dtype: fp32\n";

/* The value of an attribute, or what is wrong. */
static const char *attribute(struct scene *scene, const char *path, const char *name) {
	struct node node = scene_node(scene, path);
	struct buffer content = {0};
	struct error error = {0};
	if (!node_extended(&node, text_of(name), &content, &error)) {
		assert_int_equal(error.kind, ERROR_NOT_FOUND);
		buffer_append_string(&content, "(none)");
	}
	node_finish(&node);
	return scene_take(scene, &content);
}

#define ASSERT_ATTRIBUTE(scene, path, name, expected) \
	assert_string_equal(attribute(scene, path, name), expected)

static const char *names(struct scene *scene, const char *path) {
	struct node node = scene_node(scene, path);
	struct buffer content = {0};
	assert_true(node_extended_names(&node, &content, &scene->error));
	node_finish(&node);
	return scene_take(scene, &content);
}

static void test_a_field_has_the_origin_of_its_value(void **state) {
	struct scene *scene = *state;
	scene_load_cards(scene, cards);
	ASSERT_ATTRIBUTE(scene, "small/note", "user.cardfs.origin", "$/cards/cards.yaml:4");
	ASSERT_ATTRIBUTE(scene, "small/note", "user.cardfs.card", "llama");
}

static void test_each_value_of_a_composed_field_has_its_own(void **state) {
	struct scene *scene = *state;
	scene_load_cards(scene, cards);
	const char *const place = "user.cardfs.origin";
	const char *const card = "user.cardfs.card";
	ASSERT_ATTRIBUTE(scene, "small@lab/model_config/dtype", place, "$/cards/cards.yaml:18");
	ASSERT_ATTRIBUTE(scene, "small@lab/model_config/dtype", card, "small@lab");
	ASSERT_ATTRIBUTE(scene, "small/model_config/dtype", place, "$/cards/cards.yaml:6");
	ASSERT_ATTRIBUTE(scene, "small/model_config/dtype", card, "llama");
	ASSERT_ATTRIBUTE(scene, "small/model_config/layers/0/1", place, "$/cards/cards.yaml:8");
	ASSERT_ATTRIBUTE(scene, "small/model_config/layers/0/1", card, "llama");
	ASSERT_ATTRIBUTE(scene, "small/model_config", place, "$/cards/cards.yaml:13");
	ASSERT_ATTRIBUTE(scene, "small/model_config", card, "small");
}

static void test_links_have_theirs_in_another_name_space(void **state) {
	struct scene *scene = *state;
	scene_load_cards(scene, cards);
	ASSERT_ATTRIBUTE(scene, "small/words_ref", "system.cardfs.card", "small");
	ASSERT_ATTRIBUTE(scene, "small/words_ref", "user.cardfs.card", "(none)");
	ASSERT_ATTRIBUTE(scene, "small/words_ref", "system.cardfs.uri", "(none)");
	ASSERT_ATTRIBUTE(scene, "small/note", "system.cardfs.card", "(none)");
}

static void test_a_locator_tells_what_it_was_and_whether_it_is_there(void **state) {
	struct scene *scene = *state;
	scene_load_cards(scene, cards);
	ASSERT_ATTRIBUTE(scene, "llama/checkpoint", "system.cardfs.uri", "hg://meta/llama");
	ASSERT_ATTRIBUTE(scene, "llama/checkpoint", "system.cardfs.state", "remote");
	ASSERT_ATTRIBUTE(scene, "llama/data", "system.cardfs.uri", "$/cards/data.bin");
	ASSERT_ATTRIBUTE(scene, "llama/data", "system.cardfs.state", "missing");
	scene_write(scene, "cards/data.bin", "");
	ASSERT_ATTRIBUTE(scene, "llama/data", "system.cardfs.state", "local");
}

static void test_only_fields_have_any(void **state) {
	struct scene *scene = *state;
	scene_load_cards(scene, cards);
	static const char *const paths[] = {"", "llama", "llama/card.yaml", "llama/name",
		"small/base", "llama/.card/origin", ".by/kind", ".by/note/x/llama",
		".cardfs/version"};
	for (size_t i = 0; i < sizeof(paths) / sizeof(paths[0]); i++) {
		assert_string_equal(names(scene, paths[i]), "");
		ASSERT_ATTRIBUTE(scene, paths[i], "user.cardfs.origin", "(none)");
		ASSERT_ATTRIBUTE(scene, paths[i], "system.cardfs.origin", "(none)");
	}
}

static void test_names_are_listed_but_for_links(void **state) {
	struct scene *scene = *state;
	scene_load_cards(scene, cards);
	const char *const all = "user.cardfs.origin\\x00user.cardfs.card\\x00";
	assert_string_equal(names(scene, "llama/note"), all);
	assert_string_equal(names(scene, "llama/model_config"), all);
	assert_string_equal(names(scene, "llama/model_config/layers/0"), all);
	assert_string_equal(names(scene, "llama/checkpoint"), "");
}

static void test_the_state_alone_needs_a_look_at_the_target(void **state) {
	struct scene *scene = *state;
	scene_load_cards(scene, cards);
	struct node node = scene_node(scene, "llama/checkpoint");
	assert_true(node_extended_looks_at_target(&node, TEXT("system.cardfs.state")));
	assert_false(node_extended_looks_at_target(&node, TEXT("system.cardfs.uri")));
	assert_false(node_extended_looks_at_target(&node, TEXT("user.cardfs.state")));
	node_finish(&node);
	assert_true(node_extended_is_ours(TEXT("user.cardfs.origin")));
	assert_false(node_extended_is_ours(TEXT("system.posix_acl_access")));
}

int main(void) {
	const struct CMUnitTest tests[] = {
		SCENE_TEST(test_a_field_has_the_origin_of_its_value),
		SCENE_TEST(test_each_value_of_a_composed_field_has_its_own),
		SCENE_TEST(test_links_have_theirs_in_another_name_space),
		SCENE_TEST(test_a_locator_tells_what_it_was_and_whether_it_is_there),
		SCENE_TEST(test_only_fields_have_any),
		SCENE_TEST(test_names_are_listed_but_for_links),
		SCENE_TEST(test_the_state_alone_needs_a_look_at_the_target),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
