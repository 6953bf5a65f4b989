#include "unit/support/scene.h"

#include "yaml/read.h"

#include <pthread.h>

static const char *render(struct scene *scene, const char *request, enum card_rendering rendering) {
	struct buffer content = {0};
	assert_true(card_render(scene_card(scene, request), rendering, &content, &scene->error));
	return scene_take(scene, &content);
}

static void test_a_new_card_is_empty(void **state) {
	(void)state;
	struct card *card = card_create(TEXT("a"));
	assert_non_null(card);
	assert_true(text_equal(card->name, TEXT("a")));
	assert_false(card->is_broken);
	assert_null(card_find(card, TEXT("x")));
	assert_ptr_equal(card_acquire(card), card);
	card_release(card);
	card_release(card);
	card_release(NULL);
}

static void test_yaml_names_its_documents_nearest_first(void **state) {
	struct scene *scene = *state;
	scene_write_cards(scene, "base.yaml", "\nname: b\nx: 1\n");
	scene_load_cards(scene, "name: a\nbase: b\nz: [1]\n---\nname: a@e\nz: {}\n");
	assert_string_equal(render(scene, "a@e", CARD_YAML),
		"# Merged by cardfs from, nearest first:\n"
		"#   $/cards/cards.yaml:5: a@e\n"
		"#   $/cards/cards.yaml:1: a\n"
		"#   $/cards/base.yaml:2: b\n"
		"name: a\nz: {}\nx: 1\n");
}

static void test_names_in_the_comment_stay_on_their_line(void **state) {
	struct scene *scene = *state;
	scene_load_cards(scene, "name: \"a\\nb: 1\"\n---\nname: \"a\\nb: 1@\\e\"\n");
	const char *yaml = render(scene, "a\nb: 1@\033", CARD_YAML);
	assert_non_null(strstr(yaml, "#   $/cards/cards.yaml:3: a\\nb: 1@\\x1B\n"));
	assert_null(strstr(yaml, "\nb: 1"));
}

static void test_json_is_the_same_value(void **state) {
	struct scene *scene = *state;
	scene_load_cards(scene, "name: a\nx: [1, null]\ny: 2001-12-14\n1: z\n");
	assert_string_equal(render(scene, "a", CARD_JSON),
		"{\n  \"name\": \"a\",\n  \"x\": [\n    1,\n    null\n  ],\n"
		"  \"y\": \"2001-12-14\",\n  \"1\": \"z\"\n}\n");
}

static void test_an_error_is_a_line_for_each_reason(void **state) {
	struct scene *scene = *state;
	scene_load_cards(scene, "name: a\nbase: b\n");
	assert_string_equal(render(scene, "a", CARD_ERROR),
		"$/cards/cards.yaml:2: base card \"b\" does not exist (needed by a)\n");
}

static void test_rendering_appends(void **state) {
	struct scene *scene = *state;
	scene_load_cards(scene, "name: a\n");
	struct buffer content = {0};
	buffer_append_string(&content, "---\n");
	assert_true(card_render(scene_card(scene, "a"), CARD_JSON, &content, &scene->error));
	assert_string_equal(content.data, "---\n{\n  \"name\": \"a\"\n}\n");
	buffer_finish(&content);
}

static void test_a_rendering_is_kept(void **state) {
	struct scene *scene = *state;
	scene_load_cards(scene, "name: a\n");
	const char *first = render(scene, "a", CARD_YAML);
	const struct buffer *kept = &scene_card(scene, "a")->renderings[CARD_YAML];
	const char *data = kept->data;
	assert_string_equal(render(scene, "a", CARD_YAML), first);
	assert_int_equal(kept->length, strlen(scene->root) - 1 + strlen(first));
	assert_ptr_equal(kept->data, data);
}

