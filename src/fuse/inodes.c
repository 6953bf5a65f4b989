#include "fuse/inodes.h"

#include <stdlib.h>
#include <string.h>

enum { NO_NUMBER = 0, ROOT_NUMBER = 1 };

/* Its neighbours in a list. */
struct inode_links {
	struct remembered *next, *previous;
};

enum list_kind { LIST_FAMILY, LIST_FOLLOWERS, LIST_LIVE, LIST_KINDS };

struct remembered {
	uint64_t number;
	uint64_t lookups;
	struct inode inode; /* as it was looked up last */
	bool is_retired;
	bool has_content;
	struct buffer content;
	struct family *family;
	struct inode_links links[LIST_KINDS];
	size_t path_length;
	char path[];
};

struct family {
	struct inode_list list;
	size_t name_length;
	char name[];
};

static struct text number_key(const uint64_t *number) {
	return (struct text){(const char *)number, sizeof(*number)};
}

static struct text inode_key(const void *item) {
	const struct remembered *entry = item;
	return number_key(&entry->number);
}

static struct text family_key(const void *item) {
	const struct family *family = item;
	return (struct text){family->name, family->name_length};
}

static struct text inode_path(const struct remembered *entry) {
	return (struct text){entry->path, entry->path_length};
}

bool inodes_init(struct inodes *inodes) {
	*inodes = (struct inodes){.by_number = {.key = inode_key}, .families = {.key = family_key}};
	return pthread_mutex_init(&inodes->lock, NULL) == 0;
}

static void free_inode(struct remembered *entry) {
	buffer_finish(&entry->content);
	free(entry);
}

void inodes_finish(struct inodes *inodes) {
	struct remembered *entry;
	for (size_t position = 0; (entry = table_next(&inodes->by_number, &position)) != NULL;) {
		free_inode(entry);
	}
	struct family *family;
	for (size_t position = 0; (family = table_next(&inodes->families, &position)) != NULL;) {
		free(family);
	}
	table_finish(&inodes->by_number);
	table_finish(&inodes->families);
	pthread_mutex_destroy(&inodes->lock);
}

/* The finish of MurmurHash3: every bit of word reaches every bit of the result. */
static uint64_t scatter(uint64_t word) {
	word ^= word >> 33;
	word *= 0xFF51AFD7ED558CCD;
	word ^= word >> 33;
	word *= 0xC4CEB9FE1A85EC53;
	return word ^ word >> 33;
}

static uint64_t hash_text(uint64_t hash, struct text text) {
	uint64_t word;
	size_t offset = 0;
	for (; text.length - offset >= sizeof(word); offset += sizeof(word)) {
		memcpy(&word, text.data + offset, sizeof(word));
		hash = scatter(hash ^ word);
	}
	word = 0;
	if (offset < text.length) {
		memcpy(&word, text.data + offset, text.length - offset);
	}
	return scatter(scatter(hash ^ word) ^ text.length);
}

static uint64_t without_reserved(uint64_t number) {
	return number == NO_NUMBER || number == ROOT_NUMBER ? ROOT_NUMBER + 1 : number;
}

/* Not text_hash, which is another one in every process. */
uint64_t inode_number(struct text path, enum node_kind kind, struct text content) {
	if (path.length == 0) {
		return ROOT_NUMBER;
	}
	uint64_t number = hash_text(kind, path);
	if (kind != NODE_DIRECTORY) {
		number = hash_text(number, content);
	}
	return without_reserved(number);
}

static struct remembered *find(const struct inodes *inodes, uint64_t number) {
	return table_find(&inodes->by_number, number_key(&number));
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
	struct remembered *entry = find(inodes, *number);
	while (entry != NULL && !stands_for(entry, path, inode)) {
		*number = without_reserved(*number + 1);
		entry = find(inodes, *number);
	}
	return entry;
}

/* How much of a path is the directory that it is in: none for an entry of the root. */
static size_t directory_length(struct text path) {
	size_t length = path.length;
	while (length > 0 && path.data[length - 1] != '/') {
		length--;
	}
	return length == 0 ? 0 : length - 1;
}

/* Whether a directory is a root: the mount's, or that of an "@ENV". */
static bool is_root(struct text directory) {
	return directory.length == 0 ||
	       (directory.data[0] == '@' && text_index(directory, '/') == directory.length);
}

struct text inode_family(struct text path) {
	const struct text directory = text_part(path, 0, directory_length(path));
	if (!is_root(directory)) {
		return directory;
	}
	const size_t start = directory.length == 0 ? 0 : directory.length + 1;
	const struct text name = text_part(path, start, path.length);
	const size_t at = text_index(name, '@');
	if (at == name.length) {
		return directory;
	}
	return text_part(path, 0, start + (at == 0 ? 1 : at));
}

