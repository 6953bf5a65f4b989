#include "opening.h"

#include <errno.h>
#include <math.h>

/* One card, whose stores are closed already. */
static struct cardfs_card *open_card(struct scene *scene, const char *text) {
	struct cardfs_stores *stores = open_cards(scene, text);
	struct cardfs_error *error = NULL;
	struct cardfs_card *card = cardfs_resolve(stores, "a", &error);
	assert_string_equal(cardfs_error_message(error), "");
	cardfs_close(stores);
	return card;
}

static const struct cardfs_value *field(const struct cardfs_card *card, const char *name) {
	return cardfs_value_find(cardfs_card_value(card), name);
}

static void assert_resolves(struct cardfs_stores *stores, const char *request, const char *json) {
	struct cardfs_card *card = cardfs_resolve(stores, request, NULL);
	assert_non_null(card);
	size_t length;
	char *text = cardfs_card_json(card, &length, NULL);
	assert_string_equal(text, json);
	assert_int_equal(length, strlen(json));
	cardfs_text_free(text);
	cardfs_card_free(card);
}

static void test_a_request_names_an_environment(void **state) {
	struct scene *scene = *state;
	struct cardfs_stores *stores = open_cards(scene, "name: a\nx: 1\n---\nname: a@lab\nx: 2\n");
	assert_resolves(stores, "a", "{\n  \"name\": \"a\",\n  \"x\": 1\n}\n");
	assert_resolves(stores, "a@lab", "{\n  \"name\": \"a\",\n  \"x\": 2\n}\n");
	assert_resolves(stores, "a@", "{\n  \"name\": \"a\",\n  \"x\": 1\n}\n");
	cardfs_close(stores);
}

static void test_a_missing_card_fails_with_the_nearest_names(void **state) {
	struct scene *scene = *state;
	struct cardfs_stores *stores = open_cards(scene, "name: llama\n");
	struct cardfs_error *error = NULL;
	assert_null(cardfs_resolve(stores, "lama", &error));
	assert_int_equal(cardfs_error_number(error), ENOENT);
	assert_fails(
		error, CARDFS_ERROR_NOT_FOUND, "there is no asset \"lama\"; did you mean llama?");
	assert_null(cardfs_resolve(stores, "lama", NULL));
	cardfs_close(stores);
}

static void test_a_broken_card_fails_with_what_is_wrong(void **state) {
	struct scene *scene = *state;
	struct cardfs_stores *stores = open_cards(scene, "name: a\nbase: gone\n");
	struct cardfs_error *error = NULL;
	assert_null(cardfs_resolve(stores, "a", &error));
	assert_int_equal(cardfs_error_kind(error), CARDFS_ERROR_BROKEN);
	assert_non_null(strstr(cardfs_error_message(error), "cards.yaml:2: "));
	assert_null(strchr(cardfs_error_message(error), '\n'));
	cardfs_error_free(error);
	cardfs_close(stores);
}

static void test_a_card_tells_its_name_kind_and_text(void **state) {
	struct scene *scene = *state;
	struct cardfs_card *card = open_card(scene, "name: a\ndataset_family: x\n");
	size_t length;
	assert_string_equal(cardfs_card_name(card, &length), "a");
	assert_int_equal(length, 1);
	assert_string_equal(cardfs_card_kind(card), "dataset");
	char *yaml = cardfs_card_yaml(card, &length, NULL);
	assert_non_null(strstr(yaml, "\nname: a\ndataset_family: x\n"));
	assert_int_equal(length, strlen(yaml));
	cardfs_text_free(yaml);
	cardfs_card_free(card);
}

static void assert_text(const struct cardfs_card *card, const char *name,
	enum cardfs_value_type type, struct text expected) {
	size_t length;
	const struct cardfs_value *value = field(card, name);
	const char *text = cardfs_value_text(value, &length);
	assert_int_equal(cardfs_value_type(value), type);
	assert_int_equal(length, expected.length);
	assert_memory_equal(text, expected.data, expected.length);
	assert_int_equal(text[length], '\0');
	assert_ptr_equal(cardfs_value_text(value, NULL), text);
	assert_int_equal(cardfs_value_count(value), 0);
	assert_null(cardfs_value_item(value, 0));
	assert_null(cardfs_value_key(value, 0));
	assert_null(cardfs_value_find(value, "x"));
}

