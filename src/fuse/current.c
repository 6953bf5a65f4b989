#include "fuse/current.h"

static void replace(struct current *current, struct catalog **catalog, struct view **view) {
	pthread_mutex_lock(&current->lock);
	struct catalog *old_catalog = current->catalog;
	struct view *old_view = current->view;
	current->catalog = *catalog;
	current->view = *view;
	pthread_mutex_unlock(&current->lock);
	*catalog = old_catalog;
	*view = old_view;
}

/* Only the thread that loads changes current->catalog, so it may read it without the lock. */
bool current_load(struct current *current, struct error *error) {
	const struct mount_options *options = current->options;
	struct catalog *catalog =
		catalog_create(options->stores, &options->catalog, current->catalog, NULL, error);
	if (catalog == NULL) {
		return false;
	}
	struct view *view = view_create(catalog, options->environment, options->locate, error);
	if (view == NULL) {
		catalog_release(catalog);
		return false;
	}
	replace(current, &catalog, &view);
	view_release(view);
	catalog_release(catalog);
	return true;
}

bool current_init(
	struct current *current, const struct mount_options *options, struct error *error) {
	*current = (struct current){.options = options};
	if (pthread_mutex_init(&current->lock, NULL) != 0) {
		return error_set_memory(error);
	}
	if (!current_load(current, error)) {
		pthread_mutex_destroy(&current->lock);
		return false;
	}
	return true;
}

void current_finish(struct current *current) {
	view_release(current->view);
	catalog_release(current->catalog);
	pthread_mutex_destroy(&current->lock);
}

struct view *current_view(struct current *current) {
	pthread_mutex_lock(&current->lock);
	struct view *view = view_acquire(current->view);
	pthread_mutex_unlock(&current->lock);
	return view;
}

struct catalog *current_catalog(struct current *current) {
	pthread_mutex_lock(&current->lock);
	struct catalog *catalog = catalog_acquire(current->catalog);
	pthread_mutex_unlock(&current->lock);
	return catalog;
}
