/*
 * A store: where card files come from. Each kind of store is a struct store_type in a file of its
 * own, listed in the table of store.c; nothing else knows the kinds apart ("semantics.md, Stores").
 */
#ifndef CARDFS_STORES_STORE_H
#define CARDFS_STORES_STORE_H

#include "base/bulk.h"
#include "base/error.h"
#include "base/problem.h"
#include "stores/changes.h"
#include "stores/footing.h"
#include "stores/scope.h"

#include <stdatomic.h>

/*
 * A card file as it was read: immutable, shared between catalogs by counting. A store that makes
 * cards up (checkpoints) gives files whose text it wrote.
 */
struct card_file {
	atomic_uint references;
	char *path;      /* absolute; as shown in messages */
	char *directory; /* absolute; what its relative locators are joined to */
	char *text;      /* a NUL is behind it */
	size_t length;
	int64_t modified;  /* nanoseconds since the epoch */
	bool is_much;      /* one of much that was read at once */
	struct bulk *bulk; /* what all of it is in; NULL: it is malloc's */
	/*
	 * What tells that the file has not changed since it was read; zeroes where it can't be
	 * told. Only who lists the store reads it, and renews it where a file proves unchanged.
	 */
	struct {
		uint64_t device, inode, size;
		int64_t modified, changed;
	} identity;
};

/* Returns a file with one reference, owning copies of the strings; NULL when there is no memory. */
struct card_file *card_file_create(
	struct text path, struct text directory, struct text text, int64_t modified);
/*
 * The same with room for a text of length bytes, which the caller puts there, and may say is
 * shorter, before anybody else sees the file.
 */
struct card_file *card_file_create_empty(
	struct text path, struct text directory, size_t length, bool is_much);
struct card_file *card_file_acquire(struct card_file *file);
/* NULL is accepted, here and in every release and destroy. */
void card_file_release(struct card_file *file);

enum store_origin { STORE_BUILT_IN, STORE_SYSTEM, STORE_ADDED, STORE_USER };

/* "built-in", "system", "added", "user". */
const char *store_origin_name(enum store_origin origin);

/* The files of a store at one moment, sorted by path, each with a reference. Zeroes are empty. */
struct store_listing {
	struct card_file **files;
	size_t count;
	size_t capacity;
	/*
	 * Something failed to be read that may be readable again without any news of it: what was
	 * known of it before is listed instead. To be listed again after a while.
	 */
	bool is_incomplete;
	struct footing footing; /* where the store was when it last gave files */
};

void store_listing_finish(struct store_listing *listing);

/*
 * Adds file and takes over the caller's reference. Returns false (and releases it) without memory.
 */
bool store_listing_add(struct store_listing *listing, struct card_file *file);

/* The index of the first file of a sorted listing whose path is not before that one. */
size_t store_listing_bound(const struct store_listing *listing, const char *path);

/*
 * Finds the files below a directory in a sorted listing: from *first to before *end. Returns false
 * without memory.
 */
bool store_listing_below(
	const struct store_listing *listing, const char *directory, size_t *first, size_t *end);

/* Adds those files of another listing, from first to before end. Returns false without memory. */
bool store_listing_share(
	struct store_listing *listing, const struct store_listing *other, size_t first, size_t end);

/* Sorts it by path and drops what it holds twice. */
void store_listing_sort(struct store_listing *listing);

/*
 * The file of that path in a sorted listing (NULL listing: none), or NULL; no reference is taken.
 */
struct card_file *store_listing_find(const struct store_listing *listing, const char *path);

struct store;

struct store_type {
	const char *kind; /* "dir", "checkpoints", "package": also the prefix of its locations */
	bool is_searched_for; /* open looks at file systems, and not only at the location */
	/*
	 * Finds what location (the text behind the prefix) names; fills store->location with an
	 * absolute path and may set store->state. Fails when it names nothing that can be a store.
	 */
	bool (*open)(struct store *store, struct text location, struct error *error);
	/*
	 * Lists every card file. A file that previous (may be NULL) holds unchanged is taken from
	 * there instead of being read again. What cannot be read is added to problems, and what
	 * previous holds of it stands in for it; failure is for want of memory alone.
	 */
	bool (*list)(struct store *store, const struct store_listing *previous,
		struct store_listing *listing, struct problem_list *problems, struct error *error);
	/*
	 * Lists, in the same way, what is at a path that list may give: a file, or the files below
	 * a directory, or nothing. Sets *is_known to false where only list can tell. NULL: it never
	 * can be told.
	 */
	bool (*look)(struct store *store, const char *path, const struct store_listing *previous,
		struct store_listing *listing, struct problem_list *problems, bool *is_known,
		struct error *error);
	/* What has to be watched. */
	const struct store_scope *scope;
	/* Frees store->state; may be NULL. */
	void (*close)(struct store *store);
};

struct store {
	const struct store_type *type;
	enum store_origin origin;
	char *location; /* absolute path */
	size_t file_size_limit;
	/* Whether it may be absent: a default store that does not exist is empty, not a problem. */
	bool optional;
	/* When the set was opened, by who may see more than who lists it. */
	bool was_absent;
	void *state;
	const struct keeper *keeper; /* who lists it in its stead (stores/keepers.h); or NULL */
};

/*
 * Opens "PATH", "dir:PATH", "checkpoints:PATH" or "package:NAME"; PATH is a directory or one file.
 * The caller closes it. A path that does not exist opens all the same: its listing has a problem.
 */
struct store *store_open(struct text location, enum store_origin origin, size_t file_size_limit,
	struct error *error);
void store_close(struct store *store);

/* Whether opening the store of that location looks at file systems. */
bool store_is_searched_for(struct text location);

/*
 * Lists the store's files; see store_type.list. Where the file system that they were on is gone,
 * they are taken from previous, with a problem.
 */
bool store_list(struct store *store, const struct store_listing *previous,
	struct store_listing *listing, struct problem_list *problems, struct error *error);

/*
 * Lists, as store_list does, what is at the paths of changes and below them alone. previous needs
 * to hold no more than it did there. *is_known: false where only store_list can tell, and then what
 * is in listing and problems says nothing.
 */
bool store_look(struct store *store, const struct store_listing *previous,
	const struct store_changes *changes, struct store_listing *listing,
	struct problem_list *problems, bool *is_known, struct error *error);

/*
 * Like store_list, but looks only at the paths of changes and shares the rest of previous. Lists
 * everything where that is what changed, where previous is NULL, and where paths do not tell
 * enough. The problems are those of what was looked at: when previous had problems, call
 * store_list, or they are lost.
 */
bool store_update(struct store *store, const struct store_listing *previous,
	const struct store_changes *changes, struct store_listing *listing,
	struct problem_list *problems, struct error *error);

#endif
