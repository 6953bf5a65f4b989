#include "unit/support/tree.h"

#include "view/problems.h"

#define ASSERT_PROBLEMS(scene, expected) assert_string_equal(scene_view_problems(scene), expected)

static void test_good_cards_have_no_problems(void **state) {
	struct scene *scene = *state;
	scene_load_cards(scene,
		"name: a\nbase: b\nb_ref: b\ncheckpoint: hg://o/n\nx: /p\n"
		"---\nname: b\nmodel_arch: x\ncheckpoint: https://h/x\nurl: https://h\n");
	ASSERT_PROBLEMS(scene, "");
}

static void test_broken_cards_and_files_are_problems(void **state) {
	struct scene *scene = *state;
	scene_load_cards(scene, "name: a\nbase: x\n---\ny: 1\n---\nname: c@e\n");
	ASSERT_PROBLEMS(scene,
		"$/cards/cards.yaml:2:7: error: base card \"x\" does not exist (needed by a)\n"
		"$/cards/cards.yaml:4:1: error: this card has no name; add \"name: NAME\"\n"
		"$/cards/cards.yaml:6:7: error: the card \"c@e\" has no card \"c\" to be laid "
		"over; add one, or mend the name");
}

static void test_what_breaks_a_card_is_listed_once(void **state) {
	struct scene *scene = *state;
	scene_load_cards(scene, "name: a\nbase: [x]\n---\nname: b\n---\nname: b\n");
	ASSERT_PROBLEMS(scene,
		"$/cards/cards.yaml:2:7: error: the base of a card is the name of another, but "
		"this is a list; quote it if it is meant as a name\n"
		"$/cards/cards.yaml:6:7: error: the card \"b\" is defined twice, also at "
		"$/cards/cards.yaml:4; rename or remove one of them");
}

static void test_problems_are_those_of_the_views_environment(void **state) {
	struct scene *scene = *state;
	scene_load_cards(scene, "name: a\n---\nname: a@e\nbase: x\n");
	ASSERT_PROBLEMS(scene, "");
	scene->environment = TEXT("e");
	ASSERT_PROBLEMS(scene,
		"$/cards/cards.yaml:4:7: error: base card \"x\" does not exist (needed by a)");
}

static void test_a_relation_that_names_no_card_is_a_warning(void **state) {
	struct scene *scene = *state;
	scene_load_cards(scene, "name: a\nx_ref: y\nz: [{w_ref: v@e}]\nn_ref:\n");
	ASSERT_PROBLEMS(scene,
		"$/cards/cards.yaml:2:8: warning: x_ref of a names \"y\", but there is no such "
		"card\n"
		"$/cards/cards.yaml:3:13: warning: w_ref of a names \"v@e\", but there is no such "
		"card");
}

static void test_a_gated_asset_is_a_note(void **state) {
	struct scene *scene = *state;
	scene_load_cards(scene,
		"name: a\ncheckpoint: https://h/x;gated=true\n"
		"---\nname: b\ncheckpoint: https://h/x;gated=true\nurl: https://ask\n"
		"---\nname: c\nmodel_arch: x\nurl: https://ask\n"
		"---\nname: d\nurl: https://paper\n");
	ASSERT_PROBLEMS(scene,
		"$/cards/cards.yaml:2:13: note: a is gated: ask for access at https://h/x\n"
		"$/cards/cards.yaml:5:13: note: b is gated: ask for access at https://ask\n"
		"$/cards/cards.yaml:10:6: note: c is gated: ask for access at https://ask");
}

static void test_a_locator_that_leads_out_is_an_error(void **state) {
	struct scene *scene = *state;
	scene_load_cards(scene, "name: a\ncheckpoint: x\ncheckpoint_path: ../y\n");
	ASSERT_PROBLEMS(scene,
		"$/cards/cards.yaml:2:13: error: the path \"../y\" leads out of what it is to be "
		"found in");
}

static void test_a_decoded_locator_is_a_note(void **state) {
	struct scene *scene = *state;
	scene_load_cards(scene, "name: a\ncheckpoint: file:///x%20y\ndata: file:///x\n");
	ASSERT_PROBLEMS(scene,
		"$/cards/cards.yaml:2:13: note: the locator \"file:///x%20y\" is percent-decoded "
		"here; fairseq2 up to 0.9 does not, and opens another file");
}

static void test_a_relative_locator_of_another_directory_is_a_warning(void **state) {
	struct scene *scene = *state;
	scene_write_cards(scene, "sub/b.yaml", "name: b\ncheckpoint: x\ndata: /y\n");
	scene_write_cards(scene, "same.yaml", "name: c\ntokenizer: x\nbase: b\n");
	scene_load_cards(scene, "name: a\nbase: c\n");
	ASSERT_PROBLEMS(scene,
		"$/cards/sub/b.yaml:2:13: warning: the relative checkpoint comes from a card in "
		"$/cards/sub, but is taken from $/cards, the directory of a, as fairseq2 does; "
		"write an absolute path\n"
		"$/cards/sub/b.yaml:2:13: warning: the relative checkpoint comes from a card in "
		"$/cards/sub, but is taken from $/cards, the directory of c, as fairseq2 does; "
		"write an absolute path");
}

