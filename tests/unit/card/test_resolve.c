#include "unit/support/scene.h"

#include "card/chain.h"

static const struct card_field *field_of(const struct card *card, const char *key) {
	const struct card_field *field = card_find(card, text_of(key));
	assert_non_null(field);
	return field;
}

/* The document that set a field: "NAME@ENVIRONMENT FILE:LINE". */
static const char *origin(struct scene *scene, const struct card_source *source) {
	struct buffer line = {0};
	buffer_append_text(&line, source->name);
	if (source->environment.length > 0) {
		buffer_append_byte(&line, '@');
		buffer_append_text(&line, source->environment);
	}
	buffer_append_format(&line, " %s:%u", source->file->path, source->line);
	return scene_take(scene, &line);
}

static void assert_origin(
	struct scene *scene, const char *request, const char *key, const char *expected) {
	const struct card *card = scene_card(scene, request);
	assert_string_equal(origin(scene, field_of(card, key)->source), expected);
}

/* A card c0 whose chain has that many cards: each derives from the next. */
static void load_chain(struct scene *scene, int length) {
	struct buffer cards = {0};
	for (int i = 0; i < length; i++) {
		buffer_append_format(&cards, "---\nname: c%d\nx%d: %d\n", i, i, i);
		if (i + 1 < length) {
			buffer_append_format(&cards, "base: c%d\n", i + 1);
		}
	}
	scene_load_cards(scene, cards.data);
	buffer_finish(&cards);
}

static void test_a_card_has_its_name_and_fields_in_order(void **state) {
	struct scene *scene = *state;
	scene_load_cards(scene, "z: 1\nname: a\nk: [1, {b: c}]\nx: 1e-5\n");
	ASSERT_MERGED(scene, "a", "{name: a, z: 1, k: [1, {b: c}], x: 1.0e-05}");
	const struct card *card = scene_card(scene, "a");
	assert_false(card->is_broken);
	assert_int_equal(card->base.length, 0);
	assert_int_equal(card->source_count, 1);
}

static void test_an_environment_is_laid_over_the_card(void **state) {
	struct scene *scene = *state;
	scene_load_cards(scene, "name: a\nx: 1\nk: 2\n---\nname: a@e\nw: 3\nx: 4\n");
	ASSERT_MERGED(scene, "a@e", "{name: a, x: 4, k: 2, w: 3}");
	ASSERT_MERGED(scene, "a", "{name: a, x: 1, k: 2}");
}

static void test_an_environment_overrides_at_the_top_level_only(void **state) {
	struct scene *scene = *state;
	scene_load_cards(scene, "name: a\nx: {b: 1, c: 2}\n---\nname: a@e\nx: {b: 3}\n");
	ASSERT_MERGED(scene, "a@e", "{name: a, x: {b: 3}}");
}

static void test_an_environment_replaces_configurations_of_its_own_card(void **state) {
	struct scene *scene = *state;
	scene_load_cards(scene, "name: a\nmodel_config: {b: 1, c: 2}\n"
				"---\nname: a@e\nmodel_config: {b: 3}\n");
	ASSERT_MERGED(scene, "a@e", "{name: a, model_config: {b: 3}}");
}

static void test_the_first_environment_in_force_that_has_a_card_is_used(void **state) {
	struct scene *scene = *state;
	scene_load_cards(scene, "name: both\n---\nname: both@user\nx: user\n"
				"---\nname: both@e\nx: e\nk: e\n"
				"---\nname: one\n---\nname: one@e\nx: e\n");
	ASSERT_MERGED(scene, "both", "{name: both, x: user}");
	ASSERT_MERGED(scene, "one", "{name: one}");
	scene->environment = TEXT("e");
	ASSERT_MERGED(scene, "both", "{name: both, x: user}");
	ASSERT_MERGED(scene, "one", "{name: one, x: e}");
}

static void test_a_request_may_ask_for_exactly_one_environment(void **state) {
	struct scene *scene = *state;
	scene->environment = TEXT("f");
	scene_load_cards(scene, "name: a\n---\nname: a@user\nx: user\n---\nname: a@e\nx: e\n");
	ASSERT_MERGED(scene, "a", "{name: a, x: user}");
	ASSERT_MERGED(scene, "a@e", "{name: a, x: e}");
	ASSERT_MERGED(scene, "a@f", "{name: a}");
	ASSERT_MERGED(scene, "a@", "{name: a}");
}

