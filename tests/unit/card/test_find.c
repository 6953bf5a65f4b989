#include "unit/support/scene.h"

#include "card/find.h"

static bool matches(struct scene *scene, const char *request, const char *condition) {
	struct find_query query;
	bool answer = false;
	assert_true(find_query_init(&query, &condition, 1, &scene->error));
	assert_true(find_query_matches(&query, scene_card(scene, request), &answer, &scene->error));
	find_query_finish(&query);
	return answer;
}

#define ASSERT_MATCHES(scene, condition) assert_true(matches(scene, "a", condition))
#define ASSERT_DIFFERS(scene, condition) assert_false(matches(scene, "a", condition))

static void test_a_value_matches_as_it_was_written(void **state) {
	struct scene *scene = *state;
	scene_load_cards(scene, "name: a\nx: 1e-5\ny: some text\nz: 0x1F\n");
	ASSERT_MATCHES(scene, "x=1e-5");
	ASSERT_MATCHES(scene, "y=some text");
	ASSERT_MATCHES(scene, "z=0x1F");
	ASSERT_DIFFERS(scene, "y=some");
	ASSERT_DIFFERS(scene, "w=some text");
}

static void test_a_number_matches_in_any_spelling(void **state) {
	struct scene *scene = *state;
	scene_load_cards(scene, "name: a\nx: 1e-5\ny: 0x1F\nz: 1_000\nw: 2.0\n"
				"big: 100000000000000000000\n");
	ASSERT_MATCHES(scene, "x=0.00001");
	ASSERT_MATCHES(scene, "y=31");
	ASSERT_MATCHES(scene, "y=31.0");
	ASSERT_MATCHES(scene, "z=1000");
	ASSERT_MATCHES(scene, "z=1e+3");
	ASSERT_MATCHES(scene, "w=2");
	ASSERT_DIFFERS(scene, "x=0.0001");
	ASSERT_DIFFERS(scene, "big=100000000000000000001");
}

static void test_truths_dates_and_null_match_in_any_spelling(void **state) {
	struct scene *scene = *state;
	scene_load_cards(scene, "name: a\nb: True\nn: ~\nd: 2001-12-14\n"
				"t: 2001-12-14T21:59:43Z\n");
	ASSERT_MATCHES(scene, "b=true");
	ASSERT_DIFFERS(scene, "b=false");
	ASSERT_MATCHES(scene, "n=null");
	ASSERT_MATCHES(scene, "n=");
	ASSERT_MATCHES(scene, "d=2001-12-14");
	ASSERT_MATCHES(scene, "t=2001-12-14 21:59:43Z");
	ASSERT_DIFFERS(scene, "t=2001-12-14 21:59:44Z");
}

static void test_a_string_matches_only_its_own_text(void **state) {
	struct scene *scene = *state;
	scene_load_cards(scene, "name: a\nx: '31'\ny: 'true'\nz: ''\n");
	ASSERT_MATCHES(scene, "x=31");
	ASSERT_DIFFERS(scene, "x=0x1F");
	ASSERT_DIFFERS(scene, "y=True");
	ASSERT_MATCHES(scene, "z=");
	ASSERT_DIFFERS(scene, "z=null");
}

static void test_numbers_and_truths_are_different(void **state) {
	struct scene *scene = *state;
	scene_load_cards(scene, "name: a\nx: 1\ny: true\n");
	ASSERT_DIFFERS(scene, "x=true");
	ASSERT_DIFFERS(scene, "y=1");
}

static void test_nested_fields_are_found_by_dotted_names(void **state) {
	struct scene *scene = *state;
	scene_load_cards(scene, "name: a\nx: {b: {c: 1}}\ny.z: 2\n");
	ASSERT_MATCHES(scene, "x.b.c=1");
	ASSERT_MATCHES(scene, "x.b");
	ASSERT_MATCHES(scene, "y.z=2");
	ASSERT_DIFFERS(scene, "x.c=1");
}

static void test_presence_is_of_any_value(void **state) {
	struct scene *scene = *state;
	scene_load_cards(scene, "name: a\nx: ~\ny: {}\nz: []\n");
	ASSERT_MATCHES(scene, "x");
	ASSERT_MATCHES(scene, "y");
	ASSERT_MATCHES(scene, "z");
	ASSERT_DIFFERS(scene, "w");
	ASSERT_DIFFERS(scene, "!x");
	ASSERT_MATCHES(scene, "!w");
}

static void test_another_value_takes_a_value(void **state) {
	struct scene *scene = *state;
	scene_load_cards(scene, "name: a\nx: 1\ny: {b: 1}\n");
	ASSERT_MATCHES(scene, "x!=2");
	ASSERT_DIFFERS(scene, "x!=1.0");
	ASSERT_DIFFERS(scene, "w!=1");
	ASSERT_DIFFERS(scene, "y!=1");
}

static void test_numbers_are_compared_as_numbers(void **state) {
	struct scene *scene = *state;
	scene_load_cards(scene, "name: a\nx: 9\ny: 1e-5\nz: -100\n"
				"big: 9007199254740993\ninf: .inf\n");
	ASSERT_MATCHES(scene, "x<10");
	ASSERT_MATCHES(scene, "x<=9");
	ASSERT_MATCHES(scene, "x<=9.0");
	ASSERT_DIFFERS(scene, "x<9");
	ASSERT_MATCHES(scene, "x>8.5");
	ASSERT_MATCHES(scene, "x>=9");
	ASSERT_DIFFERS(scene, "x>10");
	ASSERT_MATCHES(scene, "y<0.0001");
	ASSERT_MATCHES(scene, "z<-99");
	ASSERT_DIFFERS(scene, "z<-100");
	ASSERT_MATCHES(scene, "z>-1000");
	ASSERT_MATCHES(scene, "big>9007199254740992");
	ASSERT_DIFFERS(scene, "big<=9007199254740992");
	ASSERT_MATCHES(scene, "inf>=.inf");
	ASSERT_MATCHES(scene, "inf>1");
}

