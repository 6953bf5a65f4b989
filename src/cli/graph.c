#include "card/graph.h"

#include "cli/assets.h"
#include "cli/command.h"
#include "cli/dot.h"
#include "cli/graphviz.h"
#include "library/lookup.h"

#include <stdlib.h>

/* Finds the nodes that the names stand for. */
static bool find_nodes(const struct workspace *workspace, const struct graph *graph,
	const struct string_list *names, const struct graph_node **nodes, struct error *error) {
	for (size_t i = 0; i < names->count; i++) {
		struct card *card = lookup_card(workspace, names->items[i], error);
		if (card == NULL) {
			return false;
		}
		nodes[i] = graph_find(graph, card->name);
		card_release(card);
	}
	return true;
}

static bool select_named(const struct workspace *workspace, struct graph *graph,
	const struct string_list *names, struct error *error) {
	if (names->count == 0) {
		return true;
	}
	const struct graph_node **nodes = calloc(names->count, sizeof(const struct graph_node *));
	if (nodes == NULL) {
		return error_set_memory(error);
	}
	bool done = find_nodes(workspace, graph, names, nodes, error) &&
		    graph_select(graph, nodes, names->count, error);
	free(nodes);
	return done;
}

static bool has_broken_nodes(const struct graph *graph) {
	for (size_t i = 0; i < graph->node_count; i++) {
		if (!graph->nodes[i].is_left_out && graph->nodes[i].problem.length > 0) {
			return true;
		}
	}
	return false;
}

static bool print_graph(const struct graph *graph, bool as_svg, struct error *error) {
	struct buffer text = {0};
	bool done =
		dot_write(&text, graph, error) &&
		(as_svg ? graphviz_draw(buffer_text(&text), error) : print_answer(&text, error));
	buffer_finish(&text);
	return done;
}

static enum exit_status show_workspace(const struct workspace *workspace,
	const struct settings *settings, const struct string_list *names) {
	struct environments environments = environments_in_force(workspace->environment);
	struct graph graph = {0};
	struct error error = {0};
	enum exit_status status = EXIT_DONE;
	print_problems(&workspace->problems, PROBLEM_WARNING);
	if (!graph_init(&graph, workspace->catalog, &environments, &error) ||
		!select_named(workspace, &graph, names, &error) ||
		!print_graph(&graph, settings->svg, &error)) {
		status = fail(&error);
	} else if (has_broken_nodes(&graph)) {
		status = EXIT_PROBLEMS;
	}
	graph_finish(&graph);
	return status;
}

static enum exit_status run(struct settings *settings, const struct string_list *arguments) {
	struct workspace workspace;
	struct error error = {0};
	enum exit_status status = workspace_load(&workspace, settings, &error)
					  ? show_workspace(&workspace, settings, arguments)
					  : fail(&error);
	workspace_finish(&workspace);
	return status;
}

const struct command command_graph = {
	.name = "graph",
	.usage = "[NAME...] [--svg]",
	.summary = "how the cards hang together",
	.details =
		"Prints a graph in the language of Graphviz: an arrow from each card to its base,\n"
		"a dashed one to each card that it refers to, the environments that change it\n"
		"below its name, and a frame round each family. Broken cards are red, and a\n"
		"tooltip says why; the exit status is 1 then. With NAMEs only those, what they\n"
		"derive from or refer to, and what derives from or refers to them.\n\n"
		"  --svg   the picture itself, drawn by Graphviz where that is installed\n",
	.run = run,
};
