#include "fuse/place.h"

void place_finish(struct place *place) {
	buffer_finish(&place->path);
	buffer_finish(&place->content);
	node_finish(&place->node);
}

bool place_find(struct place *place, struct view *view, struct error *error) {
	if (place->path.failed) {
		return error_set_memory(error);
	}
	return view_walk(view, buffer_text(&place->path), &place->node, error);
}

void place_append_name(struct buffer *path, struct text name) {
	if (path->length > 0) {
		buffer_append_byte(path, '/');
	}
	buffer_append_text(path, name);
}

struct text place_name(struct text path) {
	size_t start = path.length;
	while (start > 0 && path.data[start - 1] != '/') {
		start--;
	}
	return text_part(path, start, path.length);
}

bool place_walk(
	const struct place *directory, struct text name, struct place *child, struct error *error) {
	buffer_append_text(&child->path, buffer_text(&directory->path));
	place_append_name(&child->path, name);
	if (child->path.failed) {
		return error_set_memory(error);
	}
	return node_walk(&directory->node, name, &child->node, error);
}

bool place_describe(struct place *place, struct error *error) {
	struct node_attributes *attributes = &place->inode.attributes;
	if (!node_attributes(&place->node, attributes, error)) {
		return false;
	}
	if (attributes->kind != NODE_DIRECTORY) {
		if (!node_read(&place->node, &place->content, error)) {
			return false;
		}
		attributes->size = place->content.length;
	}
	if (attributes->is_momentary) {
		place->inode.shown =
			inode_number(buffer_text(&place->path), attributes->kind, TEXT(""));
	}
	place->inode.identity = inode_number(
		buffer_text(&place->path), attributes->kind, buffer_text(&place->content));
	return true;
}