static void test_what_is_no_number_has_no_order(void **state) {
	struct scene *scene = *state;
	scene_load_cards(scene, "name: a\nx: '9'\ny: true\nz: .nan\n");
	ASSERT_DIFFERS(scene, "x<10");
	ASSERT_DIFFERS(scene, "y<10");
	ASSERT_DIFFERS(scene, "z<10");
	ASSERT_DIFFERS(scene, "z>=10");
	ASSERT_DIFFERS(scene, "z<=.nan");
}

static void test_every_condition_has_to_hold(void **state) {
	struct scene *scene = *state;
	static const char *const conditions[] = {"x=1", "y", "!z"};
	scene_load_cards(
		scene, "name: a\nx: 1\ny: 2\n---\nname: b\nx: 1\n---\nname: c\nbase: a\nz: 1\n");
	struct find_query query;
	assert_true(find_query_init(&query, conditions, 3, &scene->error));
	bool answers[3];
	static const char *const names[] = {"a", "b", "c"};
	for (size_t i = 0; i < 3; i++) {
		assert_true(find_query_matches(
			&query, scene_card(scene, names[i]), &answers[i], &scene->error));
	}
	find_query_finish(&query);
	assert_true(answers[0]);
	assert_false(answers[1]);
	assert_false(answers[2]);
}

static void test_the_first_operator_ends_the_field(void **state) {
	struct scene *scene = *state;
	scene_load_cards(scene, "name: a\nx: 'b=c'\ny: 'b!=c'\nz: '<=1'\n");
	ASSERT_MATCHES(scene, "x=b=c");
	ASSERT_MATCHES(scene, "y=b!=c");
	ASSERT_MATCHES(scene, "z=<=1");
}

static void test_the_kind_is_a_field(void **state) {
	struct scene *scene = *state;
	scene_load_cards(scene, "name: a\nmodel_family: m\n---\nname: b\nkind: rare\n");
	ASSERT_MATCHES(scene, "kind=model");
	assert_true(matches(scene, "b", "kind=other"));
	assert_true(matches(scene, "b", "kind=rare"));
}

static void test_values_are_those_of_the_merged_card(void **state) {
	struct scene *scene = *state;
	scene_load_cards(scene, "name: a\nbase: b\ncheckpoint: x.pt\n"
				"---\nname: a@e\ny: 2\n---\nname: b\ny: 1\nz: 3\n");
	ASSERT_MATCHES(scene, "y=1");
	assert_true(matches(scene, "a@e", "y=2"));
	ASSERT_MATCHES(scene, "z=3");
	ASSERT_DIFFERS(scene, "base");
	ASSERT_DIFFERS(scene, "name");
	struct buffer condition = {0};
	buffer_append_format(&condition, "checkpoint=%s", scene_path(scene, "cards/x.pt"));
	ASSERT_MATCHES(scene, condition.data);
	buffer_finish(&condition);
}

static void check_usage(const char *condition, const char *message) {
	struct find_query query;
	struct error error = {0};
	assert_false(find_query_init(&query, &condition, 1, &error));
	find_query_finish(&query);
	assert_int_equal(error.kind, ERROR_USAGE);
	assert_non_null(strstr(error.message, message));
}

static void test_what_is_no_condition_is_refused(void **state) {
	(void)state;
	check_usage("", "names no field");
	check_usage("=x", "names no field");
	check_usage("!", "names no field");
	check_usage("!=x", "names no field");
	check_usage("x<y", "\"y\", which is no number");
	check_usage("x>=", "which is no number");
}

static bool note(void *context, const struct nested_field *field) {
	struct buffer *seen = context;
	if (value_is_scalar(field->value)) {
		buffer_append_text(seen, field->path);
		buffer_append_byte(seen, '=');
		buffer_append_text(seen, fields_scalar_text(field->value));
		buffer_append_byte(seen, ' ');
	}
	return true;
}

/* Whatever is visited is found by the text that it has there. */
static void test_what_a_card_can_be_found_by_is_visited(void **state) {
	struct scene *scene = *state;
	struct buffer seen = {0};
	scene_load_cards(scene, "name: a\nx: {b: 1e-5, c: [2]}\ny: ~\n");
	assert_true(find_visit(scene_card(scene, "a"), note, &seen, &scene->error));
	assert_string_equal(scene_take(scene, &seen), "kind=other x.b=1e-5 y= ");
}

int main(void) {
	const struct CMUnitTest tests[] = {
		SCENE_TEST(test_a_value_matches_as_it_was_written),
		SCENE_TEST(test_a_number_matches_in_any_spelling),
		SCENE_TEST(test_truths_dates_and_null_match_in_any_spelling),
		SCENE_TEST(test_a_string_matches_only_its_own_text),
		SCENE_TEST(test_numbers_and_truths_are_different),
		SCENE_TEST(test_nested_fields_are_found_by_dotted_names),
		SCENE_TEST(test_presence_is_of_any_value),
		SCENE_TEST(test_another_value_takes_a_value),
		SCENE_TEST(test_numbers_are_compared_as_numbers),
		SCENE_TEST(test_what_is_no_number_has_no_order),
		SCENE_TEST(test_every_condition_has_to_hold),
		SCENE_TEST(test_the_first_operator_ends_the_field),
		SCENE_TEST(test_the_kind_is_a_field),
		SCENE_TEST(test_values_are_those_of_the_merged_card),
		cmocka_unit_test(test_what_is_no_condition_is_refused),
		SCENE_TEST(test_what_a_card_can_be_found_by_is_visited),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
