#include "fuse/inodes.h"

#include "base/array.h"
#include "fuse/inode_table.h"

#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

/* So that nobody can make names that are all in one chain. */
static uint64_t choose_seed(void) {
	uint64_t seed = 0;
	return getrandom(&seed, sizeof(seed), GRND_NONBLOCK) == sizeof(seed) && seed != 0 ? seed
											  : 1;
}

void inodes_init(struct inodes *inodes, struct shared *shared, struct inode_table *table) {
	*inodes = (struct inodes){.shared = shared, .table = table};
	if (table->seed == 0) {
		table->seed = choose_seed();
	}
}

static bool stands_for(
	const struct remembered *entry, struct text path, const struct inode *inode) {
	return entry->inode.identity == inode->identity &&
	       entry->inode.attributes.kind == inode->attributes.kind &&
	       text_equal(inode_path(entry), path);
}

/* The place's entry, with *number moved on to its number; or NULL, and to a free one. */
static struct remembered *find_place(const struct inodes *inodes, struct text path,
	const struct inode *inode, uint64_t *number) {
	*number = inode->identity;
	struct remembered *entry = inode_find(inodes, *number);
	while (entry != NULL && !stands_for(entry, path, inode)) {
		*number = inode_without_reserved(*number + 1);
		entry = inode_find(inodes, *number);
	}
	return entry;
}

static void take_back(struct inodes *inodes, uint64_t number, uint64_t count) {
	struct remembered *entry = inode_find(inodes, number);
	if (entry == NULL) {
		return;
	}
	if (entry->lookups > count) {
		shared_set(inodes->shared, entry->lookups, entry->lookups - count);
	} else {
		inode_drop(inodes, entry);
	}
}

/* Behind its end nothing is of any account. */
static void note_counted(struct inodes *inodes, struct effects *effects, uint64_t number) {
	if (effects != NULL) {
		effects->numbers[effects->count] = number;
		shared_set(inodes->shared, effects->count, effects->count + 1);
	}
}

bool inodes_remember(struct inodes *inodes, struct text path, const struct inode *inode,
	struct effects *effects, uint64_t *number) {
	if (effects != NULL && effects->count == SLOT_EFFECTS) {
		return false;
	}
	shared_begin(inodes->shared);
	struct remembered *entry = find_place(inodes, path, inode, number);
	if (entry == NULL) {
		entry = inode_add(inodes, *number, path);
	}
	if (entry != NULL) {
		shared_set(inodes->shared, entry->lookups, entry->lookups + 1);
		shared_set(inodes->shared, entry->is_retired, false);
		inode_set(inodes, entry, inode);
		note_counted(inodes, effects, *number);
	}
	shared_end(inodes->shared);
	return entry != NULL;
}

void inodes_forget(
	struct inodes *inodes, uint64_t number, uint64_t count, struct effects *effects) {
	shared_begin(inodes->shared);
	take_back(inodes, number, count);
	if (effects != NULL) {
		shared_set(inodes->shared, effects->done, effects->done + 1);
	}
	shared_end(inodes->shared);
}

void inodes_take_back(struct inodes *inodes, struct effects *effects, size_t kept) {
	while (effects != NULL && effects->count > kept) {
		shared_begin(inodes->shared);
		take_back(inodes, effects->numbers[effects->count - 1], 1);
		shared_set(inodes->shared, effects->count, effects->count - 1);
		shared_end(inodes->shared);
	}
}

bool inodes_find(struct inodes *inodes, uint64_t number, struct buffer *path, struct inode *inode) {
	if (number == INODE_ROOT) {
		*inode = (struct inode){
			.identity = INODE_ROOT,
			.attributes = {.kind = NODE_DIRECTORY},
		};
		return true;
	}
	shared_lock(inodes->shared);
	const struct remembered *entry = inode_find(inodes, number);
	if (entry != NULL) {
		buffer_append_text(path, inode_path(entry));
		*inode = entry->inode;
	}
	shared_unlock(inodes->shared);
	return entry != NULL;
}

void known_inodes_finish(struct known_inodes *known) {
	free(known->items);
	arena_finish(&known->arena);
	*known = (struct known_inodes){0};
}

static bool append_known(struct known_inodes *known, const struct remembered *entry) {
	struct known_inode *items =
		array_make_room(known->items, known->count, &known->capacity, sizeof(*items));
	if (items == NULL) {
		return false;
	}
	known->items = items;
	struct known_inode *item = &known->items[known->count];
	*item = (struct known_inode){
		.number = entry->number,
		.lookups = entry->lookups,
		.inode = entry->inode,
	};
	if (!arena_copy_text(&known->arena, inode_path(entry), &item->path)) {
		return false;
	}
	known->count++;
	return true;
}

