#include "unit/support/scene.h"

#include "card/override.h"

/* An override in a file with that text, of what "NAME@ENV" asks for. */
static struct override open_override(struct scene *scene, const char *request, const char *text) {
	struct card_name name = card_name_of_request(text_of(request));
	struct override override = {
		.catalog = scene->catalog,
		.card = scene_card(scene, request),
		.name = name.name,
		.environment = name.environment,
	};
	buffer_append_string(&override.text, text);
	return override;
}

static const struct value *read_value(struct scene *scene, const char *yaml) {
	struct yaml_slice slice = {.length = strlen(yaml), .line = 1};
	const struct value *value;
	assert_int_equal(
		yaml_read(&scene->arena, text_of(yaml), &slice, &yaml_default_limits, &value, NULL),
		YAML_READ_VALUE);
	return value;
}

static void set(
	struct scene *scene, struct override *override, const char *field, const char *value) {
	struct error error = {0};
	if (!override_set(override, text_of(field), read_value(scene, value), &error)) {
		fail_msg("%s", error.message);
	}
}

static void unset(struct override *override, const char *field) {
	struct error error = {0};
	if (!override_unset(override, text_of(field), &error)) {
		fail_msg("%s", error.message);
	}
}

static void assert_text(struct override *override, const char *expected) {
	buffer_append_byte(&override->text, '\0');
	assert_false(override->text.failed);
	assert_string_equal(override->text.data, expected);
	override_finish(override);
}

static void check_set(struct scene *scene, const char *request, const char *text, const char *field,
	const char *value, const char *expected) {
	struct override override = open_override(scene, request, text);
	set(scene, &override, field, value);
	assert_text(&override, expected);
}

static void check_unset(struct scene *scene, const char *request, const char *text,
	const char *field, const char *expected) {
	struct override override = open_override(scene, request, text);
	unset(&override, field);
	assert_text(&override, expected);
}

static void check_refuses(struct scene *scene, const char *request, const char *text,
	const char *field, const char *value, enum error_kind kind, const char *message) {
	struct override override = open_override(scene, request, text);
	struct error error = {0};
	bool done = value == NULL ? override_unset(&override, text_of(field), &error)
				  : override_set(&override, text_of(field),
					    read_value(scene, value), &error);
	assert_false(done);
	assert_string_equal(error.message, message);
	assert_int_equal(error.kind, kind);
	override_finish(&override);
}

static void test_document_is_made_in_an_empty_file(void **state) {
	struct scene *scene = *state;
	scene_load_cards(scene, "name: a\n");
	check_set(scene, "a@user", "", "x", "1", "name: a@user\nx: 1\n");
}

static void test_document_is_added_behind_others(void **state) {
	struct scene *scene = *state;
	scene_load_cards(scene, "name: a\n");
	check_set(scene, "a@e", "name: b@e", "x", "1", "name: b@e\n---\nname: a@e\nx: 1\n");
	check_set(scene, "a@e", "name: b@e\n...\n", "x", "1", "name: b@e\n...\nname: a@e\nx: 1\n");
	check_set(scene, "a@e", "# mine\n", "x", "1", "# mine\nname: a@e\nx: 1\n");
}

static void test_document_that_stands_there_is_edited_among_others(void **state) {
	struct scene *scene = *state;
	scene_load_cards(scene, "name: a\n");
	check_set(scene, "a@e",
		"# first\nname: b@e\nx: 0\n---\nname: a @ e # mine\nx: 0\n---\nname: a@f\nx: 0\n",
		"x", "1",
		"# first\nname: b@e\nx: 0\n---\nname: a @ e # mine\nx: 1\n---\nname: a@f\nx: 0\n");
}

static void test_several_fields_are_set_one_after_another(void **state) {
	struct scene *scene = *state;
	scene_load_cards(scene, "name: a\n");
	struct override override = open_override(scene, "a@user", "");
	set(scene, &override, "model_config.x", "1");
	set(scene, &override, "model_config.y", "2");
	set(scene, &override, "model_config.x", "3");
	assert_text(&override, "name: a@user\nmodel_config:\n  x: 3\n  \"y\": 2\n");
}

