#include "fuse/inodes.h"

#include <endian.h>
#include <stdlib.h>
#include <string.h>

enum { NO_NUMBER = 0, ROOT_NUMBER = 1 };

struct known_inode {
	uint64_t number;
	uint64_t lookups;
	struct inode inode;
	size_t path_length;
	char path[];
};

static struct text number_key(const uint64_t *number) {
	return (struct text){(const char *)number, sizeof(*number)};
}

static struct text known_key(const void *item) {
	const struct known_inode *known = item;
	return number_key(&known->number);
}

static struct text known_path(const struct known_inode *known) {
	return (struct text){known->path, known->path_length};
}

bool inodes_init(struct inodes *inodes) {
	*inodes = (struct inodes){.by_number = {.key = known_key}};
	return pthread_mutex_init(&inodes->lock, NULL) == 0;
}

void inodes_finish(struct inodes *inodes) {
	void *known;
	for (size_t position = 0; (known = table_next(&inodes->by_number, &position)) != NULL;) {
		free(known);
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
		hash = scatter(hash ^ le64toh(word));
	}
	word = 0;
	if (offset < text.length) {
		memcpy(&word, text.data + offset, text.length - offset);
	}
	return scatter(scatter(hash ^ le64toh(word)) ^ text.length);
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

static struct known_inode *find(const struct inodes *inodes, uint64_t number) {
	return table_find(&inodes->by_number, number_key(&number));
}

static bool stands_for(
	const struct known_inode *known, struct text path, const struct inode *inode) {
	return known->inode.identity == inode->identity &&
	       known->inode.attributes.kind == inode->attributes.kind &&
	       text_equal(known_path(known), path);
}

/* The place's entry, with *number moved on to its number; or NULL, and to a free one. */
static struct known_inode *find_place(const struct inodes *inodes, struct text path,
	const struct inode *inode, uint64_t *number) {
	*number = inode->identity;
	struct known_inode *known = find(inodes, *number);
	while (known != NULL && !stands_for(known, path, inode)) {
		*number = without_reserved(*number + 1);
		known = find(inodes, *number);
	}
	return known;
}

static struct known_inode *add(struct inodes *inodes, uint64_t number, struct text path) {
	struct known_inode *known = malloc(sizeof(*known) + path.length);
	if (known == NULL) {
		return NULL;
	}
	*known = (struct known_inode){.number = number, .path_length = path.length};
	memcpy(known->path, path.data, path.length);
	if (!table_add(&inodes->by_number, known)) {
		free(known);
		return NULL;
	}
	return known;
}

bool inodes_remember(
	struct inodes *inodes, struct text path, const struct inode *inode, uint64_t *number) {
	pthread_mutex_lock(&inodes->lock);
	struct known_inode *known = find_place(inodes, path, inode, number);
	if (known == NULL) {
		known = add(inodes, *number, path);
	}
	if (known != NULL) {
		known->lookups++;
		known->inode = *inode;
	}
	pthread_mutex_unlock(&inodes->lock);
	return known != NULL;
}

void inodes_forget(struct inodes *inodes, uint64_t number, uint64_t count) {
	pthread_mutex_lock(&inodes->lock);
	struct known_inode *known = find(inodes, number);
	if (known != NULL && known->lookups > count) {
		known->lookups -= count;
	} else {
		free(table_remove(&inodes->by_number, number_key(&number)));
	}
	pthread_mutex_unlock(&inodes->lock);
}

bool inodes_find(struct inodes *inodes, uint64_t number, struct buffer *path, struct inode *inode) {
	if (number == ROOT_NUMBER) {
		*inode = (struct inode){.identity = number, .attributes.kind = NODE_DIRECTORY};
		return true;
	}
	pthread_mutex_lock(&inodes->lock);
	const struct known_inode *known = find(inodes, number);
	if (known != NULL) {
		buffer_append_text(path, known_path(known));
		*inode = known->inode;
	}
	pthread_mutex_unlock(&inodes->lock);
	return known != NULL;
}
