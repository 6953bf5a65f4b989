/*
 * A catalog: every card document of every store at one moment, by name and environment. Immutable
 * and shared by counting; a change in a store makes a new one that shares what did not change.
 */
#ifndef CARDFS_CARD_CATALOG_H
#define CARDFS_CARD_CATALOG_H

#include "card/card.h"
#include "card/document.h"
#include "card/name.h"
#include "stores/defaults.h"

struct catalog_options {
	struct yaml_limits limits;
	bool shadow; /* two cards with one name: the later store's wins, instead of a conflict */
	/* Further fields that are locators, besides the usual ones; borrowed. */
	const struct text *locator_fields;
	size_t locator_field_count;
};

/* Everything that has one name. The documents are in order: the asset's own first, then
 * environments'. */
struct asset {
	struct text name;
	const struct document *const *documents;
	size_t document_count;
	/* Two documents with one name and environment: the asset is broken. NULL for none. */
	const struct document *conflict[2];
};

struct catalog;

/* What one store gave. */
struct catalog_store {
	const struct store *store;
	size_t file_count;
	size_t card_count;
	size_t problem_count;
};

/*
 * Lists the stores and reads what changed since previous (may be NULL). Returns a catalog with one
 * reference; it borrows stores, which must outlive it. options are copied (not the field names).
 * NULL only for want of memory.
 */
struct catalog *catalog_create(const struct store_set *stores,
	const struct catalog_options *options, struct catalog *previous, struct error *error);
struct catalog *catalog_acquire(struct catalog *catalog);
void catalog_release(struct catalog *catalog);

/* 1 for the first catalog, one more for each that was made from a previous one. */
uint64_t catalog_generation(const struct catalog *catalog);

/* When its newest card file was modified; nanoseconds since the epoch. */
int64_t catalog_modified(const struct catalog *catalog);

/* The assets, sorted by name: those that have a card of their own, broken ones included. */
size_t catalog_asset_count(const struct catalog *catalog);
const struct asset *catalog_asset(const struct catalog *catalog, size_t index);

/* The asset of that name, or NULL. */
const struct asset *catalog_find(const struct catalog *catalog, struct text name);

/* The document of an asset for that environment (empty: its own), or NULL. */
const struct document *asset_document(const struct asset *asset, struct text environment);

/* Every environment that some card names, sorted, "user" among them only if one does. */
size_t catalog_environment_count(const struct catalog *catalog);
struct text catalog_environment(const struct catalog *catalog, size_t index);

size_t catalog_store_count(const struct catalog *catalog);
const struct catalog_store *catalog_store(const struct catalog *catalog, size_t index);

const struct catalog_options *catalog_options(const struct catalog *catalog);

/*
 * What is wrong in files and stores and with conflicting and orphaned cards: everything that is
 * known without resolving a card. Sorted.
 */
const struct problem_list *catalog_problems(const struct catalog *catalog);

/* Adds the problem that two documents have one name and environment. */
void catalog_report_conflict(
	struct problem_list *problems, const struct document *first, const struct document *second);

/*
 * The card of that name, resolved in those environments (made on first use and kept for a while).
 * Returns it with a reference that the caller releases; card->is_broken says whether it could be
 * resolved. NULL with ERROR_NOT_FOUND where there is no such asset, or for want of memory.
 */
struct card *catalog_card(struct catalog *catalog, struct text name,
	const struct environments *environments, struct error *error);

#endif
