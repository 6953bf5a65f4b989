#include "unit/support/scene.h"

#include "card/explain.h"
#include "yaml/write.h"

static void append_origin(struct buffer *text, const struct value *value,
	const struct card_source *source, uint32_t line) {
	if (value == NULL) {
		buffer_append_string(text, "nothing");
	} else {
		yaml_write_inline(text, value);
	}
	buffer_append_string(text, " by ");
	buffer_append_text(text, source->name);
	if (source->environment.length > 0) {
		buffer_append_byte(text, '@');
		buffer_append_text(text, source->environment);
	}
	if (line > 0) {
		buffer_append_format(text, ":%u", line);
	}
}

/* "PATH VALUE by NAME@ENV:LINE" a line, with ", hides VALUE by …" for each hidden value. */
static const char *explain(struct scene *scene, const char *request) {
	struct explanation explanation = {0};
	struct buffer text = {0};
	const struct card *card = scene_card(scene, request);
	assert_false(card->is_broken);
	assert_true(explain_card(scene->catalog, card, &explanation, &scene->error));
	size_t count = 0;
	for (const struct explained_field *field = explanation.fields; field != NULL;
		field = field->next) {
		buffer_append_text(&text, field->path);
		buffer_append_byte(&text, ' ');
		append_origin(&text, field->value, field->source,
			field->written == NULL ? 0 : field->written->line);
		for (const struct hidden_value *hidden = field->hidden; hidden != NULL;
			hidden = hidden->next) {
			buffer_append_string(&text, ", hides ");
			append_origin(&text, hidden->value, hidden->source, hidden->value->line);
		}
		buffer_append_byte(&text, '\n');
		count++;
	}
	assert_int_equal(explanation.field_count, count);
	explanation_finish(&explanation);
	return scene_take(scene, &text);
}

#define ASSERT_EXPLAINED(scene, request, expected) \
	assert_string_equal(explain(scene, request), expected)

static void test_each_value_has_the_document_and_line_that_set_it(void **state) {
	struct scene *scene = *state;
	scene_load_cards(scene, "name: a\nbase: b\nx: 1\n"
				"---\nname: b\ny: 2\n");
	ASSERT_EXPLAINED(scene, "a", "x 1 by a:3\ny 2 by b:6\n");
}

static void test_an_environment_hides_its_own_card_and_that_its_bases(void **state) {
	struct scene *scene = *state;
	scene_load_cards(scene, "name: a\nbase: b\nx: 1\n"
				"---\nname: a@e\nx: 2\n"
				"---\nname: b\nx: 3\n"
				"---\nname: b@e\nx: 4\n");
	ASSERT_EXPLAINED(
		scene, "a@e", "x 2 by a@e:6, hides 1 by a:3, hides 4 by b@e:12, hides 3 by b:9\n");
	ASSERT_EXPLAINED(scene, "a@", "x 1 by a:3, hides 3 by b:9\n");
}

static void test_fields_of_mappings_have_a_row_each(void **state) {
	struct scene *scene = *state;
	scene_load_cards(scene, "name: a\nx:\n  b: 1\n  c:\n    d: [1, 2]\n    e: {}\n");
	ASSERT_EXPLAINED(scene, "a", "x.b 1 by a:3\nx.c.d [1, 2] by a:5\nx.c.e {} by a:6\n");
}

static void test_a_mapping_that_is_replaced_hides_what_it_has_not_itself(void **state) {
	struct scene *scene = *state;
	scene_load_cards(scene, "name: a\nbase: b\nx: {c: 1}\n"
				"---\nname: b\nx: {c: 2, d: 3}\n");
	ASSERT_EXPLAINED(
		scene, "a", "x.c 1 by a:3, hides 2 by b:6\nx.d nothing by a, hides 3 by b:6\n");
}

static void test_values_of_other_types_are_hidden_as_well(void **state) {
	struct scene *scene = *state;
	scene_load_cards(scene, "name: a\nbase: b\nx: ~\n---\nname: b\nx: {c: 2}\n");
	ASSERT_EXPLAINED(scene, "a", "x null by a:3\nx.c nothing by a, hides 2 by b:6\n");
}

