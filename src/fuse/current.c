#include "fuse/current.h"

#include "base/log.h"

#include <sched.h>

static void await_visitors(struct current *current) {
	const unsigned phase = current->phase;
	current->phase = 1 - phase;
	while (current->visitors[phase] > 0) {
		pthread_cond_wait(&current->left, &current->lock);
	}
}

void current_await(struct current *current) {
	pthread_mutex_lock(&current->lock);
	await_visitors(current);
	pthread_mutex_unlock(&current->lock);
}

void current_forget(struct current *current) {
	view_release(current->loaded);
	catalog_release(current->loaded_catalog);
	current->loaded = NULL;
	current->loaded_catalog = NULL;
}

bool current_load(
	struct current *current, const struct store_changes *changes, struct error *error) {
	const struct mount_options *options = current->options;
	struct catalog_options catalog = options->catalog;
	catalog.figures = current->figures;
	catalog.past_generation = *current->generation;
	catalog.last_good = (struct last_good){last_good_find, current->last_good};
	current_forget(current);
	current->loaded_catalog =
		catalog_create(options->stores, &catalog, current->catalog, changes, error);
	if (current->loaded_catalog == NULL) {
		return false;
	}
	current->loaded =
		view_create(current->loaded_catalog, options->environment, options->locate, error);
	if (current->loaded == NULL) {
		current_forget(current);
		return false;
	}
	view_set_mount_files(current->loaded, current->files);
	if (current->view != NULL) {
		view_inherit(current->loaded, current->view);
	}
	return true;
}

static void announce(struct current *current, struct view *next) {
	pthread_mutex_lock(&current->lock);
	current->next = next;
	await_visitors(current);
	pthread_mutex_unlock(&current->lock);
}

void current_announce(struct current *current) {
	announce(current, current->loaded);
}

void current_abandon(struct current *current) {
	announce(current, NULL);
	current_forget(current);
}

void current_show(struct current *current) {
	struct catalog *old_catalog = current->catalog;
	struct view *old_view = current->view;
	if (!last_good_keep(current->last_good, current->loaded_catalog)) {
		log_message(LOG_LEVEL_WARNING,
			"there is no memory to keep what broken files held: a server that takes "
			"over will not show it");
	}
	pthread_mutex_lock(&current->lock);
	current->catalog = current->loaded_catalog;
	current->view = current->loaded;
	current->next = NULL;
	*current->generation = catalog_generation(current->catalog);
	await_visitors(current);
	pthread_mutex_unlock(&current->lock);
	current->loaded = NULL;
	current->loaded_catalog = NULL;
	sched_yield(); /* whoever waits for what is shown goes first */
	view_release(old_view);
	catalog_release(old_catalog);
}

bool current_init(struct current *current, const struct mount_options *options,
	struct catalog_figures *figures, const struct mount_files *files, uint64_t *generation,
	struct last_good_files *last_good, struct error *error) {
	*current = (struct current){
		.options = options,
		.figures = figures,
		.files = files,
		.generation = generation,
		.last_good = last_good,
	};
	if (!current_load(current, NULL, error)) {
		return false;
	}
	if (pthread_mutex_init(&current->lock, NULL) != 0) {
		current_forget(current);
		return error_set_memory(error);
	}
	pthread_cond_init(&current->left, NULL);
	current_show(current);
	return true;
}

void current_finish(struct current *current) {
	current_forget(current);
	view_release(current->view);
	catalog_release(current->catalog);
	pthread_cond_destroy(&current->left);
	pthread_mutex_destroy(&current->lock);
}

void current_enter(struct current *current, struct visit *visit) {
	pthread_mutex_lock(&current->lock);
	visit->view = view_acquire(current->view);
	visit->next = current->next == NULL ? NULL : view_acquire(current->next);
	visit->phase = current->phase;
	current->visitors[visit->phase]++;
	pthread_mutex_unlock(&current->lock);
}

void current_leave(struct current *current, struct visit *visit) {
	view_release(visit->view);
	view_release(visit->next);
	pthread_mutex_lock(&current->lock);
	if (--current->visitors[visit->phase] == 0) {
		pthread_cond_signal(&current->left);
	}
	pthread_mutex_unlock(&current->lock);
}

struct view *current_view(struct current *current) {
	return current->view;
}

struct view *current_loaded(struct current *current) {
	return current->loaded;
}