static void test_an_environment_applies_to_every_card_of_the_chain(void **state) {
	struct scene *scene = *state;
	scene_load_cards(scene, "name: a\nbase: b\nx: 1\n---\nname: b\nbase: c\nk: 2\n"
				"---\nname: b@e\nk: 3\n---\nname: c\nz: 4\n---\nname: c@e\nz: 5\n");
	ASSERT_MERGED(scene, "a", "{name: a, x: 1, k: 2, z: 4}");
	ASSERT_MERGED(scene, "a@e", "{name: a, x: 1, k: 3, z: 5}");
}

static void test_fields_come_own_ones_first_then_each_base_in_turn(void **state) {
	struct scene *scene = *state;
	scene_load_cards(scene, "name: a\nbase: b\nz: 1\nx: 1\n"
				"---\nk: 2\nx: 2\nname: b\nbase: c\nw: 2\n"
				"---\nname: c\nv: 3\nz: 3\nk: 3\nu: 3\n");
	ASSERT_MERGED(scene, "a", "{name: a, z: 1, x: 1, k: 2, w: 2, v: 3, u: 3}");
	assert_true(text_equal(scene_card(scene, "a")->base, TEXT("b")));
}

static void test_a_field_that_is_null_hides_the_bases(void **state) {
	struct scene *scene = *state;
	scene_load_cards(scene, "name: a\nbase: b\nx:\n---\nname: b\nx: 1\n");
	ASSERT_MERGED(scene, "a", "{name: a, x: null}");
}

static void test_fields_of_bases_are_replaced_whole(void **state) {
	struct scene *scene = *state;
	scene_load_cards(scene, "name: a\nbase: b\nx: {c: 1}\n---\nname: b\nx: {d: 2}\n");
	ASSERT_MERGED(scene, "a", "{name: a, x: {c: 1}}");
}

static void test_configurations_are_composed_along_the_chain(void **state) {
	struct scene *scene = *state;
	scene_load_cards(scene, "name: a\nbase: b\nmodel_config: {c: 1}\n"
				"---\nname: b\nbase: r\nmodel_config: {c: 2, d: {e: 3}}\n"
				"---\nname: b@e\nmodel_config: {_del_: [f]}\n"
				"---\nname: r\nmodel_config: {d: {g: 4}, f: 5}\n");
	ASSERT_MERGED(scene, "a", "{name: a, model_config: {d: {g: 4, e: 3}, f: 5, c: 1}}");
	const struct card_field *field = field_of(scene_card(scene, "a@e"), "model_config");
	assert_null(value_find(field->value, TEXT("f")));
	assert_string_equal(scene_inline(scene, value_find(field->value, TEXT("d"))), "{g: 4}");
}

static void test_what_cannot_be_composed_is_a_problem_and_the_rest_is_served(void **state) {
	struct scene *scene = *state;
	scene_write_cards(scene, "base.yaml", "name: b\nx: 1\n\nmodel_config: {c: {_del_: 1}}\n");
	scene_load_cards(scene, "name: a\nbase: b\nmodel_config: {d: 2}\n");
	const struct card *card = scene_card(scene, "a");
	assert_false(card->is_broken);
	ASSERT_MERGED(scene, "a", "{name: a, model_config: {d: 2}, x: 1}");
	struct problem_list problems = {0};
	problem_list_add_all(&problems, &card->problems);
	assert_string_equal(problems.items[0].asset, "a");
	assert_string_equal(scene_problems(scene, &problems, true),
		"$/cards/base.yaml:4:27: error: model_config of a cannot be merged into a "
		"configuration: _del_ must be a list of strings, but is an integer");
}

static void test_a_fault_of_an_environment_is_found_in_its_file(void **state) {
	struct scene *scene = *state;
	scene_write_cards(scene, "e.yaml", "name: a@e\nmodel_config: {_set_: []}\n");
	scene_load_cards(scene, "name: a\nmodel_config: {_del_: 1}\n");
	struct problem_list problems = {0};
	problem_list_add_all(&problems, &scene_card(scene, "a@e")->problems);
	assert_string_equal(scene_problems(scene, &problems, true),
		"$/cards/e.yaml:2:23: error: model_config of a cannot be merged into a "
		"configuration: _set_ must be a mapping, but is a list");
}