/* The family of that name, made where there is none. */
static struct family *take_family(struct inodes *inodes, struct text name) {
	struct family *family = table_find(&inodes->families, name);
	if (family != NULL) {
		return family;
	}
	family = malloc(sizeof(*family) + name.length);
	if (family == NULL) {
		return NULL;
	}
	*family = (struct family){.name_length = name.length};
	memcpy(family->name, name.data, name.length);
	if (!table_add(&inodes->families, family)) {
		free(family);
		return NULL;
	}
	return family;
}

static void list_add(struct inode_list *list, enum list_kind kind, struct remembered *entry) {
	struct inode_links *links = &entry->links[kind];
	*links = (struct inode_links){.next = list->first};
	if (links->next != NULL) {
		links->next->links[kind].previous = entry;
	}
	list->first = entry;
}

static void list_remove(struct inode_list *list, enum list_kind kind, struct remembered *entry) {
	const struct inode_links *links = &entry->links[kind];
	if (links->next != NULL) {
		links->next->links[kind].previous = links->previous;
	}
	if (links->previous != NULL) {
		links->previous->links[kind].next = links->next;
	} else {
		list->first = links->next;
	}
}

static void leave_family(struct inodes *inodes, struct remembered *entry) {
	struct family *family = entry->family;
	list_remove(&family->list, LIST_FAMILY, entry);
	if (family->list.first == NULL) {
		free(table_remove(&inodes->families, family_key(family)));
	}
}

static bool join_family(struct inodes *inodes, struct remembered *entry) {
	entry->family = take_family(inodes, inode_family(inode_path(entry)));
	if (entry->family == NULL) {
		return false;
	}
	list_add(&entry->family->list, LIST_FAMILY, entry);
	return true;
}

static bool is_follower(const struct inode *inode) {
	return inode->attributes.follows_cache;
}

static bool is_live_directory(const struct inode *inode) {
	return inode->attributes.is_live && inode->attributes.kind == NODE_DIRECTORY;
}

static void change_list(struct inode_list *list, enum list_kind kind, struct remembered *entry,
	bool was_in_it, bool is_in_it) {
	if (is_in_it && !was_in_it) {
		list_add(list, kind, entry);
	} else if (was_in_it && !is_in_it) {
		list_remove(list, kind, entry);
	}
}

static void set_inode(struct inodes *inodes, struct remembered *entry, const struct inode *inode) {
	change_list(&inodes->followers, LIST_FOLLOWERS, entry, is_follower(&entry->inode),
		is_follower(inode));
	change_list(&inodes->live, LIST_LIVE, entry, is_live_directory(&entry->inode),
		is_live_directory(inode));
	entry->inode = *inode;
}

static struct remembered *add(struct inodes *inodes, uint64_t number, struct text path) {
	struct remembered *entry = malloc(sizeof(*entry) + path.length);
	if (entry == NULL) {
		return NULL;
	}
	*entry = (struct remembered){.number = number, .path_length = path.length};
	memcpy(entry->path, path.data, path.length);
	if (!join_family(inodes, entry)) {
		free(entry);
		return NULL;
	}
	if (!table_add(&inodes->by_number, entry)) {
		leave_family(inodes, entry);
		free(entry);
		return NULL;
	}
	return entry;
}

bool inodes_remember(
	struct inodes *inodes, struct text path, const struct inode *inode, uint64_t *number) {
	pthread_mutex_lock(&inodes->lock);
	struct remembered *entry = find_place(inodes, path, inode, number);
	if (entry == NULL) {
		entry = add(inodes, *number, path);
	}
	if (entry != NULL) {
		entry->lookups++;
		entry->is_retired = false;
		set_inode(inodes, entry, inode);
	}
	pthread_mutex_unlock(&inodes->lock);
	return entry != NULL;
}

void inodes_forget(struct inodes *inodes, uint64_t number, uint64_t count) {
	pthread_mutex_lock(&inodes->lock);
	struct remembered *entry = find(inodes, number);
	if (entry != NULL && entry->lookups > count) {
		entry->lookups -= count;
		entry = NULL;
	}
	if (entry != NULL) {
		table_remove(&inodes->by_number, number_key(&number));
		set_inode(inodes, entry, &(struct inode){0});
		leave_family(inodes, entry);
	}
	pthread_mutex_unlock(&inodes->lock);
	if (entry != NULL) {
		free_inode(entry);
	}
}