static void test_a_name_that_is_too_long_is_a_warning(void **state) {
	struct scene *scene = *state;
	struct buffer cards = {0};
	buffer_append_format(
		&cards, "name: a%0255d\n---\nname: b\nk%0255d: 1\nx: {y%0255d: 1}\n", 0, 0, 0);
	scene_load_cards(scene, cards.data);
	buffer_finish(&cards);
	const char *problem = "warning: a key of b has no entry in the mount: its file name would "
			      "be longer than 255 bytes, or is that of another key";
	struct buffer expected = {0};
	buffer_append_format(&expected,
		"$/cards/cards.yaml:1: warning: this card has no directory in the mount: its name "
		"is longer than 255 bytes\n$/cards/cards.yaml:4:1: %s\n$/cards/cards.yaml:5:5: %s",
		problem, problem);
	ASSERT_PROBLEMS(scene, expected.data);
	buffer_finish(&expected);
}

static void test_a_name_that_is_taken_is_a_warning_in_its_own_file(void **state) {
	struct scene *scene = *state;
	scene_write_cards(scene, "b.yaml", "name: b\n1: x\ny: !!pairs [z: 1, z: 2]\n");
	scene_load_cards(scene, "name: a\nbase: b\n'1': y\n");
	const char *problem = "has no entry in the mount: its file name would be longer than 255 "
			      "bytes, or is that of another key";
	struct buffer expected = {0};
	buffer_append_format(&expected,
		"$/cards/b.yaml:2:1: warning: a key of a %s\n"
		"$/cards/b.yaml:3:19: warning: a key of a %s\n"
		"$/cards/b.yaml:3:19: warning: a key of b %s",
		problem, problem, problem);
	ASSERT_PROBLEMS(scene, expected.data);
	buffer_finish(&expected);
}

static void test_what_cannot_be_composed_is_a_problem(void **state) {
	struct scene *scene = *state;
	scene_load_cards(scene, "name: a\nmodel_config: {_set_: 1}\n");
	ASSERT_PROBLEMS(scene,
		"$/cards/cards.yaml:2:23: error: model_config of a cannot be merged into a "
		"configuration: _set_ must be a mapping, but is an integer");
}

/* Ten levels of ten aliases each: nobody could look at every place. */
static void test_a_problem_below_aliases_is_found_once(void **state) {
	struct scene *scene = *state;
	scene->options.limits.expanded_size = SIZE_MAX;
	struct buffer cards = {0};
	buffer_append_string(&cards, "name: a\nx0: &x0 {y_ref: z}\n");
	for (int i = 1; i <= 10; i++) {
		buffer_append_format(&cards, "x%d: &x%d [", i, i);
		for (int j = 0; j < 10; j++) {
			buffer_append_format(&cards, "*x%d, ", i - 1);
		}
		buffer_append_string(&cards, "]\n");
	}
	scene_load_cards(scene, cards.data);
	buffer_finish(&cards);
	struct view *view = scene_view(scene);
	struct problem_list problems = {0};
	assert_true(problems_of_card(view, scene_card(scene, "a"), &problems, &scene->error));
	assert_int_equal(problems.count, 1);
	problem_list_finish(&problems);
	view_release(view);
}

static void test_problems_of_many_keys_are_found_in_time(void **state) {
	struct scene *scene = *state;
	enum { COUNT = 100000 };
	struct buffer cards = {0};
	buffer_append_string(&cards, "name: a\n");
	for (int i = 0; i < COUNT; i++) {
		buffer_append_format(&cards, "%d: 1\n'%d': 1\n", i, i);
	}
	scene_load_cards(scene, cards.data);
	buffer_finish(&cards);
	struct view *view = scene_view(scene);
	struct problem_list problems = {0};
	assert_true(problems_of_view(view, &problems, &scene->error));
	assert_int_equal(problems.count, PROBLEMS_OF_A_FILE + 1);
	assert_int_equal(problems.items[PROBLEMS_OF_A_FILE].line, 2 * PROBLEMS_OF_A_FILE + 2);
	problem_list_finish(&problems);
	view_release(view);
}

int main(void) {
	const struct CMUnitTest tests[] = {
		SCENE_TEST(test_good_cards_have_no_problems),
		SCENE_TEST(test_broken_cards_and_files_are_problems),
		SCENE_TEST(test_what_breaks_a_card_is_listed_once),
		SCENE_TEST(test_problems_are_those_of_the_views_environment),
		SCENE_TEST(test_a_relation_that_names_no_card_is_a_warning),
		SCENE_TEST(test_a_gated_asset_is_a_note),
		SCENE_TEST(test_a_locator_that_leads_out_is_an_error),
		SCENE_TEST(test_a_decoded_locator_is_a_note),
		SCENE_TEST(test_a_relative_locator_of_another_directory_is_a_warning),
		SCENE_TEST(test_a_name_that_is_too_long_is_a_warning),
		SCENE_TEST(test_a_name_that_is_taken_is_a_warning_in_its_own_file),
		SCENE_TEST(test_what_cannot_be_composed_is_a_problem),
		SCENE_TEST(test_a_problem_below_aliases_is_found_once),
		SCENE_TEST(test_problems_of_many_keys_are_found_in_time),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
