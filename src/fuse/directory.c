#include "fuse/directory.h"

#include "fuse/filesystem.h"
#include "fuse/listing.h"

#include <errno.h>
#include <stdlib.h>

/* The first two entries of a listing. */
enum { ENTRY_SELF, ENTRY_PARENT };

/* A reply that is being filled with entries of an open directory. */
struct reply {
	fuse_req_t request;
	struct filesystem *filesystem;
	const struct listing *listing;
	struct place directory;
	bool with_look_ups;
	char *data;
	size_t size;
	size_t length;
	struct buffer path;    /* of the entry that is being filled in */
	struct buffer entered; /* the numbers that were looked up, of type fuse_ino_t */
};

static struct listing *listing_of(const struct fuse_file_info *info) {
	return (struct listing *)(uintptr_t)info->fh;
}

static void free_listing(struct listing *listing) {
	listing_finish(listing);
	free(listing);
}

/* The listing itself is taken when it is read from its start, as rewinddir(3) wants it. */
void directory_open(fuse_req_t request, fuse_ino_t number, struct fuse_file_info *info) {
	struct place place = {0};
	struct inode known;
	struct error error = {0};
	if (!filesystem_find(filesystem_of(request), number, &place, &known, &error)) {
		fuse_reply_err(request, error_number(&error));
	} else if (known.attributes.kind != NODE_DIRECTORY) {
		fuse_reply_err(request, ENOTDIR);
	} else {
		struct listing *listing = calloc(1, sizeof(*listing));
		info->fh = (uint64_t)(uintptr_t)listing;
		if (listing == NULL) {
			fuse_reply_err(request, ENOMEM);
		} else if (fuse_reply_open(request, info) == -ENOENT) {
			free_listing(listing);
		}
	}
	place_finish(&place);
}

void directory_release(fuse_req_t request, fuse_ino_t number, struct fuse_file_info *info) {
	(void)number;
	free_listing(listing_of(info));
	fuse_reply_err(request, 0);
}

static uint64_t directory_number(struct text path) {
	return inode_number(path, NODE_DIRECTORY, TEXT(""));
}

static uint64_t parent_number(struct text path) {
	size_t length = path.length;
	while (length > 0 && path.data[length - 1] != '/') {
		length--;
	}
	return directory_number(text_part(path, 0, length == 0 ? 0 : length - 1));
}

static uint64_t listed_number(struct reply *reply, struct text name, enum node_kind kind) {
	buffer_clear(&reply->path);
	buffer_append_text(&reply->path, buffer_text(&reply->directory.path));
	place_append_name(&reply->path, name);
	return inode_number(buffer_text(&reply->path), kind, TEXT(""));
}

static void enter(struct reply *reply, struct place *child, struct fuse_entry_param *entry) {
	struct error error = {0};
	if (buffer_reserve(&reply->entered, sizeof(entry->ino)) &&
		filesystem_enter(reply->filesystem, child, entry, &error)) {
		buffer_append(&reply->entered, &entry->ino, sizeof(entry->ino));
	}
}

static void examine(struct reply *reply, enum node_kind kind, struct text name,
	struct fuse_entry_param *entry) {
	struct place child = {0};
	struct error error = {0};
	if (place_walk(&reply->directory, name, &child, &error)) {
		if (reply->with_look_ups) {
			enter(reply, &child, entry);
		} else if (kind == NODE_FILE && place_describe(&child, &error)) {
			entry->attr.st_ino = child.inode.identity;
		}
	}
	place_finish(&child);
}

/* An entry that is gone meanwhile is listed all the same, and not found when it is looked up. */
static void describe_entry(struct reply *reply, size_t index, struct fuse_entry_param *entry) {
	static const mode_t types[] = {
		[NODE_DIRECTORY] = S_IFDIR,
		[NODE_FILE] = S_IFREG,
		[NODE_LINK] = S_IFLNK,
	};
	const enum node_kind kind = reply->listing->entries[index].kind;
	const struct text name = listing_name(reply->listing, index);
	const struct text directory = buffer_text(&reply->directory.path);
	entry->attr.st_mode = types[kind];
	if (index == ENTRY_SELF) {
		entry->attr.st_ino = directory_number(directory);
	} else if (index == ENTRY_PARENT) {
		entry->attr.st_ino = parent_number(directory);
	} else {
		entry->attr.st_ino = listed_number(reply, name, kind);
		if (kind != NODE_DIRECTORY) {
			examine(reply, kind, name, entry);
		}
	}
}

static size_t append(struct reply *reply, size_t index, const struct fuse_entry_param *entry) {
	const char *name = listing_name(reply->listing, index).data;
	char *data = entry == NULL ? NULL : reply->data + reply->length;
	const size_t room = entry == NULL ? 0 : reply->size - reply->length;
	const off_t next = (off_t)index + 1;
	if (reply->with_look_ups) {
		return fuse_add_direntry_plus(reply->request, data, room, name, entry, next);
	}
	return fuse_add_direntry(
		reply->request, data, room, name, entry == NULL ? NULL : &entry->attr, next);
}

static void fill(struct reply *reply, size_t index) {
	for (; index < reply->listing->count; index++) {
		if (append(reply, index, NULL) > reply->size - reply->length) {
			return;
		}
		struct fuse_entry_param entry = {0};
		describe_entry(reply, index, &entry);
		reply->length += append(reply, index, &entry);
	}
}

static void forget_entered(struct reply *reply) {
	const fuse_ino_t *numbers = (const fuse_ino_t *)(const void *)reply->entered.data;
	for (size_t i = 0; i < reply->entered.length / sizeof(*numbers); i++) {
		inodes_forget(&reply->filesystem->inodes, numbers[i], 1);
	}
}

static bool prepare(struct reply *reply, fuse_ino_t number, off_t offset, struct listing *listing,
	struct error *error) {
	struct inode known;
	if (!filesystem_find(reply->filesystem, number, &reply->directory, &known, error)) {
		return false;
	}
	if (offset == 0 && !listing_take(listing, &reply->directory.node, error)) {
		return false;
	}
	reply->data = malloc(reply->size);
	return reply->data != NULL || error_set_memory(error);
}

static void read_entries(fuse_req_t request, fuse_ino_t number, size_t size, off_t offset,
	const struct fuse_file_info *info, bool with_look_ups) {
	struct reply reply = {
		.request = request,
		.filesystem = filesystem_of(request),
		.listing = listing_of(info),
		.with_look_ups = with_look_ups,
		.size = size,
	};
	struct error error = {0};
	if (!prepare(&reply, number, offset, listing_of(info), &error)) {
		fuse_reply_err(request, error_number(&error));
	} else {
		fill(&reply, (size_t)offset);
		if (fuse_reply_buf(request, reply.data, reply.length) == -ENOENT) {
			forget_entered(&reply);
		}
	}
	place_finish(&reply.directory);
	buffer_finish(&reply.path);
	buffer_finish(&reply.entered);
	free(reply.data);
}

void directory_read(fuse_req_t request, fuse_ino_t number, size_t size, off_t offset,
	struct fuse_file_info *info) {
	read_entries(request, number, size, offset, info, false);
}

void directory_read_plus(fuse_req_t request, fuse_ino_t number, size_t size, off_t offset,
	struct fuse_file_info *info) {
	read_entries(request, number, size, offset, info, true);
}
