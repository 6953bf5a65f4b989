#include "card/chain.h"

#include "base/array.h"
#include "base/table.h"

#include <stdlib.h>

/* How many cards of a chain a message names: as many of either end. */
enum { NAMED_AT_AN_END = 10 };

/* A chain that is being followed. */
struct pursuit {
	struct chain *chain;
	const struct catalog *catalog;
	const struct environments *environments;
	struct problem_list *problems;
	struct table seen; /* a document of each link's asset, by name */
};

static struct text document_key(const void *item) {
	return document_name(item);
}

static struct text leaf_name(const struct pursuit *pursuit) {
	return pursuit->chain->links[0].asset.name;
}

/* "leaf -> base -> base of base", without the middle where there are many. */
static void append_names(struct buffer *names, const struct chain *chain) {
	for (size_t i = 0; i < chain->length; i++) {
		size_t left = chain->length - i;
		if (i == NAMED_AT_AN_END && left > NAMED_AT_AN_END) {
			buffer_append_format(names, " -> ... (%zu more)", left - NAMED_AT_AN_END);
			i += left - NAMED_AT_AN_END;
		}
		buffer_append_string(names, i == 0 ? "" : " -> ");
		buffer_append_format(names, "%.*s", TEXT_ARGUMENTS(chain->links[i].asset.name));
	}
}

/* Adds the message in buffer, about the base that document names, and ends with it. */
static void report_base(
	struct pursuit *pursuit, const struct document *document, struct buffer *message) {
	problem_list_add(pursuit->problems, PROBLEM_ERROR, document_path(document),
		document->base_line, document->base_column, leaf_name(pursuit), "%.*s",
		TEXT_ARGUMENTS(buffer_text(message)));
	pursuit->problems->failed |= message->failed;
	buffer_finish(message);
}

static void report_missing_base(struct pursuit *pursuit, const struct document *document) {
	struct text needing = document_name(document);
	struct buffer message = {0};
	buffer_append_format(&message, "base card \"%.*s\" does not exist (needed by %.*s",
		TEXT_ARGUMENTS(document_base(document)), TEXT_ARGUMENTS(needing));
	if (pursuit->chain->length > 1) {
		buffer_append_format(
			&message, ", a base of %.*s", TEXT_ARGUMENTS(leaf_name(pursuit)));
	}
	if (pursuit->chain->length > 2) {
		buffer_append_string(&message, ": ");
		append_names(&message, pursuit->chain);
	}
	buffer_append_byte(&message, ')');
	report_base(pursuit, document, &message);
}

static void report_circle(struct pursuit *pursuit, const struct document *document) {
	struct buffer message = {0};
	buffer_append_format(
		&message, "the bases of %.*s go in a circle: ", TEXT_ARGUMENTS(leaf_name(pursuit)));
	append_names(&message, pursuit->chain);
	buffer_append_format(&message, " -> %.*s; change the base of one of them",
		TEXT_ARGUMENTS(document_base(document)));
	report_base(pursuit, document, &message);
}

static void report_length(struct pursuit *pursuit, const struct document *document) {
	struct buffer message = {0};
	buffer_append_format(&message, "the chain of bases of %.*s is longer than %d cards: ",
		TEXT_ARGUMENTS(leaf_name(pursuit)), CHAIN_LIMIT);
	append_names(&message, pursuit->chain);
	report_base(pursuit, document, &message);
}

/* Of the card itself it is what the catalog reports too; of a base, it says whose base that is. */
static void report_fault(struct pursuit *pursuit, const struct document *document) {
	const struct problem *fault = document_fault(document);
	struct text leaf = leaf_name(pursuit);
	struct text faulty = document_name(document);
	if (text_equal(leaf, faulty)) {
		problem_list_add(pursuit->problems, PROBLEM_ERROR, document_path(document),
			fault->line, fault->column, leaf, "%s", fault->message);
		return;
	}
	problem_list_add(pursuit->problems, PROBLEM_ERROR, document_path(document), fault->line,
		fault->column, leaf, "%.*s, a base of %.*s, is faulty: %s", TEXT_ARGUMENTS(faulty),
		TEXT_ARGUMENTS(leaf), fault->message);
}

