#include "unit/support/tree.h"

#define CARDS                                                                                    \
	"name: a\nx: own\n---\nname: a@e\nx: e\n---\nname: a@user\nx: user\n---\nname: a@f\nx: " \
	"f\n"                                                                                    \
	"---\nname: b\n---\nname: b@e\nx: e\n"

static void test_the_root_lists_every_asset_and_the_mount_itself(void **state) {
	struct scene *scene = *state;
	scene_load_cards(scene, "name: b\n---\nname: a\nbase: missing\n---\nname: c@e\n"
				"---\nname: d\n---\nname: d@e\n");
	ASSERT_LIST_SORTED(scene, "", ".by/ .cardfs/ a/ b/ d/");
	ASSERT_LIST_SORTED(scene, "@e", ".by/ .cardfs/ a/ b/ d/");
	ASSERT_MISSING(scene, "c");
	ASSERT_MISSING(scene, "x");
}

static void test_names_of_assets_are_encoded(void **state) {
	struct scene *scene = *state;
	scene_load_cards(scene, "name: x/y\n---\nname: .cardfs\n---\nname: \"a\\nb\"\n"
				"---\nname: '%'\n---\nname: '%2F'\n---\nname: card.yaml\n");
	ASSERT_LIST_SORTED(
		scene, "", "%25/ %252F/ %2Ecardfs/ .by/ .cardfs/ a%0Ab/ card.yaml/ x%2Fy/");
	ASSERT_READ(scene, "x%2Fy/name", "x/y\n");
	ASSERT_READ(scene, "%25/name", "%\n");
	ASSERT_READ(scene, "%252F/name", "%2F\n");
	ASSERT_READ(scene, "%2Ecardfs/name", ".cardfs\n");
	ASSERT_READ(scene, "card.yaml/name", "card.yaml\n");
	static const char *const missing[] = {"%", "%2F", "x%2fy", "a%0ab", "%2Ecard%66s", "a\nb"};
	for (size_t i = 0; i < sizeof(missing) / sizeof(missing[0]); i++) {
		ASSERT_MISSING(scene, missing[i]);
	}
}

static void test_a_name_of_more_than_255_bytes_is_not_listed(void **state) {
	struct scene *scene = *state;
	struct buffer cards = {0};
	buffer_append_format(&cards, "name: a%0255d\n---\nname: b%0252d/\n---\nname: c\n", 0, 0);
	scene_load_cards(scene, cards.data);
	buffer_finish(&cards);
	ASSERT_LIST_SORTED(scene, "", ".by/ .cardfs/ c/");
}

static void test_an_asset_is_seen_in_the_environments_in_force(void **state) {
	struct scene *scene = *state;
	scene_load_cards(scene, CARDS);
	ASSERT_READ(scene, "a/x", "user\n");
	ASSERT_MISSING(scene, "b/x");
	scene->environment = TEXT("e");
	ASSERT_READ(scene, "a/x", "user\n");
	ASSERT_READ(scene, "b/x", "e\n");
}

static void test_an_asset_may_be_asked_for_in_one_environment(void **state) {
	struct scene *scene = *state;
	scene->environment = TEXT("e");
	scene_load_cards(scene, CARDS);
	ASSERT_READ(scene, "a@e/x", "e\n");
	ASSERT_READ(scene, "a@f/x", "f\n");
	ASSERT_READ(scene, "a@user/x", "user\n");
	ASSERT_READ(scene, "a@/x", "own\n");
	ASSERT_READ(scene, "a@unknown/x", "own\n");
	ASSERT_MISSING(scene, "b@f/x");
	ASSERT_MISSING(scene, "c@e");
	ASSERT_MISSING(scene, "c@");
}

static void test_the_whole_tree_may_be_seen_in_an_environment(void **state) {
	struct scene *scene = *state;
	scene->environment = TEXT("mine");
	scene_load_cards(scene, CARDS);
	ASSERT_READ(scene, "@e/b/x", "e\n");
	ASSERT_READ(scene, "@e/a/x", "user\n");
	ASSERT_READ(scene, "@e/a@f/x", "f\n");
	ASSERT_READ(scene, "@e/a@/x", "own\n");
	ASSERT_MISSING(scene, "@f/b/x");
	ASSERT_READ(scene, "@e/.cardfs/environment", "e\n");
	ASSERT_READ(scene, ".cardfs/environment", "mine\n");
}

