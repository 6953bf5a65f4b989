/*
 * A shard: the documents of a part of all names, sorted, and the uses of those names by others. A
 * catalog is an array of shards, so that a change in one file makes new shards for a few names and
 * shares the rest. Immutable, shared by counting; the sets that its documents are in outlive it.
 */
#ifndef CARDFS_CARD_SHARD_H
#define CARDFS_CARD_SHARD_H

#include "card/set_list.h"

/* Everything that has one name. */
struct asset {
	struct text name;
	/* The asset's own first, then environments'; where names conflict, the ones that stand. */
	const struct document *const *documents;
	size_t document_count;
};

/*
 * That a document derives from, or refers to, the card of a name: the name stands in its strings.
 */
struct shard_use {
	const struct document *document;
	uint32_t offset, length;
};

struct shard {
	atomic_uint references;
	const struct document **all; /* sorted by document_compare */
	size_t all_count;
	const struct document *
		*documents; /* those of them that no other shadows; maybe all itself */
	size_t document_count;
	struct shard_use *uses; /* sorted by name */
	size_t use_count;
	size_t asset_count;   /* names with a document of their own */
	size_t problem_count; /* conflicts and orphans among the documents */
	struct bulk *bulk;    /* what all and uses are in; NULL: they are behind the shard */
};

/* What a shard is made of: what an old one holds, less what is removed, and what comes to it. */
struct shard_change {
	const struct shard *old;           /* or NULL */
	const struct set_list *removed;    /* sorted */
	const struct document **documents; /* that come; the arrays are used up */
	size_t document_count;
	struct shard_use *uses;
	size_t use_count;
	/*
	 * What both arrays are in, where there is no old one: the shard keeps them. Else NULL.
	 */
	struct bulk *bulk;
	bool shadow;
};

/*
 * Sorts what is there and finds what is wrong in it. With shadow, of two documents with one name
 * and environment the one of a later store stands alone; else, and within a store, they are in
 * conflict. Returns a shard with one reference; NULL for want of memory.
 */
struct shard *shard_create(const struct shard_change *change, struct error *error);
struct shard *shard_acquire(struct shard *shard);
void shard_release(struct shard *shard);

/* Adds the conflicts and orphans. */
void shard_add_problems(const struct shard *shard, struct problem_list *problems);

/*
 * Fills asset with the one of that name. Returns false where there is none, or only environments'
 * cards.
 */
bool shard_find(const struct shard *shard, struct text name, struct asset *asset);

/*
 * Fills asset with the next one, by name: start with *position 0. Returns false at the end.
 */
bool shard_next(const struct shard *shard, size_t *position, struct asset *asset);

/* The document that uses a name, for each use in turn: start with *position 0. NULL at the end. */
const struct document *shard_next_user(
	const struct shard *shard, struct text name, size_t *position);

/* The name that is used. */
struct text shard_use_name(const struct shard_use *use);

/*
 * The uses that a document makes, its base first: start with *step 0. Returns false behind the
 * last.
 */
bool shard_next_use(const struct document *document, size_t *step, struct shard_use *use);

/*
 * Which of count shards, a power of two, a name is in. Names that differ at their end alone are in
 * one: the cards of a file often have such, and a change of it then touches few shards.
 */
size_t shard_number(size_t count, struct text name);

/* The document of an asset for that environment (empty: its own), or NULL. */
const struct document *asset_document(const struct asset *asset, struct text environment);

/*
 * Two documents of the asset with one name and environment, which make it broken. Returns false
 * where there are none.
 */
bool asset_conflict(const struct asset *asset, const struct document *conflict[2]);

/*
 * Adds the problem of asset, or of an asset that has it as a base, that two documents have one name
 * and environment.
 */
void shard_report_conflict(struct problem_list *problems, struct text asset,
	const struct document *first, const struct document *second);

#endif
