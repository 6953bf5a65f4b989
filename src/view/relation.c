/*
 * Links from one card to another: base, fields that end in _ref, and a tokenizer that another card
 * has.
 */
#include "card/locator.h"
#include "view/names.h"
#include "view/node.h"

/* References that are followed in search of a tokenizer: more than anybody means. */
#define REFERENCE_LIMIT 100

bool relation_find(const struct view *view, const struct value *value, struct card_name *request) {
	if (value->type != VALUE_STRING) {
		return false;
	}
	struct asset asset;
	*request = card_name_of_request(value->canonical);
	return catalog_find(view->catalog, request->name, &asset);
}

/* What is behind NAME in the name of its directory. */
static void append_environment(struct buffer *target, struct text environment) {
	buffer_append_byte(target, '@');
	if (environment.length > 0) {
		names_encode(target, environment, NAMES_ELSEWHERE);
	}
}

void relation_append_name(struct buffer *file_name, const struct card_name *request) {
	names_encode(file_name, request->name, NAMES_ELSEWHERE);
	if (request->has_at) {
		append_environment(file_name, request->environment);
	}
}

void relation_append_target(
	struct buffer *target, const struct node *node, const struct card_name *request) {
	struct text suffix = node->view->suffix;
	for (unsigned i = 0; i < node->depth; i++) {
		buffer_append_string(target, "../");
	}
	relation_append_name(target, request);
	if (!request->has_at && suffix.length > 0) {
		append_environment(target, text_part(suffix, 1, suffix.length));
	}
}

static bool read_relation(const struct node *node, struct buffer *content, struct error *error) {
	struct card_name request;
	if (!relation_find(node->view, node->value, &request)) {
		return node_set_missing(error);
	}
	relation_append_target(content, node, &request);
	return true;
}

const struct node_type relation_link = {.kind = NODE_LINK, .read = read_relation};

static bool read_base(const struct node *node, struct buffer *content, struct error *error) {
	(void)error;
	struct card_name request = {.name = node->card->base};
	relation_append_target(content, node, &request);
	return true;
}

const struct node_type base_link = {.kind = NODE_LINK, .read = read_base};

/*
 * The request that a card's tokenizer_ref makes; false where it has none, or one that names no
 * card.
 */
static bool find_reference(
	const struct view *view, const struct card *card, struct card_name *request) {
	const struct card_field *field = card_find(card, TEXT("tokenizer_ref"));
	return field != NULL && relation_find(view, field->value, request);
}

/* Goes where the links would lead: from what was asked for in an environment, on in that one. */
bool relation_has_tokenizer(const struct view *view, const struct card *card, struct error *error) {
	struct environments environments = view->environments;
	struct card *followed[REFERENCE_LIMIT]; /* they hold the names that are asked for */
	size_t count = 0;
	struct card_name request;
	bool is_found = false;
	while (!is_found && count < REFERENCE_LIMIT && find_reference(view, card, &request)) {
		environments = environments_of_request(&request, &environments);
		struct card *next = catalog_card(view->catalog, request.name, &environments, error);
		if (next == NULL) {
			break;
		}
		followed[count++] = next;
		card = next;
		is_found = card_find(card, TEXT("tokenizer")) != NULL;
	}
	while (count > 0) {
		card_release(followed[--count]);
	}
	return is_found;
}

static bool read_tokenizer(const struct node *node, struct buffer *content, struct error *error) {
	struct card_name request;
	if (!find_reference(node->view, node->card, &request)) {
		return node_set_missing(error);
	}
	relation_append_target(content, node, &request);
	buffer_append_string(content, "/tokenizer");
	return true;
}

const struct node_type tokenizer_link = {.kind = NODE_LINK, .read = read_tokenizer};
