/*
 * How the cards of a catalog hang together: bases, environments, and the cards that others refer
 * to. Taken from the documents, so that each relation stands where somebody wrote it.
 */
#ifndef CARDFS_CARD_GRAPH_H
#define CARDFS_CARD_GRAPH_H

#include "card/catalog.h"
#include "card/kind.h"

struct graph_node {
	struct text name;
	struct text family; /* empty for none */
	enum card_kind kind;
	bool is_missing;           /* no card: a document derives from it or refers to it */
	struct text problem;       /* why it is broken; empty for a sound one */
	struct text *environments; /* that have a card of that name, sorted */
	size_t environment_count;
	bool is_left_out; /* by graph_select */
};

enum graph_relation { GRAPH_BASE, GRAPH_REFERENCE };

/* A relation of the card from: it derives from, or refers to, the card to. */
struct graph_edge {
	size_t from, to; /* nodes */
	enum graph_relation relation;
	struct text environment; /* of the document that says so; empty for the asset's own */
};

/* Zeroes are empty. Texts live as long as the catalog. */
struct graph {
	struct arena arena;
	struct graph_node *nodes; /* assets sorted by name, then what is missing */
	size_t node_count;
	struct graph_edge *edges; /* sorted by from, environment, to */
	size_t edge_count;
	struct table by_name;
};

/*
 * Fills graph with every asset of the catalog; families, kinds and problems are those in these
 * environments. Costs one pass over all cards. Fails for want of memory. The caller finishes graph
 * in any case.
 */
bool graph_init(struct graph *graph, struct catalog *catalog,
	const struct environments *environments, struct error *error);
void graph_finish(struct graph *graph);

/* The node of that name, or NULL. */
const struct graph_node *graph_find(const struct graph *graph, struct text name);

/*
 * Leaves out every node but the chosen ones, what those derive from or refer to, however far, and
 * what derives from or refers to them. Fails for want of memory.
 */
bool graph_select(struct graph *graph, const struct graph_node *const *chosen, size_t count,
	struct error *error);

#endif
