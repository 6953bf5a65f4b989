/* The part of inodes.h that is about numbers and names. */
#include "fuse/inode_table.h"

#include <string.h>

enum { NO_NUMBER = 0 };

/* The finish of MurmurHash3: every bit of word reaches every bit of the result. */
uint64_t inode_scatter(uint64_t word) {
	word ^= word >> 33;
	word *= 0xFF51AFD7ED558CCD;
	word ^= word >> 33;
	word *= 0xC4CEB9FE1A85EC53;
	return word ^ word >> 33;
}

uint64_t inode_hash(uint64_t hash, struct text text) {
	uint64_t word;
	size_t offset = 0;
	for (; text.length - offset >= sizeof(word); offset += sizeof(word)) {
		memcpy(&word, text.data + offset, sizeof(word));
		hash = inode_scatter(hash ^ word);
	}
	word = 0;
	if (offset < text.length) {
		memcpy(&word, text.data + offset, text.length - offset);
	}
	return inode_scatter(inode_scatter(hash ^ word) ^ text.length);
}

uint64_t inode_without_reserved(uint64_t number) {
	return number == NO_NUMBER || number == INODE_ROOT ? INODE_ROOT + 1 : number;
}

/* Not text_hash, which is another one in every process. */
uint64_t inode_number(struct text path, enum node_kind kind, struct text content) {
	if (path.length == 0) {
		return INODE_ROOT;
	}
	uint64_t number = inode_hash(kind, path);
	if (kind != NODE_DIRECTORY) {
		number = inode_hash(number, content);
	}
	return inode_without_reserved(number);
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
