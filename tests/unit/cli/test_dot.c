#include "unit/support/scene.h"

#include "cli/dot.h"

/* The graph of the cards, as text. */
static const char *draw(struct scene *scene, const char *cards) {
	struct graph graph;
	struct environments environments = environments_in_force(scene->environment);
	struct buffer text = {0};
	scene_load_cards(scene, cards);
	assert_true(graph_init(&graph, scene->catalog, &environments, &scene->error));
	assert_true(dot_write(&text, &graph, &scene->error));
	graph_finish(&graph);
	return scene_take(scene, &text);
}

static void assert_part(const char *text, const char *part) {
	if (strstr(text, part) == NULL) {
		fail_msg("\"%s\" is not in:\n%s", part, text);
	}
}

static size_t count(const char *text, const char *part) {
	size_t found = 0;
	for (const char *at = text; (at = strstr(at, part)) != NULL; at++) {
		found++;
	}
	return found;
}

static void test_names_are_quoted_whatever_they_hold(void **state) {
	struct scene *scene = *state;
	const char *text =
		draw(scene, "name: \"q\\\"u\\\\o<t>&\\n\\0\\\\\"\nbase: b\n---\nname: b\n");
	assert_part(text, "\"q\\\"u\\\\o<t>&\\\\n\\\\x00\\\\\" -> \"b\";\n");
	assert_part(text, "[label=<q&quot;u\\o&lt;t&gt;&amp;\\n\\x00\\>,");
}

static void test_a_family_is_a_cluster(void **state) {
	struct scene *scene = *state;
	const char *text =
		draw(scene, "name: a\nmodel_family: m\"\n---\nname: b\nbase: a\n---\nname: c\n"
			    "---\nname: d\ndataset_family: e\n");
	assert_int_equal(count(text, "subgraph"), 2);
	assert_part(text, "\tsubgraph \"cluster_m\\\"\" {\n\tlabel=\"m\\\"\";");
	assert_part(text, "\tsubgraph \"cluster_e\" {\n");
	assert_true(strstr(text, "\t\"c\" [") < strstr(text, "subgraph"));
	assert_true(strstr(text, "\t\"b\" [") > strstr(text, "cluster_m"));
}

static void test_environments_stand_below_the_name(void **state) {
	struct scene *scene = *state;
	const char *text = draw(scene, "name: a\n---\nname: a@<e>\n---\nname: a@f\n");
	assert_part(text,
		"[label=<a<br/><font point-size=\"9\" color=\"#666666\">@&lt;e&gt; @f</font>>");
}

static void test_an_environment_with_relations_is_a_node_once(void **state) {
	struct scene *scene = *state;
	const char *text =
		draw(scene, "name: a\n---\nname: a@e\nbase: b\nx_ref: c\n---\nname: a@f\n"
			    "---\nname: b\n---\nname: c\n");
	assert_int_equal(count(text, "\"a@e\" [label=<@e>"), 1);
	assert_int_equal(count(text, "\"a@e\" -> \"a\" [style=dotted"), 1);
	assert_part(text, "\"a@e\" -> \"b\";\n");
	assert_part(text, "\"a@e\" -> \"c\" [style=dashed");
	assert_part(text, "color=\"#666666\">@f</font>>");
}

static void test_broken_and_missing_cards_are_red(void **state) {
	struct scene *scene = *state;
	const char *text = draw(scene, "name: a\nbase: b\n");
	assert_part(text, "\"a\" [label=<a>, fillcolor=\"#fbe0de\", color=\"#c5221f\"");
	assert_part(text, "tooltip=\"base card \\\"b\\\" does not exist");
	assert_part(text, "\"b\" [label=<b>, fillcolor=\"#ffffff\", color=\"#c5221f\"");
	assert_part(text, "tooltip=\"there is no such card\"");
}

static void test_many_cards_without_relations_stand_in_a_grid(void **state) {
	struct scene *scene = *state;
	struct buffer cards = {0};
	for (int i = 0; i < 17; i++) {
		buffer_append_format(&cards, "---\nname: c%02d\nmodel_family: m\n", i);
	}
	const char *text = draw(scene, cards.data);
	assert_int_equal(count(text, "[style=invis]"), 9);
	assert_part(text, "\"c09\" -> \"c00\" [style=invis];\n");
	assert_part(text, "\"c16\" -> \"c08\" [style=invis];\n");
	buffer_finish(&cards);
}

static void test_few_cards_stand_in_a_column(void **state) {
	struct scene *scene = *state;
	assert_int_equal(count(draw(scene, "name: a\n---\nname: b\n"), "invis"), 0);
}

static void test_what_was_left_out_is_not_drawn(void **state) {
	struct scene *scene = *state;
	struct graph graph;
	struct environments environments = environments_in_force(TEXT(""));
	struct buffer text = {0};
	scene_load_cards(scene, "name: a\nbase: b\n---\nname: b\n---\nname: c\nbase: b\n");
	assert_true(graph_init(&graph, scene->catalog, &environments, &scene->error));
	const struct graph_node *chosen = graph_find(&graph, TEXT("a"));
	assert_true(graph_select(&graph, &chosen, 1, &scene->error));
	assert_true(dot_write(&text, &graph, &scene->error));
	graph_finish(&graph);
	assert_part(text.data, "\"a\" -> \"b\";\n");
	assert_null(strstr(text.data, "\"c\""));
	buffer_finish(&text);
}

int main(void) {
	const struct CMUnitTest tests[] = {
		SCENE_TEST(test_names_are_quoted_whatever_they_hold),
		SCENE_TEST(test_a_family_is_a_cluster),
		SCENE_TEST(test_environments_stand_below_the_name),
		SCENE_TEST(test_an_environment_with_relations_is_a_node_once),
		SCENE_TEST(test_broken_and_missing_cards_are_red),
		SCENE_TEST(test_many_cards_without_relations_stand_in_a_grid),
		SCENE_TEST(test_few_cards_stand_in_a_column),
		SCENE_TEST(test_what_was_left_out_is_not_drawn),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