/* A thousand places of a thousand bytes in a card of a few. */
static void test_a_rendering_that_aliases_make_large_is_not_kept(void **state) {
	struct scene *scene = *state;
	struct buffer cards = {0};
	buffer_append_format(&cards, "name: a\nx: &x s%0999d\nk: [*x", 1);
	for (int i = 1; i < 1000; i++) {
		buffer_append_string(&cards, ", *x");
	}
	buffer_append_string(&cards, "]\n");
	scene_load_cards(scene, cards.data);
	buffer_finish(&cards);
	struct card *card = scene_card(scene, "a");
	for (int i = 0; i < 2; i++) {
		struct buffer content = {0};
		assert_true(card_render(card, CARD_YAML, &content, &scene->error));
		assert_true(content.length > 1000000);
		assert_int_equal(card->renderings[CARD_YAML].length, 0);
		buffer_finish(&content);
	}
}

/* Every type of value, in every place, along a chain with environments. */
static const char leaf[] =
	"name: a@user\nmodel_config: {x: 1}\ntokenizer: rel/t.model\n"
	"---\nname: a\nbase: b\nfield_ref: b\ncheckpoint: ./c/../d.pt\nnothing:\nlate: 12:30\n"
	"float: 1e-5\nhex: 0x1F\nlong: 123_456_789_012_345_678_901_234_567_890\n"
	"date: 2001-12-14\ntime: 2001-12-14t21:59:43.10-05:00\nbinary: !!binary gIGCAAo=\n"
	"set: !!set {p, q}\nomap: !!omap [r: 1, s: 2]\npairs: !!pairs [t: 1, t: 2]\n"
	"inf: [.inf, -.inf, -0.0]\nyes: 'yes'\n? [1, p q]\n: complex\n1: one\n'1': string\n"
	"false: f\n~: n\n"
	"block: |+\n  lines\n\n\nempty: ['', [], {}]\nalias: [&x {y: [1]}, *x]\n"
	"text: \"\\0\\t\\x85\\u2028 \\U0001F600 # \"\n";

static const char middle[] = "name: b\nbase: c\nfloat: hidden\nurl: https://e.com/a;gated=true\n"
			     "model_config: {y: {z: 1, w: 2}, _set_: {k: {_del_: 1}}}\n";

static const char root[] = "name: c\nmodel_config: {y: 1, v: [2]}\ndata: hg://o/n\n";

static void test_yaml_as_the_only_card_gives_an_equal_card(void **state) {
	struct scene *scene = *state;
	scene_write_cards(scene, "deep/a.yml", leaf);
	scene_write_cards(scene, "b.yaml", middle);
	scene_write_cards(scene, "other/c.yaml", root);
	scene_load(scene);
	assert_string_equal(scene_catalog_problems(scene), "");
	const struct card *card = scene_card(scene, "a");
	assert_false(card->is_broken);
	assert_int_equal(card->problems.count, 0);
	assert_int_equal(card->field_count, 28);
	struct buffer yaml = {0};
	assert_true(card_render(scene_card(scene, "a"), CARD_YAML, &yaml, &scene->error));

	struct scene *alone;
	scene_create((void **)&alone);
	scene_write_text(alone, "cards/one.yaml", buffer_text(&yaml));
	buffer_finish(&yaml);
	scene_load(alone);
	const struct card *again = scene_card(alone, "a");
	assert_true(value_equal(card->value, again->value));
	assert_int_equal(again->field_count, card->field_count);
	for (size_t i = 0; i < card->field_count; i++) {
		assert_true(value_equal(card->fields[i].key, again->fields[i].key));
		assert_int_equal(card->fields[i].is_locator, again->fields[i].is_locator);
		assert_false(again->fields[i].was_relative);
	}
	assert_int_equal(again->source_count, 1);
	scene_destroy((void **)&alone);
}

static void test_fields_are_found_by_strings_alone(void **state) {
	struct scene *scene = *state;
	scene_load_cards(scene, "name: a\n1: x\n'1': y\n");
	const struct card_field *field = card_find(scene_card(scene, "a"), TEXT("1"));
	assert_non_null(field);
	assert_string_equal(scene_inline(scene, field->value), "\"y\"");
	assert_null(card_find(scene_card(scene, "a"), TEXT("name")));
}