static void test_the_same_value_twice_is_hidden_by_the_nearest(void **state) {
	struct scene *scene = *state;
	scene_load_cards(scene, "name: a\nbase: b\nx: 1\n---\nname: b\nx: 1\n");
	ASSERT_EXPLAINED(scene, "a", "x 1 by a:3, hides 1 by b:6\n");
}

static void test_composed_values_have_the_nearest_document_that_gave_them(void **state) {
	struct scene *scene = *state;
	scene_load_cards(scene, "name: a\nbase: b\nmodel_config:\n  x: 1\n  z: {p: 5}\n"
				"---\nname: b\nbase: c\nmodel_config:\n  x: 2\n  y: 3\n"
				"---\nname: c\nmodel_config:\n  y: 4\n  z: {q: 6}\n");
	ASSERT_EXPLAINED(scene, "a",
		"model_config.y 3 by b:11, hides 4 by c:15\n"
		"model_config.z.q 6 by c:16\n"
		"model_config.z.p 5 by a:5\n"
		"model_config.x 1 by a:4, hides 2 by b:10\n");
}

static void test_a_composed_value_that_an_environment_left_out_is_hidden(void **state) {
	struct scene *scene = *state;
	scene_load_cards(scene, "name: a\nbase: b\nmodel_config: {y: 1}\n"
				"---\nname: a@e\nmodel_config: {x: 2}\n"
				"---\nname: b\nmodel_config: {y: 3}\n");
	ASSERT_EXPLAINED(scene, "a@e",
		"model_config.y 3 by b:9, hides 1 by a:3\nmodel_config.x 2 by a@e:6\n");
}

static void test_replacements_and_deletions_are_those_of_their_documents(void **state) {
	struct scene *scene = *state;
	scene_load_cards(scene, "name: a\nbase: b\n"
				"model_config: {_del_: [p], _set_: {x: {y: 1}}}\n"
				"---\nname: b\n"
				"model_config: {p: 1, _del_: [q], x: {y: 2, z: 3}}\n");
	ASSERT_EXPLAINED(scene, "a",
		"model_config._del_ [q, p] by a:3\n"
		"model_config._set_.x.y 1 by a:3, hides 2 by b:6\n"
		"model_config.p nothing by a, hides 1 by b:6\n"
		"model_config.x.z nothing by a, hides 3 by b:6\n");
}

static void test_what_cannot_be_composed_stands_as_it_is_written(void **state) {
	struct scene *scene = *state;
	scene_load_cards(scene, "name: a\nbase: b\nmodel_config: {_del_: 1}\n"
				"---\nname: b\nmodel_config: {x: 2}\n");
	ASSERT_EXPLAINED(scene, "a",
		"model_config._del_ 1 by a:3\n"
		"model_config.x nothing by a, hides 2 by b:6\n");
}

static void test_an_alias_is_at_the_line_of_its_value(void **state) {
	struct scene *scene = *state;
	scene_load_cards(scene, "name: a\nx: {b: &v 1,\n c: *v}\n");
	ASSERT_EXPLAINED(scene, "a", "x.b 1 by a:2\nx.c 1 by a:2\n");
}

static void test_fields_with_one_dotted_name_have_a_row_each(void **state) {
	struct scene *scene = *state;
	scene_load_cards(scene, "name: a\nx.y: 1\nx: {y: 2}\n");
	ASSERT_EXPLAINED(scene, "a", "x.y 1 by a:2\nx.y 2 by a:3\n");
}

static void test_a_locator_is_absolute_and_keeps_what_was_written(void **state) {
	struct scene *scene = *state;
	struct explanation explanation;
	scene_load_cards(scene, "name: a\ncheckpoint: x.pt\n");
	const struct card *card = scene_card(scene, "a");
	assert_true(explain_card(scene->catalog, card, &explanation, &scene->error));
	const struct explained_field *field = explanation_find(&explanation, TEXT("checkpoint"));
	assert_ptr_equal(field->value, card->fields[0].value);
	assert_string_equal(scene_inline(scene, field->written), "x.pt");
	explanation_finish(&explanation);
}

