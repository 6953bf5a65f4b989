#include "unit/support/scene.h"

#include "card/graph.h"

static struct graph load_graph(struct scene *scene, const char *cards) {
	struct graph graph;
	struct environments environments = environments_in_force(scene->environment);
	scene_load_cards(scene, cards);
	assert_true(graph_init(&graph, scene->catalog, &environments, &scene->error));
	return graph;
}

static void append_node(struct buffer *text, const struct graph_node *node) {
	buffer_append_text(text, node->name);
	buffer_append_string(text, node->is_missing ? "(missing)" : "");
	buffer_append_string(text, node->problem.length > 0 ? "(broken)" : "");
	for (size_t i = 0; i < node->environment_count; i++) {
		buffer_append_byte(text, '@');
		buffer_append_text(text, node->environments[i]);
	}
	if (node->family.length > 0) {
		buffer_append_byte(text, '/');
		buffer_append_text(text, node->family);
	}
	buffer_append_byte(text, ' ');
}

/* "NAME@ENV/FAMILY" for each node that is not left out. */
static const char *nodes_of(struct scene *scene, const struct graph *graph) {
	struct buffer text = {0};
	for (size_t i = 0; i < graph->node_count; i++) {
		if (!graph->nodes[i].is_left_out) {
			append_node(&text, &graph->nodes[i]);
		}
	}
	return scene_take(scene, &text);
}

/* "FROM@ENV>TO" for a base, "FROM~TO" for a reference. */
static const char *edges_of(struct scene *scene, const struct graph *graph) {
	struct buffer text = {0};
	for (size_t i = 0; i < graph->edge_count; i++) {
		const struct graph_edge *edge = &graph->edges[i];
		buffer_append_text(&text, graph->nodes[edge->from].name);
		buffer_append_string(&text, edge->environment.length > 0 ? "@" : "");
		buffer_append_text(&text, edge->environment);
		buffer_append_byte(&text, edge->relation == GRAPH_BASE ? '>' : '~');
		buffer_append_text(&text, graph->nodes[edge->to].name);
		buffer_append_byte(&text, ' ');
	}
	return scene_take(scene, &text);
}

static void check(struct scene *scene, const char *cards, const char *nodes, const char *edges) {
	struct graph graph = load_graph(scene, cards);
	assert_string_equal(nodes_of(scene, &graph), nodes);
	assert_string_equal(edges_of(scene, &graph), edges);
	graph_finish(&graph);
}

static void test_bases_and_references_are_edges(void **state) {
	struct scene *scene = *state;
	check(scene,
		"name: c\nbase: b\n---\nname: b\nx: {y_ref: a, z_ref: d}\n---\nname: a\n"
		"---\nname: d\n",
		"a b c d ", "b~a b~d c>b ");
}

static void test_no_cards_are_an_empty_graph(void **state) {
	struct scene *scene = *state;
	check(scene, "", "", "");
}

static void test_families_are_inherited_but_relations_stand_where_they_are_written(void **state) {
	struct scene *scene = *state;
	check(scene,
		"name: a\nmodel_family: m\ntokenizer_ref: t\n---\nname: b\nbase: a\n"
		"---\nname: t\ntokenizer_family: f\n",
		"a/m b/m t/f ", "a~t b>a ");
}

static void test_environments_add_what_they_say_themselves(void **state) {
	struct scene *scene = *state;
	check(scene,
		"name: a\nbase: b\n---\nname: a@f\nbase: c\n---\nname: a@e\nbase: b\nx_ref: c\n"
		"---\nname: b\n---\nname: b@e\n---\nname: c\n",
		"a@e@f b@e c ", "a>b a@e~c a@f>c ");
}

static void test_a_relation_that_is_said_twice_is_one_edge(void **state) {
	struct scene *scene = *state;
	check(scene, "name: a\nx_ref: b\ny: [{z_ref: b@e}]\n---\nname: b\n", "a b ", "a~b ");
	check(scene, "name: a\nx_ref: b\nbase: b\n---\nname: b\n", "a b ", "a>b a~b ");
}

static void test_broken_cards_have_their_problem(void **state) {
	struct scene *scene = *state;
	struct graph graph = load_graph(scene, "name: a\nbase: b\nmodel_family: m\n");
	assert_string_equal(nodes_of(scene, &graph), "a(broken) b(missing) ");
	const struct graph_node *node = graph_find(&graph, TEXT("a"));
	assert_non_null(node);
	assert_true(text_starts_with(node->problem, TEXT("base card \"b\" does not exist")));
	assert_null(graph_find(&graph, TEXT("c")));
	graph_finish(&graph);
}

static void test_circles_are_drawn_and_broken(void **state) {
	struct scene *scene = *state;
	check(scene, "name: a\nbase: b\n---\nname: b\nbase: a\n", "a(broken) b(broken) ",
		"a>b b>a ");
}

static const char relatives[] = "name: root\ntokenizer_ref: words\n---\nname: words\n"
				"---\nname: left\nbase: root\n---\nname: right\nbase: root\n"
				"---\nname: leaf\nbase: left\n---\nname: user\nx_ref: leaf\n"
				"---\nname: other\n---\nname: others\nbase: other\n";

static void check_selection(struct scene *scene, const char *name, const char *expected) {
	struct graph graph = load_graph(scene, relatives);
	const struct graph_node *chosen = graph_find(&graph, text_of(name));
	assert_true(graph_select(&graph, &chosen, 1, &scene->error));
	assert_string_equal(nodes_of(scene, &graph), expected);
	graph_finish(&graph);
}

static void test_a_selection_is_all_that_is_up_and_down_from_it(void **state) {
	struct scene *scene = *state;
	check_selection(scene, "left", "leaf left root user words ");
	check_selection(scene, "root", "leaf left right root user words ");
	check_selection(scene, "right", "right root words ");
	check_selection(scene, "other", "other others ");
}

static void test_several_cards_can_be_selected(void **state) {
	struct scene *scene = *state;
	struct graph graph = load_graph(scene, relatives);
	const struct graph_node *const chosen[] = {
		graph_find(&graph, TEXT("right")), graph_find(&graph, TEXT("others"))};
	assert_true(graph_select(&graph, chosen, 2, &scene->error));
	assert_string_equal(nodes_of(scene, &graph), "other others right root words ");
	graph_finish(&graph);
}

static void test_a_selection_in_a_circle_ends(void **state) {
	struct scene *scene = *state;
	struct graph graph =
		load_graph(scene, "name: a\nbase: b\n---\nname: b\nbase: a\n---\nname: c\n");
	const struct graph_node *chosen = graph_find(&graph, TEXT("a"));
	assert_true(graph_select(&graph, &chosen, 1, &scene->error));
	assert_string_equal(nodes_of(scene, &graph), "a(broken) b(broken) ");
	graph_finish(&graph);
}

int main(void) {
	const struct CMUnitTest tests[] = {
		SCENE_TEST(test_bases_and_references_are_edges),
		SCENE_TEST(test_no_cards_are_an_empty_graph),
		SCENE_TEST(test_families_are_inherited_but_relations_stand_where_they_are_written),
		SCENE_TEST(test_environments_add_what_they_say_themselves),
		SCENE_TEST(test_a_relation_that_is_said_twice_is_one_edge),
		SCENE_TEST(test_broken_cards_have_their_problem),
		SCENE_TEST(test_circles_are_drawn_and_broken),
		SCENE_TEST(test_a_selection_is_all_that_is_up_and_down_from_it),
		SCENE_TEST(test_several_cards_can_be_selected),
		SCENE_TEST(test_a_selection_in_a_circle_ends),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
