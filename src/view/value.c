/*
 * Values as entries: a file for a scalar, a directory for what holds others, a link for a locator.
 */
#include "card/locator.h"
#include "card/references.h"
#include "view/entries.h"
#include "view/node.h"

#include <limits.h>
#include <stdio.h>

static const struct node_type sequence_directory;
static const struct node_type mapping_directory;
static const struct node_type scalar_file;

static bool read_scalar(const struct node *node, struct buffer *content, struct error *error) {
	(void)error;
	const struct value *value = node->value;
	switch (value->type) {
	case VALUE_NULL:
		return true;
	case VALUE_BINARY:
		buffer_append_text(content, value->canonical);
		return true;
	case VALUE_STRING:
		buffer_append_text(content, value->canonical);
		break;
	default:
		buffer_append_text(content, value->written);
		break;
	}
	if (content->length == 0 || content->data[content->length - 1] != '\n') {
		buffer_append_byte(content, '\n');
	}
	return true;
}

static const struct node_type scalar_file = {.kind = NODE_FILE, .read = read_scalar};

static bool read_locator(const struct node *node, struct buffer *content, struct error *error) {
	struct location location = {0};
	bool done = locator_find_path(
		node->card, node->field, node->value, node->view->settings, &location, error);
	buffer_append_text(content, buffer_text(&location.path));
	location_finish(&location);
	return done;
}

const struct node_type locator_link = {.kind = NODE_LINK, .read = read_locator};

/*
 * A link can hold a path of fewer than PATH_MAX bytes; what leads nowhere stays the text that it
 * is.
 */
static bool can_be_link(const struct node *node, const struct card_field *field,
	const struct value *value, struct error *error) {
	struct location location = {0};
	bool done = locator_check(node->card, field, value, node->view->settings, &location, error);
	bool fits = location.path.length > 0 && location.path.length < PATH_MAX;
	location_finish(&location);
	return done && fits;
}

/*
 * The type of the place that shows value, below node's field: what key (NULL in a sequence) and
 * value are decides ("layout.md, Values"). NULL for want of memory.
 */
static const struct node_type *find_type(const struct node *node, const struct card_field *field,
	const struct value *key, const struct value *value, struct error *error) {
	struct card_name request;
	if (value->type == VALUE_SEQUENCE) {
		return &sequence_directory;
	}
	if (value_has_pairs(value)) {
		return &mapping_directory;
	}
	if (field == NULL || value->type != VALUE_STRING) {
		return &scalar_file;
	}
	if (key != NULL && references_is_key(key) && relation_find(node->view, value, &request)) {
		return &relation_link;
	}
	struct error fault = {0};
	if (locator_is_link(field, value) && can_be_link(node, field, value, &fault)) {
		return &locator_link;
	}
	if (fault.kind == ERROR_MEMORY) {
		error_set_memory(error);
		return NULL;
	}
	return &scalar_file;
}

static bool init_value_child(struct node *child, const struct node *directory,
	const struct card_field *field, const struct value *key, const struct value *value,
	struct error *error) {
	const struct node_type *type = find_type(directory, field, key, value, error);
	if (type == NULL) {
		return false;
	}
	node_init_child(child, directory, type);
	child->field = field;
	child->value = value;
	return true;
}

static const struct entries *entries_of_node(const struct node *directory, struct error *error) {
	enum names_place place = directory->field == NULL ? NAMES_IN_ASSET : NAMES_ELSEWHERE;
	return entries_of(directory->card, directory->value, place, error);
}

static const struct card_field *field_of_entry(
	const struct node *directory, const struct entry *entry) {
	return directory->field != NULL ? directory->field
					: entries_field(directory->card, entry->pair);
}

bool value_walk_mapping(
	const struct node *directory, struct text name, struct node *child, struct error *error) {
	const struct entries *entries = entries_of_node(directory, error);
	if (entries == NULL) {
		return false;
	}
	const struct entry *entry = entries_find(entries, name);
	if (entry == NULL) {
		return node_set_missing(error);
	}
	return init_value_child(child, directory, field_of_entry(directory, entry),
		entry->pair->key, entry->pair->value, error);
}

bool value_list_mapping(const struct node *directory, node_visitor *visitor, void *context,
	bool *go_on, struct error *error) {
	const struct entries *entries = entries_of_node(directory, error);
	if (entries == NULL) {
		return false;
	}
	for (size_t i = 0; *go_on && i < entries->count; i++) {
		const struct entry *entry = &entries->items[i];
		const struct node_type *type =
			find_type(directory, field_of_entry(directory, entry), entry->pair->key,
				entry->pair->value, error);
		if (type == NULL) {
			return false;
		}
		*go_on = visitor(context, entry->name, type->kind);
	}
	return true;
}

static bool list_mapping(
	const struct node *directory, node_visitor *visitor, void *context, struct error *error) {
	bool go_on = true;
	return value_list_mapping(directory, visitor, context, &go_on, error);
}

static const struct node_type mapping_directory = {
	.kind = NODE_DIRECTORY,
	.walk = value_walk_mapping,
	.list = list_mapping,
};

/* Digits in the name of each item: as many as the last one's index has. */
static size_t index_width(size_t count) {
	size_t width = 1;
	for (size_t last = count == 0 ? 0 : count - 1; last >= 10; last /= 10) {
		width++;
	}
	return width;
}

static bool parse_index(struct text name, size_t count, size_t *index) {
	*index = 0;
	if (name.length != index_width(count)) {
		return false;
	}
	for (size_t i = 0; i < name.length; i++) {
		if (name.data[i] < '0' || name.data[i] > '9') {
			return false;
		}
		*index = *index * 10 + (size_t)(name.data[i] - '0');
	}
	return *index < count;
}

static bool walk_sequence(
	const struct node *directory, struct text name, struct node *child, struct error *error) {
	size_t index;
	if (!parse_index(name, directory->value->sequence.count, &index)) {
		return node_set_missing(error);
	}
	return init_value_child(child, directory, directory->field, NULL,
		directory->value->sequence.items[index], error);
}

static bool list_sequence(
	const struct node *directory, node_visitor *visitor, void *context, struct error *error) {
	size_t count = directory->value->sequence.count;
	int width = (int)index_width(count);
	bool go_on = true;
	for (size_t i = 0; go_on && i < count; i++) {
		char name[32];
		snprintf(name, sizeof(name), "%0*zu", width, i);
		const struct node_type *type = find_type(directory, directory->field, NULL,
			directory->value->sequence.items[i], error);
		if (type == NULL) {
			return false;
		}
		go_on = visitor(context, text_of(name), type->kind);
	}
	return true;
}

static const struct node_type sequence_directory = {
	.kind = NODE_DIRECTORY,
	.walk = walk_sequence,
	.list = list_sequence,
};
