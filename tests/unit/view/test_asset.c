#include "unit/support/tree.h"

static void test_an_asset_has_its_renderings_and_fields(void **state) {
	struct scene *scene = *state;
	scene_load_cards(scene, "name: a\nmodel_family: llama\nconfig: {x: 1}\nlist: [1]\n"
				"checkpoint: /x\n");
	ASSERT_LIST(scene, "a", "card.yaml card.json name model_family config/ list/ checkpoint@");
	ASSERT_READ(scene, "a/name", "a\n");
	ASSERT_READ(scene, "a/card.yaml",
		"# Merged by cardfs from, nearest first:\n#   $/cards/cards.yaml:1: a\n"
		"name: a\nmodel_family: llama\nconfig:\n  x: 1\nlist:\n  - 1\ncheckpoint: /x\n");
	ASSERT_READ(scene, "a/card.json",
		"{\n  \"name\": \"a\",\n  \"model_family\": \"llama\",\n  \"config\": {\n"
		"    \"x\": 1\n  },\n  \"list\": [\n    1\n  ],\n  \"checkpoint\": \"/x\"\n}\n");
	ASSERT_MISSING(scene, "a/card.error");
	ASSERT_MISSING(scene, "a/base");
	ASSERT_MISSING(scene, "a/tokenizer");
	ASSERT_MISSING(scene, "a/x");
}

static void test_an_asset_that_cannot_be_resolved_says_why_and_nothing_else(void **state) {
	struct scene *scene = *state;
	scene_load_cards(scene, "name: a\nbase: b\nx: 1\ntokenizer_ref: c\n"
				"---\nname: c\ntokenizer: /t\n");
	ASSERT_LIST(scene, "a", "card.error");
	ASSERT_READ(scene, "a/card.error",
		"$/cards/cards.yaml:2: base card \"b\" does not exist (needed by a)\n");
	static const char *const missing[] = {
		"a/card.yaml", "a/card.json", "a/base", "a/x", "a/name", "a/tokenizer"};
	for (size_t i = 0; i < sizeof(missing) / sizeof(missing[0]); i++) {
		ASSERT_MISSING(scene, missing[i]);
	}
}

static void test_control_characters_in_an_error_are_made_printable(void **state) {
	struct scene *scene = *state;
	scene_load_cards(scene, "name: a\nbase: \"b\\e[2J\\nc\"\n");
	ASSERT_READ(scene, "a/card.error",
		"$/cards/cards.yaml:2: base card \"b\\x1B[2J\\nc\" does not exist (needed by a)\n");
}

static void test_the_base_is_a_link_to_its_asset(void **state) {
	struct scene *scene = *state;
	scene_load_cards(scene, "name: a\nbase: b/c\n---\nname: b/c\n");
	ASSERT_LIST(scene, "a", "card.yaml card.json base@ name");
	ASSERT_READ(scene, "a/base", "-> ../b%2Fc");
	ASSERT_LIST(scene, "b%2Fc", "card.yaml card.json name");
}

static void test_a_field_may_not_hide_a_rendering(void **state) {
	struct scene *scene = *state;
	scene_load_cards(
		scene, "name: a\ncard.yaml: 1\ncard.error: 2\ncard%2Ejson: 3\nx: {card.yaml: 4}\n");
	ASSERT_LIST(
		scene, "a", "card.yaml card.json name card%2Eyaml card%2Eerror card%252Ejson x/");
	ASSERT_READ(scene, "a/card%2Eyaml", "1\n");
	ASSERT_READ(scene, "a/card%252Ejson", "3\n");
	ASSERT_READ(scene, "a/x/card.yaml", "4\n");
	ASSERT_MISSING(scene, "a/card.error");
	ASSERT_MISSING(scene, "a/x/card%2Eyaml");
}

static void test_a_tokenizer_may_be_borrowed(void **state) {
	struct scene *scene = *state;
	scene_load_cards(scene, "name: a\ntokenizer_ref: b\n---\nname: b\ntokenizer: /t\n");
	ASSERT_LIST(scene, "a", "card.yaml card.json tokenizer@ name tokenizer_ref@");
	ASSERT_READ(scene, "a/tokenizer", "-> ../b/tokenizer");
	ASSERT_READ(scene, "a/tokenizer_ref", "-> ../b");
}

