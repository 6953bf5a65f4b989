#include "fuse/filesystem.h"

#include <errno.h>

enum { NANOSECONDS = 1000000000, BLOCK_SIZE = 4096, STATUS_BLOCK_SIZE = 512 };

static const mode_t modes[] = {
	[NODE_DIRECTORY] = S_IFDIR | 0555,
	[NODE_FILE] = S_IFREG | 0444,
	[NODE_LINK] = S_IFLNK | 0777,
};

struct filesystem *filesystem_of(fuse_req_t request) {
	return fuse_req_userdata(request);
}

static bool set_stale(struct error *error) {
	return error_set_system(error, ESTALE, "no longer there");
}

bool filesystem_find(struct filesystem *filesystem, fuse_ino_t number, struct place *place,
	struct inode *known, struct error *error) {
	if (!inodes_find(&filesystem->inodes, number, &place->path, known)) {
		return set_stale(error);
	}
	struct view *view = current_view(&filesystem->current);
	const bool is_found = place_find(place, view, error);
	view_release(view);
	if (!is_found) {
		return error->kind == ERROR_NOT_FOUND ? set_stale(error) : false;
	}
	return node_kind(&place->node) == known->attributes.kind || set_stale(error);
}

bool filesystem_enter(struct filesystem *filesystem, struct place *place,
	struct fuse_entry_param *entry, struct error *error) {
	if (!place_describe(place, error)) {
		return false;
	}
	uint64_t number;
	if (!inodes_remember(
		    &filesystem->inodes, buffer_text(&place->path), &place->inode, &number)) {
		return error_set_memory(error);
	}
	*entry = (struct fuse_entry_param){
		.ino = number,
		.attr_timeout = ATTRIBUTE_SECONDS,
		.entry_timeout = ENTRY_SECONDS,
	};
	filesystem_fill_status(filesystem, number, &place->inode.attributes, &entry->attr);
	return true;
}

/* Times before the epoch have nanoseconds that count forward, too. */
static struct timespec time_of(int64_t nanoseconds) {
	int64_t rest = nanoseconds % NANOSECONDS;
	if (rest < 0) {
		rest += NANOSECONDS;
	}
	return (struct timespec){
		.tv_sec = (nanoseconds - rest) / NANOSECONDS,
		.tv_nsec = rest,
	};
}

void filesystem_fill_status(const struct filesystem *filesystem, fuse_ino_t number,
	const struct node_attributes *attributes, struct stat *status) {
	const struct timespec modified = time_of(attributes->modified);
	*status = (struct stat){
		.st_ino = number,
		.st_mode = modes[attributes->kind],
		.st_nlink = attributes->links,
		.st_uid = filesystem->user,
		.st_gid = filesystem->group,
		.st_size = (off_t)attributes->size,
		.st_blksize = BLOCK_SIZE,
		.st_blocks =
			(blkcnt_t)((attributes->size + STATUS_BLOCK_SIZE - 1) / STATUS_BLOCK_SIZE),
		.st_atim = modified,
		.st_mtim = modified,
		.st_ctim = modified,
	};
}