static void test_name_cannot_be_set(void **state) {
	struct scene *scene = *state;
	scene_load_cards(scene, "name: a\n");
	check_refuses(scene, "a@user", "", "name", "b", ERROR_USAGE,
		"the name of a card cannot be changed; it says which card this is");
	check_refuses(scene, "a@user", "", "x..y", "b", ERROR_USAGE,
		"\"x..y\" is no field: a part of its name is empty");
	check_refuses(scene, "a@user", "", "x.", "b", ERROR_USAGE,
		"\"x.\" is no field: a part of its name is empty");
}

static void test_asset_own_card_is_edited_but_not_made(void **state) {
	struct scene *scene = *state;
	scene_load_cards(scene, "name: a\nx: 0\n");
	check_set(scene, "a@", "name: a\nx: 0\n", "x", "1", "name: a\nx: 1\n");
	check_refuses(scene, "a@", "", "x", "1", ERROR_NOT_FOUND,
		"the card \"a\" itself is not in this store; leave the \"@\" out to override it");
}

static void test_mapping_that_would_be_hidden_is_taken_over(void **state) {
	struct scene *scene = *state;
	scene_load_cards(scene, "name: a\nbase: b\nown: {x: 1, k: {z: 2}}\n"
				"---\nname: b\nlang: {en: 1, de: 2}\n");
	check_set(scene, "a@user", "", "own.k.z", "3",
		"name: a@user\nown:\n  x: 1\n  k:\n    z: 3\n");
	check_set(scene, "a@user", "", "lang.de", "3", "name: a@user\nlang:\n  en: 1\n  de: 3\n");
	check_set(scene, "a@", "name: a\nbase: b\n", "lang.de", "3",
		"name: a\nbase: b\nlang:\n  en: 1\n  de: 3\n");
}

static void test_configuration_of_a_base_is_not_taken_over(void **state) {
	struct scene *scene = *state;
	scene_load_cards(scene, "name: a\nbase: b\n---\nname: b\nmodel_config: {x: 1, k: 2}\n");
	check_set(scene, "a@user", "", "model_config.x", "3",
		"name: a@user\nmodel_config:\n  x: 3\n");
}

static void test_configuration_of_the_own_card_is_taken_over(void **state) {
	struct scene *scene = *state;
	scene_load_cards(scene, "name: a\nmodel_config: {x: 1, k: 2}\n");
	check_set(scene, "a@user", "", "model_config.x", "3",
		"name: a@user\nmodel_config:\n  x: 3\n  k: 2\n");
}

static void test_fields_of_what_is_no_mapping_are_refused(void **state) {
	struct scene *scene = *state;
	scene_load_cards(scene, "name: a\nx: text\nk: {z: [1]}\n");
	check_refuses(scene, "a@user", "", "x.y", "1", ERROR_INVALID,
		"\"x\" is a string, which has no fields");
	check_refuses(scene, "a@user", "", "k.z.0", "1", ERROR_INVALID,
		"\"z\" is a list, which has no fields");
}

static void test_keys_with_dots_and_numbers_are_found_where_the_asset_has_them(void **state) {
	struct scene *scene = *state;
	scene_load_cards(scene, "name: a\nk: {a.b: {c: 1}, a: {b: 2}, 7: {x: 1}, '8': 1}\n");
	struct override override = open_override(scene, "a@user", "");
	set(scene, &override, "k.a.b.c", "2");
	set(scene, &override, "k.7.x", "2");
	set(scene, &override, "k.8", "2");
	set(scene, &override, "k.9", "2");
	assert_text(&override,
		"name: a@user\nk:\n  a.b:\n    c: 2\n  a:\n    b: 2\n  7:\n    x: 2\n"
		"  \"8\": 2\n  9: 2\n");
}

