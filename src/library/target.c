#include "library/target.h"

#include <string.h>

/* Links inside the tree that are followed: a tokenizer that another card has. */
#define LINK_LIMIT 100

static bool walk_link(
	struct view *view, struct text path, struct node *place, struct error *error) {
	node_finish(place);
	*place = (struct node){0};
	if (!view_walk(view, path, place, error)) {
		return false;
	}
	return node_kind(place) == NODE_LINK ||
	       error_set(error, ERROR_NOT_FOUND, "%.*s is no path", TEXT_ARGUMENTS(path));
}

/* Follows links of the tree from a place in an asset's directory: "../NAME/tokenizer". */
static bool follow(struct view *view, struct node *place, struct error *error) {
	struct buffer target = {0};
	bool done = true;
	for (int i = 0; done && i < LINK_LIMIT; i++) {
		buffer_clear(&target);
		done = node_read(place, &target, error);
		struct text text = buffer_text(&target);
		if (done && !text_starts_with(text, TEXT("../"))) {
			buffer_finish(&target);
			return true;
		}
		done = done &&
		       walk_link(view, text_part(text, strlen("../"), text.length), place, error);
	}
	buffer_finish(&target);
	return done && error_set(error, ERROR_INVALID, "the references go in a circle");
}

static bool fail_field(
	const struct node *asset, const char *field, const char *what, struct error *error) {
	return error_set(error, ERROR_NOT_FOUND, "%s of %.*s %s", field,
		TEXT_ARGUMENTS(asset->card->name), what);
}

bool target_find(struct view *view, const char *request, const char *field, struct node *place,
	struct error *error) {
	struct node asset;
	*place = (struct node){0};
	if (!view_walk_request(view, text_of(request), &asset, error)) {
		return false;
	}
	struct error fault = {0};
	bool done = node_walk(&asset, text_of(field), place, &fault);
	if (!done) {
		*error = fault;
	}
	if (!done && fault.kind == ERROR_NOT_FOUND) {
		fail_field(&asset, field, "is not set", error);
	} else if (done && node_kind(place) != NODE_LINK) {
		done = fail_field(&asset, field, "is no locator", error);
	} else if (done) {
		done = follow(view, place, error);
	}
	node_finish(&asset);
	if (!done) {
		node_finish(place);
		*place = (struct node){0};
	}
	return done;
}