static void test_a_tokenizer_may_be_borrowed_through_others(void **state) {
	struct scene *scene = *state;
	scene_load_cards(scene, "name: a\ntokenizer_ref: b\n---\nname: b\ntokenizer_ref: c\n"
				"---\nname: c\nbase: d\n---\nname: d\ntokenizer: /t\n");
	ASSERT_READ(scene, "a/tokenizer", "-> ../b/tokenizer");
	ASSERT_READ(scene, "b/tokenizer", "-> ../c/tokenizer");
	ASSERT_READ(scene, "c/tokenizer", "-> /t");
}

static void test_an_own_tokenizer_is_not_borrowed_even_if_null(void **state) {
	struct scene *scene = *state;
	scene_load_cards(scene, "name: a\ntokenizer: /own\ntokenizer_ref: c\n"
				"---\nname: b\ntokenizer:\ntokenizer_ref: c\n"
				"---\nname: c\ntokenizer: /t\n");
	ASSERT_LIST(scene, "a", "card.yaml card.json name tokenizer@ tokenizer_ref@");
	ASSERT_READ(scene, "a/tokenizer", "-> /own");
	ASSERT_READ(scene, "b/tokenizer", "");
}

static void test_what_leads_to_no_tokenizer_lends_none(void **state) {
	struct scene *scene = *state;
	scene_load_cards(scene, "name: a\ntokenizer_ref: b\n---\nname: b\n"
				"---\nname: c\ntokenizer_ref: missing\n"
				"---\nname: d\ntokenizer_ref: broken\n---\nname: broken\nbase: x\n"
				"---\nname: e\ntokenizer_ref: 1\n");
	ASSERT_MISSING(scene, "a/tokenizer");
	ASSERT_MISSING(scene, "c/tokenizer");
	ASSERT_MISSING(scene, "d/tokenizer");
	ASSERT_MISSING(scene, "e/tokenizer");
	ASSERT_LIST(scene, "d", "card.yaml card.json name tokenizer_ref@");
}

static void test_references_that_go_in_a_circle_lend_no_tokenizer(void **state) {
	struct scene *scene = *state;
	scene_load_cards(scene, "name: a\ntokenizer_ref: b\n---\nname: b\ntokenizer_ref: c\n"
				"---\nname: c\ntokenizer_ref: b\n---\nname: d\ntokenizer_ref: d\n");
	ASSERT_MISSING(scene, "a/tokenizer");
	ASSERT_MISSING(scene, "d/tokenizer");
	ASSERT_LIST(scene, "a", "card.yaml card.json name tokenizer_ref@");
}

static void test_a_tokenizer_is_borrowed_in_the_environment_that_links_lead_to(void **state) {
	struct scene *scene = *state;
	scene_load_cards(scene, "name: a\ntokenizer_ref: b@e\n---\nname: b\ntokenizer_ref: c\n"
				"---\nname: c\n---\nname: c@e\ntokenizer: /t\n");
	ASSERT_READ(scene, "a/tokenizer", "-> ../b@e/tokenizer");
	ASSERT_READ(scene, "b@e/tokenizer", "-> ../c@e/tokenizer");
	ASSERT_READ(scene, "c@e/tokenizer", "-> /t");
	ASSERT_MISSING(scene, "b/tokenizer");
	ASSERT_MISSING(scene, "c/tokenizer");
}

int main(void) {
	const struct CMUnitTest tests[] = {
		SCENE_TEST(test_an_asset_has_its_renderings_and_fields),
		SCENE_TEST(test_an_asset_that_cannot_be_resolved_says_why_and_nothing_else),
		SCENE_TEST(test_control_characters_in_an_error_are_made_printable),
		SCENE_TEST(test_the_base_is_a_link_to_its_asset),
		SCENE_TEST(test_a_field_may_not_hide_a_rendering),
		SCENE_TEST(test_a_tokenizer_may_be_borrowed),
		SCENE_TEST(test_a_tokenizer_may_be_borrowed_through_others),
		SCENE_TEST(test_an_own_tokenizer_is_not_borrowed_even_if_null),
		SCENE_TEST(test_what_leads_to_no_tokenizer_lends_none),
		SCENE_TEST(test_references_that_go_in_a_circle_lend_no_tokenizer),
		SCENE_TEST(test_a_tokenizer_is_borrowed_in_the_environment_that_links_lead_to),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
