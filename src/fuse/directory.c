#include "fuse/directory.h"

#include "fuse/counted.h"
#include "fuse/filesystem.h"

#include <errno.h>
#include <stdlib.h>

/* The first two entries of a listing. */
enum { ENTRY_SELF, ENTRY_PARENT };

/*
 * How many entries of a directory are looked up as it is listed: whoever lists one mostly asks for
 * each next, but the kernel takes more than a kilobyte for each.
 */
enum { LOOK_UPS_A_LISTING = 10000 };

/* A reply that is being filled with entries of a directory. */
struct reply {
	fuse_req_t request;
	struct filesystem *filesystem;
	const struct visit *visit;
	struct shared_listing *shared;
	const struct listing *listing; /* of it */
	struct place directory;
	bool with_look_ups;
	char *data;
	size_t size;
	size_t length;
	struct buffer path; /* of the entry that is being filled in */
};

/*
 * A position in a directory: the listing that it was read from, and the index of the entry. The end
 * has an index of its own, for which nothing needs to be known of the listing.
 */
enum { INDEX_BITS = 32 };
static const uint32_t end_index = UINT32_MAX;

static off_t position_of(const struct shared_listing *listing, size_t index) {
	const uint64_t place = index == listing->listing.count ? end_index : index;
	return (off_t)((uint64_t)listing->token << INDEX_BITS | place);
}

static uint32_t index_at(off_t position) {
	return (uint32_t)position;
}

static uint32_t token_at(off_t position) {
	return (uint32_t)((uint64_t)position >> INDEX_BITS);
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
	if (!filesystem_enter(reply->filesystem, reply->visit, child, entry, &error)) {
		*entry = (struct fuse_entry_param){.attr = entry->attr};
	}
}

/* The number of a file or link depends on what it holds. */
static void describe_child(
	struct reply *reply, struct text name, bool is_looked_up, struct fuse_entry_param *entry) {
	struct place child = {0};
	struct error error = {0};
	if (place_walk(&reply->directory, name, &child, &error)) {
		if (is_looked_up) {
			enter(reply, &child, entry);
		} else if (place_describe(&child, &error)) {
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
		const bool is_looked_up = reply->with_look_ups && index < LOOK_UPS_A_LISTING;
		entry->attr.st_ino = listed_number(reply, name, kind);
		if (is_looked_up || kind != NODE_DIRECTORY) {
			describe_child(reply, name, is_looked_up, entry);
		}
	}
}

static size_t append(struct reply *reply, size_t index, const struct fuse_entry_param *entry) {
	const char *name = listing_name(reply->listing, index).data;
	char *data = entry == NULL ? NULL : reply->data + reply->length;
	const size_t room = entry == NULL ? 0 : reply->size - reply->length;
	const off_t next = position_of(reply->shared, index + 1);
	if (reply->with_look_ups) {
		return fuse_add_direntry_plus(reply->request, data, room, name, entry, next);
	}
	return fuse_add_direntry(
		reply->request, data, room, name, entry == NULL ? NULL : &entry->attr, next);
}

/* Returns whether there is more to read. */
static bool fill(struct reply *reply, size_t index) {
	for (; index < reply->listing->count; index++) {
		if (append(reply, index, NULL) > reply->size - reply->length) {
			return true;
		}
		struct fuse_entry_param entry = {0};
		describe_entry(reply, index, &entry);
		reply->length += append(reply, index, &entry);
	}
	return false;
}

static bool prepare(struct reply *reply, fuse_ino_t number, off_t position, struct error *error) {
	struct inode known;
	struct listings *listings = &reply->filesystem->listings;
	if (!filesystem_find(
		    reply->filesystem, reply->visit, number, &reply->directory, &known, error)) {
		return false;
	}
	if (known.attributes.kind != NODE_DIRECTORY) {
		return error_set_system(error, ENOTDIR, "not a directory");
	}
	if (reply->visit->next != NULL && !listings_note_passing(listings, number, error)) {
		return false;
	}
	reply->shared =
		listings_take(listings, number, &reply->directory.node, token_at(position), error);
	if (reply->shared == NULL) {
		return false;
	}
	reply->listing = &reply->shared->listing;
	reply->data = malloc(reply->size);
	return reply->data != NULL || error_set_memory(error);
}

static void reply_finish(struct reply *reply) {
	if (reply->shared != NULL) {
		listings_release(&reply->filesystem->listings, reply->shared);
	}
	place_finish(&reply->directory);
	buffer_finish(&reply->path);
	free(reply->data);
}

/*
 * Where there is no more. A reply that is shorter than any entry is an end, too, but one for which
 * the kernel keeps nothing: a listing of what was must not come to be kept when that is gone.
 */
static void reply_end(fuse_req_t request, bool may_be_kept) {
	static const char nothing[1];
	fuse_reply_buf(request, nothing, may_be_kept ? 0 : sizeof(nothing));
}

static void read_entries(
	fuse_req_t request, fuse_ino_t number, size_t size, off_t position, bool with_look_ups) {
	struct filesystem *filesystem = filesystem_of(request);
	struct visit visit;
	struct reply reply = {
		.request = request,
		.filesystem = filesystem,
		.visit = &visit,
		.with_look_ups = with_look_ups,
		.size = size,
	};
	struct error error = {0};
	if (index_at(position) == end_index) {
		reply_end(request, listings_end(&filesystem->listings, number, token_at(position)));
		return;
	}
	current_enter(&filesystem->current, &visit);
	if (!prepare(&reply, number, position, &error)) {
		counted_reply_error(request, error_number(&error));
	} else {
		if (fill(&reply, index_at(position))) {
			listings_store(&filesystem->listings, reply.shared);
		}
		if (fuse_reply_buf(request, reply.data, reply.length) == -ENOENT) {
			filesystem_take_back(filesystem, 0);
		}
	}
	reply_finish(&reply);
	current_leave(&filesystem->current, &visit);
}

void directory_read(fuse_req_t request, fuse_ino_t number, size_t size, off_t position,
	struct fuse_file_info *info) {
	(void)info;
	read_entries(request, number, size, position, false);
}

void directory_read_plus(fuse_req_t request, fuse_ino_t number, size_t size, off_t position,
	struct fuse_file_info *info) {
	(void)info;
	read_entries(request, number, size, position, true);
}