static bool list_from(const struct inodes *inodes, uint64_t first, enum list_kind kind,
	struct known_inodes *known) {
	const struct remembered *entry = inode_at(inodes, first);
	for (; entry != NULL; entry = inode_at(inodes, entry->links[kind].next)) {
		if (!entry->is_retired && !append_known(known, entry)) {
			return false;
		}
	}
	return true;
}

bool inodes_has_family(struct inodes *inodes, struct text family) {
	shared_lock(inodes->shared);
	const bool has_some = inode_find_family(inodes, family) != NULL;
	shared_unlock(inodes->shared);
	return has_some;
}

bool inodes_list(struct inodes *inodes, struct text family, struct known_inodes *known) {
	shared_lock(inodes->shared);
	const struct inode_family *found = inode_find_family(inodes, family);
	const bool done = found == NULL || list_from(inodes, found->first, LIST_FAMILY, known);
	shared_unlock(inodes->shared);
	return done;
}

static bool list_locked(struct inodes *inodes, const uint64_t *first, enum list_kind kind,
	struct known_inodes *known) {
	shared_lock(inodes->shared);
	const bool done = list_from(inodes, *first, kind, known);
	shared_unlock(inodes->shared);
	return done;
}

bool inodes_list_followers(struct inodes *inodes, struct known_inodes *known) {
	return list_locked(inodes, &inodes->table->followers, LIST_FOLLOWERS, known);
}

bool inodes_list_live(struct inodes *inodes, struct known_inodes *known) {
	return list_locked(inodes, &inodes->table->live, LIST_LIVE, known);
}

bool inodes_list_all(struct inodes *inodes, struct known_inodes *known) {
	const struct shared_item *item = NULL;
	uint64_t chain = 0;
	bool done = true;
	shared_lock(inodes->shared);
	while (done && (item = shared_table_each(
				inodes->shared, &inodes->table->by_number, &chain, item)) != NULL) {
		done = append_known(known, (const struct remembered *)item);
	}
	shared_unlock(inodes->shared);
	return done;
}

bool inodes_has(struct inodes *inodes, uint64_t number) {
	shared_lock(inodes->shared);
	const bool is_known = number == INODE_ROOT || inode_find(inodes, number) != NULL;
	shared_unlock(inodes->shared);
	return is_known;
}

void inodes_note_modified(struct inodes *inodes, uint64_t number, int64_t modified) {
	shared_begin(inodes->shared);
	struct remembered *entry = inode_find(inodes, number);
	if (entry != NULL) {
		shared_set(inodes->shared, entry->inode.attributes.modified, modified);
	}
	shared_end(inodes->shared);
}

static bool keep(struct inodes *inodes, struct remembered *entry, struct text content) {
	struct shared *shared = inodes->shared;
	const uint64_t block = content.length == 0 ? 0 : shared_allocate(shared, content.length);
	if (block == 0 && content.length > 0) {
		return false;
	}
	if (block != 0) {
		memcpy(shared_at(shared, block), content.data, content.length);
	}
	shared_set(shared, entry->content, block);
	shared_set(shared, entry->content_length, content.length);
	shared_set(shared, entry->has_content, true);
	return true;
}

bool inodes_keep(struct inodes *inodes, uint64_t number, struct text content) {
	shared_begin(inodes->shared);
	struct remembered *entry = inode_find(inodes, number);
	const bool done = entry == NULL || entry->has_content || keep(inodes, entry, content);
	shared_end(inodes->shared);
	return done;
}

bool inodes_read(
	struct inodes *inodes, uint64_t number, size_t offset, size_t size, struct buffer *part) {
	shared_lock(inodes->shared);
	const struct remembered *entry = inode_find(inodes, number);
	const bool has_content = entry != NULL && entry->has_content;
	if (has_content) {
		const struct text content = {
			shared_at(inodes->shared, entry->content), entry->content_length};
		buffer_append_text(part, text_part(content, offset, size));
	}
	shared_unlock(inodes->shared);
	return has_content;
}

void inodes_retire(struct inodes *inodes, uint64_t number) {
	shared_begin(inodes->shared);
	struct remembered *entry = inode_find(inodes, number);
	if (entry != NULL) {
		shared_set(inodes->shared, entry->is_retired, true);
	}
	shared_end(inodes->shared);
}

size_t inodes_count(struct inodes *inodes) {
	shared_lock(inodes->shared);
	const size_t count = inodes->table->by_number.count;
	shared_unlock(inodes->shared);
	return count;
}
