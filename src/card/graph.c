#include "card/graph.h"

#include <stdlib.h>

/* What is being gathered. */
struct survey {
	struct graph *graph;
	struct catalog *catalog;
	const struct environments *environments;
	struct error *error;
};

static struct text node_key(const void *item) {
	const struct graph_node *node = item;
	return node->name;
}

static bool fail(const struct survey *survey) {
	return error_set_memory(survey->error);
}

/* One place for each name that some document may derive from or refer to is enough. */
static size_t count_relations(const struct catalog *catalog) {
	struct catalog_cursor cursor = {0};
	struct asset asset;
	size_t count = 0;
	while (catalog_next(catalog, &cursor, &asset)) {
		for (size_t i = 0; i < asset.document_count; i++) {
			const struct document *document = asset.documents[i];
			size_t position = 0;
			struct text reference;
			count += document->base_length > 0;
			while (document_next_reference(document, &position, &reference)) {
				count++;
			}
		}
	}
	return count;
}

static bool add_environments(struct survey *survey, struct graph_node *node) {
	struct asset asset;
	if (!catalog_find(survey->catalog, node->name, &asset)) {
		return true;
	}
	node->environments = arena_allocate_array(
		&survey->graph->arena, asset.document_count, sizeof(struct text));
	if (node->environments == NULL) {
		return fail(survey);
	}
	for (size_t i = 0; i < asset.document_count; i++) {
		struct text environment = document_environment(asset.documents[i]);
		size_t count = node->environment_count;
		bool is_repeated =
			count > 0 && text_equal(node->environments[count - 1], environment);
		if (environment.length > 0 && !is_repeated) {
			node->environments[node->environment_count++] = environment;
		}
	}
	return true;
}

static bool describe_problem(
	struct survey *survey, struct graph_node *node, const struct card *card) {
	const char *message = card->problems.count > 0 ? card->problems.items[0].message : "broken";
	return arena_copy_text(&survey->graph->arena, text_of(message), &node->problem) ||
	       fail(survey);
}

static bool describe(struct survey *survey, struct graph_node *node) {
	struct card *card =
		catalog_card(survey->catalog, node->name, survey->environments, survey->error);
	if (card == NULL) {
		return false;
	}
	bool done;
	node->kind = card_kind(card);
	if (card->is_broken) {
		done = describe_problem(survey, node, card);
	} else {
		done = arena_copy_text(&survey->graph->arena, card_family(card), &node->family) ||
		       fail(survey);
	}
	card_release(card);
	return done;
}

static bool add_node(struct survey *survey, struct text name, bool is_missing) {
	struct graph *graph = survey->graph;
	struct graph_node *node = &graph->nodes[graph->node_count++];
	*node = (struct graph_node){.name = name, .kind = KIND_OTHER, .is_missing = is_missing};
	if (!table_add(&graph->by_name, node)) {
		return fail(survey);
	}
	return is_missing || (add_environments(survey, node) && describe(survey, node));
}

static bool add_assets(struct survey *survey) {
	struct text *names = catalog_sorted_names(survey->catalog);
	if (names == NULL) {
		return fail(survey);
	}
	bool done = true;
	for (size_t i = 0; done && i < catalog_asset_count(survey->catalog); i++) {
		done = add_node(survey, names[i], false);
	}
	free(names);
	return done;
}

static bool add_edge(struct survey *survey, const struct document *document, struct text to,
	enum graph_relation relation) {
	struct graph *graph = survey->graph;
	if (table_find(&graph->by_name, to) == NULL && !add_node(survey, to, true)) {
		return false;
	}
	const struct graph_node *source = table_find(&graph->by_name, document_name(document));
	const struct graph_node *target = table_find(&graph->by_name, to);
	graph->edges[graph->edge_count++] = (struct graph_edge){
		.from = (size_t)(source - graph->nodes),
		.to = (size_t)(target - graph->nodes),
		.relation = relation,
		.environment = document_environment(document),
	};
	return true;
}

static bool add_relations(struct survey *survey, const struct document *document) {
	struct text base = document_base(document);
	if (base.length > 0 && !add_edge(survey, document, base, GRAPH_BASE)) {
		return false;
	}
	size_t position = 0;
	struct text reference;
	while (document_next_reference(document, &position, &reference)) {
		if (!add_edge(survey, document, reference, GRAPH_REFERENCE)) {
			return false;
		}
	}
	return true;
}

static bool add_edges(struct survey *survey) {
	const struct graph *graph = survey->graph;
	size_t asset_count = graph->node_count;
	for (size_t i = 0; i < asset_count; i++) {
		struct asset asset;
		if (!catalog_find(survey->catalog, graph->nodes[i].name, &asset)) {
			continue;
		}
		for (size_t j = 0; j < asset.document_count; j++) {
			if (!add_relations(survey, asset.documents[j])) {
				return false;
			}
		}
	}
	return true;
}

static int compare_numbers(size_t a, size_t b) {
	return (a > b) - (a < b);
}

/* Without regard to which document says it. */
static int compare_relations(const struct graph_edge *a, const struct graph_edge *b) {
	int order = compare_numbers(a->from, b->from);
	order = order != 0 ? order : compare_numbers(a->to, b->to);
	return order != 0 ? order : compare_numbers(a->relation, b->relation);
}

/* What documents of an asset say alike comes together, its own document first. */
static int compare_statements(const void *a, const void *b) {
	const struct graph_edge *first = a;
	const struct graph_edge *second = b;
	int order = compare_relations(first, second);
	return order != 0 ? order : text_compare(first->environment, second->environment);
}

