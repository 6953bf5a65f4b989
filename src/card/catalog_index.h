/*
 * The inside of a catalog: documents by name in shards, environments, and what changed from one
 * catalog to the next. Only catalog.c uses it.
 */
#ifndef CARDFS_CARD_CATALOG_INDEX_H
#define CARDFS_CARD_CATALOG_INDEX_H

#include "base/table.h"
#include "card/set_list.h"
#include "card/shard_group.h"

/* The sets that a new catalog has and its predecessor has not, and the other way round. */
struct catalog_update {
	struct set_list added;
	struct set_list removed;
};

bool catalog_update_add(
	struct catalog_update *update, const struct document_set *set, struct error *error);
bool catalog_update_remove(
	struct catalog_update *update, const struct document_set *set, struct error *error);
void catalog_update_finish(struct catalog_update *update);

struct environment_count {
	struct text name;
	size_t count; /* documents that name it */
};

struct catalog_index {
	struct shard_group **groups; /* each with a reference */
	size_t group_count;
	size_t shard_count;    /* in all groups; a power of two */
	size_t document_count; /* likewise */
	size_t asset_count;
	struct arena arena;                     /* of the environments */
	struct environment_count *environments; /* sorted by name */
	size_t environment_count;
	struct table environment_table;
};

/*
 * Makes an index of what the previous one (NULL: nothing) holds and the update changes. What
 * nothing changed in is shared. Fails for want of memory; the caller finishes index in any
 * case.
 */
bool catalog_index_init(struct catalog_index *index, const struct catalog_index *previous,
	struct catalog_update *update, bool shadow, struct error *error);
void catalog_index_finish(struct catalog_index *index);

/* The shard of that number, and the one in which a name is. */
const struct shard *catalog_index_shard_at(const struct catalog_index *index, size_t number);
const struct shard *catalog_index_shard(const struct catalog_index *index, struct text name);

/* Names that the update may have changed, each once: see catalog_change. */
struct catalog_changes {
	struct text *items; /* in the arena */
	size_t count;
	size_t content_count; /* of them, those at the start that may show something else */
	bool has_other_files;
	size_t capacity;
	struct arena arena;
	struct table names;
};

bool catalog_changes_init(struct catalog_changes *changes, const struct catalog_index *previous,
	const struct catalog_index *index, const struct catalog_update *update,
	struct error *error);
void catalog_changes_finish(struct catalog_changes *changes);

#endif