static void test_an_environment_may_give_a_base(void **state) {
	struct scene *scene = *state;
	scene_load_cards(scene, "name: a\n---\nname: a@e\nbase: b\n---\nname: b\nx: 1\n");
	ASSERT_MERGED(scene, "a", "{name: a}");
	ASSERT_MERGED(scene, "a@e", "{name: a, x: 1}");
}

static void test_an_environment_may_take_the_base_away(void **state) {
	struct scene *scene = *state;
	scene_load_cards(scene, "name: a\nbase: b\n---\nname: a@e\nbase:\n---\nname: b\nx: 1\n");
	ASSERT_MERGED(scene, "a", "{name: a, x: 1}");
	ASSERT_MERGED(scene, "a@e", "{name: a}");
	assert_int_equal(scene_card(scene, "a@e")->base.length, 0);
}

static void test_an_environment_may_change_the_base(void **state) {
	struct scene *scene = *state;
	scene_load_cards(scene, "name: a\nbase: b\n---\nname: a@e\nbase: c\n"
				"---\nname: b\nx: 1\n---\nname: c\nx: 2\n");
	ASSERT_MERGED(scene, "a@e", "{name: a, x: 2}");
	assert_true(text_equal(scene_card(scene, "a@e")->base, TEXT("c")));
	assert_true(text_equal(scene_card(scene, "a")->base, TEXT("b")));
}

static void test_keys_are_the_same_by_value(void **state) {
	struct scene *scene = *state;
	scene_load_cards(scene, "name: a\nbase: b\n1: x\n'1': k\n---\nname: a@e\n1.0: w\n"
				"---\nname: b\ntrue: z\n'1': z\n2: z\n");
	ASSERT_MERGED(scene, "a", "{name: a, 1: x, \"1\": k, 2: z}");
	ASSERT_MERGED(scene, "a@e", "{name: a, 1: w, \"1\": k, 2: z}");
}

static void test_names_are_matched_without_the_white_space_around_them(void **state) {
	struct scene *scene = *state;
	scene_load_cards(scene, "name: ' a '\nbase: ' b '\n---\nname: \"b\\u3000\"\nx: 1\n");
	ASSERT_MERGED(scene, "a", "{name: a, x: 1}");
}

static void test_a_missing_base_breaks_every_card_above(void **state) {
	struct scene *scene = *state;
	scene_load_cards(scene, "name: a\nbase: b\nx: 1\n---\nname: b\nbase: c\n"
				"---\nname: c\nbase: d\n");
	ASSERT_FAULTS(
		scene, "c", "$/cards/cards.yaml:9: base card \"d\" does not exist (needed by c)");
	ASSERT_FAULTS(scene, "b",
		"$/cards/cards.yaml:9: base card \"d\" does not exist (needed by c, a base of b)");
	ASSERT_FAULTS(scene, "a",
		"$/cards/cards.yaml:9: base card \"d\" does not exist (needed by c, a base of a: "
		"a -> b -> c)");
	assert_string_equal(scene_card(scene, "a")->problems.items[0].asset, "a");
}

static void test_a_broken_card_has_nothing_but_its_problems_and_sources(void **state) {
	struct scene *scene = *state;
	scene_load_cards(scene, "name: a\nbase: b\nx: 1\n---\nname: b\nbase: c\n");
	const struct card *card = scene_card(scene, "a");
	assert_true(card->is_broken);
	assert_int_equal(card->field_count, 0);
	assert_int_equal(card->base.length, 0);
	assert_null(card->value);
	assert_null(card_find(card, TEXT("x")));
	assert_int_equal(card->source_count, 2);
}

static void test_an_orphan_is_no_base(void **state) {
	struct scene *scene = *state;
	scene_load_cards(scene, "name: a\nbase: b\n---\nname: b@user\n");
	assert_true(scene_card(scene, "a")->is_broken);
}