static void test_unset_shows_what_is_below_again(void **state) {
	struct scene *scene = *state;
	scene_write_cards(scene, "user.yaml", "name: a@user\nlang: {en: 5, de: 6}\nx: 1\n");
	scene_load_cards(scene, "name: a\nlang: {en: 1, de: 2}\n");
	const char *text = "name: a@user\nlang: {en: 5, de: 6}\nx: 1\n";
	check_unset(scene, "a@user", text, "x", "name: a@user\nlang: {en: 5, de: 6}\n");
	check_unset(scene, "a@user", text, "lang", "name: a@user\nx: 1\n");
	check_unset(scene, "a@user", text, "lang.en", "name: a@user\nlang: {en: 1, de: 6}\nx: 1\n");
	struct override override = open_override(scene, "a@user", text);
	unset(&override, "lang.en");
	unset(&override, "lang.de");
	assert_text(&override, "name: a@user\nx: 1\n");
}

static void test_what_the_document_does_not_set_cannot_be_unset(void **state) {
	struct scene *scene = *state;
	scene_load_cards(scene, "name: a\nx: 1\nk: {z: 1}\n");
	check_refuses(
		scene, "a@user", "", "x", NULL, ERROR_NOT_FOUND, "\"a@user\" does not set \"x\"");
	check_refuses(scene, "a@user", "name: a@user\nk: {u: 1}\n", "k.z", NULL, ERROR_NOT_FOUND,
		"\"a@user\" does not set \"k.z\"");
}

static void check_settles(struct scene *scene, const char *request, const char *text,
	const char *expected, bool expected_empty) {
	struct override override = open_override(scene, request, text);
	bool is_empty;
	assert_true(override_settle(&override, &is_empty, NULL));
	assert_int_equal(is_empty, expected_empty);
	assert_text(&override, expected);
}

static void test_card_that_has_only_its_name_left_goes(void **state) {
	struct scene *scene = *state;
	scene_load_cards(scene, "name: a\n");
	check_settles(scene, "a@user", "name: a@user\n", "", true);
	check_settles(scene, "a@user", "---\nname: a@user\n...\n", "...\n", true);
	check_settles(scene, "a@user", "# mine\nname: a@user\n", "# mine\n", false);
	check_settles(
		scene, "a@user", "name: b@user\n---\nname: a@user\n", "name: b@user\n", false);
	check_settles(
		scene, "a@user", "name: a@user\n---\nname: b@user\n", "---\nname: b@user\n", false);
	check_settles(scene, "a@user", "name: a@user\nx: 1\n", "name: a@user\nx: 1\n", false);
	check_settles(scene, "a@", "name: a\n", "name: a\n", false);
}

static void test_nothing_is_added_to_a_file_that_cannot_be_read(void **state) {
	struct scene *scene = *state;
	struct error error = {0};
	scene_load_cards(scene, "name: a\n");
	struct override override = open_override(scene, "a@user", "name: b\n---\nx: [\n");
	assert_false(override_set(&override, TEXT("x"), read_value(scene, "1"), &error));
	assert_int_equal(error.kind, ERROR_INVALID);
	assert_true(error.line >= 3);
	override_finish(&override);
}

int main(void) {
	const struct CMUnitTest tests[] = {
		SCENE_TEST(test_document_is_made_in_an_empty_file),
		SCENE_TEST(test_document_is_added_behind_others),
		SCENE_TEST(test_document_that_stands_there_is_edited_among_others),
		SCENE_TEST(test_several_fields_are_set_one_after_another),
		SCENE_TEST(test_name_cannot_be_set),
		SCENE_TEST(test_asset_own_card_is_edited_but_not_made),
		SCENE_TEST(test_mapping_that_would_be_hidden_is_taken_over),
		SCENE_TEST(test_configuration_of_a_base_is_not_taken_over),
		SCENE_TEST(test_configuration_of_the_own_card_is_taken_over),
		SCENE_TEST(test_fields_of_what_is_no_mapping_are_refused),
		SCENE_TEST(test_keys_with_dots_and_numbers_are_found_where_the_asset_has_them),
		SCENE_TEST(test_unset_shows_what_is_below_again),
		SCENE_TEST(test_what_the_document_does_not_set_cannot_be_unset),
		SCENE_TEST(test_card_that_has_only_its_name_left_goes),
		SCENE_TEST(test_nothing_is_added_to_a_file_that_cannot_be_read),
	};
	return cmocka_run_group_tests_name("override", tests, NULL, NULL);
}
