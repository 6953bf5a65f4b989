/*
 * The cards that a card is related to: those that derive from it, that it refers to, and that refer
 * to it. Links in its ".card".
 */
#include "base/array.h"
#include "card/references.h"
#include "card/value_set.h"
#include "view/names.h"
#include "view/node.h"

#include <stdlib.h>

/* A look for the references of a card, at any depth. */
struct reference_search {
	const struct view *view;
	bool (*visit)(void *context, const struct card_name *request, const struct value *value);
	void *context;
	struct value_set seen;
	bool go_on;
};

static void search_pair(
	struct reference_search *search, const struct value *key, const struct value *value) {
	struct card_name request;
	if (key != NULL && references_is_key(key) && relation_find(search->view, value, &request)) {
		search->go_on = search->visit(search->context, &request, value);
		return;
	}
	if (value_is_scalar(value) || !value_set_add(&search->seen, value)) {
		return;
	}
	if (value->type == VALUE_SEQUENCE) {
		for (size_t i = 0; search->go_on && i < value->sequence.count; i++) {
			search_pair(search, NULL, value->sequence.items[i]);
		}
		return;
	}
	for (size_t i = 0; search->go_on && i < value->mapping.count; i++) {
		const struct value_pair *pair = &value->mapping.pairs[i];
		search_pair(search, pair->key, pair->value);
	}
}

/* Visits each reference to an asset; fails for want of memory. */
static bool visit_references(const struct view *view, const struct card *card,
	bool (*visit)(void *, const struct card_name *, const struct value *), void *context,
	struct error *error) {
	struct arena arena = {0};
	struct reference_search search = {
		.view = view,
		.visit = visit,
		.context = context,
		.seen = {.arena = &arena},
		.go_on = true,
	};
	if (!card->is_broken) {
		search_pair(&search, NULL, card->value);
	}
	bool failed = search.seen.failed;
	value_set_finish(&search.seen);
	arena_finish(&arena);
	return !failed || error_set_memory(error);
}

/* What is looked for among references, and the first that is it. */
struct wanted {
	struct text name;
	struct buffer file_name; /* of the one at hand */
	const struct value *found;
	bool failed;
};

static bool match_asset(void *context, const struct card_name *request, const struct value *value) {
	struct wanted *wanted = context;
	if (text_equal(request->name, wanted->name)) {
		wanted->found = value;
	}
	return wanted->found == NULL;
}

static bool refers_to(const struct view *view, const struct card *card, struct text name,
	bool *refers, struct error *error) {
	struct wanted wanted = {.name = name};
	bool done = visit_references(view, card, match_asset, &wanted, error);
	*refers = wanted.found != NULL;
	return done;
}

static bool derives_from(const struct view *view, const struct card *card, struct text name,
	bool *derives, struct error *error) {
	(void)view;
	(void)error;
	*derives = text_equal(card->base, name);
	return true;
}

/* How other cards are related to one. */
struct kinship {
	/* Whether those that derive from a relative may be relatives in their turn. */
	bool is_inherited;
	bool is_by_base; /* it is made by the field base alone */
	bool (*holds)(const struct view *view, const struct card *card, struct text name,
		bool *answer, struct error *error);
};

static const struct kinship derivation = {.is_by_base = true, .holds = derives_from};
static const struct kinship usage = {.is_inherited = true, .holds = refers_to};

/* Names of cards that may be related to one. */
struct candidates {
	struct table table;
	struct text **items;
	size_t count;
	size_t capacity;
	struct arena arena;
};

static struct text candidate_key(const void *item) {
	return *(const struct text *)item;
}

static void candidates_finish(struct candidates *candidates) {
	table_finish(&candidates->table);
	free(candidates->items);
	arena_finish(&candidates->arena);
}