static void test_bases_that_go_in_a_circle_break_every_card_of_it(void **state) {
	struct scene *scene = *state;
	scene_load_cards(scene, "name: a\nbase: b\n---\nname: b\nbase: c\n"
				"---\nname: c\nbase: b\n---\nname: d\nbase: d\n");
	ASSERT_FAULTS(scene, "a",
		"$/cards/cards.yaml:8: the bases of a go in a circle: a -> b -> c -> b; change "
		"the base of one of them");
	ASSERT_FAULTS(scene, "b",
		"$/cards/cards.yaml:8: the bases of b go in a circle: b -> c -> b; change the "
		"base of one of them");
	ASSERT_FAULTS(scene, "d",
		"$/cards/cards.yaml:11: the bases of d go in a circle: d -> d; change the base of "
		"one of them");
}

static void test_a_circle_may_be_there_in_one_environment_alone(void **state) {
	struct scene *scene = *state;
	scene_load_cards(scene, "name: a\nbase: b\nx: 1\n---\nname: b\n---\nname: b@e\nbase: a\n");
	ASSERT_MERGED(scene, "a", "{name: a, x: 1}");
	ASSERT_FAULTS(scene, "a@e",
		"$/cards/cards.yaml:8: the bases of a go in a circle: a -> b -> a; change the "
		"base of one of them");
}

static void test_a_chain_of_1000_cards_resolves(void **state) {
	struct scene *scene = *state;
	load_chain(scene, CHAIN_LIMIT);
	const struct card *card = scene_card(scene, "c0");
	assert_false(card->is_broken);
	assert_int_equal(card->field_count, CHAIN_LIMIT);
	assert_int_equal(card->source_count, CHAIN_LIMIT);
	assert_origin(scene, "c0", "x999", "c999 $/cards/cards.yaml:3998");
}

static void test_a_chain_of_more_than_1000_cards_is_a_problem(void **state) {
	struct scene *scene = *state;
	load_chain(scene, CHAIN_LIMIT + 1);
	ASSERT_FAULTS(scene, "c0",
		"$/cards/cards.yaml:4000: the chain of bases of c0 is longer than 1000 cards: "
		"c0 -> c1 -> c2 -> c3 -> c4 -> c5 -> c6 -> c7 -> c8 -> c9 -> ... (980 more) -> "
		"c990 -> c991 -> c992 -> c993 -> c994 -> c995 -> c996 -> c997 -> c998 -> c999");
	assert_false(scene_card(scene, "c1")->is_broken);
}

static void test_a_faulty_document_breaks_its_card_and_those_above(void **state) {
	struct scene *scene = *state;
	scene_load_cards(scene, "name: a\nbase: b\n---\nname: b\nbase: [c]\n");
	const char *fault = "the base of a card is the name of another, but this is a "
			    "list; quote it if it is meant as a name";
	assert_string_equal(scene_faults(scene, "b") + strlen("$/cards/cards.yaml:5: "), fault);
	struct buffer expected = {0};
	buffer_append_format(
		&expected, "$/cards/cards.yaml:5: b, a base of a, is faulty: %s", fault);
	ASSERT_FAULTS(scene, "a", expected.data);
	buffer_finish(&expected);
}

static void test_a_faulty_environment_breaks_the_card_where_it_is_in_force(void **state) {
	struct scene *scene = *state;
	scene_load_cards(scene, "name: a\n---\nname: a@e\nbase: ''\n");
	ASSERT_MERGED(scene, "a", "{name: a}");
	ASSERT_FAULTS(scene, "a@e",
		"$/cards/cards.yaml:4: the base is empty; name a card or remove the field");
}

static void test_a_conflict_breaks_those_above(void **state) {
	struct scene *scene = *state;
	scene_load_cards(scene, "name: a\nbase: b\n---\nname: b\n---\nname: b\n");
	ASSERT_FAULTS(scene, "a",
		"$/cards/cards.yaml:6: the card \"b\", a base of a, is defined twice, also at "
		"$/cards/cards.yaml:4; rename or remove one of them");
}

