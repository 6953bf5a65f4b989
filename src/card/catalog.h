/*
 * A catalog: every card document of every store at one moment, by name and environment. Immutable
 * and shared by counting; a change in a store makes a new one that shares what did not change.
 */
#ifndef CARDFS_CARD_CATALOG_H
#define CARDFS_CARD_CATALOG_H

#include "card/card.h"
#include "card/document.h"
#include "card/figures.h"
#include "card/name.h"
#include "card/shard.h"
#include "stores/changes.h"
#include "stores/defaults.h"

/* What files that cannot be read whole held before, as another process knew it. */
struct last_good {
	/*
	 * Returns the file of that path as it was, with one reference; NULL where that is not
	 * known, or for want of memory. Called while a catalog is made.
	 */
	struct card_file *(*find)(void *context, const char *path);
	void *context;
};

struct catalog_options {
	struct yaml_limits limits;
	bool shadow; /* two cards with one name: the later store's wins, instead of a conflict */
	/* Further fields that are locators, besides the usual ones; borrowed. */
	const struct text *locator_fields;
	size_t locator_field_count;
	struct catalog_figures *figures; /* where to count; borrowed; or NULL */
	/*
	 * Of the last catalog that somebody was shown who may compare; the first one comes after
	 * it.
	 */
	uint64_t past_generation;
	struct last_good last_good; /* of files without a previous catalog; or zeroes */
};

struct catalog;

/* What one store gave. */
struct catalog_store {
	const struct store *store;
	size_t file_count;
	size_t card_count;
	size_t problem_count;
	bool is_incomplete; /* some of it is as it was, and has to be listed again after a while */
};

/*
 * Lists the stores and reads what changed since previous (may be NULL): all that changes, one for
 * each store, says may have (NULL: everything may). Returns a catalog with one reference; it
 * borrows stores, which must outlive it and be the same as previous had. options are copied (not
 * the field names). NULL only for want of memory.
 */
struct catalog *catalog_create(const struct store_set *stores,
	const struct catalog_options *options, struct catalog *previous,
	const struct store_changes *changes, struct error *error);
/*
 * Keeps, for the next process that makes a catalog of large stores, what the first one of this
 * process found in them. Takes its time, and only ever a help: what fails is logged.
 */
void catalog_keep(const struct catalog *catalog);

struct catalog *catalog_acquire(struct catalog *catalog);
void catalog_release(struct catalog *catalog);

/*
 * past_generation + 1 for the first catalog, one more for each that was made from a previous one.
 */
uint64_t catalog_generation(const struct catalog *catalog);

/* When its newest card file was modified; nanoseconds since the epoch. */
int64_t catalog_modified(const struct catalog *catalog);

/* How many assets there are: names that have a card of their own, broken ones included. */
size_t catalog_asset_count(const struct catalog *catalog);

/* A place in the run through all assets; zeroes are its start. */
struct catalog_cursor {
	size_t shard;
	size_t position;
};

/*
 * Fills asset with the next one, in an order that stays while the catalog does. Returns false at
 * the end.
 */
bool catalog_next(
	const struct catalog *catalog, struct catalog_cursor *cursor, struct asset *asset);

/*
 * Returns the names of all assets, sorted by bytes, in an array that the caller frees; the texts
 * live as long as the catalog. NULL for want of memory.
 */
struct text *catalog_sorted_names(const struct catalog *catalog);

/* Fills asset with the one of that name. Returns false where there is none. */
bool catalog_find(const struct catalog *catalog, struct text name, struct asset *asset);

/*
 * The documents that derive from, or refer to, the card of a name: start with *position 0; NULL
 * behind the last one. Whether they take part in any card is for the caller to see.
 */
const struct document *catalog_next_user(
	const struct catalog *catalog, struct text name, size_t *position);

/*
 * What may have changed since the previous catalog: the names of cards whose files changed, and of
 * those that derive from them or refer to them, however far. Each once; none for a first catalog.
 * First come those that may show something else now, then those whose time of modification alone
 * may be another.
 */
size_t catalog_change_count(const struct catalog *catalog);
size_t catalog_content_change_count(const struct catalog *catalog);
struct text catalog_change(const struct catalog *catalog, size_t index);

/* Whether it holds, and finds wrong, just what the previous catalog does: it need not be shown. */
bool catalog_is_same(const struct catalog *catalog);

/* Whether there are files that the previous catalog did not have, or the other way round. */
bool catalog_has_other_files(const struct catalog *catalog);

/* Every environment that some card names, sorted, "user" among them only if one does. */
size_t catalog_environment_count(const struct catalog *catalog);
struct text catalog_environment(const struct catalog *catalog, size_t index);

size_t catalog_store_count(const struct catalog *catalog);
struct catalog_store catalog_store(const struct catalog *catalog, size_t index);

const struct catalog_options *catalog_options(const struct catalog *catalog);

/* Whether some card is of that environment. */
bool catalog_has_environment(const struct catalog *catalog, struct text environment);

/*
 * Visits each file whose last good cards are served while it holds something else, as it was then.
 * Ends when a visitor returns false.
 */
typedef bool catalog_file_visitor(void *context, struct card_file *file);
void catalog_visit_last_good(
	const struct catalog *catalog, catalog_file_visitor *visitor, void *context);

/*
 * Adds what is wrong in files and stores and with conflicting and orphaned cards, everything that
 * is known without resolving a card; and sorts the list.
 */
void catalog_add_problems(const struct catalog *catalog, struct problem_list *problems);

/*
 * The card of that name, resolved in those environments (made on first use and kept for a while).
 * Returns it with a reference that the caller releases; card->is_broken says whether it could be
 * resolved. NULL with ERROR_NOT_FOUND where there is no such asset, or for want of memory.
 */
struct card *catalog_card(struct catalog *catalog, struct text name,
	const struct environments *environments, struct error *error);

#endif
