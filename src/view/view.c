#include "view/node.h"

#include <stdlib.h>

static struct view *create(struct catalog *catalog, struct text environment, struct text suffix,
	const struct locate_settings *settings) {
	struct view *view = calloc(1, sizeof(*view));
	if (view == NULL) {
		return NULL;
	}
	if (!arena_copy_text(&view->arena, environment, &view->environment) ||
		!arena_copy_text(&view->arena, suffix, &view->suffix) ||
		pthread_mutex_init(&view->lock, NULL) != 0) {
		arena_finish(&view->arena);
		free(view);
		return NULL;
	}
	atomic_init(&view->references, 1);
	view->catalog = catalog_acquire(catalog);
	view->settings = settings;
	view->environments = environments_in_force(view->environment);
	return view;
}

struct view *view_create(struct catalog *catalog, struct text environment,
	const struct locate_settings *settings, struct error *error) {
	struct view *view = create(catalog, environment, TEXT(""), settings);
	if (view == NULL) {
		error_set_memory(error);
	}
	return view;
}

struct view *view_acquire(struct view *view) {
	atomic_fetch_add_explicit(&view->references, 1, memory_order_relaxed);
	return view;
}

static void free_view(struct view *view) {
	for (size_t i = 0; i < view->subview_count; i++) {
		view_release(view->subviews[i]);
	}
	free(view->subviews);
	catalog_release(view->catalog);
	buffer_finish(&view->problems);
	pthread_mutex_destroy(&view->lock);
	arena_finish(&view->arena);
	free(view);
}

void view_release(struct view *view) {
	if (view != NULL &&
		atomic_fetch_sub_explicit(&view->references, 1, memory_order_acq_rel) == 1) {
		free_view(view);
	}
}

/* The kept view of that environment, or a new one that is kept from now on; the lock is held. */
static struct view *find_subview(struct view *view, struct text environment) {
	for (size_t i = 0; i < view->subview_count; i++) {
		if (text_equal(view->subviews[i]->environment, environment)) {
			return view->subviews[i];
		}
	}
	struct view **grown =
		realloc(view->subviews, (view->subview_count + 1) * sizeof(struct view *));
	if (grown == NULL) {
		return NULL;
	}
	view->subviews = grown;
	struct view *subview = create(view->catalog, environment, TEXT(""), view->settings);
	if (subview != NULL) {
		view->subviews[view->subview_count++] = subview;
	}
	return subview;
}

struct view *view_of_environment(struct view *view, struct text environment, struct error *error) {
	pthread_mutex_lock(&view->lock);
	struct view *subview = find_subview(view, environment);
	if (subview != NULL) {
		view_acquire(subview);
	}
	pthread_mutex_unlock(&view->lock);
	if (subview == NULL) {
		error_set_memory(error);
	}
	return subview;
}

struct view *view_of_request(
	struct view *view, const struct card_name *request, struct error *error) {
	struct buffer suffix = {0};
	buffer_append_byte(&suffix, '@');
	buffer_append_text(&suffix, request->environment);
	struct view *exact = NULL;
	if (!suffix.failed) {
		exact = create(
			view->catalog, request->environment, buffer_text(&suffix), view->settings);
	}
	buffer_finish(&suffix);
	if (exact == NULL) {
		error_set_memory(error);
		return NULL;
	}
	struct card_name own = {.environment = exact->environment, .has_at = true};
	exact->environments = environments_of_request(&own, &view->environments);
	return exact;
}

const struct catalog *view_catalog(const struct view *view) {
	return view->catalog;
}

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
	while (path.length > 0) {
		size_t length = text_index(path, '/');
		struct text name = text_part(path, 0, length);
		path = text_part(path, length + 1, path.length);
		if (name.length == 0) {
			continue;
		}
		struct node child;
		bool is_found = node_walk(node, name, &child, error);
		node_finish(node);
		if (!is_found) {
			return false;
		}
		*node = child;
	}
	return true;
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
static bool follows_cache(const struct node *node) {
	if (node->type != &locator_link) {
		return false;
	}
	enum uri_kind kind = uri_classify(node->value->canonical);
	return kind == URI_HTTP || kind == URI_HUB;
}

bool node_attributes(
	const struct node *node, struct node_attributes *attributes, struct error *error) {
	*attributes = (struct node_attributes){
		.kind = node->type->kind,
		.modified = node->card != NULL ? node->card->modified
					       : catalog_modified(node->view->catalog),
		.links = 1,
		.is_live = node->type->is_live,
		.follows_cache = follows_cache(node),
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
