#include "fuse/current.h"

static void replace(struct current *current, struct catalog *catalog, struct view *view) {
	pthread_mutex_lock(&current->lock);
	struct catalog *old_catalog = current->catalog;
	const unsigned old_phase = current->phase;
	current->previous = current->view;
	current->catalog = catalog;
	current->view = view;
	current->phase = 1 - old_phase;
	while (current->visitors[old_phase] > 0) {
		pthread_cond_wait(&current->left, &current->lock);
	}
	pthread_mutex_unlock(&current->lock);
	catalog_release(old_catalog);
}

/* Only the thread that loads changes current->catalog, so it may read it without the lock. */
bool current_load(
	struct current *current, const struct store_changes *changes, struct error *error) {
	const struct mount_options *options = current->options;
	struct catalog *catalog = catalog_create(
		options->stores, &options->catalog, current->catalog, changes, error);
	if (catalog == NULL) {
		return false;
	}
	struct view *view = view_create(catalog, options->environment, options->locate, error);
	if (view == NULL) {
		catalog_release(catalog);
		return false;
	}
	if (current->view != NULL) {
		view_inherit(view, current->view);
	}
	current_settle(current);
	replace(current, catalog, view);
	return true;
}

bool current_init(
	struct current *current, const struct mount_options *options, struct error *error) {
	*current = (struct current){.options = options};
	if (pthread_mutex_init(&current->lock, NULL) != 0) {
		return error_set_memory(error);
	}
	pthread_cond_init(&current->left, NULL);
	if (!current_load(current, NULL, error)) {
		pthread_cond_destroy(&current->left);
		pthread_mutex_destroy(&current->lock);
		return false;
	}
	return true;
}

void current_finish(struct current *current) {
	view_release(current->previous);
	view_release(current->view);
	catalog_release(current->catalog);
	pthread_cond_destroy(&current->left);
	pthread_mutex_destroy(&current->lock);
}

void current_enter(struct current *current, struct visit *visit) {
	pthread_mutex_lock(&current->lock);
	visit->view = view_acquire(current->view);
	visit->previous = current->previous == NULL ? NULL : view_acquire(current->previous);
	visit->phase = current->phase;
	current->visitors[visit->phase]++;
	pthread_mutex_unlock(&current->lock);
}

void current_leave(struct current *current, struct visit *visit) {
	view_release(visit->view);
	view_release(visit->previous);
	pthread_mutex_lock(&current->lock);
	if (--current->visitors[visit->phase] == 0) {
		pthread_cond_signal(&current->left);
	}
	pthread_mutex_unlock(&current->lock);
}

struct view *current_view(struct current *current) {
	return current->view;
}

struct view *current_previous(struct current *current) {
	return current->previous;
}

void current_settle(struct current *current) {
	pthread_mutex_lock(&current->lock);
	struct view *previous = current->previous;
	current->previous = NULL;
	pthread_mutex_unlock(&current->lock);
	view_release(previous);
}