static void test_a_field_is_found_where_it_has_a_value(void **state) {
	struct scene *scene = *state;
	struct explanation explanation;
	scene_load_cards(scene, "name: a\nbase: b\nx: {c: 1}\n---\nname: b\nx: {d: 3}\n");
	assert_true(
		explain_card(scene->catalog, scene_card(scene, "a"), &explanation, &scene->error));
	const struct explained_field *found = explanation_find(&explanation, TEXT("x.c"));
	assert_non_null(found);
	assert_null(explanation_find(&explanation, TEXT("x.d")));
	assert_null(explanation_find(&explanation, TEXT("x")));
	assert_true(explained_is_within(found, TEXT("x")));
	assert_true(explained_is_within(found, TEXT("x.c")));
	assert_false(explained_is_within(found, TEXT("x.cc")));
	assert_false(explained_is_within(found, TEXT("x.")));
	explanation_finish(&explanation);
}

static void test_a_card_of_documents_that_are_gone_is_not_explained(void **state) {
	struct scene *scene = *state;
	struct explanation explanation;
	scene_load_cards(scene, "name: a\nx: 1\n");
	const struct card *card = scene_card(scene, "a");
	scene_load_cards(scene, "name: a\nx: 2222\n");
	struct error error = {0};
	assert_false(explain_card(scene->catalog, card, &explanation, &error));
	assert_int_equal(error.kind, ERROR_NOT_FOUND);
	explanation_finish(&explanation);
}

static void test_aliases_that_make_too_many_names_are_a_limit(void **state) {
	struct scene *scene = *state;
	struct explanation explanation;
	struct buffer cards = {0};
	buffer_append_string(&cards, "name: a\nx:\n  ? ");
	for (int i = 0; i < 2000; i++) {
		buffer_append_string(&cards, "abcdefghij");
	}
	buffer_append_string(&cards, "\n  : {");
	for (int i = 0; i < 100; i++) {
		buffer_append_format(&cards, "k%d: 1, ", i);
	}
	buffer_append_string(&cards, "}\n");
	scene->options.limits.expanded_size = 60000;
	scene_load_cards(scene, cards.data);
	buffer_finish(&cards);
	struct error error = {0};
	assert_false(explain_card(scene->catalog, scene_card(scene, "a"), &explanation, &error));
	assert_int_equal(error.kind, ERROR_LIMIT);
	explanation_finish(&explanation);
}

int main(void) {
	const struct CMUnitTest tests[] = {
		SCENE_TEST(test_each_value_has_the_document_and_line_that_set_it),
		SCENE_TEST(test_an_environment_hides_its_own_card_and_that_its_bases),
		SCENE_TEST(test_fields_of_mappings_have_a_row_each),
		SCENE_TEST(test_a_mapping_that_is_replaced_hides_what_it_has_not_itself),
		SCENE_TEST(test_values_of_other_types_are_hidden_as_well),
		SCENE_TEST(test_the_same_value_twice_is_hidden_by_the_nearest),
		SCENE_TEST(test_composed_values_have_the_nearest_document_that_gave_them),
		SCENE_TEST(test_a_composed_value_that_an_environment_left_out_is_hidden),
		SCENE_TEST(test_replacements_and_deletions_are_those_of_their_documents),
		SCENE_TEST(test_what_cannot_be_composed_stands_as_it_is_written),
		SCENE_TEST(test_an_alias_is_at_the_line_of_its_value),
		SCENE_TEST(test_fields_with_one_dotted_name_have_a_row_each),
		SCENE_TEST(test_a_locator_is_absolute_and_keeps_what_was_written),
		SCENE_TEST(test_a_field_is_found_where_it_has_a_value),
		SCENE_TEST(test_a_card_of_documents_that_are_gone_is_not_explained),
		SCENE_TEST(test_aliases_that_make_too_many_names_are_a_limit),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