static bool add_candidate(struct candidates *candidates, struct text name) {
	if (table_find(&candidates->table, name) != NULL) {
		return true;
	}
	struct text **items = array_make_room(
		candidates->items, candidates->count, &candidates->capacity, sizeof(struct text *));
	if (items == NULL) {
		return false;
	}
	candidates->items = items;
	struct text *kept = arena_allocate(&candidates->arena, sizeof(*kept));
	if (kept == NULL) {
		return false;
	}
	*kept = name;
	candidates->items[candidates->count++] = kept;
	return table_add(&candidates->table, kept);
}

static bool add_users(struct candidates *candidates, const struct catalog *catalog,
	struct text name, bool is_by_base) {
	size_t position = 0;
	const struct document *user;
	while ((user = catalog_next_user(catalog, name, &position)) != NULL) {
		bool is_base = text_equal(document_base(user), name);
		if ((is_base || !is_by_base) && !add_candidate(candidates, document_name(user))) {
			return false;
		}
	}
	return true;
}

/* The list grows while it is walked. */
static bool find_candidates(struct candidates *candidates, const struct node *directory,
	const struct kinship *kinship) {
	const struct catalog *catalog = directory->view->catalog;
	candidates->table.key = candidate_key;
	bool done = add_users(candidates, catalog, directory->card->name, kinship->is_by_base);
	for (size_t i = 0; done && kinship->is_inherited && i < candidates->count; i++) {
		done = add_users(candidates, catalog, *candidates->items[i], true);
	}
	return done;
}

/* The card of that name, with a reference, if it is related to the directory's. */
static struct card *find_relative(const struct node *directory, const struct kinship *kinship,
	struct text name, struct error *error) {
	struct view *view = directory->view;
	struct card *card = catalog_card(view->catalog, name, &view->environments, error);
	bool is_related = false;
	if (card == NULL ||
		!kinship->holds(view, card, directory->card->name, &is_related, error)) {
		card_release(card);
		return NULL;
	}
	if (!is_related) {
		card_release(card);
		node_set_missing(error);
		return NULL;
	}
	return card;
}

static bool read_relative(const struct node *node, struct buffer *content, struct error *error) {
	const struct card_name request = {.name = node->card->name};
	(void)error;
	relation_append_target(content, node, &request);
	return true;
}

static const struct node_type relative_link = {
	.kind = NODE_LINK,
	.is_live = true,
	.read = read_relative,
};

static bool walk_relatives(const struct node *directory, const struct kinship *kinship,
	struct text file_name, struct node *child, struct error *error) {
	struct buffer name = {0};
	struct card *card = NULL;
	if (node_decode_name(&name, file_name, error)) {
		card = find_relative(directory, kinship, buffer_text(&name), error);
	}
	buffer_finish(&name);
	if (card == NULL) {
		return false;
	}
	node_init_child(child, directory, &relative_link);
	card_release(child->card);
	child->card = card;
	return true;
}

/* Shows the visitor the card of that name, if it is related. *go_on is what it answered last. */
static bool list_relative(const struct node *directory, const struct kinship *kinship,
	struct text name, node_visitor *visitor, void *context, bool *go_on, struct error *error) {
	struct error fault = {0};
	struct buffer file_name = {0};
	struct card *card = find_relative(directory, kinship, name, &fault);
	if (card == NULL) {
		return fault.kind != ERROR_MEMORY || error_set_memory(error);
	}
	names_encode(&file_name, name, NAMES_ELSEWHERE);
	bool failed = file_name.failed;
	if (!failed && file_name.length <= NAMES_LENGTH_LIMIT) {
		*go_on = visitor(context, buffer_text(&file_name), NODE_LINK);
	}
	buffer_finish(&file_name);
	card_release(card);
	return !failed || error_set_memory(error);
}

static bool list_relatives(const struct node *directory, const struct kinship *kinship,
	node_visitor *visitor, void *context, struct error *error) {
	struct candidates candidates = {0};
	bool done = find_candidates(&candidates, directory, kinship) || error_set_memory(error);
	bool go_on = true;
	for (size_t i = 0; done && go_on && i < candidates.count; i++) {
		done = list_relative(
			directory, kinship, *candidates.items[i], visitor, context, &go_on, error);
	}
	candidates_finish(&candidates);
	return done;
}

