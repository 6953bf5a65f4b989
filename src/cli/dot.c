#include "cli/dot.h"

#include <stdlib.h>

/* How much higher than wide a grid is, in nodes: they are wide themselves. */
#define ROWS_A_COLUMN 4

/* How nodes of a kind look: what fills them, and their border. */
struct look {
	const char *fill;
	const char *line;
};

static const struct look looks[] = {
	[KIND_MODEL] = {"#e3edfb", "#4a78b5"},
	[KIND_DATASET] = {"#e2f3e4", "#4c9a5a"},
	[KIND_TOKENIZER] = {"#fbf0d9", "#c08a2d"},
	[KIND_OTHER] = {"#f1f1f1", "#8a8a8a"},
};

static const struct look broken_look = {"#fbe0de", "#c5221f"};

static const char preamble[] =
	"digraph cards {\n"
	"\tgraph [rankdir=RL, nodesep=0.1, ranksep=0.4, pad=0.3, bgcolor=white,\n"
	"\t\tpack=12, packmode=\"graph\",\n"
	"\t\tfontname=\"Helvetica,Arial,sans-serif\", fontsize=14, fontcolor=\"#444444\"];\n"
	"\tnode [shape=box, style=\"rounded,filled\", height=0.25, margin=\"0.12,0.04\",\n"
	"\t\tfontname=\"Helvetica,Arial,sans-serif\", fontsize=11, fontcolor=\"#222222\"];\n"
	"\tedge [color=\"#7a7a7a\", arrowsize=0.6, penwidth=0.9,\n"
	"\t\tfontname=\"Helvetica,Arial,sans-serif\", fontsize=9, fontcolor=\"#777777\"];\n";

/* Where a drawing is made. */
struct drawing {
	const struct graph *graph;
	const struct graph_node **nodes; /* that take part, by family and name */
	size_t count;
	const struct graph_node **loners; /* room for those of a family without relations */
	size_t *starts; /* of each node of the graph: its first edge; and where the last ones end */
	bool *is_related; /* of each node of the graph */
};

static bool is_drawn(const struct graph *graph, const struct graph_edge *edge) {
	return !graph->nodes[edge->from].is_left_out && !graph->nodes[edge->to].is_left_out;
}

/* Appends text as it may be shown, with a backslash before each of these characters. */
static void append_escaped(struct buffer *buffer, struct text text) {
	struct buffer shown = {0};
	buffer_append_printable(&shown, text);
	for (size_t i = 0; i < shown.length; i++) {
		if (shown.data[i] == '"' || shown.data[i] == '\\') {
			buffer_append_byte(buffer, '\\');
		}
		buffer_append_byte(buffer, shown.data[i]);
	}
	buffer->failed |= shown.failed;
	buffer_finish(&shown);
}

static void append_quoted(struct buffer *buffer, struct text text) {
	buffer_append_byte(buffer, '"');
	append_escaped(buffer, text);
	buffer_append_byte(buffer, '"');
}

/* The entity that stands for a character in a label that is HTML, or NULL. */
static const char *entity_of(char byte) {
	switch (byte) {
	case '&':
		return "&amp;";
	case '<':
		return "&lt;";
	case '>':
		return "&gt;";
	case '"':
		return "&quot;";
	default:
		return NULL;
	}
}

static void append_html(struct buffer *buffer, struct text text) {
	struct buffer shown = {0};
	buffer_append_printable(&shown, text);
	for (size_t i = 0; i < shown.length; i++) {
		const char *entity = entity_of(shown.data[i]);
		if (entity != NULL) {
			buffer_append_string(buffer, entity);
		} else {
			buffer_append_byte(buffer, shown.data[i]);
		}
	}
	buffer->failed |= shown.failed;
	buffer_finish(&shown);
}

static size_t node_number(const struct drawing *drawing, const struct graph_node *node) {
	return (size_t)(node - drawing->graph->nodes);
}

/* Whether an edge is the first of its node that is of its environment. */
static bool is_first_of_environment(const struct drawing *drawing, size_t number) {
	const struct graph_edge *edges = drawing->graph->edges;
	return number == drawing->starts[edges[number].from] ||
	       !text_equal(edges[number - 1].environment, edges[number].environment);
}

/*
 * Whether the node's card has relations of its own in an environment, which is a node beside it
 * then. *edge is where to look; it moves on, for environments that are asked for in their order.
 */
static bool has_variant(const struct drawing *drawing, const struct graph_node *node,
	struct text environment, size_t *edge) {
	size_t end = drawing->starts[node_number(drawing, node) + 1];
	const struct graph_edge *edges = drawing->graph->edges;
	while (*edge < end && text_compare(edges[*edge].environment, environment) < 0) {
		(*edge)++;
	}
	return *edge < end && text_equal(edges[*edge].environment, environment);
}

