#include "unit/support/tree.h"

#include "view/entries.h"

/* The entries of a card, or of one of its fields that is a mapping. */
static const struct entries *entries(struct scene *scene, const char *request, const char *key) {
	struct card *card = scene_card(scene, request);
	const struct card_field *field = key == NULL ? NULL : card_find(card, text_of(key));
	const struct value *mapping = field == NULL ? card->value : field->value;
	const struct entries *found = entries_of(
		card, mapping, field == NULL ? NAMES_IN_ASSET : NAMES_ELSEWHERE, &scene->error);
	assert_non_null(found);
	return found;
}

/* "name=value …", then "! key …" for those left out. */
static const char *show(struct scene *scene, const struct entries *entries) {
	struct buffer line = {0};
	buffer_append_string(&line, "");
	for (size_t i = 0; i < entries->count; i++) {
		const struct entry *entry = &entries->items[i];
		buffer_append_string(&line, i == 0 ? "" : " ");
		buffer_append_text(&line, entry->name);
		buffer_append_format(&line, "=%s", scene_inline(scene, entry->pair->value));
		assert_ptr_equal(entries_find(entries, entry->name), entry);
	}
	for (size_t i = 0; i < entries->left_out_count; i++) {
		buffer_append_string(&line, i == 0 ? " ! " : " ");
		buffer_append_string(&line, scene_inline(scene, entries->left_out[i]->key));
	}
	return scene_take(scene, &line);
}

static void test_the_entries_of_a_card_are_its_name_and_fields(void **state) {
	struct scene *scene = *state;
	scene_load_cards(scene, "z: 1\nname: a\nx: {v: 2}\n");
	assert_string_equal(show(scene, entries(scene, "a", NULL)), "name=a z=1 x={v: 2}");
	assert_string_equal(show(scene, entries(scene, "a", "x")), "v=2");
}

static void test_keys_that_are_strings_come_first_and_keep_their_names(void **state) {
	struct scene *scene = *state;
	scene_load_cards(scene, "name: a\nx: {1: i, w: s, '1': t, false: b, 'false': u, 2: j}\n");
	assert_string_equal(show(scene, entries(scene, "a", "x")), "w=s 1=t false=u 2=j ! 1 false");
}

static void test_of_other_keys_with_one_name_the_first_has_the_entry(void **state) {
	struct scene *scene = *state;
	scene_load_cards(scene, "name: a\nx: !!pairs [v: 1, w: 2, v: 3]\n");
	assert_string_equal(show(scene, entries(scene, "a", "x")), "v=1 w=2 ! v");
}

static void test_reserved_names_are_taken_in_the_card_alone(void **state) {
	struct scene *scene = *state;
	scene_load_cards(scene, "name: a\ncard.yaml: 1\nx: {card.yaml: 2}\n");
	assert_string_equal(
		show(scene, entries(scene, "a", NULL)), "name=a card%2Eyaml=1 x={card.yaml: 2}");
	assert_string_equal(show(scene, entries(scene, "a", "x")), "card.yaml=2");
}

static void test_a_name_of_255_bytes_has_an_entry_and_a_longer_one_has_none(void **state) {
	struct scene *scene = *state;
	struct buffer card = {0};
	buffer_append_format(&card,
		"name: a\nx: {a%0254d: 1, a%0255d: 2, a%0251d/: 3, a%0252d/: 4}\n", 0, 0, 0, 0);
	scene_load_cards(scene, card.data);
	buffer_finish(&card);
	const struct entries *found = entries(scene, "a", "x");
	assert_int_equal(found->count, 2);
	assert_int_equal(found->left_out_count, 2);
	for (size_t i = 0; i < 2; i++) {
		assert_int_equal(found->items[i].name.length, NAMES_LENGTH_LIMIT);
	}
}

static void test_entries_are_made_once(void **state) {
	struct scene *scene = *state;
	scene_load_cards(scene, "name: a\nx: {}\n");
	assert_ptr_equal(entries(scene, "a", "x"), entries(scene, "a", "x"));
	assert_ptr_not_equal(entries(scene, "a", "x"), entries(scene, "a", NULL));
	assert_int_equal(entries(scene, "a", "x")->count, 0);
	assert_null(entries_find(entries(scene, "a", "x"), TEXT("v")));
}

static void test_many_keys_have_their_entries(void **state) {
	struct scene *scene = *state;
	enum { COUNT = 200000 };
	struct buffer card = {0};
	buffer_append_string(&card, "name: a\nx: {");
	for (int i = 0; i < COUNT; i++) {
		buffer_append_format(&card, "%d: 1,\n", i);
	}
	buffer_append_string(&card, "}\n");
	scene_load_cards(scene, card.data);
	buffer_finish(&card);
	const struct entries *found = entries(scene, "a", "x");
	assert_int_equal(found->count, COUNT);
	for (int i = 0; i < COUNT; i++) {
		char name[16];
		snprintf(name, sizeof(name), "%d", i);
		assert_ptr_equal(entries_find(found, text_of(name)), &found->items[i]);
	}
}

int main(void) {
	const struct CMUnitTest tests[] = {
		SCENE_TEST(test_the_entries_of_a_card_are_its_name_and_fields),
		SCENE_TEST(test_keys_that_are_strings_come_first_and_keep_their_names),
		SCENE_TEST(test_of_other_keys_with_one_name_the_first_has_the_entry),
		SCENE_TEST(test_reserved_names_are_taken_in_the_card_alone),
		SCENE_TEST(test_a_name_of_255_bytes_has_an_entry_and_a_longer_one_has_none),
		SCENE_TEST(test_entries_are_made_once),
		SCENE_TEST(test_many_keys_have_their_entries),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