static bool walk_derived(
	const struct node *directory, struct text name, struct node *child, struct error *error) {
	return walk_relatives(directory, &derivation, name, child, error);
}

static bool list_derived(
	const struct node *directory, node_visitor *visitor, void *context, struct error *error) {
	return list_relatives(directory, &derivation, visitor, context, error);
}

static bool walk_used_by(
	const struct node *directory, struct text name, struct node *child, struct error *error) {
	return walk_relatives(directory, &usage, name, child, error);
}

static bool list_used_by(
	const struct node *directory, node_visitor *visitor, void *context, struct error *error) {
	return list_relatives(directory, &usage, visitor, context, error);
}

static bool read_use(const struct node *node, struct buffer *content, struct error *error) {
	struct card_name request;
	if (!relation_find(node->view, node->value, &request)) {
		return node_set_missing(error);
	}
	relation_append_target(content, node, &request);
	return true;
}

static const struct node_type use_link = {.kind = NODE_LINK, .is_live = true, .read = read_use};

static bool match_file_name(
	void *context, const struct card_name *request, const struct value *value) {
	struct wanted *wanted = context;
	buffer_clear(&wanted->file_name);
	relation_append_name(&wanted->file_name, request);
	if (text_equal(buffer_text(&wanted->file_name), wanted->name)) {
		wanted->found = value;
	}
	return wanted->found == NULL && !wanted->file_name.failed;
}

static bool walk_uses(
	const struct node *directory, struct text name, struct node *child, struct error *error) {
	struct wanted wanted = {.name = name};
	bool done =
		visit_references(directory->view, directory->card, match_file_name, &wanted, error);
	if (wanted.file_name.failed) {
		done = error_set_memory(error);
	}
	buffer_finish(&wanted.file_name);
	if (!done || wanted.found == NULL) {
		return done && node_set_missing(error);
	}
	node_init_child(child, directory, &use_link);
	child->value = wanted.found;
	return true;
}

/* A listing of what a card refers to, each asset once. */
struct use_listing {
	node_visitor *visitor;
	void *context;
	struct table listed;
	struct arena arena;
	struct buffer name;
	bool failed;
};

static bool list_use(void *context, const struct card_name *request, const struct value *value) {
	struct use_listing *listing = context;
	(void)value;
	buffer_clear(&listing->name);
	relation_append_name(&listing->name, request);
	struct text name = buffer_text(&listing->name);
	if (name.length > NAMES_LENGTH_LIMIT || table_find(&listing->listed, name) != NULL) {
		return true;
	}
	struct text *kept = arena_allocate(&listing->arena, sizeof(*kept));
	listing->failed = listing->name.failed || kept == NULL ||
			  !arena_copy_text(&listing->arena, name, kept) ||
			  !table_add(&listing->listed, kept);
	return !listing->failed && listing->visitor(listing->context, name, NODE_LINK);
}

static bool list_uses(
	const struct node *directory, node_visitor *visitor, void *context, struct error *error) {
	struct use_listing listing = {
		.visitor = visitor,
		.context = context,
		.listed = {.key = candidate_key},
	};
	bool done = visit_references(directory->view, directory->card, list_use, &listing, error);
	table_finish(&listing.listed);
	arena_finish(&listing.arena);
	buffer_finish(&listing.name);
	return done && (!listing.failed || error_set_memory(error));
}

const struct node_type derived_directory = {
	.kind = NODE_DIRECTORY,
	.is_live = true,
	.walk = walk_derived,
	.list = list_derived,
};

const struct node_type used_by_directory = {
	.kind = NODE_DIRECTORY,
	.is_live = true,
	.walk = walk_used_by,
	.list = list_used_by,
};

const struct node_type uses_directory = {
	.kind = NODE_DIRECTORY,
	.is_live = true,
	.walk = walk_uses,
	.list = list_uses,
};