static void test_each_field_says_which_document_set_it(void **state) {
	struct scene *scene = *state;
	scene_write_cards(scene, "base.yaml", "x: 0\nname: b\nk: 1\nmodel_config: {c: 1}\n");
	scene_load_cards(scene, "name: a\nbase: b\nz: 1\nmodel_config: {d: 1}\n"
				"---\nname: a@e\nz: 2\n");
	assert_origin(scene, "a", "z", "a $/cards/cards.yaml:1");
	assert_origin(scene, "a@e", "z", "a@e $/cards/cards.yaml:6");
	assert_origin(scene, "a", "k", "b $/cards/base.yaml:2");
	assert_origin(scene, "a", "model_config", "a $/cards/cards.yaml:1");
	assert_int_equal(field_of(scene_card(scene, "a"), "k")->value->line, 3);
}

static void test_documents_that_took_part_are_named_nearest_first(void **state) {
	struct scene *scene = *state;
	scene_load_cards(scene, "name: a\nbase: b\n---\nname: a@e\n---\nname: b\n---\nname: b@e\n"
				"---\nname: b@f\n");
	const struct card *card = scene_card(scene, "a@e");
	static const char *const expected[] = {"a@e $/cards/cards.yaml:4", "a $/cards/cards.yaml:1",
		"b@e $/cards/cards.yaml:8", "b $/cards/cards.yaml:6"};
	assert_int_equal(card->source_count, 4);
	for (size_t i = 0; i < 4; i++) {
		assert_string_equal(origin(scene, &card->sources[i]), expected[i]);
	}
}

static void test_a_card_is_as_old_as_the_newest_file_that_took_part(void **state) {
	struct scene *scene = *state;
	scene_write_cards(scene, "a.yaml", "name: a\nbase: b\n");
	scene_write_cards(scene, "b.yaml", "name: b\n");
	scene_write_cards(scene, "e.yaml", "name: b@e\n");
	scene_set_modified(scene, "cards/a.yaml", 1000);
	scene_set_modified(scene, "cards/b.yaml", 2000);
	scene_set_modified(scene, "cards/e.yaml", 3000);
	scene_load(scene);
	assert_int_equal(scene_card(scene, "a")->modified, INT64_C(2000000000000));
	assert_int_equal(scene_card(scene, "b")->modified, INT64_C(2000000000000));
	assert_int_equal(scene_card(scene, "a@e")->modified, INT64_C(3000000000000));
}

static void check_locator(struct scene *scene, const char *request, const char *key,
	const char *expected, bool was_relative) {
	const struct card_field *field = field_of(scene_card(scene, request), key);
	assert_true(field->is_locator);
	assert_int_equal(field->was_relative, was_relative);
	assert_string_equal(scene_inline(scene, field->value), expected);
}

static void test_relative_locators_become_absolute(void **state) {
	struct scene *scene = *state;
	scene_write_cards(scene, "sub/a.yaml",
		"name: a\ncheckpoint: x/./k.pt\ntokenizer: ../t\nchar_tokenizer: c\ndata: .\n");
	scene_load(scene);
	check_locator(scene, "a", "checkpoint", "$/cards/sub/x/k.pt", true);
	check_locator(scene, "a", "tokenizer", "$/cards/sub/../t", true);
	check_locator(scene, "a", "char_tokenizer", "$/cards/sub/c", true);
	check_locator(scene, "a", "data", "$/cards/sub", true);
	const struct card_field *field = field_of(scene_card(scene, "a"), "checkpoint");
	assert_int_equal(field->value->line, 2);
	assert_int_equal(field->value->column, 13);
}

static void test_other_locators_stay_as_written(void **state) {
	struct scene *scene = *state;
	scene_load_cards(scene, "name: a\ncheckpoint: /x/../k\ntokenizer: 'HTTPS://h/%41?'\n"
				"char_tokenizer: file:x\ndata: gs://b/o\n");
	check_locator(scene, "a", "checkpoint", "/x/../k", false);
	check_locator(scene, "a", "tokenizer", "HTTPS://h/%41?", false);
	check_locator(scene, "a", "char_tokenizer", "file:x", false);
	check_locator(scene, "a", "data", "gs://b/o", false);
}

static void test_only_strings_in_locator_fields_are_locators(void **state) {
	struct scene *scene = *state;
	scene_load_cards(scene, "name: a\ncheckpoint: 1\ntokenizer:\ndata: [x]\nother: x/k\n");
	const struct card *card = scene_card(scene, "a");
	for (size_t i = 0; i < card->field_count; i++) {
		assert_false(card->fields[i].is_locator);
		assert_false(card->fields[i].was_relative);
	}
	ASSERT_MERGED(
		scene, "a", "{name: a, checkpoint: 1, tokenizer: null, data: [x], other: x/k}");
}