static int compare_edges(const void *a, const void *b) {
	const struct graph_edge *first = a;
	const struct graph_edge *second = b;
	int order = compare_numbers(first->from, second->from);
	order = order != 0 ? order : text_compare(first->environment, second->environment);
	return order != 0 ? order : compare_relations(first, second);
}

/* What several documents of an asset say is one relation: its own document's where that says it. */
static void sort_edges(struct graph *graph) {
	if (graph->edge_count == 0) {
		return;
	}
	qsort(graph->edges, graph->edge_count, sizeof(*graph->edges), compare_statements);
	size_t kept = 1;
	for (size_t i = 1; i < graph->edge_count; i++) {
		if (compare_relations(&graph->edges[kept - 1], &graph->edges[i]) != 0) {
			graph->edges[kept++] = graph->edges[i];
		}
	}
	graph->edge_count = kept;
	qsort(graph->edges, graph->edge_count, sizeof(*graph->edges), compare_edges);
}

bool graph_init(struct graph *graph, struct catalog *catalog,
	const struct environments *environments, struct error *error) {
	*graph = (struct graph){.by_name.key = node_key};
	struct survey survey = {graph, catalog, environments, error};
	size_t relation_count = count_relations(catalog);
	size_t node_limit = catalog_asset_count(catalog) + relation_count;
	graph->nodes = arena_allocate_array(&graph->arena, node_limit, sizeof(*graph->nodes));
	graph->edges = arena_allocate_array(&graph->arena, relation_count, sizeof(*graph->edges));
	if (graph->nodes == NULL || graph->edges == NULL) {
		return error_set_memory(error);
	}
	if (!add_assets(&survey) || !add_edges(&survey)) {
		return false;
	}
	sort_edges(graph);
	return true;
}

void graph_finish(struct graph *graph) {
	table_finish(&graph->by_name);
	arena_finish(&graph->arena);
	*graph = (struct graph){0};
}

const struct graph_node *graph_find(const struct graph *graph, struct text name) {
	return table_find(&graph->by_name, name);
}

/* The ends of edges by node: those of node i are ends[starts[i]] up to ends[starts[i + 1]]. */
struct neighbours {
	size_t *starts;
	size_t *ends;
};

static size_t edge_start(const struct graph_edge *edge, bool is_upwards) {
	return is_upwards ? edge->from : edge->to;
}

static bool neighbours_init(
	struct neighbours *neighbours, const struct graph *graph, bool is_upwards) {
	neighbours->starts = calloc(graph->node_count + 2, sizeof(size_t));
	neighbours->ends = calloc(graph->edge_count + 1, sizeof(size_t));
	if (neighbours->starts == NULL || neighbours->ends == NULL) {
		return false;
	}
	/* Counted two places on, summed up, and filled in: the starts then stand one place on. */
	for (size_t i = 0; i < graph->edge_count; i++) {
		neighbours->starts[edge_start(&graph->edges[i], is_upwards) + 2]++;
	}
	for (size_t i = 2; i < graph->node_count + 2; i++) {
		neighbours->starts[i] += neighbours->starts[i - 1];
	}
	for (size_t i = 0; i < graph->edge_count; i++) {
		const struct graph_edge *edge = &graph->edges[i];
		size_t place = neighbours->starts[edge_start(edge, is_upwards) + 1]++;
		neighbours->ends[place] = edge_start(edge, !is_upwards);
	}
	return true;
}

static void neighbours_finish(struct neighbours *neighbours) {
	free(neighbours->starts);
	free(neighbours->ends);
}

/* Nodes that were reached in one direction; each is on the stack once. */
struct reach {
	bool *is_reached;
	size_t *stack;
	size_t height;
};

static void reach_node(struct reach *reach, size_t node) {
	if (!reach->is_reached[node]) {
		reach->is_reached[node] = true;
		reach->stack[reach->height++] = node;
	}
}

static void follow(struct reach *reach, const struct neighbours *neighbours) {
	while (reach->height > 0) {
		size_t node = reach->stack[--reach->height];
		for (size_t i = neighbours->starts[node]; i < neighbours->starts[node + 1]; i++) {
			reach_node(reach, neighbours->ends[i]);
		}
	}
}

/* Takes back in what can be reached from the chosen nodes in one direction. */
static bool take_in(struct graph *graph, const struct graph_node *const *chosen, size_t count,
	bool is_upwards) {
	struct neighbours neighbours = {0};
	struct reach reach = {
		.is_reached = calloc(graph->node_count + 1, sizeof(bool)),
		.stack = calloc(graph->node_count + 1, sizeof(size_t)),
	};
	bool done = reach.is_reached != NULL && reach.stack != NULL &&
		    neighbours_init(&neighbours, graph, is_upwards);
	if (done) {
		for (size_t i = 0; i < count; i++) {
			reach_node(&reach, (size_t)(chosen[i] - graph->nodes));
		}
		follow(&reach, &neighbours);
		for (size_t i = 0; i < graph->node_count; i++) {
			graph->nodes[i].is_left_out &= !reach.is_reached[i];
		}
	}
	neighbours_finish(&neighbours);
	free(reach.is_reached);
	free(reach.stack);
	return done;
}

bool graph_select(struct graph *graph, const struct graph_node *const *chosen, size_t count,
	struct error *error) {
	for (size_t i = 0; i < graph->node_count; i++) {
		graph->nodes[i].is_left_out = true;
	}
	return (take_in(graph, chosen, count, true) && take_in(graph, chosen, count, false)) ||
	       error_set_memory(error);
}