static void test_scalars_tell_their_text_with_a_nul_behind(void **state) {
	struct scene *scene = *state;
	struct cardfs_card *card = open_card(scene,
		"name: a\ns: \"x\\0y\"\ne: ''\nn: ~\nm:\nb: True\ni: +1_000\nh: -0x1F\n"
		"f: 1e-5\nd: 2001-12-14\nt: 2001-12-14 21:59:43.10 -5\nbin: !!binary aGkA\n"
		"l: |\n  two\n  lines\n");
	assert_text(card, "s", CARDFS_STRING, TEXT("x\0y"));
	assert_text(card, "e", CARDFS_STRING, TEXT(""));
	assert_text(card, "n", CARDFS_NULL, TEXT("~"));
	assert_text(card, "m", CARDFS_NULL, TEXT(""));
	assert_text(card, "b", CARDFS_BOOLEAN, TEXT("True"));
	assert_text(card, "i", CARDFS_INTEGER, TEXT("1000"));
	assert_text(card, "h", CARDFS_INTEGER, TEXT("-31"));
	assert_text(card, "f", CARDFS_FLOAT, TEXT("1e-5"));
	assert_text(card, "d", CARDFS_DATE, TEXT("2001-12-14"));
	assert_text(card, "t", CARDFS_DATETIME, TEXT("2001-12-14T21:59:43.100000-05:00"));
	assert_text(card, "bin", CARDFS_BINARY, TEXT("hi\0"));
	assert_text(card, "l", CARDFS_STRING, TEXT("two\nlines\n"));
	cardfs_card_free(card);
}

static void test_numbers_and_truths_are_told(void **state) {
	struct scene *scene = *state;
	struct cardfs_card *card =
		open_card(scene, "name: a\nyes: true\nno: false\ni: -9223372036854775808\n"
				 "big: 9223372036854775808\nf: .5\nnan: .nan\nx: text\n");
	int64_t integer = 7;
	assert_true(cardfs_value_boolean(field(card, "yes")));
	assert_false(cardfs_value_boolean(field(card, "no")));
	assert_false(cardfs_value_boolean(field(card, "x")));
	assert_false(cardfs_value_integer(field(card, "big"), &integer));
	assert_false(cardfs_value_integer(field(card, "f"), &integer));
	assert_int_equal(integer, 7);
	assert_true(cardfs_value_integer(field(card, "i"), &integer));
	assert_true(integer == INT64_MIN);
	assert_true(cardfs_value_number(field(card, "f")) == 0.5);
	assert_true(cardfs_value_number(field(card, "big")) == 9223372036854775808.0);
	assert_true(isnan(cardfs_value_number(field(card, "nan"))));
	assert_true(isnan(cardfs_value_number(field(card, "x"))));
	cardfs_card_free(card);
}

static void test_collections_are_walked(void **state) {
	struct scene *scene = *state;
	struct cardfs_card *card = open_card(scene,
		"name: a\nlist: [1, two]\nmap: {x: 1, 2: y}\nset: !!set {p, q}\n"
		"ordered: !!omap [x: 1]\npairs: !!pairs [x: 1, x: 2]\nempty: []\n");
	const struct cardfs_value *list = field(card, "list");
	assert_int_equal(cardfs_value_type(list), CARDFS_SEQUENCE);
	assert_int_equal(cardfs_value_count(list), 2);
	assert_string_equal(cardfs_value_text(cardfs_value_item(list, 1), NULL), "two");
	assert_null(cardfs_value_item(list, 2));
	assert_null(cardfs_value_key(list, 0));
	assert_null(cardfs_value_find(list, "x"));
	size_t length = 7;
	assert_null(cardfs_value_text(list, &length));
	assert_int_equal(length, 0);
	const struct cardfs_value *map = field(card, "map");
	assert_int_equal(cardfs_value_type(map), CARDFS_MAPPING);
	assert_int_equal(cardfs_value_type(cardfs_value_key(map, 1)), CARDFS_INTEGER);
	assert_string_equal(cardfs_value_text(cardfs_value_item(map, 1), NULL), "y");
	assert_string_equal(cardfs_value_text(cardfs_value_find(map, "x"), NULL), "1");
	assert_null(cardfs_value_find(map, "2"));
	assert_null(cardfs_value_key(map, 2));
	const struct cardfs_value *set = field(card, "set");
	assert_int_equal(cardfs_value_type(set), CARDFS_SET);
	assert_string_equal(cardfs_value_text(cardfs_value_key(set, 1), NULL), "q");
	assert_int_equal(cardfs_value_type(cardfs_value_item(set, 1)), CARDFS_NULL);
	assert_int_equal(cardfs_value_type(field(card, "ordered")), CARDFS_ORDERED_MAP);
	const struct cardfs_value *pairs = field(card, "pairs");
	assert_int_equal(cardfs_value_type(pairs), CARDFS_PAIRS);
	assert_string_equal(cardfs_value_text(cardfs_value_item(pairs, 1), NULL), "2");
	assert_int_equal(cardfs_value_count(field(card, "empty")), 0);
	cardfs_card_free(card);
}