static void test_further_fields_may_be_locators(void **state) {
	struct scene *scene = *state;
	const struct text fields[] = {TEXT("weights"), TEXT("vocabulary")};
	scene->options.locator_fields = fields;
	scene->options.locator_field_count = 2;
	scene_load_cards(scene, "name: a\nvocabulary: v\nother: o\ndata: d\n");
	check_locator(scene, "a", "vocabulary", "$/cards/v", true);
	check_locator(scene, "a", "data", "$/cards/d", true);
	assert_false(field_of(scene_card(scene, "a"), "other")->is_locator);
}

static void test_relative_locators_are_taken_from_the_directory_of_the_leaf(void **state) {
	struct scene *scene = *state;
	scene_write_cards(scene, "base/b.yaml", "name: b\ncheckpoint: x\n");
	scene_write_cards(scene, "leaf/a.yaml", "name: a\nbase: b\n");
	scene_write_cards(scene, "environment/e.yaml", "name: a@e\n");
	scene_load(scene);
	check_locator(scene, "a", "checkpoint", "$/cards/leaf/x", true);
	check_locator(scene, "b", "checkpoint", "$/cards/base/x", true);
	check_locator(scene, "a@e", "checkpoint", "$/cards/environment/x", true);
	assert_origin(scene, "a", "checkpoint", "b $/cards/base/b.yaml:1");
}

/* Each card is within the limit, and what is merged of them is not. */
static void test_a_merged_card_that_grows_past_the_limit_is_broken(void **state) {
	struct scene *scene = *state;
	scene->options.limits.expanded_size = 200;
	struct buffer cards = {0};
	buffer_append_format(&cards, "name: a\nbase: b\nx: %0100d\n", 7);
	buffer_append_format(&cards, "---\nname: b\nk: %0100d\n", 7);
	scene_load_cards(scene, cards.data);
	buffer_finish(&cards);
	assert_false(scene_card(scene, "b")->is_broken);
	ASSERT_FAULTS(scene, "a",
		"$/cards/cards.yaml:1: the documents that a is merged from are longer than 200 "
		"bytes with their aliases written out, which is the limit");
	const struct card *card = scene_card(scene, "a");
	assert_int_equal(card->field_count, 0);
	assert_null(card->value);
	assert_int_equal(card->base.length, 0);
}

/* What merge keys copy is no more than a card may hold, however many bases copy it. */
static void test_a_chain_of_large_cards_takes_no_more_memory_than_one(void **state) {
	struct scene *scene = *state;
	struct buffer cards = {0};
	for (int i = 0; i < 50; i++) {
		buffer_append_format(
			&cards, "---\nname: c%d\nbase: c%d\nx:\n- &x {k0: 0", i, i + 1);
		for (int j = 1; j < 500; j++) {
			buffer_append_format(&cards, ", k%d: 0", j);
		}
		buffer_append_string(&cards, "}\n");
		for (int j = 0; j < 1000; j++) {
			buffer_append_string(&cards, "- {<<: *x}\n");
		}
	}
	buffer_append_string(&cards, "---\nname: c50\n");
	scene_load_cards(scene, cards.data);
	buffer_finish(&cards);
	assert_false(scene_card(scene, "c49")->is_broken);
	const struct card *card = scene_card(scene, "c0");
	assert_true(card->is_broken);
	assert_true(arena_size(&card->arena) < 10 * arena_size(&scene_card(scene, "c49")->arena));
}

static void test_a_card_of_many_keys_resolves(void **state) {
	struct scene *scene = *state;
	struct buffer cards = {0};
	buffer_append_string(&cards, "name: a\nbase: b\n");
	for (int i = 0; i < 200000; i++) {
		buffer_append_format(&cards, "k%d: 1\n", i);
	}
	buffer_append_string(&cards, "---\nname: b\n");
	for (int i = 100000; i < 300000; i++) {
		buffer_append_format(&cards, "k%d: 2\n", i);
	}
	scene_load_cards(scene, cards.data);
	buffer_finish(&cards);
	const struct card *card = scene_card(scene, "a");
	assert_int_equal(card->field_count, 300000);
	assert_string_equal(card->fields[199999].value->canonical.data, "1");
	assert_string_equal(card->fields[200000].key->canonical.data, "k200000");
	assert_string_equal(card->fields[299999].value->canonical.data, "2");
}

