#include "unit/support/scene.h"

#include "card/fields.h"

struct visit {
	struct buffer seen;
	size_t limit;
};

/* "PATH=TEXT" for a scalar, "PATH{" for what holds others. */
static bool note(void *context, const struct nested_field *field) {
	struct visit *visit = context;
	buffer_append_string(&visit->seen, visit->seen.length == 0 ? "" : " ");
	buffer_append_text(&visit->seen, field->path);
	if (value_is_scalar(field->value)) {
		buffer_append_byte(&visit->seen, '=');
		buffer_append_text(&visit->seen, fields_scalar_text(field->value));
	} else {
		buffer_append_byte(&visit->seen, '{');
	}
	return --visit->limit > 0;
}

static const char *fields_of(struct scene *scene, const char *request, size_t limit) {
	struct visit visit = {.limit = limit};
	assert_true(fields_visit(scene_card(scene, request), note, &visit, &scene->error));
	return scene_take(scene, &visit.seen);
}

static void test_nested_fields_have_dotted_names(void **state) {
	struct scene *scene = *state;
	scene_load_cards(scene, "name: a\nx: {b: {c: 1}, d: 2}\ny: s\n");
	assert_string_equal(fields_of(scene, "a", 9), "x{ x.b{ x.b.c=1 x.d=2 y=s");
}

static void test_items_of_sequences_are_no_fields(void **state) {
	struct scene *scene = *state;
	scene_load_cards(scene, "name: a\nx: [1, {b: 2}]\n");
	assert_string_equal(fields_of(scene, "a", 9), "x{");
}

static void test_scalars_are_as_they_were_written(void **state) {
	struct scene *scene = *state;
	scene_load_cards(scene, "name: a\ni: 0x1F\nf: 1e-5\nb: True\nn: ~\ns: \"a\\tb\"\n"
				"d: 2001-12-14\nx: !!binary aGk=\n");
	assert_string_equal(
		fields_of(scene, "a", 9), "i=0x1F f=1e-5 b=True n= s=a\tb d=2001-12-14 x=hi");
}

static void test_keys_of_any_type_have_names(void **state) {
	struct scene *scene = *state;
	scene_load_cards(scene, "name: a\n0x10: {null: 1, [b, c]: 2, d.e: 3, '': 4}\n");
	assert_string_equal(
		fields_of(scene, "a", 9), "0x10{ 0x10.null=1 0x10.[b, c]=2 0x10.d.e=3 0x10.=4");
}

static void test_a_visitor_ends_the_visit_at_any_depth(void **state) {
	struct scene *scene = *state;
	scene_load_cards(scene, "name: a\nx: {b: {c: 1}, d: 2}\ny: s\n");
	assert_string_equal(fields_of(scene, "a", 3), "x{ x.b{ x.b.c=1");
}

static void test_a_mapping_is_no_leaf(void **state) {
	struct scene *scene = *state;
	scene_load_cards(scene, "name: a\nx: {b: 1}\n");
	const struct card *card = scene_card(scene, "a");
	assert_true(fields_is_leaf(card->fields[0].value->mapping.pairs[0].value));
	assert_false(fields_is_leaf(card->fields[0].value));
}

static void test_an_empty_mapping_is_a_leaf(void **state) {
	struct scene *scene = *state;
	scene_load_cards(scene, "name: a\nx: {}\ny: []\n");
	const struct card *card = scene_card(scene, "a");
	assert_true(fields_is_leaf(card->fields[0].value));
	assert_true(fields_is_leaf(card->fields[1].value));
}

int main(void) {
	const struct CMUnitTest tests[] = {
		SCENE_TEST(test_nested_fields_have_dotted_names),
		SCENE_TEST(test_items_of_sequences_are_no_fields),
		SCENE_TEST(test_scalars_are_as_they_were_written),
		SCENE_TEST(test_keys_of_any_type_have_names),
		SCENE_TEST(test_a_visitor_ends_the_visit_at_any_depth),
		SCENE_TEST(test_a_mapping_is_no_leaf),
		SCENE_TEST(test_an_empty_mapping_is_a_leaf),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
