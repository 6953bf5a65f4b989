#include "library/handle.h"

#include "card/find.h"

#include <stdlib.h>

/* ---- opening ---- */

static void stores_release(struct cardfs_stores *stores) {
	if (stores != NULL && atomic_fetch_sub(&stores->references, 1) == 1) {
		workspace_finish(&stores->workspace);
		pthread_mutex_destroy(&stores->reloading);
		pthread_mutex_destroy(&stores->lock);
		options_release(stores->options);
		free(stores);
	}
}

struct cardfs_stores *stores_acquire(struct cardfs_stores *stores) {
	atomic_fetch_add(&stores->references, 1);
	return stores;
}

struct cardfs_stores *stores_open(const struct settings *settings, struct error *error) {
	struct cardfs_stores *stores = calloc(1, sizeof(*stores));
	if (stores == NULL) {
		error_set_memory(error);
		return NULL;
	}
	stores->references = 1;
	pthread_mutex_init(&stores->reloading, NULL);
	pthread_mutex_init(&stores->lock, NULL);
	if (!workspace_open_stores(&stores->workspace, settings, error) ||
		!workspace_read(&stores->workspace, error) ||
		!workspace_look(&stores->workspace, error)) {
		stores_release(stores);
		return NULL;
	}
	return stores;
}

void moment_init(struct moment *moment, struct cardfs_stores *stores) {
	pthread_mutex_lock(&stores->lock);
	*moment = (struct moment){
		.environment = stores->workspace.environment,
		.catalog = catalog_acquire(stores->workspace.catalog),
		.view = view_acquire(stores->workspace.view),
	};
	pthread_mutex_unlock(&stores->lock);
}

void moment_finish(struct moment *moment) {
	view_release(moment->view);
	catalog_release(moment->catalog);
}

static struct cardfs_stores *open_as_command(struct cardfs_error **error) {
	struct cardfs_options *options = cardfs_options_create(error);
	struct cardfs_stores *stores = NULL;
	if (options != NULL && cardfs_options_load(options, error)) {
		stores = cardfs_open(options, error);
	}
	cardfs_options_free(options);
	return stores;
}

struct cardfs_stores *cardfs_open(
	const struct cardfs_options *options, struct cardfs_error **error) {
	if (options == NULL) {
		return open_as_command(error);
	}
	struct error fault = {0};
	struct cardfs_stores *stores = stores_open(&options->settings, &fault);
	if (stores == NULL) {
		report(error, &fault);
		return NULL;
	}
	stores->options = (struct cardfs_options *)(uintptr_t)options;
	atomic_fetch_add(&stores->options->references, 1);
	return stores;
}

static void swap(struct workspace *a, struct workspace *b) {
	struct workspace kept = *a;
	a->catalog = b->catalog;
	a->view = b->view;
	b->catalog = kept.catalog;
	b->view = kept.view;
}

bool cardfs_reload(struct cardfs_stores *stores, struct cardfs_error **error) {
	struct error fault = {0};
	pthread_mutex_lock(&stores->reloading);
	struct workspace other = stores->workspace;
	catalog_acquire(other.catalog);
	view_acquire(other.view);
	bool done = workspace_read(&other, &fault) && workspace_look(&other, &fault);
	if (done) {
		pthread_mutex_lock(&stores->lock);
		swap(&stores->workspace, &other);
		pthread_mutex_unlock(&stores->lock);
	}
	view_release(other.view);
	catalog_release(other.catalog);
	pthread_mutex_unlock(&stores->reloading);
	return done || report(error, &fault);
}

const char *cardfs_environment(const struct cardfs_stores *stores) {
	const char *environment = stores->workspace.environment.data;
	return environment == NULL ? "" : environment;
}

void cardfs_close(struct cardfs_stores *stores) {
	stores_release(stores);
}

/* ---- lists ---- */

/* A list that is being made. */
struct listing {
	struct moment moment;
	struct cardfs_list *list;
	struct error fault;
};

static bool listing_begin(struct listing *listing, struct cardfs_stores *stores) {
	*listing = (struct listing){0};
	moment_init(&listing->moment, stores);
	listing->list = list_create(&listing->fault);
	return listing->list != NULL;
}

static struct cardfs_list *listing_end(
	struct listing *listing, bool done, struct cardfs_error **error) {
	moment_finish(&listing->moment);
	if (done) {
		return listing->list;
	}
	cardfs_list_free(listing->list);
	report(error, &listing->fault);
	return NULL;
}

static bool add(struct listing *listing, struct text text) {
	return list_add(listing->list, text, &listing->fault);
}

/* Adds the name where the card resolves and query matches it. */
static bool add_found(struct listing *listing, struct text name, struct find_query *query) {
	struct environments environments = environments_in_force(listing->moment.environment);
	struct card *card =
		catalog_card(listing->moment.catalog, name, &environments, &listing->fault);
	bool matches = false;
	bool done = card != NULL &&
		    (card->is_broken || find_query_matches(query, card, &matches, &listing->fault));
	card_release(card);
	return done && (!matches || add(listing, name));
}

/* Adds the names of those that query finds; NULL: of all. */
static bool add_names(struct listing *listing, struct find_query *query) {
	struct catalog *catalog = listing->moment.catalog;
	struct text *names = catalog_sorted_names(catalog);
	if (names == NULL) {
		return error_set_memory(&listing->fault);
	}
	bool done = true;
	for (size_t i = 0; done && i < catalog_asset_count(catalog); i++) {
		done = query == NULL ? add(listing, names[i]) : add_found(listing, names[i], query);
	}
	free(names);
	return done;
}

struct cardfs_list *cardfs_names(struct cardfs_stores *stores, struct cardfs_error **error) {
	struct listing listing;
	bool done = listing_begin(&listing, stores) && add_names(&listing, NULL);
	return listing_end(&listing, done, error);
}

struct cardfs_list *cardfs_find(struct cardfs_stores *stores, const char *const *conditions,
	size_t count, struct cardfs_error **error) {
	struct listing listing;
	struct find_query query = {0};
	bool done = listing_begin(&listing, stores) &&
		    find_query_init(&query, conditions, count, &listing.fault) &&
		    add_names(&listing, &query);
	find_query_finish(&query);
	return listing_end(&listing, done, error);
}

static bool add_problems(struct listing *listing, struct problem_list *problems) {
	problem_list_sort(problems);
	struct buffer line = {0};
	bool done = !problems->failed || error_set_memory(&listing->fault);
	for (size_t i = 0; done && i < problems->count; i++) {
		buffer_clear(&line);
		problem_append(&line, &problems->items[i], false);
		done = line.failed ? error_set_memory(&listing->fault)
				   : add(listing, buffer_text(&line));
	}
	buffer_finish(&line);
	return done;
}

struct cardfs_list *cardfs_problems(struct cardfs_stores *stores, struct cardfs_error **error) {
	struct listing listing;
	struct problem_list problems = {0};
	bool done = listing_begin(&listing, stores);
	if (done) {
		problem_list_add_all(&problems, &stores->workspace.problems);
		catalog_add_problems(listing.moment.catalog, &problems);
		done = add_problems(&listing, &problems);
	}
	problem_list_finish(&problems);
	return listing_end(&listing, done, error);
}