bool inodes_find(struct inodes *inodes, uint64_t number, struct buffer *path, struct inode *inode) {
	if (number == ROOT_NUMBER) {
		*inode = (struct inode){
			.identity = ROOT_NUMBER,
			.attributes = {.kind = NODE_DIRECTORY},
		};
		return true;
	}
	pthread_mutex_lock(&inodes->lock);
	const struct remembered *entry = find(inodes, number);
	if (entry != NULL) {
		buffer_append_text(path, inode_path(entry));
		*inode = entry->inode;
	}
	pthread_mutex_unlock(&inodes->lock);
	return entry != NULL;
}

void known_inodes_finish(struct known_inodes *known) {
	free(known->items);
	arena_finish(&known->arena);
	*known = (struct known_inodes){0};
}

static bool append_known(struct known_inodes *known, const struct remembered *entry) {
	if (known->count == known->capacity) {
		const size_t capacity = known->capacity == 0 ? 16 : known->capacity * 2;
		struct known_inode *grown = reallocarray(known->items, capacity, sizeof(*grown));
		if (grown == NULL) {
			return false;
		}
		known->items = grown;
		known->capacity = capacity;
	}
	struct known_inode *item = &known->items[known->count];
	*item = (struct known_inode){.number = entry->number, .inode = entry->inode};
	if (!arena_copy_text(&known->arena, inode_path(entry), &item->path)) {
		return false;
	}
	known->count++;
	return true;
}

static bool list_all(
	const struct inode_list *list, enum list_kind kind, struct known_inodes *known) {
	const struct remembered *entry = list->first;
	for (; entry != NULL; entry = entry->links[kind].next) {
		if (!entry->is_retired && !append_known(known, entry)) {
			return false;
		}
	}
	return true;
}

bool inodes_has_family(struct inodes *inodes, struct text family) {
	pthread_mutex_lock(&inodes->lock);
	const bool has_some = table_find(&inodes->families, family) != NULL;
	pthread_mutex_unlock(&inodes->lock);
	return has_some;
}

bool inodes_list(struct inodes *inodes, struct text family, struct known_inodes *known) {
	pthread_mutex_lock(&inodes->lock);
	const struct family *found = table_find(&inodes->families, family);
	const bool done = found == NULL || list_all(&found->list, LIST_FAMILY, known);
	pthread_mutex_unlock(&inodes->lock);
	return done;
}

static bool list_locked(struct inodes *inodes, const struct inode_list *list, enum list_kind kind,
	struct known_inodes *known) {
	pthread_mutex_lock(&inodes->lock);
	const bool done = list_all(list, kind, known);
	pthread_mutex_unlock(&inodes->lock);
	return done;
}

bool inodes_list_followers(struct inodes *inodes, struct known_inodes *known) {
	return list_locked(inodes, &inodes->followers, LIST_FOLLOWERS, known);
}

bool inodes_list_live(struct inodes *inodes, struct known_inodes *known) {
	return list_locked(inodes, &inodes->live, LIST_LIVE, known);
}

bool inodes_has(struct inodes *inodes, uint64_t number) {
	pthread_mutex_lock(&inodes->lock);
	const bool is_known = number == ROOT_NUMBER || find(inodes, number) != NULL;
	pthread_mutex_unlock(&inodes->lock);
	return is_known;
}

void inodes_note_modified(struct inodes *inodes, uint64_t number, int64_t modified) {
	pthread_mutex_lock(&inodes->lock);
	struct remembered *entry = find(inodes, number);
	if (entry != NULL) {
		entry->inode.attributes.modified = modified;
	}
	pthread_mutex_unlock(&inodes->lock);
}

void inodes_keep(struct inodes *inodes, uint64_t number, struct buffer *content) {
	pthread_mutex_lock(&inodes->lock);
	struct remembered *entry = find(inodes, number);
	if (entry != NULL && !entry->has_content && !content->failed) {
		entry->has_content = true;
		entry->content = *content;
		*content = (struct buffer){0};
	}
	pthread_mutex_unlock(&inodes->lock);
}

bool inodes_read(
	struct inodes *inodes, uint64_t number, size_t offset, size_t size, struct buffer *part) {
	pthread_mutex_lock(&inodes->lock);
	const struct remembered *entry = find(inodes, number);
	const bool has_content = entry != NULL && entry->has_content;
	if (has_content) {
		buffer_append_text(part, text_part(buffer_text(&entry->content), offset, size));
	}
	pthread_mutex_unlock(&inodes->lock);
	return has_content;
}

void inodes_retire(struct inodes *inodes, uint64_t number) {
	pthread_mutex_lock(&inodes->lock);
	struct remembered *entry = find(inodes, number);
	if (entry != NULL) {
		entry->is_retired = true;
	}
	pthread_mutex_unlock(&inodes->lock);
}

size_t inodes_count(struct inodes *inodes) {
	pthread_mutex_lock(&inodes->lock);
	const size_t count = inodes->by_number.count;
	pthread_mutex_unlock(&inodes->lock);
	return count;
}
