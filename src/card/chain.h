/*
 * The base chain of a card: its documents and those of its bases, found by name, with the
 * environments in force at each ("semantics.md, Resolution 1, 2").
 */
#ifndef CARDFS_CARD_CHAIN_H
#define CARDFS_CARD_CHAIN_H

#include "card/catalog.h"

/* The longest chain. */
#define CHAIN_LIMIT 1000

enum { LINK_ENVIRONMENT, LINK_OWN };

/* One card of the chain: its own document, and the environment's that is laid over it. */
struct chain_link {
	struct asset asset;
	const struct document *documents[2]; /* environment's (or NULL), own */
	/* Of the same; filled by whoever merges them. */
	const struct value *mappings[2];
	const struct card_source *sources[2];
};

struct chain {
	struct chain_link *links; /* nearest first */
	size_t length;
	size_t capacity;
	bool is_broken; /* it does not reach a root that can be used */
};

/*
 * Follows the chain of asset. Where it breaks, the links until then are there, and problems says
 * why. Fails for want of memory. The caller finishes chain in any case.
 */
bool chain_init(struct chain *chain, const struct catalog *catalog, const struct asset *asset,
	const struct environments *environments, struct problem_list *problems,
	struct error *error);
void chain_finish(struct chain *chain);

/* The name of the base of its first card; empty for a root. */
struct text chain_base(const struct chain *chain);

#endif
