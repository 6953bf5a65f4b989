#include "unit/support/scene.h"

#include "card/locator.h"

static const struct card_field *field_of(const struct card *card, const char *key) {
	const struct card_field *field = card_find(card, text_of(key));
	assert_non_null(field);
	return field;
}

static bool is_link(struct scene *scene, const char *key) {
	const struct card_field *field = field_of(scene_card(scene, "a"), key);
	return locator_is_link(field, field->value);
}

/* Where a field of a leads, as locator_find_path has it. */
static const char *path_of(struct scene *scene, const char *key) {
	const struct card *card = scene_card(scene, "a");
	const struct card_field *field = field_of(card, key);
	struct location location = {0};
	struct error error = {0};
	bool done =
		locator_find_path(card, field, field->value, &scene->settings, &location, &error);
	struct buffer path = {0};
	buffer_append_text(&path, done ? buffer_text(&location.path) : text_of(error.message));
	location_finish(&location);
	return scene_take(scene, &path);
}

static enum location_state state_of(struct scene *scene, const char *key) {
	const struct card *card = scene_card(scene, "a");
	const struct card_field *field = field_of(card, key);
	struct location location = {0};
	assert_true(locator_locate(
		card, field, field->value, &scene->settings, &location, &scene->error));
	enum location_state state = location.state;
	location_finish(&location);
	return state;
}

static void test_a_locator_field_is_a_link_for_every_scheme_that_can_be_placed(void **state) {
	struct scene *scene = *state;
	static const char *const links[] = {"/x", "x/y", "x", "file:///x", "http://h/x",
		"https://h/x", "hg://o/n", "s3://b/k", "''"};
	for (size_t i = 0; i < sizeof(links) / sizeof(links[0]); i++) {
		struct buffer card = {0};
		buffer_append_format(&card, "name: a\ncheckpoint: %s\n", links[i]);
		scene_load_cards(scene, card.data);
		buffer_finish(&card);
		assert_true(is_link(scene, "checkpoint"));
	}
	scene_load_cards(scene, "name: a\ncheckpoint: gs://b/k\n");
	assert_false(is_link(scene, "checkpoint"));
}

static void test_elsewhere_only_what_is_clearly_a_file_is_a_link(void **state) {
	struct scene *scene = *state;
	scene_load_cards(scene, "name: a\npath: /x\nfile: file:///x\nhub: hg://o/n\ns3: s3://b/k\n"
				"web: https://h/x\nrelative: x/y\nword: x\nother: gs://b/k\n"
				"number: 1\nlist: [/x]\n");
	assert_true(is_link(scene, "path"));
	assert_true(is_link(scene, "file"));
	assert_true(is_link(scene, "hub"));
	assert_true(is_link(scene, "s3"));
	assert_false(is_link(scene, "web"));
	assert_false(is_link(scene, "relative"));
	assert_false(is_link(scene, "word"));
	assert_false(is_link(scene, "other"));
	assert_false(is_link(scene, "number"));
	assert_false(is_link(scene, "list"));
}

static void test_what_is_below_a_locator_field_is_elsewhere(void **state) {
	struct scene *scene = *state;
	scene_load_cards(scene, "name: a\ncheckpoint: [x, https://h/x, /x]\n");
	const struct card_field *field = field_of(scene_card(scene, "a"), "checkpoint");
	const struct value *const *items = field->value->sequence.items;
	assert_false(locator_is_link(field, items[0]));
	assert_false(locator_is_link(field, items[1]));
	assert_true(locator_is_link(field, items[2]));
}

static void test_a_sub_path_continues_its_field(void **state) {
	struct scene *scene = *state;
	scene_load_cards(scene, "name: a\ncheckpoint: hg://o/n\ncheckpoint_path: sub/x.pt\n"
				"tokenizer: t\ntokenizer_path: t.model\n"
				"data: d\ndata_path: x\nother: /o\nother_path: x\n");
	assert_string_equal(
		path_of(scene, "checkpoint"), "$/hub/models--o--n/snapshots/main/sub/x.pt");
	assert_string_equal(path_of(scene, "tokenizer"), "$/cards/t/t.model");
	assert_string_equal(path_of(scene, "data"), "$/cards/d");
	assert_string_equal(path_of(scene, "other"), "/o");
	const struct card *card = scene_card(scene, "a");
	assert_ptr_equal(locator_sub_path(card, field_of(card, "checkpoint")),
		field_of(card, "checkpoint_path"));
	assert_null(locator_sub_path(card, field_of(card, "data")));
}

static void test_a_sub_path_that_leads_out_is_an_error(void **state) {
	struct scene *scene = *state;
	scene_load_cards(scene, "name: a\ncheckpoint: x\ncheckpoint_path: y/../../z\n");
	assert_string_equal(path_of(scene, "checkpoint"),
		"the path \"y/../../z\" leads out of what it is to be found in");
}

static void test_a_sub_path_that_is_no_string_is_none(void **state) {
	struct scene *scene = *state;
	scene_load_cards(scene, "name: a\ncheckpoint: x\ncheckpoint_path: [y]\n");
	assert_string_equal(path_of(scene, "checkpoint"), "$/cards/x");
}

static void test_a_sub_path_is_not_for_what_is_below_the_field(void **state) {
	struct scene *scene = *state;
	scene_load_cards(scene, "name: a\ncheckpoint: [/x]\ncheckpoint_path: y\n");
	const struct card *card = scene_card(scene, "a");
	const struct card_field *field = field_of(card, "checkpoint");
	struct location location = {0};
	assert_true(locator_find_path(card, field, field->value->sequence.items[0],
		&scene->settings, &location, &scene->error));
	assert_string_equal(location.path.data, "/x");
	location_finish(&location);
}

static void test_data_is_a_dataset_of_the_hub(void **state) {
	struct scene *scene = *state;
	scene_load_cards(scene, "name: a\ncheckpoint: hg://o/n\ndata: hg://o/n\nother: hg://o/n\n");
	assert_string_equal(path_of(scene, "checkpoint"), "$/hub/models--o--n/snapshots/main");
	assert_string_equal(path_of(scene, "data"), "$/hub/datasets--o--n/snapshots/main");
	assert_string_equal(path_of(scene, "other"), "$/hub/models--o--n/snapshots/main");
}

static void test_locating_says_whether_the_target_is_there(void **state) {
	struct scene *scene = *state;
	scene_write(scene, "cards/x.pt", "");
	scene_load_cards(scene, "name: a\ncheckpoint: x.pt\ndata: y\ntokenizer: https://h/x\n");
	assert_int_equal(state_of(scene, "checkpoint"), LOCATION_LOCAL);
	assert_int_equal(state_of(scene, "data"), LOCATION_MISSING);
	assert_int_equal(state_of(scene, "tokenizer"), LOCATION_REMOTE);
}

int main(void) {
	const struct CMUnitTest tests[] = {
		SCENE_TEST(test_a_locator_field_is_a_link_for_every_scheme_that_can_be_placed),
		SCENE_TEST(test_elsewhere_only_what_is_clearly_a_file_is_a_link),
		SCENE_TEST(test_what_is_below_a_locator_field_is_elsewhere),
		SCENE_TEST(test_a_sub_path_continues_its_field),
		SCENE_TEST(test_a_sub_path_that_leads_out_is_an_error),
		SCENE_TEST(test_a_sub_path_that_is_no_string_is_none),
		SCENE_TEST(test_a_sub_path_is_not_for_what_is_below_the_field),
		SCENE_TEST(test_data_is_a_dataset_of_the_hub),
		SCENE_TEST(test_locating_says_whether_the_target_is_there),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