static void fill_link(struct chain_link *link, const struct asset *asset,
	const struct environments *environments) {
	*link = (struct chain_link){.asset = *asset};
	link->documents[LINK_OWN] = asset_document(asset, TEXT(""));
	for (size_t i = 0; i < environments->count; i++) {
		const struct document *document = asset_document(asset, environments->names[i]);
		if (document != NULL && environments->names[i].length > 0) {
			link->documents[LINK_ENVIRONMENT] = document;
			return;
		}
	}
}

/*
 * The document of the link that decides what its base is: the environment's where it has the key.
 */
static const struct document *base_document(const struct chain_link *link) {
	const struct document *over = link->documents[LINK_ENVIRONMENT];
	return over != NULL && over->has_base ? over : link->documents[LINK_OWN];
}

/* Whether the documents of a link can be used. */
static bool check_link(struct pursuit *pursuit, const struct chain_link *link) {
	const struct document *conflict[2];
	if (asset_conflict(&link->asset, conflict)) {
		shard_report_conflict(
			pursuit->problems, leaf_name(pursuit), conflict[0], conflict[1]);
		return false;
	}
	for (size_t i = 0; i < 2; i++) {
		if (link->documents[i] != NULL && link->documents[i]->is_faulty) {
			report_fault(pursuit, link->documents[i]);
			return false;
		}
	}
	return true;
}

/* Finds the asset below the last link. Returns false where there is none, or no end. */
static bool find_base(
	struct pursuit *pursuit, const struct document *document, struct asset *asset) {
	if (!catalog_find(pursuit->catalog, document_base(document), asset)) {
		report_missing_base(pursuit, document);
		return false;
	}
	if (table_find(&pursuit->seen, asset->name) != NULL) {
		report_circle(pursuit, document);
		return false;
	}
	if (pursuit->chain->length == CHAIN_LIMIT) {
		report_length(pursuit, document);
		return false;
	}
	return true;
}

/* Adds a link at the end. Returns it, or NULL for want of memory. */
static struct chain_link *add_link(struct pursuit *pursuit, const struct asset *asset) {
	struct chain *chain = pursuit->chain;
	struct chain_link *links = array_make_room(
		chain->links, chain->length, &chain->capacity, sizeof(*chain->links));
	if (links == NULL) {
		return NULL;
	}
	chain->links = links;
	if (!table_add(&pursuit->seen, asset->documents[0])) {
		return NULL;
	}
	struct chain_link *link = &links[chain->length++];
	fill_link(link, asset, pursuit->environments);
	return link;
}

/* Adds the links from asset on, until a root or what breaks the chain. */
static bool follow(struct pursuit *pursuit, struct asset asset, struct error *error) {
	struct chain *chain = pursuit->chain;
	for (;;) {
		const struct chain_link *link = add_link(pursuit, &asset);
		if (link == NULL) {
			return error_set_memory(error);
		}
		chain->is_broken = !check_link(pursuit, link);
		const struct document *document = base_document(link);
		if (chain->is_broken || document->base_length == 0) {
			return true;
		}
		chain->is_broken = !find_base(pursuit, document, &asset);
		if (chain->is_broken) {
			return true;
		}
	}
}

bool chain_init(struct chain *chain, const struct catalog *catalog, const struct asset *asset,
	const struct environments *environments, struct problem_list *problems,
	struct error *error) {
	*chain = (struct chain){0};
	struct pursuit pursuit = {
		.chain = chain,
		.catalog = catalog,
		.environments = environments,
		.problems = problems,
		.seen = {.key = document_key},
	};
	bool done = follow(&pursuit, *asset, error);
	table_finish(&pursuit.seen);
	return done;
}

void chain_finish(struct chain *chain) {
	free(chain->links);
	*chain = (struct chain){0};
}

struct text chain_base(const struct chain *chain) {
	return document_base(base_document(&chain->links[0]));
}
