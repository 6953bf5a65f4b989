/*
 * Which assets have which value in which field, of every card of a catalog as some environments
 * resolve them: what .by shows. Immutable, shared by counting; a new catalog's index is made from
 * the old one's, with a look at what changed alone. Fields and values are known by their file
 * names; those that no file name holds are left out, as are broken cards ("layout.md, Names").
 */
#ifndef CARDFS_VIEW_FIELD_INDEX_H
#define CARDFS_VIEW_FIELD_INDEX_H

#include "base/table.h"
#include "card/catalog.h"

struct indexed_asset {
	struct text name;
	int64_t modified;    /* as its card's */
	uint32_t first_fact; /* what it has: in the index's facts */
	uint32_t fact_count;
};

struct indexed_value {
	struct text path;   /* "FIELD/VALUE", as file names */
	struct text name;   /* the last part of it */
	uint32_t number;    /* in the index's values */
	uint32_t last_user; /* while the index is made: the asset that had it last, from 1 */
	struct indexed_value *next; /* of the same field */
	uint32_t first_member;      /* in the index's members */
	uint32_t member_count;
	int64_t modified; /* the newest of its members; 0 where it has none */
};

struct indexed_field {
	struct text name;            /* dotted, as a file name */
	struct indexed_value *first; /* of its values, in no order */
	int64_t modified;
};

struct field_index {
	atomic_uint references;
	struct arena arena; /* of the texts, fields and values */
	struct table fields;
	struct table values;          /* by path */
	struct indexed_asset *assets; /* sorted by name */
	size_t asset_count, asset_capacity;
	struct indexed_value **numbered;
	size_t value_count, value_capacity;
	uint32_t *facts; /* numbers of values, asset for asset */
	size_t fact_count, fact_capacity;
	uint32_t *members; /* numbers of assets, value for value; each value's in order */
};

/*
 * Returns an index with one reference of every card of the catalog, resolved in these environments.
 * previous (may be NULL) is that of an earlier catalog, from which only the cards that are named in
 * changed (sorted, each once) may differ. Costs a pass over all cards without a previous one. NULL
 * for want of memory.
 */
struct field_index *field_index_create(const struct catalog *catalog,
	const struct environments *environments, const struct field_index *previous,
	const struct text *changed, size_t changed_count, struct error *error);
struct field_index *field_index_acquire(struct field_index *index);
void field_index_release(struct field_index *index);

/*
 * Each NULL where there is none. Names of fields and values are file names, those of members
 * cards'.
 */
const struct indexed_field *field_index_field(const struct field_index *index, struct text name);
const struct indexed_value *field_index_value(
	const struct field_index *index, const struct indexed_field *field, struct text name);
const struct indexed_asset *field_index_member(
	const struct field_index *index, const struct indexed_value *value, struct text name);

/* The members of a value, sorted by name. */
const struct indexed_asset *field_index_member_at(
	const struct field_index *index, const struct indexed_value *value, size_t position);

/*
 * Called for each value that a card is indexed by, maybe more than once; field_length is how much
 * of the path is the field. Returns whether to go on.
 */
typedef bool field_index_visitor(void *context, struct text path, size_t field_length);

/* Fails for want of memory; a visitor that ends the visit is no failure. */
bool field_index_visit(
	const struct card *card, field_index_visitor *visitor, void *context, struct error *error);

#endif
