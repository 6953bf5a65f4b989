#include "view/by.h"

#include "view/names.h"
#include "view/node.h"

/* The view has an index from the moment that somebody is in one of its parts. */
static const struct field_index *index_of(const struct node *node) {
	return node->view->by.index;
}

static void init_part(struct node *child, const struct node *directory,
	const struct node_type *type, const void *part) {
	node_init_child(child, directory, type);
	child->part = part;
}

static bool read_member(const struct node *node, struct buffer *content, struct error *error) {
	const struct indexed_asset *asset = node->part;
	const struct card_name request = {.name = asset->name};
	(void)error;
	relation_append_target(content, node, &request);
	return true;
}

static int64_t member_modified(const struct node *node) {
	const struct indexed_asset *asset = node->part;
	return asset->modified;
}

static const struct node_type member_link = {
	.kind = NODE_LINK,
	.modified = member_modified,
	.read = read_member,
};

static bool walk_value(const struct node *directory, struct text file_name, struct node *child,
	struct error *error) {
	struct buffer name = {0};
	if (!node_decode_name(&name, file_name, error)) {
		buffer_finish(&name);
		return false;
	}
	const struct indexed_asset *asset =
		field_index_member(index_of(directory), directory->part, buffer_text(&name));
	buffer_finish(&name);
	if (asset == NULL) {
		return node_set_missing(error);
	}
	init_part(child, directory, &member_link, asset);
	return true;
}

static bool list_value(
	const struct node *directory, node_visitor *visitor, void *context, struct error *error) {
	const struct indexed_value *value = directory->part;
	struct buffer name = {0};
	bool go_on = true;
	for (size_t i = 0; go_on && i < value->member_count; i++) {
		buffer_clear(&name);
		names_encode(&name, field_index_member_at(index_of(directory), value, i)->name,
			NAMES_ELSEWHERE);
		go_on = !name.failed && (name.length > NAMES_LENGTH_LIMIT ||
						visitor(context, buffer_text(&name), NODE_LINK));
	}
	bool failed = name.failed;
	buffer_finish(&name);
	return !failed || error_set_memory(error);
}

/* That of a kind that nothing is of is the tree's. */
static int64_t value_modified(const struct node *node) {
	const struct indexed_value *value = node->part;
	return value->member_count > 0 ? value->modified : catalog_modified(node->view->catalog);
}

static const struct node_type value_directory = {
	.kind = NODE_DIRECTORY,
	.walk = walk_value,
	.list = list_value,
	.modified = value_modified,
};

static bool walk_field(
	const struct node *directory, struct text name, struct node *child, struct error *error) {
	const struct indexed_value *value =
		field_index_value(index_of(directory), directory->part, name);
	if (value == NULL) {
		return node_set_missing(error);
	}
	init_part(child, directory, &value_directory, value);
	return true;
}

static bool list_field(
	const struct node *directory, node_visitor *visitor, void *context, struct error *error) {
	const struct indexed_field *field = directory->part;
	(void)error;
	const struct indexed_value *value = field->first;
	while (value != NULL && visitor(context, value->name, NODE_DIRECTORY)) {
		value = value->next;
	}
	return true;
}

static int64_t field_modified(const struct node *node) {
	const struct indexed_field *field = node->part;
	return field->modified > 0 ? field->modified : catalog_modified(node->view->catalog);
}

static const struct node_type field_directory = {
	.kind = NODE_DIRECTORY,
	.walk = walk_field,
	.list = list_field,
	.modified = field_modified,
};

static bool walk_by(
	const struct node *directory, struct text name, struct node *child, struct error *error) {
	const struct field_index *index = by_index(directory->view, error);
	if (index == NULL) {
		return false;
	}
	const struct indexed_field *field = field_index_field(index, name);
	if (field == NULL) {
		return node_set_missing(error);
	}
	init_part(child, directory, &field_directory, field);
	return true;
}

static bool list_by(
	const struct node *directory, node_visitor *visitor, void *context, struct error *error) {
	const struct field_index *index = by_index(directory->view, error);
	if (index == NULL) {
		return false;
	}
	const struct indexed_field *field;
	for (size_t position = 0; (field = table_next(&index->fields, &position)) != NULL;) {
		if (!visitor(context, field->name, NODE_DIRECTORY)) {
			break;
		}
	}
	return true;
}

const struct node_type by_directory = {
	.kind = NODE_DIRECTORY,
	.walk = walk_by,
	.list = list_by,
};