/* The name, and below it, smaller, the environments that change the card. */
static void append_label(
	struct buffer *buffer, const struct drawing *drawing, const struct graph_node *node) {
	size_t edge = drawing->starts[node_number(drawing, node)];
	bool has_any = false;
	buffer_append_string(buffer, "label=<");
	append_html(buffer, node->name);
	for (size_t i = 0; i < node->environment_count; i++) {
		if (has_variant(drawing, node, node->environments[i], &edge)) {
			continue;
		}
		buffer_append_string(
			buffer, has_any ? " @" : "<br/><font point-size=\"9\" color=\"#666666\">@");
		append_html(buffer, node->environments[i]);
		has_any = true;
	}
	buffer_append_string(buffer, has_any ? "</font>>" : ">");
}

static void append_tooltip(struct buffer *buffer, const struct graph_node *node) {
	buffer_append_string(buffer, ", tooltip=");
	if (node->is_missing) {
		append_quoted(buffer, TEXT("there is no such card"));
	} else if (node->problem.length > 0) {
		append_quoted(buffer, node->problem);
	} else {
		append_quoted(buffer, text_of(card_kind_name(node->kind)));
	}
}

/* "NAME@ENVIRONMENT" for a node beside the card's. */
static void append_variant_name(struct buffer *buffer, struct text name, struct text environment) {
	buffer_append_byte(buffer, '"');
	append_escaped(buffer, name);
	if (environment.length > 0) {
		buffer_append_byte(buffer, '@');
		append_escaped(buffer, environment);
	}
	buffer_append_byte(buffer, '"');
}

static void append_variant(
	struct buffer *buffer, const struct graph_node *node, struct text environment) {
	buffer_append_byte(buffer, '\t');
	append_variant_name(buffer, node->name, environment);
	buffer_append_string(buffer, " [label=<@");
	append_html(buffer, environment);
	buffer_append_format(buffer,
		">, fontsize=9, fontcolor=\"#666666\", height=0.18, width=0.3, "
		"margin=\"0.08,0.02\", "
		"fillcolor=white, color=\"%s\", tooltip=\"environment\"];\n\t",
		looks[node->kind].line);
	append_variant_name(buffer, node->name, environment);
	buffer_append_string(buffer, " -> ");
	append_quoted(buffer, node->name);
	buffer_append_string(buffer, " [style=dotted, arrowhead=none];\n");
}

static void append_variants(
	struct buffer *buffer, const struct drawing *drawing, const struct graph_node *node) {
	const struct graph *graph = drawing->graph;
	size_t number = node_number(drawing, node);
	for (size_t i = drawing->starts[number]; i < drawing->starts[number + 1]; i++) {
		const struct graph_edge *edge = &graph->edges[i];
		if (edge->environment.length > 0 && is_first_of_environment(drawing, i)) {
			append_variant(buffer, node, edge->environment);
		}
	}
}

static void append_node(
	struct buffer *buffer, const struct drawing *drawing, const struct graph_node *node) {
	bool is_broken = node->is_missing || node->problem.length > 0;
	const struct look *look = is_broken ? &broken_look : &looks[node->kind];
	buffer_append_byte(buffer, '\t');
	append_quoted(buffer, node->name);
	buffer_append_string(buffer, " [");
	append_label(buffer, drawing, node);
	buffer_append_format(buffer, ", fillcolor=\"%s\", color=\"%s\"",
		node->is_missing ? "#ffffff" : look->fill, look->line);
	if (is_broken) {
		buffer_append_format(buffer, ", fontcolor=\"%s\"", look->line);
	}
	if (node->is_missing) {
		buffer_append_string(buffer, ", style=\"rounded,filled,dashed\"");
	}
	append_tooltip(buffer, node);
	buffer_append_string(buffer, "];\n");
	append_variants(buffer, drawing, node);
}

static int compare_nodes(const void *a, const void *b) {
	const struct graph_node *const *first = a;
	const struct graph_node *const *second = b;
	int order = text_compare((*first)->family, (*second)->family);
	return order != 0 ? order : text_compare((*first)->name, (*second)->name);
}

static void append_cluster_start(struct buffer *buffer, struct text family) {
	buffer_append_string(buffer, "\tsubgraph \"cluster_");
	append_escaped(buffer, family);
	buffer_append_string(buffer, "\" {\n\tlabel=");
	append_quoted(buffer, family);
	buffer_append_string(buffer,
		"; labeljust=r; style=\"rounded,filled\"; fillcolor=\"#fafafa\"; "
		"color=\"#d5d5d5\";\n");
}