static void count_down(void *data) {
	int *count = data;
	--*count;
}

static void test_what_is_kept_with_a_card_goes_with_it(void **state) {
	(void)state;
	struct card *card = card_create(TEXT("a"));
	assert_non_null(card);
	int alive = 2;
	int parts[2];
	assert_null(card_recall(card, &parts[0]));
	assert_ptr_equal(card_keep(card, &parts[0], &alive, count_down), &alive);
	assert_ptr_equal(card_recall(card, &parts[0]), &alive);
	assert_null(card_recall(card, &parts[1]));
	assert_ptr_equal(card_keep(card, &parts[1], &alive, count_down), &alive);
	assert_int_equal(alive, 2);
	card_release(card);
	assert_int_equal(alive, 0);
}

static void test_what_was_kept_first_stays(void **state) {
	(void)state;
	struct card *card = card_create(TEXT("a"));
	assert_non_null(card);
	int first = 1;
	int second = 1;
	int part;
	card_keep(card, &part, &first, count_down);
	assert_ptr_equal(card_keep(card, &part, &second, count_down), &first);
	assert_int_equal(second, 0);
	assert_int_equal(first, 1);
	card_release(card);
	assert_int_equal(first, 0);
}

static void test_60000_parts_are_kept_and_recalled(void **state) {
	(void)state;
	enum { COUNT = 60000 };
	static char parts[COUNT];
	struct card *card = card_create(TEXT("a"));
	assert_non_null(card);
	int alive = COUNT;
	for (size_t i = 0; i < COUNT; i++) {
		assert_ptr_equal(card_keep(card, &parts[i], &alive, count_down), &alive);
	}
	for (size_t i = 0; i < COUNT; i++) {
		assert_ptr_equal(card_recall(card, &parts[i]), &alive);
	}
	card_release(card);
	assert_int_equal(alive, 0);
}

static void *render_often(void *data) {
	struct card *card = data;
	for (int i = 0; i < 100; i++) {
		struct buffer content = {0};
		bool is_right =
			card_render(card, CARD_JSON, &content, NULL) &&
			text_equal(buffer_text(&content), TEXT("{\n  \"name\": \"a\"\n}\n"));
		buffer_finish(&content);
		if (!is_right) {
			return NULL;
		}
	}
	return card;
}

static void test_several_threads_may_render_a_card(void **state) {
	struct scene *scene = *state;
	scene_load_cards(scene, "name: a\n");
	struct card *card = scene_card(scene, "a");
	pthread_t threads[4];
	for (int i = 0; i < 4; i++) {
		assert_int_equal(pthread_create(&threads[i], NULL, render_often, card), 0);
	}
	for (int i = 0; i < 4; i++) {
		void *result;
		assert_int_equal(pthread_join(threads[i], &result), 0);
		assert_ptr_equal(result, card);
	}
}

int main(void) {
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_new_card_is_empty),
		SCENE_TEST(test_yaml_names_its_documents_nearest_first),
		SCENE_TEST(test_names_in_the_comment_stay_on_their_line),
		SCENE_TEST(test_json_is_the_same_value),
		SCENE_TEST(test_an_error_is_a_line_for_each_reason),
		SCENE_TEST(test_rendering_appends),
		SCENE_TEST(test_a_rendering_is_kept),
		SCENE_TEST(test_a_rendering_that_aliases_make_large_is_not_kept),
		SCENE_TEST(test_yaml_as_the_only_card_gives_an_equal_card),
		SCENE_TEST(test_fields_are_found_by_strings_alone),
		cmocka_unit_test(test_what_is_kept_with_a_card_goes_with_it),
		cmocka_unit_test(test_what_was_kept_first_stays),
		cmocka_unit_test(test_60000_parts_are_kept_and_recalled),
		SCENE_TEST(test_several_threads_may_render_a_card),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