static void test_environments_are_those_of_cards_user_and_the_mounts_own(void **state) {
	struct scene *scene = *state;
	scene->environment = TEXT("mine");
	scene_load_cards(scene, "name: a\n---\nname: a@e\n");
	assert_true(scene_has(scene, "@e"));
	assert_true(scene_has(scene, "@user"));
	assert_true(scene_has(scene, "@mine"));
	ASSERT_MISSING(scene, "@f");
	ASSERT_MISSING(scene, "@");
	scene->environment = TEXT("");
	ASSERT_MISSING(scene, "@mine");
	ASSERT_MISSING(scene, "@");
}

static void test_there_is_no_environment_within_an_environment(void **state) {
	struct scene *scene = *state;
	scene_load_cards(scene, CARDS);
	ASSERT_MISSING(scene, "@e/@e");
	ASSERT_MISSING(scene, "@e/@f");
	ASSERT_MISSING(scene, "a/@e");
	ASSERT_MISSING(scene, "@e/@user");
}

static void test_names_of_environments_are_encoded(void **state) {
	struct scene *scene = *state;
	scene_load_cards(scene, "name: a\n---\nname: a@e/f\nx: 1\n---\nname: a@%\nx: 2\n");
	ASSERT_READ(scene, "a@e%2Ff/x", "1\n");
	ASSERT_READ(scene, "@e%2Ff/a/x", "1\n");
	ASSERT_READ(scene, "a@%25/x", "2\n");
	ASSERT_MISSING(scene, "a@%");
	ASSERT_MISSING(scene, "@%");
}

static void test_blanks_around_a_name_ask_for_nothing(void **state) {
	struct scene *scene = *state;
	scene_load_cards(scene, CARDS);
	static const char *const missing[] = {" a", "a ", "a @e", "a@ e", "a@e ", "@ e", " "};
	for (size_t i = 0; i < sizeof(missing) / sizeof(missing[0]); i++) {
		ASSERT_MISSING(scene, missing[i]);
	}
}

static void test_an_asset_is_found_by_the_name_of_its_card(void **state) {
	struct scene *scene = *state;
	scene_load_cards(scene, "name: x/y\nz: 1\n---\nname: x/y@e\nz: 2\n");
	static const char *const requests[] = {"x/y", " x/y @ e ", "x/y@"};
	static const char *const expected[] = {"1\n", "2\n", "1\n"};
	struct view *view = scene_view(scene);
	for (size_t i = 0; i < 3; i++) {
		struct node asset;
		struct node field;
		assert_true(view_walk_request(view, text_of(requests[i]), &asset, &scene->error));
		assert_true(node_walk(&asset, TEXT("z"), &field, &scene->error));
		struct buffer content = {0};
		assert_true(node_read(&field, &content, &scene->error));
		assert_string_equal(content.data, expected[i]);
		buffer_finish(&content);
		node_finish(&field);
		node_finish(&asset);
	}
	struct node missing = {.depth = 1};
	assert_false(view_walk_request(view, TEXT("x%2Fy"), &missing, &scene->error));
	assert_int_equal(scene->error.kind, ERROR_NOT_FOUND);
	assert_null(missing.view);
	assert_null(missing.type);
	view_release(view);
}

int main(void) {
	const struct CMUnitTest tests[] = {
		SCENE_TEST(test_the_root_lists_every_asset_and_the_mount_itself),
		SCENE_TEST(test_names_of_assets_are_encoded),
		SCENE_TEST(test_a_name_of_more_than_255_bytes_is_not_listed),
		SCENE_TEST(test_an_asset_is_seen_in_the_environments_in_force),
		SCENE_TEST(test_an_asset_may_be_asked_for_in_one_environment),
		SCENE_TEST(test_the_whole_tree_may_be_seen_in_an_environment),
		SCENE_TEST(test_environments_are_those_of_cards_user_and_the_mounts_own),
		SCENE_TEST(test_there_is_no_environment_within_an_environment),
		SCENE_TEST(test_names_of_environments_are_encoded),
		SCENE_TEST(test_blanks_around_a_name_ask_for_nothing),
		SCENE_TEST(test_an_asset_is_found_by_the_name_of_its_card),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
