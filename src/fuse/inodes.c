#include "fuse/inodes.h"

#include <stdlib.h>
#include <string.h>

enum { NO_NUMBER = 0, ROOT_NUMBER = 1 };

struct inode {
	uint64_t number;
	uint64_t lookups;
	struct node_attributes attributes;
	size_t path_length;
	char path[];
};

static struct text number_key(const uint64_t *number) {
	return (struct text){(const char *)number, sizeof(*number)};
}

static struct text inode_key(const void *item) {
	const struct inode *inode = item;
	return number_key(&inode->number);
}

static struct text inode_path(const struct inode *inode) {
	return (struct text){inode->path, inode->path_length};
}

bool inodes_init(struct inodes *inodes) {
	*inodes = (struct inodes){.by_number = {.key = inode_key}};
	return pthread_mutex_init(&inodes->lock, NULL) == 0;
}

void inodes_finish(struct inodes *inodes) {
	struct inode *inode;
	for (size_t position = 0; (inode = table_next(&inodes->by_number, &position)) != NULL;) {
		free(inode);
	}
	table_finish(&inodes->by_number);
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
	if (kind == NODE_FILE) {
		number = hash_text(number, content);
	}
	return without_reserved(number);
}

static struct inode *find(const struct inodes *inodes, uint64_t number) {
	return table_find(&inodes->by_number, number_key(&number));
}

static bool stands_for(
	const struct inode *inode, struct text path, const struct node_attributes *attributes) {
	return inode->attributes.kind == attributes->kind &&
	       (attributes->kind != NODE_FILE || inode->attributes.size == attributes->size) &&
	       text_equal(inode_path(inode), path);
}

/* The inode of that place, with *number moved on to its number; or NULL, and to a free one. */
static struct inode *find_place(const struct inodes *inodes, struct text path,
	const struct node_attributes *attributes, uint64_t *number) {
	struct inode *inode = find(inodes, *number);
	while (inode != NULL && !stands_for(inode, path, attributes)) {
		*number = without_reserved(*number + 1);
		inode = find(inodes, *number);
	}
	return inode;
}

static struct inode *add(struct inodes *inodes, uint64_t number, struct text path) {
	struct inode *inode = malloc(sizeof(*inode) + path.length);
	if (inode == NULL) {
		return NULL;
	}
	*inode = (struct inode){.number = number, .path_length = path.length};
	memcpy(inode->path, path.data, path.length);
	if (!table_add(&inodes->by_number, inode)) {
		free(inode);
		return NULL;
	}
	return inode;
}

bool inodes_remember(struct inodes *inodes, struct text path,
	const struct node_attributes *attributes, uint64_t *number) {
	if (path.length == 0) {
		return true;
	}
	pthread_mutex_lock(&inodes->lock);
	struct inode *inode = find_place(inodes, path, attributes, number);
	if (inode == NULL) {
		inode = add(inodes, *number, path);
	}
	if (inode != NULL) {
		inode->lookups++;
		inode->attributes = *attributes;
	}
	pthread_mutex_unlock(&inodes->lock);
	return inode != NULL;
}

void inodes_forget(struct inodes *inodes, uint64_t number, uint64_t count) {
	pthread_mutex_lock(&inodes->lock);
	struct inode *inode = find(inodes, number);
	if (inode != NULL && inode->lookups > count) {
		inode->lookups -= count;
	} else {
		free(table_remove(&inodes->by_number, number_key(&number)));
	}
	pthread_mutex_unlock(&inodes->lock);
}

bool inodes_find(struct inodes *inodes, uint64_t number, struct buffer *path,
	struct node_attributes *attributes) {
	if (number == ROOT_NUMBER) {
		*attributes = (struct node_attributes){.kind = NODE_DIRECTORY};
		return true;
	}
	pthread_mutex_lock(&inodes->lock);
	const struct inode *inode = find(inodes, number);
	if (inode != NULL) {
		buffer_append_text(path, inode_path(inode));
		*attributes = inode->attributes;
	}
	pthread_mutex_unlock(&inodes->lock);
	return inode != NULL;
}
