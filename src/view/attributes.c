/* Extended attributes of what stands for a field: where it comes from, and what a locator was. */
#include "card/compose.h"
#include "card/explain.h"
#include "card/fields.h"
#include "card/locator.h"
#include "view/node.h"

/* The document that set the value at node, and the line; the nearest one where several did. */
struct origin {
	const struct card_source *source;
	uint32_t line;
};

/* A search for the dotted name of the field that a value is, or is an item of. */
struct path_search {
	const struct node *node;
	struct buffer path;
	bool is_found;
};

static bool holds_item(const struct value *value, const struct value *item) {
	if (value == item) {
		return true;
	}
	bool is_found = false;
	if (value->type == VALUE_SEQUENCE) {
		for (size_t i = 0; !is_found && i < value->sequence.count; i++) {
			is_found = holds_item(value->sequence.items[i], item);
		}
	}
	return is_found;
}

static bool match_value(void *context, const struct nested_field *field) {
	struct path_search *search = context;
	const struct node *node = search->node;
	search->is_found = field->field == node->field && holds_item(field->value, node->value);
	if (search->is_found) {
		buffer_append_text(&search->path, field->path);
	}
	return !search->is_found;
}

/* A directory's is that of the nearest document that set something in it. */
static void take_origin(
	const struct explanation *explanation, struct text path, struct origin *origin) {
	const struct explained_field *nearest = NULL;
	for (const struct explained_field *field = explanation->fields; field != NULL;
		field = field->next) {
		if (field->value != NULL && explained_is_within(field, path) &&
			(nearest == NULL || field->source < nearest->source)) {
			nearest = field;
		}
	}
	if (nearest == NULL) {
		return;
	}
	origin->source = nearest->source;
	bool is_whole = text_equal(nearest->path, path) && origin->line > 0;
	if (!is_whole) {
		origin->line = nearest->written == NULL ? 0 : nearest->written->line;
	}
}

/* Of a field that is composed, every value may be of another document. */
static bool find_part(const struct node *node, struct origin *origin, struct error *error) {
	struct path_search search = {.node = node};
	struct explanation explanation = {0};
	struct error fault = {0};
	bool done = fields_visit(node->card, match_value, &search, &fault) &&
		    explain_card(node->view->catalog, node->card, &explanation, &fault);
	if (done && search.is_found) {
		take_origin(&explanation, buffer_text(&search.path), origin);
	}
	bool failed = fault.kind == ERROR_MEMORY || search.path.failed;
	buffer_finish(&search.path);
	explanation_finish(&explanation);
	return !failed || error_set_memory(error);
}

static bool find_origin(const struct node *node, struct origin *origin, struct error *error) {
	const struct value *key = node->field->key;
	*origin = (struct origin){node->field->source, node->value->line};
	bool done = key->type != VALUE_STRING || !compose_is_configuration(key->canonical) ||
		    find_part(node, origin, error);
	if (origin->line == 0) {
		origin->line = origin->source->line;
	}
	return done;
}

static bool read_origin(const struct node *node, struct buffer *content, struct error *error) {
	struct origin origin;
	if (!find_origin(node, &origin, error)) {
		return false;
	}
	buffer_append_format(content, "%s:%u", origin.source->file->path, origin.line);
	return true;
}

static bool read_card(const struct node *node, struct buffer *content, struct error *error) {
	struct origin origin;
	if (!find_origin(node, &origin, error)) {
		return false;
	}
	buffer_append_text(content, origin.source->name);
	if (origin.source->environment.length > 0) {
		buffer_append_byte(content, '@');
		buffer_append_text(content, origin.source->environment);
	}
	return true;
}

static bool read_uri(const struct node *node, struct buffer *content, struct error *error) {
	(void)error;
	buffer_append_text(content, node->value->canonical);
	return true;
}

static bool read_state(const struct node *node, struct buffer *content, struct error *error) {
	struct location location = {0};
	bool done = locator_locate(
		node->card, node->field, node->value, node->view->settings, &location, error);
	if (done) {
		buffer_append_string(content, location_state_name(location.state));
	}
	location_finish(&location);
	return done;
}

static bool is_field(const struct node *node) {
	return node->field != NULL && node->value != NULL;
}

static bool is_locator(const struct node *node) {
	return node->type == &locator_link;
}

static const struct attribute {
	struct text name;
	bool looks_at_target;
	bool (*is_present)(const struct node *node);
	bool (*read)(const struct node *node, struct buffer *content, struct error *error);
} attributes[] = {
	{{"cardfs.origin", 13}, false, is_field, read_origin},
	{{"cardfs.card", 11}, false, is_field, read_card},
	{{"cardfs.uri", 10}, false, is_locator, read_uri},
	{{"cardfs.state", 12}, true, is_locator, read_state},
};

enum { ATTRIBUTE_COUNT = sizeof(attributes) / sizeof(attributes[0]) };

/* Linux has nobody ask a link for an attribute in "user.". */
static struct text name_space(const struct node *node) {
	return node->type->kind == NODE_LINK ? TEXT("system.") : TEXT("user.");
}

/* The attribute of that name, or NULL. */
static const struct attribute *find_attribute(const struct node *node, struct text name) {
	struct text space = name_space(node);
	if (!text_starts_with(name, space)) {
		return NULL;
	}
	struct text rest = text_part(name, space.length, name.length);
	for (size_t i = 0; i < ATTRIBUTE_COUNT; i++) {
		if (text_equal(attributes[i].name, rest) && attributes[i].is_present(node)) {
			return &attributes[i];
		}
	}
	return NULL;
}

bool node_extended_names(const struct node *node, struct buffer *names, struct error *error) {
	bool is_link = node->type->kind == NODE_LINK;
	for (size_t i = 0; !is_link && i < ATTRIBUTE_COUNT; i++) {
		if (attributes[i].is_present(node)) {
			buffer_append_text(names, name_space(node));
			buffer_append_text(names, attributes[i].name);
			buffer_append_byte(names, '\0');
		}
	}
	return !names->failed || error_set_memory(error);
}

bool node_extended_is_ours(struct text name) {
	return text_starts_with(name, TEXT("user.cardfs.")) ||
	       text_starts_with(name, TEXT("system.cardfs."));
}

bool node_extended_looks_at_target(const struct node *node, struct text name) {
	const struct attribute *attribute = find_attribute(node, name);
	return attribute != NULL && attribute->looks_at_target;
}

bool node_extended(
	const struct node *node, struct text name, struct buffer *content, struct error *error) {
	const struct attribute *attribute = find_attribute(node, name);
	if (attribute == NULL) {
		return node_set_missing(error);
	}
	if (!attribute->read(node, content, error)) {
		return false;
	}
	return !content->failed || error_set_memory(error);
}
