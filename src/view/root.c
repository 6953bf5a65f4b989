/* The root of a tree: a directory for each asset, and what is found there by name alone. */
#include "view/names.h"
#include "view/node.h"

/* What is there beside the assets. */
static const struct own_directory {
	struct text name;
	const struct node_type *type;
} own_directories[] = {
	{{".by", 3}, &by_directory},
	{{".cardfs", 7}, &meta_directory},
};

enum { OWN_DIRECTORY_COUNT = sizeof(own_directories) / sizeof(own_directories[0]) };

/* Like node_decode_name, of what may be a name: not empty, and with no blanks around it. */
static bool decode_name(struct buffer *name, struct text file_name, struct error *error) {
	if (!node_decode_name(name, file_name, error)) {
		return false;
	}
	bool is_name =
		name->length > 0 && text_equal(text_strip(buffer_text(name)), buffer_text(name));
	return is_name || node_set_missing(error);
}

static bool is_known_environment(const struct view *view, struct text environment) {
	if (text_equal(environment, TEXT("user")) || text_equal(environment, view->environment)) {
		return environment.length > 0;
	}
	return catalog_has_environment(view->catalog, environment);
}

/* "@ENV": the whole tree in another environment. */
static bool walk_environment(
	const struct node *root, struct text environment, struct node *child, struct error *error) {
	if (root->type == &environment_directory ||
		!is_known_environment(root->view, environment)) {
		return node_set_missing(error);
	}
	struct view *view = view_of_environment(root->view, environment, error);
	if (view == NULL) {
		return false;
	}
	*child = (struct node){.type = &environment_directory, .view = view};
	return true;
}

static bool walk_asset(const struct node *root, struct view *view, struct text name,
	struct node *child, struct error *error) {
	struct card *card = catalog_card(view->catalog, name, &view->environments, error);
	if (card == NULL) {
		return false;
	}
	*child = (struct node){
		.type = &asset_directory,
		.view = view_acquire(view),
		.card = card,
		.value = card->value,
		.depth = root->depth + 1,
	};
	return true;
}

/* "NAME@ENV" and "NAME@": one asset with exactly that environment, or none. */
static bool walk_request(const struct node *root, struct text name, struct text environment,
	struct node *child, struct error *error) {
	struct card_name request = {.name = name, .environment = environment, .has_at = true};
	struct view *view = view_of_request(root->view, &request, error);
	if (view == NULL) {
		return false;
	}
	bool is_found = walk_asset(root, view, name, child, error);
	view_release(view);
	return is_found;
}

bool view_walk_request(
	struct view *view, struct text request, struct node *node, struct error *error) {
	struct card_name name = card_name_of_request(request);
	struct node root;
	*node = (struct node){0};
	view_root(view, &root);
	bool is_found = name.has_at ? walk_request(&root, name.name, name.environment, node, error)
				    : walk_asset(&root, view, name.name, node, error);
	node_finish(&root);
	return is_found;
}

/* "NAME", "NAME@ENV", "NAME@" or "@ENV", decoded. */
static bool walk_decoded(const struct node *root, const struct card_name *request,
	struct node *child, struct error *error) {
	if (request->name.length == 0) {
		return walk_environment(root, request->environment, child, error);
	}
	if (request->has_at) {
		return walk_request(root, request->name, request->environment, child, error);
	}
	return walk_asset(root, root->view, request->name, child, error);
}

static bool walk_name(
	const struct node *root, struct text file_name, struct node *child, struct error *error) {
	size_t at = text_index(file_name, '@');
	struct text name_part = text_part(file_name, 0, at);
	struct text environment_part = text_part(file_name, at + 1, file_name.length);
	struct buffer name = {0};
	struct buffer environment = {0};
	bool is_found = (name_part.length == 0 || decode_name(&name, name_part, error)) &&
			(environment_part.length == 0 ||
				decode_name(&environment, environment_part, error));
	if (is_found) {
		struct card_name request = {
			.name = buffer_text(&name),
			.environment = buffer_text(&environment),
			.has_at = at < file_name.length,
		};
		is_found = walk_decoded(root, &request, child, error);
	}
	buffer_finish(&name);
	buffer_finish(&environment);
	return is_found;
}

static bool walk_root(
	const struct node *root, struct text file_name, struct node *child, struct error *error) {
	for (size_t i = 0; i < OWN_DIRECTORY_COUNT; i++) {
		if (text_equal(file_name, own_directories[i].name)) {
			node_init_child(child, root, own_directories[i].type);
			return true;
		}
	}
	return walk_name(root, file_name, child, error);
}

static bool list_assets(
	const struct catalog *catalog, node_visitor *visitor, void *context, struct error *error) {
	struct buffer name = {0};
	struct catalog_cursor cursor = {0};
	struct asset asset;
	bool go_on = true;
	while (go_on && catalog_next(catalog, &cursor, &asset)) {
		buffer_clear(&name);
		names_encode(&name, asset.name, NAMES_ELSEWHERE);
		if (name.failed) {
			break;
		}
		if (name.length <= NAMES_LENGTH_LIMIT) {
			go_on = visitor(context, buffer_text(&name), NODE_DIRECTORY);
		}
	}
	bool failed = name.failed;
	buffer_finish(&name);
	return !failed || error_set_memory(error);
}

static bool list_root(
	const struct node *root, node_visitor *visitor, void *context, struct error *error) {
	for (size_t i = 0; i < OWN_DIRECTORY_COUNT; i++) {
		if (!visitor(context, own_directories[i].name, NODE_DIRECTORY)) {
			return true;
		}
	}
	return list_assets(root->view->catalog, visitor, context, error);
}

const struct node_type root_directory = {
	.kind = NODE_DIRECTORY,
	.walk = walk_root,
	.list = list_root,
};

const struct node_type environment_directory = {
	.kind = NODE_DIRECTORY,
	.walk = walk_root,
	.list = list_root,
};
