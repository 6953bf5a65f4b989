#include "cli/dot.h"

#include <stdlib.h>

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
	"\tgraph [rankdir=RL, nodesep=0.1, ranksep=0.5, pad=0.3, bgcolor=white, splines=true,\n"
	"\t\tfontname=\"Helvetica,Arial,sans-serif\", fontsize=14, fontcolor=\"#444444\"];\n"
	"\tnode [shape=box, style=\"rounded,filled\", height=0.25, margin=\"0.12,0.04\",\n"
	"\t\tfontname=\"Helvetica,Arial,sans-serif\", fontsize=11, fontcolor=\"#222222\"];\n"
	"\tedge [color=\"#7a7a7a\", arrowsize=0.6, penwidth=0.9,\n"
	"\t\tfontname=\"Helvetica,Arial,sans-serif\", fontsize=9, fontcolor=\"#777777\"];\n";

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

/* The name, and below it, smaller, the environments that change the card. */
static void append_label(struct buffer *buffer, const struct graph_node *node) {
	buffer_append_string(buffer, "label=<");
	append_html(buffer, node->name);
	for (size_t i = 0; i < node->environment_count; i++) {
		buffer_append_string(
			buffer, i == 0 ? "<br/><font point-size=\"9\" color=\"#666666\">@" : " @");
		append_html(buffer, node->environments[i]);
	}
	buffer_append_string(buffer, node->environment_count > 0 ? "</font>>" : ">");
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

static void append_node(struct buffer *buffer, const struct graph_node *node) {
	bool is_broken = node->is_missing || node->problem.length > 0;
	const struct look *look = is_broken ? &broken_look : &looks[node->kind];
	buffer_append_byte(buffer, '\t');
	append_quoted(buffer, node->name);
	buffer_append_string(buffer, " [");
	append_label(buffer, node);
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
		"; labeljust=l; style=\"rounded,filled\"; fillcolor=\"#fafafa\"; "
		"color=\"#d5d5d5\";\n");
}

/* nodes are sorted by family, those without one first. */
static void append_nodes(
	struct buffer *buffer, const struct graph_node *const *nodes, size_t count) {
	struct text family = TEXT("");
	for (size_t i = 0; i < count; i++) {
		if (!text_equal(family, nodes[i]->family)) {
			buffer_append_string(buffer, family.length > 0 ? "\t}\n" : "");
			family = nodes[i]->family;
			append_cluster_start(buffer, family);
		}
		append_node(buffer, nodes[i]);
	}
	buffer_append_string(buffer, family.length > 0 ? "\t}\n" : "");
}

static void append_edge(
	struct buffer *buffer, const struct graph *graph, const struct graph_edge *edge) {
	buffer_append_byte(buffer, '\t');
	append_quoted(buffer, graph->nodes[edge->from].name);
	buffer_append_string(buffer, " -> ");
	append_quoted(buffer, graph->nodes[edge->to].name);
	buffer_append_string(buffer, edge->relation == GRAPH_REFERENCE
					     ? " [style=dashed, color=\"#c08a2d\""
					     : " [style=solid");
	if (edge->environment.length > 0) {
		buffer_append_string(buffer, ", label=\"@");
		append_escaped(buffer, edge->environment);
		buffer_append_byte(buffer, '"');
	}
	buffer_append_string(buffer, "];\n");
}

bool dot_write(struct buffer *buffer, const struct graph *graph, struct error *error) {
	const struct graph_node **nodes =
		calloc(graph->node_count + 1, sizeof(const struct graph_node *));
	if (nodes == NULL) {
		return error_set_memory(error);
	}
	size_t count = 0;
	for (size_t i = 0; i < graph->node_count; i++) {
		if (!graph->nodes[i].is_left_out) {
			nodes[count++] = &graph->nodes[i];
		}
	}
	qsort(nodes, count, sizeof(const struct graph_node *), compare_nodes);
	buffer_append_string(buffer, preamble);
	append_nodes(buffer, nodes, count);
	for (size_t i = 0; i < graph->edge_count; i++) {
		const struct graph_edge *edge = &graph->edges[i];
		if (!graph->nodes[edge->from].is_left_out && !graph->nodes[edge->to].is_left_out) {
			append_edge(buffer, graph, edge);
		}
	}
	buffer_append_string(buffer, "}\n");
	free(nodes);
	return !buffer->failed || error_set_memory(error);
}
