#include "fuse/inode_table.h"

#include <string.h>

struct text inode_path(const struct remembered *entry) {
	return (struct text){entry->path, entry->path_length};
}

static size_t inode_size(const struct remembered *entry) {
	return sizeof(*entry) + entry->path_length;
}

struct remembered *inode_at(const struct inodes *inodes, uint64_t block) {
	return shared_at(inodes->shared, block);
}

static uint64_t hash_of_number(const struct inodes *inodes, uint64_t number) {
	return inode_scatter(number ^ inodes->table->seed);
}

struct remembered *inode_find(const struct inodes *inodes, uint64_t number) {
	struct shared_item *item = shared_table_find(
		inodes->shared, &inodes->table->by_number, hash_of_number(inodes, number));
	struct remembered *entry = (struct remembered *)item;
	while (entry != NULL && entry->number != number) {
		entry = (struct remembered *)shared_table_next(inodes->shared, &entry->item);
	}
	return entry;
}

static struct text family_name(const struct inode_family *family) {
	return (struct text){family->name, family->name_length};
}

static uint64_t hash_of_name(const struct inodes *inodes, struct text name) {
	return inode_hash(inodes->table->seed, name);
}

struct inode_family *inode_find_family(const struct inodes *inodes, struct text name) {
	struct shared_item *item = shared_table_find(
		inodes->shared, &inodes->table->families, hash_of_name(inodes, name));
	struct inode_family *family = (struct inode_family *)item;
	while (family != NULL && !text_equal(family_name(family), name)) {
		family = (struct inode_family *)shared_table_next(inodes->shared, &family->item);
	}
	return family;
}

/* The family of that name, made where there is none. */
static struct inode_family *take_family(struct inodes *inodes, struct text name) {
	struct inode_family *family = inode_find_family(inodes, name);
	if (family != NULL) {
		return family;
	}
	const uint64_t block =
		shared_allocate(inodes->shared, sizeof(struct inode_family) + name.length);
	if (block == 0) {
		return NULL;
	}
	family = shared_at(inodes->shared, block);
	*family = (struct inode_family){
		.item = {.hash = hash_of_name(inodes, name)},
		.name_length = name.length,
	};
	memcpy(family->name, name.data, name.length);
	if (!shared_table_add(inodes->shared, &inodes->table->families, &family->item)) {
		shared_free(inodes->shared, block, sizeof(*family) + name.length);
		return NULL;
	}
	return family;
}

static void list_add(
	struct inodes *inodes, uint64_t *first, enum list_kind kind, struct remembered *entry) {
	struct shared *shared = inodes->shared;
	struct inode_links *links = &entry->links[kind];
	const uint64_t block = shared_offset(shared, entry);
	struct remembered *next = inode_at(inodes, *first);
	shared_set(shared, *links, ((struct inode_links){.next = *first}));
	if (next != NULL) {
		shared_set(shared, next->links[kind].previous, block);
	}
	shared_set(shared, *first, block);
}

static void list_remove(
	struct inodes *inodes, uint64_t *first, enum list_kind kind, struct remembered *entry) {
	struct shared *shared = inodes->shared;
	const struct inode_links *links = &entry->links[kind];
	struct remembered *next = inode_at(inodes, links->next);
	struct remembered *previous = inode_at(inodes, links->previous);
	if (next != NULL) {
		shared_set(shared, next->links[kind].previous, links->previous);
	}
	if (previous != NULL) {
		shared_set(shared, previous->links[kind].next, links->next);
	} else {
		shared_set(shared, *first, links->next);
	}
}

static void leave_family(struct inodes *inodes, struct remembered *entry) {
	struct inode_family *family = shared_at(inodes->shared, entry->family);
	list_remove(inodes, &family->first, LIST_FAMILY, entry);
	if (family->first == 0) {
		shared_table_remove(inodes->shared, &inodes->table->families, &family->item);
		shared_free(inodes->shared, entry->family, sizeof(*family) + family->name_length);
	}
}

static bool join_family(struct inodes *inodes, struct remembered *entry) {
	struct inode_family *family = take_family(inodes, inode_family(inode_path(entry)));
	if (family == NULL) {
		return false;
	}
	entry->family = shared_offset(inodes->shared, family);
	list_add(inodes, &family->first, LIST_FAMILY, entry);
	return true;
}

static bool is_follower(const struct inode *inode) {
	return inode->attributes.follows_cache;
}

static bool is_live_directory(const struct inode *inode) {
	return inode->attributes.is_live && inode->attributes.kind == NODE_DIRECTORY;
}

static void change_list(struct inodes *inodes, uint64_t *first, enum list_kind kind,
	struct remembered *entry, bool was_in_it, bool is_in_it) {
	if (is_in_it && !was_in_it) {
		list_add(inodes, first, kind, entry);
	} else if (was_in_it && !is_in_it) {
		list_remove(inodes, first, kind, entry);
	}
}

void inode_set(struct inodes *inodes, struct remembered *entry, const struct inode *inode) {
	change_list(inodes, &inodes->table->followers, LIST_FOLLOWERS, entry,
		is_follower(&entry->inode), is_follower(inode));
	change_list(inodes, &inodes->table->live, LIST_LIVE, entry,
		is_live_directory(&entry->inode), is_live_directory(inode));
	shared_set(inodes->shared, entry->inode, *inode);
}

struct remembered *inode_add(struct inodes *inodes, uint64_t number, struct text path) {
	const uint64_t block =
		shared_allocate(inodes->shared, sizeof(struct remembered) + path.length);
	struct remembered *entry = inode_at(inodes, block);
	if (entry == NULL) {
		return NULL;
	}
	*entry = (struct remembered){
		.item = {.hash = hash_of_number(inodes, number)},
		.number = number,
		.path_length = (uint32_t)path.length,
	};
	memcpy(entry->path, path.data, path.length);
	if (!join_family(inodes, entry)) {
		shared_free(inodes->shared, block, inode_size(entry));
		return NULL;
	}
	if (!shared_table_add(inodes->shared, &inodes->table->by_number, &entry->item)) {
		leave_family(inodes, entry);
		shared_free(inodes->shared, block, inode_size(entry));
		return NULL;
	}
	return entry;
}

void inode_drop(struct inodes *inodes, struct remembered *entry) {
	struct shared *shared = inodes->shared;
	shared_table_remove(shared, &inodes->table->by_number, &entry->item);
	inode_set(inodes, entry, &(struct inode){0});
	leave_family(inodes, entry);
	shared_free(shared, entry->content, entry->content_length);
	shared_free(shared, shared_offset(shared, entry), inode_size(entry));
}
