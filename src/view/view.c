#include "view/node.h"

#include <stdlib.h>

static bool init_locks(struct view *view) {
	if (pthread_mutex_init(&view->lock, NULL) != 0) {
		return false;
	}
	if (!by_memory_init(&view->by)) {
		pthread_mutex_destroy(&view->lock);
		return false;
	}
	return true;
}

static struct view *create(struct catalog *catalog, struct text environment, struct text suffix,
	const struct locate_settings *settings) {
	struct view *view = calloc(1, sizeof(*view));
	if (view == NULL) {
		return NULL;
	}
	if (!arena_copy_text(&view->arena, environment, &view->environment) ||
		!arena_copy_text(&view->arena, suffix, &view->suffix) || !init_locks(view)) {
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

void view_set_mount_files(struct view *view, const struct mount_files *files) {
	view->files = files;
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
	by_memory_finish(&view->by);
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
		subview->files = view->files;
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

/* Nothing but time is lost where there is no memory for it. */
static void inherit_environment(struct view *view, struct view *previous) {
	struct view *subview = view_of_environment(view, previous->environment, NULL);
	if (subview != NULL) {
		by_inherit(subview, previous);
		view_release(subview);
	}
}

void view_inherit(struct view *view, struct view *previous) {
	by_inherit(view, previous);
	pthread_mutex_lock(&previous->lock);
	for (size_t i = 0; i < previous->subview_count; i++) {
		if (by_was_visited(previous->subviews[i])) {
			inherit_environment(view, previous->subviews[i]);
		}
	}
	pthread_mutex_unlock(&previous->lock);
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

struct text view_environment(const struct view *view) {
	return view->environment;
}
