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

/* Longer than any kernel runs; few enough for its arithmetic. */
static const double for_ever = 1e9;

double filesystem_seconds(const struct node_attributes *attributes) {
	return attributes->is_live ? 0 : for_ever;
}

/* No list tells which NAME@ENV have appeared when a card has. */
double filesystem_seconds_of_absence(const struct place *directory, struct text name) {
	const bool is_live = node_is_live(&directory->node);
	return is_live || text_index(name, '@') < name.length ? 0 : for_ever;
}

bool filesystem_find(struct filesystem *filesystem, const struct visit *visit, fuse_ino_t number,
	struct place *place, struct inode *known, struct error *error) {
	if (!inodes_find(&filesystem->inodes, number, &place->path, known)) {
		return set_stale(error);
	}
	if (!place_find(place, visit->view, error)) {
		return error->kind == ERROR_NOT_FOUND ? set_stale(error) : false;
	}
	return node_kind(&place->node) == known->attributes.kind || set_stale(error);
}

/* What changes by itself is kept as it was found; everything else is found again. */
static bool keep_live_content(struct filesystem *filesystem, fuse_ino_t number,
	const struct place *place, struct error *error) {
	struct buffer content = {0};
	if (!place->inode.attributes.is_live || place->inode.attributes.kind != NODE_FILE) {
		return true;
	}
	buffer_append_text(&content, buffer_text(&place->content));
	const bool done = !content.failed;
	inodes_freeze(&filesystem->inodes, number, &content);
	buffer_finish(&content);
	return done || error_set_memory(error);
}

bool filesystem_enter(struct filesystem *filesystem, struct place *place,
	struct fuse_entry_param *entry, struct error *error) {
	if (!place_describe(place, error)) {
		return false;
	}
	fuse_ino_t number;
	if (!inodes_remember(
		    &filesystem->inodes, buffer_text(&place->path), &place->inode, &number)) {
		return error_set_memory(error);
	}
	if (!keep_live_content(filesystem, number, place, error)) {
		inodes_forget(&filesystem->inodes, number, 1);
		return false;
	}
	const double seconds = filesystem_seconds(&place->inode.attributes);
	*entry = (struct fuse_entry_param){
		.ino = number,
		.attr_timeout = seconds,
		.entry_timeout = seconds,
	};
	filesystem_fill_status(filesystem, number, &place->inode.attributes, &entry->attr);
	return true;
}

/* Appends the part if the place shows in that view what it showed when it was looked up. */
static bool read_from(struct view *view, struct text path, uint64_t identity, size_t offset,
	size_t size, struct buffer *part) {
	struct place place = {0};
	struct error error = {0};
	buffer_append_text(&place.path, path);
	const bool is_same = place_find(&place, view, &error) && place_describe(&place, &error) &&
			     place.inode.identity == identity;
	if (is_same) {
		buffer_append_text(part, text_part(buffer_text(&place.content), offset, size));
	}
	place_finish(&place);
	return is_same;
}

bool filesystem_read(struct filesystem *filesystem, const struct visit *visit, fuse_ino_t number,
	size_t offset, size_t size, struct buffer *part, struct error *error) {
	struct buffer path = {0};
	struct inode known;
	bool done = inodes_read(&filesystem->inodes, number, offset, size, part);
	if (!done && inodes_find(&filesystem->inodes, number, &path, &known)) {
		const struct text text = buffer_text(&path);
		done = read_from(visit->view, text, known.identity, offset, size, part) ||
		       (visit->previous != NULL && read_from(visit->previous, text, known.identity,
							   offset, size, part));
	}
	buffer_finish(&path);
	if (part->failed) {
		return error_set_memory(error);
	}
	return done || set_stale(error);
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
