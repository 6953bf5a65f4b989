#include "unit/support/scene.h"

#include "card/diff.h"

static void append_side(struct scene *scene, struct buffer *text, const char *mark,
	const struct explained_field *field) {
	if (field == NULL) {
		return;
	}
	buffer_append_format(text, "%s%.*s=%s@%u ", mark, TEXT_ARGUMENTS(field->path),
		scene_inline(scene, field->value), field->written->line);
}

/* "-PATH=VALUE@LINE" and "+PATH=VALUE@LINE" for each difference. */
static const char *compare(struct scene *scene, const char *first, const char *second) {
	struct diff diff;
	struct buffer text = {0};
	assert_true(diff_cards(scene->catalog, scene_card(scene, first), scene_card(scene, second),
		&diff, &scene->error));
	for (size_t i = 0; i < diff.count; i++) {
		append_side(scene, &text, "-", diff.items[i].first);
		append_side(scene, &text, "+", diff.items[i].second);
	}
	diff_finish(&diff);
	return scene_take(scene, &text);
}

static void test_a_field_that_differs_has_both_values(void **state) {
	struct scene *scene = *state;
	scene_load_cards(scene, "name: a\nx: 1\ny: 2\n---\nname: b\ny: 3\nx: 1\n");
	assert_string_equal(compare(scene, "a", "b"), "-y=2@3 +y=3@6 ");
}

static void test_a_field_of_one_card_has_one_value(void **state) {
	struct scene *scene = *state;
	scene_load_cards(scene, "name: a\nx: 1\n---\nname: b\nz: 1\ny: ~\n");
	assert_string_equal(compare(scene, "a", "b"), "-x=1@2 +z=1@5 +y=null@6 ");
}

static void test_one_card_differs_between_environments(void **state) {
	struct scene *scene = *state;
	scene_load_cards(
		scene, "name: a\nx: 1\ny: 1\n---\nname: a@e\nx: 2\n---\nname: a@f\nx: 3\n");
	assert_string_equal(compare(scene, "a@e", "a@f"), "-x=2@6 +x=3@9 ");
	assert_string_equal(compare(scene, "a@e", "a@g"), "-x=2@6 +x=1@2 ");
}

static void test_mappings_are_compared_field_by_field(void **state) {
	struct scene *scene = *state;
	scene_load_cards(scene, "name: a\nx: {b: {c: 1}, d: 2}\n"
				"---\nname: b\nx: {d: 2, b: {c: 3, e: 4}}\n");
	assert_string_equal(compare(scene, "a", "b"), "-x.b.c=1@2 +x.b.c=3@5 +x.b.e=4@5 ");
}

static void test_values_are_compared_by_type_and_content(void **state) {
	struct scene *scene = *state;
	scene_load_cards(scene, "name: a\nx: 1e-5\ny: 0x10\nz: 1\nw: [1, 2]\n"
				"---\nname: b\nx: 0.00001\ny: 16\nz: '1'\nw: [1, 2]\n");
	assert_string_equal(compare(scene, "a", "b"), "-z=1@4 +z=\"1\"@10 ");
}

static void test_what_only_a_hidden_value_has_is_no_difference(void **state) {
	struct scene *scene = *state;
	scene_load_cards(scene, "name: a\nbase: c\nx: {p: 1}\n---\nname: b\nx: {p: 1}\n"
				"---\nname: c\nx: {q: 2}\n");
	assert_string_equal(compare(scene, "a", "b"), "");
	assert_string_equal(compare(scene, "b", "a"), "");
}

int main(void) {
	const struct CMUnitTest tests[] = {
		SCENE_TEST(test_a_field_that_differs_has_both_values),
		SCENE_TEST(test_a_field_of_one_card_has_one_value),
		SCENE_TEST(test_one_card_differs_between_environments),
		SCENE_TEST(test_mappings_are_compared_field_by_field),
		SCENE_TEST(test_values_are_compared_by_type_and_content),
		SCENE_TEST(test_what_only_a_hidden_value_has_is_no_difference),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
