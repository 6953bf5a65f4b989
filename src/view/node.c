#include "view/node.h"

#include "view/names.h"

void view_root(struct view *view, struct node *node) {
	*node = (struct node){.type = &root_directory, .view = view_acquire(view)};
}

void node_init_child(
	struct node *child, const struct node *directory, const struct node_type *type) {
	*child = *directory;
	child->type = type;
	view_acquire(child->view);
	if (child->card != NULL) {
		card_acquire(child->card);
	}
	if (type->kind == NODE_DIRECTORY) {
		child->depth++;
	}
}

void node_finish(struct node *node) {
	view_release(node->view);
	card_release(node->card);
	*node = (struct node){0};
}

bool node_set_missing(struct error *error) {
	return error_set(error, ERROR_NOT_FOUND, "no such entry");
}

bool node_decode_name(struct buffer *name, struct text file_name, struct error *error) {
	return names_decode(name, file_name, NAMES_ELSEWHERE) ||
	       (name->failed ? error_set_memory(error) : node_set_missing(error));
}

bool node_walk(
	const struct node *parent, struct text name, struct node *child, struct error *error) {
	*child = (struct node){0};
	if (parent->type->kind != NODE_DIRECTORY) {
		return node_set_missing(error);
	}
	return parent->type->walk(parent, name, child, error);
}

bool view_walk(struct view *view, struct text path, struct node *node, struct error *error) {
	view_root(view, node);
	bool is_found = true;
	while (is_found && path.length > 0) {
		struct text name = text_part(path, 0, text_index(path, '/'));
		path = text_part(path, name.length + 1, path.length);
		if (name.length > 0) {
			struct node parent = *node;
			is_found = node_walk(&parent, name, node, error);
			node_finish(&parent);
		}
	}
	return is_found;
}

enum node_kind node_kind(const struct node *node) {
	return node->type->kind;
}

bool node_is_live(const struct node *node) {
	return node->type->is_live;
}

bool node_list(
	const struct node *directory, node_visitor *visitor, void *context, struct error *error) {
	return directory->type->list(directory, visitor, context, error);
}

bool node_read(const struct node *node, struct buffer *content, struct error *error) {
	if (!node->type->read(node, content, error)) {
		return false;
	}
	return !content->failed || error_set_memory(error);
}

/* Locators of these kinds lead to where a download is, or would be. */
bool node_follows_cache(const struct node *node) {
	if (node->type != &locator_link) {
		return false;
	}
	enum uri_kind kind = uri_classify(node->value->canonical);
	return kind == URI_HTTP || kind == URI_HUB;
}

int64_t node_modified(const struct node *node) {
	if (node->type->modified != NULL) {
		return node->type->modified(node);
	}
	return node->card != NULL ? node->card->modified : catalog_modified(node->view->catalog);
}

bool node_attributes(
	const struct node *node, struct node_attributes *attributes, struct error *error) {
	*attributes = (struct node_attributes){
		.kind = node->type->kind,
		.modified = node_modified(node),
		.links = 1,
		.is_live = node->type->is_live,
		.is_momentary = node->type->is_momentary,
		.follows_cache = node_follows_cache(node),
	};
	if (node->type->kind == NODE_DIRECTORY) {
		return true;
	}
	struct buffer content = {0};
	bool done = node_read(node, &content, error);
	attributes->size = content.length;
	buffer_finish(&content);
	return done;
}
