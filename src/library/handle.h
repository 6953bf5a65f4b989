/*
 * What the opaque types of cardfs.h hold, for the files of this layer, and for the commands, which
 * open the same stores from settings that they have.
 */
#ifndef CARDFS_LIBRARY_HANDLE_H
#define CARDFS_LIBRARY_HANDLE_H

#include "library/cardfs.h"
#include "library/workspace.h"

/* Never one of CARDFS_ERROR_NONE. */
struct cardfs_error {
	enum cardfs_error_kind kind;
	int number;
	const char *message; /* behind it, in the same piece of memory */
};

/* Counted: stores that are open hold theirs. */
struct cardfs_options {
	atomic_uint references;
	struct settings settings;
};

/* Counted: each card holds those that it is of. */
struct cardfs_stores {
	atomic_uint references;
	struct cardfs_options *options; /* with a reference; NULL: somebody else's settings */
	pthread_mutex_t reloading;      /* held for as long as it takes */
	pthread_mutex_t lock;           /* of workspace.catalog and .view, which are replaced */
	struct workspace workspace;
};

/* What was current at one moment. */
struct moment {
	struct text environment;
	struct catalog *catalog;
	struct view *view;
};

struct cardfs_card {
	struct cardfs_stores *stores; /* with a reference */
	struct moment moment;         /* when it was resolved */
	struct card *card;            /* with a reference */
	char *request;
};

struct cardfs_location {
	struct location location;
	enum cardfs_location_state state;
};

/* The texts are items' own, each with a NUL behind it. */
struct cardfs_list {
	struct arena arena;
	struct text *items;
	size_t count;
	size_t capacity;
};

/* Sets *error, which may be NULL, to what fault says. Returns false. */
bool report(struct cardfs_error **error, const struct error *fault);

/* The same with a message of any length. */
bool report_message(
	struct cardfs_error **error, enum cardfs_error_kind kind, int number, struct text message);

/* Returns an empty list; NULL for want of memory. */
struct cardfs_list *list_create(struct error *error);
bool list_add(struct cardfs_list *list, struct text text, struct error *error);

/* Opens and reads the stores of settings, which outlive what it returns. NULL where it fails. */
struct cardfs_stores *stores_open(const struct settings *settings, struct error *error);
struct cardfs_stores *stores_acquire(struct cardfs_stores *stores);

/* Fills moment with what is current; with references, which moment_finish releases. */
void moment_init(struct moment *moment, struct cardfs_stores *stores);
void moment_finish(struct moment *moment);

void options_release(struct cardfs_options *options);

#endif