static void assert_leads(const struct cardfs_card *card, const char *name, const char *path,
	const char *uri, enum cardfs_location_state expected) {
	struct cardfs_error *error = NULL;
	struct cardfs_location *location = cardfs_locate(card, name, &error);
	assert_string_equal(cardfs_error_message(error), "");
	assert_string_equal(cardfs_location_path(location), path);
	assert_string_equal(cardfs_location_uri(location), uri);
	assert_int_equal(cardfs_location_state(location), expected);
	cardfs_location_free(location);
}

static void test_locators_lead_to_paths(void **state) {
	struct scene *scene = *state;
	scene_write(scene, "cards/model.pt", "");
	struct cardfs_card *card = open_card(scene,
		"name: a\ncheckpoint: model.pt\ntokenizer: /nonexistent/t.model\n"
		"data: s3://bucket/x\ntokenizer_ref: b\n---\nname: b\ntokenizer: /nonexistent/b\n");
	assert_leads(card, "checkpoint", scene_path(scene, "cards/model.pt"), "", CARDFS_LOCAL);
	assert_leads(card, "tokenizer", "/nonexistent/t.model", "", CARDFS_MISSING);
	assert_leads(card, "data", "s3://bucket/x", "s3://bucket/x", CARDFS_REMOTE);
	cardfs_card_free(card);
}

static void test_gated_locators_say_so(void **state) {
	struct scene *scene = *state;
	struct cardfs_card *card =
		open_card(scene, "name: a\ncheckpoint: http://x.org/m.pt;gated=true\n");
	struct cardfs_location *location = cardfs_locate(card, "checkpoint", NULL);
	assert_int_equal(cardfs_location_state(location), CARDFS_GATED);
	cardfs_location_free(location);
	cardfs_card_free(card);
}

static void test_a_tokenizer_is_found_through_references(void **state) {
	struct scene *scene = *state;
	struct cardfs_card *card =
		open_card(scene, "name: a\ntokenizer_ref: b\n---\nname: b\ntokenizer_ref: c\n---\n"
				 "name: c\ntokenizer: /nonexistent/c\n");
	assert_leads(card, "tokenizer", "/nonexistent/c", "", CARDFS_MISSING);
	cardfs_card_free(card);
}

static void test_what_is_no_locator_fails(void **state) {
	struct scene *scene = *state;
	struct cardfs_card *card =
		open_card(scene, "name: a\nx: 1\nbase: b\ny_ref: b\n---\nname: b\n");
	struct cardfs_error *error = NULL;
	assert_null(cardfs_locate(card, "checkpoint", &error));
	assert_fails(error, CARDFS_ERROR_NOT_FOUND, "checkpoint of a is not set");
	assert_null(cardfs_locate(card, "x", &error));
	assert_fails(error, CARDFS_ERROR_NOT_FOUND, "x of a is no locator");
	assert_null(cardfs_locate(card, "y_ref", &error));
	assert_fails(error, CARDFS_ERROR_NOT_FOUND, "b is no path");
	cardfs_card_free(card);
}

int main(void) {
	const struct CMUnitTest tests[] = {
		SCENE_TEST(test_a_request_names_an_environment),
		SCENE_TEST(test_a_missing_card_fails_with_the_nearest_names),
		SCENE_TEST(test_a_broken_card_fails_with_what_is_wrong),
		SCENE_TEST(test_a_card_tells_its_name_kind_and_text),
		SCENE_TEST(test_scalars_tell_their_text_with_a_nul_behind),
		SCENE_TEST(test_numbers_and_truths_are_told),
		SCENE_TEST(test_collections_are_walked),
		SCENE_TEST(test_locators_lead_to_paths),
		SCENE_TEST(test_gated_locators_say_so),
		SCENE_TEST(test_a_tokenizer_is_found_through_references),
		SCENE_TEST(test_what_is_no_locator_fails),
	};
	return cmocka_run_group_tests_name("library/cards", tests, NULL, NULL);
}
