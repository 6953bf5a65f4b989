#include "unit/support/scene.h"

#include "card/explain.h"
#include "card/trace.h"

static void append_steps(struct buffer *text, const struct trace *trace) {
	for (size_t i = 0; i < trace->count; i++) {
		buffer_append_text(text, trace->steps[i].label);
		buffer_append_string(text, ": ");
		buffer_append_text(text, buffer_text(&trace->steps[i].text));
		buffer_append_string(text, "; ");
	}
	if (trace->is_placed) {
		buffer_append_string(text, location_state_name(trace->state));
	}
	buffer_append_string(text, trace->gated ? ", gated" : "");
}

/* Every "LABEL: TEXT;" and the state, with paths below the root of the scene as "$/…". */
static const char *trace(struct scene *scene, const char *path) {
	struct explanation explanation;
	struct trace steps = {0};
	struct buffer text = {0};
	const struct card *card = scene_card(scene, "a");
	assert_true(explain_card(scene->catalog, card, &explanation, &scene->error));
	const struct explained_field *field = explanation_find(&explanation, text_of(path));
	assert_non_null(field);
	assert_true(trace_locator(card, field->field, field->value, field->written,
		&scene->settings, &steps, &scene->error));
	append_steps(&text, &steps);
	trace_finish(&steps);
	explanation_finish(&explanation);
	char *answer = (char *)(uintptr_t)scene_take(scene, &text);
	size_t root = strlen(scene->root);
	for (char *found; (found = strstr(answer, scene->root)) != NULL;) {
		*found = '$';
		memmove(found + 1, found + root, strlen(found + root) + 1);
	}
	return answer;
}

static void test_an_absolute_path_is_its_target(void **state) {
	struct scene *scene = *state;
	scene_load_cards(scene, "name: a\ncheckpoint: /no/such\nlog: {dir: /dev/null}\n");
	assert_string_equal(
		trace(scene, "checkpoint"), "as written: /no/such; target: /no/such; missing");
	assert_string_equal(
		trace(scene, "log.dir"), "as written: /dev/null; target: /dev/null; local");
}

static void test_a_relative_path_is_joined(void **state) {
	struct scene *scene = *state;
	scene_write_cards(scene, "x.pt", "");
	scene_load_cards(scene, "name: a\ncheckpoint: ./x.pt\n");
	assert_string_equal(trace(scene, "checkpoint"),
		"as written: ./x.pt; joined: $/cards/x.pt; target: $/cards/x.pt; local");
}

static void test_a_sub_path_comes_between_place_and_target(void **state) {
	struct scene *scene = *state;
	scene_load_cards(scene, "name: a\ncheckpoint: FILE:///x%20y\ncheckpoint_path: b/c\n");
	assert_string_equal(trace(scene, "checkpoint"),
		"as written: FILE:///x%20y; normalised: file:///x%20y; path: /x y; "
		"checkpoint_path: b/c; target: /x y/b/c; missing");
}

static void test_downloads_are_looked_up_in_the_cache(void **state) {
	struct scene *scene = *state;
	scene_load_cards(scene, "name: a\ncheckpoint: https://e.com/m.pt\n");
	assert_string_equal(trace(scene, "checkpoint"),
		"as written: https://e.com/m.pt; in the cache: $/cache/69b2f1d844926657904f3065; "
		"target: $/cache/69b2f1d844926657904f3065; remote");
}

static void test_snapshots_are_looked_up_in_the_cache(void **state) {
	struct scene *scene = *state;
	scene_write(scene, "hub/models--o--n/refs/main", "abc");
	scene_write(scene, "hub/models--o--n/snapshots/abc/m.pt", "");
	scene_load_cards(scene, "name: a\ncheckpoint: hg://o/n\ncheckpoint_path: m.pt\n");
	assert_string_equal(trace(scene, "checkpoint"),
		"as written: hg://o/n; in the cache: $/hub/models--o--n/snapshots/abc; "
		"checkpoint_path: m.pt; target: $/hub/models--o--n/snapshots/abc/m.pt; cached");
}

static void test_a_data_set_has_snapshots_of_its_own(void **state) {
	struct scene *scene = *state;
	scene_load_cards(scene, "name: a\ndata: hg://o/n\n");
	assert_string_equal(trace(scene, "data"),
		"as written: hg://o/n; in the cache: $/hub/datasets--o--n/snapshots/main; "
		"target: $/hub/datasets--o--n/snapshots/main; remote");
}

static void test_what_leads_nowhere_says_why(void **state) {
	struct scene *scene = *state;
	scene_load_cards(scene, "name: a\ncheckpoint: /x\ncheckpoint_path: ../y\n");
	assert_string_equal(trace(scene, "checkpoint"),
		"as written: /x; checkpoint_path: ../y; leads nowhere: the path \"../y\" leads "
		"out of what it is to be found in; ");
	scene_load_cards(scene, "name: a\ncheckpoint: hg://../n\n");
	assert_non_null(strstr(trace(scene, "checkpoint"), "leads nowhere: \"hg://../n\" names"));
}

static void test_a_gated_locator_says_so(void **state) {
	struct scene *scene = *state;
	scene_load_cards(scene, "name: a\ncheckpoint: https://e.com/m;gated=true\n");
	assert_non_null(strstr(trace(scene, "checkpoint"), "; remote, gated"));
}

int main(void) {
	const struct CMUnitTest tests[] = {
		SCENE_TEST(test_an_absolute_path_is_its_target),
		SCENE_TEST(test_a_relative_path_is_joined),
		SCENE_TEST(test_a_sub_path_comes_between_place_and_target),
		SCENE_TEST(test_downloads_are_looked_up_in_the_cache),
		SCENE_TEST(test_snapshots_are_looked_up_in_the_cache),
		SCENE_TEST(test_a_data_set_has_snapshots_of_its_own),
		SCENE_TEST(test_what_leads_nowhere_says_why),
		SCENE_TEST(test_a_gated_locator_says_so),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