/* Nodes are sorted by family, those without one first. */
static void append_nodes(struct buffer *buffer, const struct drawing *drawing) {
	struct text family = TEXT("");
	for (size_t i = 0; i < drawing->count; i++) {
		const struct graph_node *node = drawing->nodes[i];
		if (!text_equal(family, node->family)) {
			buffer_append_string(buffer, family.length > 0 ? "\t}\n" : "");
			family = node->family;
			append_cluster_start(buffer, family);
		}
		append_node(buffer, drawing, node);
	}
	buffer_append_string(buffer, family.length > 0 ? "\t}\n" : "");
}

static void append_edge(
	struct buffer *buffer, const struct graph *graph, const struct graph_edge *edge) {
	buffer_append_byte(buffer, '\t');
	append_variant_name(buffer, graph->nodes[edge->from].name, edge->environment);
	buffer_append_string(buffer, " -> ");
	append_quoted(buffer, graph->nodes[edge->to].name);
	buffer_append_string(buffer, edge->relation == GRAPH_REFERENCE
					     ? " [style=dashed, color=\"#c08a2d\"];\n"
					     : ";\n");
}

/* Cards that have no relations stand in a grid, held by edges that are not drawn. */
static void append_grid(
	struct buffer *buffer, const struct graph_node *const *nodes, size_t count) {
	size_t columns = 1;
	while ((columns + 1) * (columns + 1) * ROWS_A_COLUMN <= count) {
		columns++;
	}
	size_t rows = (count + columns - 1) / columns;
	for (size_t i = 0; columns > 1 && i < count; i++) {
		bool has_right = i + rows < count;
		bool is_first_column = i < rows;
		if (has_right || is_first_column) {
			buffer_append_byte(buffer, '\t');
			append_quoted(buffer, nodes[has_right ? i + rows : count - 1]->name);
			buffer_append_string(buffer, " -> ");
			append_quoted(buffer, nodes[i]->name);
			buffer_append_string(buffer, " [style=invis];\n");
		}
	}
}

static void append_grids(struct buffer *buffer, struct drawing *drawing) {
	size_t loner_count = 0;
	for (size_t i = 0; i < drawing->count; i++) {
		const struct graph_node *node = drawing->nodes[i];
		bool is_last = i + 1 == drawing->count ||
			       !text_equal(node->family, drawing->nodes[i + 1]->family);
		if (!drawing->is_related[node_number(drawing, node)]) {
			drawing->loners[loner_count++] = node;
		}
		if (is_last) {
			append_grid(buffer, drawing->loners, loner_count);
			loner_count = 0;
		}
	}
}

static void append_edges(struct buffer *buffer, struct drawing *drawing) {
	const struct graph *graph = drawing->graph;
	for (size_t i = 0; i < graph->edge_count; i++) {
		const struct graph_edge *edge = &graph->edges[i];
		if (is_drawn(graph, edge)) {
			drawing->is_related[edge->from] = true;
			drawing->is_related[edge->to] = true;
			append_edge(buffer, graph, edge);
		}
	}
}

/* Edges are sorted by the node that they start from. */
static void fill_starts(struct drawing *drawing) {
	const struct graph *graph = drawing->graph;
	size_t edge = 0;
	for (size_t i = 0; i <= graph->node_count; i++) {
		while (edge < graph->edge_count && graph->edges[edge].from < i) {
			edge++;
		}
		drawing->starts[i] = edge;
	}
}

static bool drawing_init(struct drawing *drawing, const struct graph *graph) {
	size_t room = graph->node_count + 1;
	*drawing = (struct drawing){
		.graph = graph,
		.nodes = calloc(room, sizeof(const struct graph_node *)),
		.loners = calloc(room, sizeof(const struct graph_node *)),
		.starts = calloc(room, sizeof(size_t)),
		.is_related = calloc(room, sizeof(bool)),
	};
	if (drawing->nodes == NULL || drawing->loners == NULL || drawing->starts == NULL ||
		drawing->is_related == NULL) {
		return false;
	}
	for (size_t i = 0; i < graph->node_count; i++) {
		if (!graph->nodes[i].is_left_out) {
			drawing->nodes[drawing->count++] = &graph->nodes[i];
		}
	}
	fill_starts(drawing);
	qsort(drawing->nodes, drawing->count, sizeof(const struct graph_node *), compare_nodes);
	return true;
}

static void drawing_finish(struct drawing *drawing) {
	free(drawing->nodes);
	free(drawing->loners);
	free(drawing->starts);
	free(drawing->is_related);
}

bool dot_write(struct buffer *buffer, const struct graph *graph, struct error *error) {
	struct drawing drawing;
	bool done = drawing_init(&drawing, graph);
	if (done) {
		buffer_append_string(buffer, preamble);
		append_nodes(buffer, &drawing);
		append_edges(buffer, &drawing);
		append_grids(buffer, &drawing);
		buffer_append_string(buffer, "}\n");
	}
	drawing_finish(&drawing);
	return (done && !buffer->failed) || error_set_memory(error);
}