/* It may be in the message of many a card. */
static void test_a_gigantic_name_is_cut_where_it_is_told_of(void **state) {
	struct scene *scene = *state;
	struct buffer cards = {0};
	buffer_append_string(&cards, "name: child\nbase: parent\n---\nname: parent\nbase: ");
	for (int i = 0; i < 1000000; i++) {
		buffer_append_string(&cards, "nobody");
	}
	scene_load_cards(scene, cards.data);
	buffer_finish(&cards);
	const char *faults = scene_faults(scene, "child");
	assert_in_range(strlen(faults), 1000, 1100);
	assert_non_null(strstr(faults, "base card \"nobodynobody"));
}

int main(void) {
	const struct CMUnitTest tests[] = {
		SCENE_TEST(test_a_card_has_its_name_and_fields_in_order),
		SCENE_TEST(test_an_environment_is_laid_over_the_card),
		SCENE_TEST(test_an_environment_overrides_at_the_top_level_only),
		SCENE_TEST(test_an_environment_replaces_configurations_of_its_own_card),
		SCENE_TEST(test_the_first_environment_in_force_that_has_a_card_is_used),
		SCENE_TEST(test_a_request_may_ask_for_exactly_one_environment),
		SCENE_TEST(test_an_environment_applies_to_every_card_of_the_chain),
		SCENE_TEST(test_fields_come_own_ones_first_then_each_base_in_turn),
		SCENE_TEST(test_a_field_that_is_null_hides_the_bases),
		SCENE_TEST(test_fields_of_bases_are_replaced_whole),
		SCENE_TEST(test_configurations_are_composed_along_the_chain),
		SCENE_TEST(test_what_cannot_be_composed_is_a_problem_and_the_rest_is_served),
		SCENE_TEST(test_a_fault_of_an_environment_is_found_in_its_file),
		SCENE_TEST(test_an_environment_may_give_a_base),
		SCENE_TEST(test_an_environment_may_take_the_base_away),
		SCENE_TEST(test_an_environment_may_change_the_base),
		SCENE_TEST(test_keys_are_the_same_by_value),
		SCENE_TEST(test_names_are_matched_without_the_white_space_around_them),
		SCENE_TEST(test_a_missing_base_breaks_every_card_above),
		SCENE_TEST(test_a_broken_card_has_nothing_but_its_problems_and_sources),
		SCENE_TEST(test_an_orphan_is_no_base),
		SCENE_TEST(test_bases_that_go_in_a_circle_break_every_card_of_it),
		SCENE_TEST(test_a_circle_may_be_there_in_one_environment_alone),
		SCENE_TEST(test_a_chain_of_1000_cards_resolves),
		SCENE_TEST(test_a_chain_of_more_than_1000_cards_is_a_problem),
		SCENE_TEST(test_a_faulty_document_breaks_its_card_and_those_above),
		SCENE_TEST(test_a_faulty_environment_breaks_the_card_where_it_is_in_force),
		SCENE_TEST(test_a_conflict_breaks_those_above),
		SCENE_TEST(test_each_field_says_which_document_set_it),
		SCENE_TEST(test_documents_that_took_part_are_named_nearest_first),
		SCENE_TEST(test_a_card_is_as_old_as_the_newest_file_that_took_part),
		SCENE_TEST(test_relative_locators_become_absolute),
		SCENE_TEST(test_other_locators_stay_as_written),
		SCENE_TEST(test_only_strings_in_locator_fields_are_locators),
		SCENE_TEST(test_further_fields_may_be_locators),
		SCENE_TEST(test_relative_locators_are_taken_from_the_directory_of_the_leaf),
		SCENE_TEST(test_a_merged_card_that_grows_past_the_limit_is_broken),
		SCENE_TEST(test_a_chain_of_large_cards_takes_no_more_memory_than_one),
		SCENE_TEST(test_a_card_of_many_keys_resolves),
		SCENE_TEST(test_a_gigantic_name_is_cut_where_it_is_told_of),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
