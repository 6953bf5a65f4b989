#include "fuse/filesystem.h"

#include "supervise/loop.h"

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

/* Whether what is shown next is the same there. When that can't be told it is not. */
static bool will_stay(const struct visit *visit, const struct place *place) {
	if (visit->next == NULL) {
		return true;
	}
	struct place after = {0};
	struct error error = {0};
	buffer_append_text(&after.path, buffer_text(&place->path));
	const bool stays = place_find(&after, visit->next, &error) &&
			   place_describe(&after, &error) &&
			   after.inode.identity == place->inode.identity &&
			   after.inode.attributes.modified == place->inode.attributes.modified;
	place_finish(&after);
	return stays;
}

double filesystem_seconds(const struct visit *visit, const struct place *place) {
	return !place->inode.attributes.is_live && will_stay(visit, place) ? for_ever : 0;
}

static bool will_stay_absent(
	const struct visit *visit, const struct place *directory, struct text name) {
	if (visit->next == NULL) {
		return true;
	}
	struct place after = {0};
	struct error error = {0};
	buffer_append_text(&after.path, buffer_text(&directory->path));
	place_append_name(&after.path, name);
	const bool is_there = place_find(&after, visit->next, &error);
	place_finish(&after);
	return !is_there && error.kind == ERROR_NOT_FOUND;
}

/* No list tells which NAME@ENV have appeared when a card has. */
double filesystem_seconds_of_absence(
	const struct visit *visit, const struct place *directory, struct text name) {
	const bool is_kept = !node_is_live(&directory->node) &&
			     text_index(name, '@') == name.length &&
			     will_stay_absent(visit, directory, name);
	return is_kept ? for_ever : 0;
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

/* What stays in the stores can be found again; the rest has to be kept as it was found. */
static bool keep_content(struct filesystem *filesystem, fuse_ino_t number, bool stays,
	const struct place *place, struct error *error) {
	const struct node_attributes *attributes = &place->inode.attributes;
	const bool can_be_found = stays && !attributes->follows_cache;
	if (attributes->kind == NODE_DIRECTORY || can_be_found) {
		return true;
	}
	return inodes_keep(&filesystem->inodes, number, buffer_text(&place->content)) ||
	       error_set_memory(error);
}

void filesystem_take_back(struct filesystem *filesystem, size_t kept) {
	inodes_take_back(&filesystem->inodes, loop_effects(), kept);
}

/*
 * Makes a link into a cache what it was when it was looked up last, if the kernel knows it still.
 */
static bool recall(struct filesystem *filesystem, struct place *place) {
	struct inodes *inodes = &filesystem->inodes;
	struct known_inodes known = {0};
	const struct text path = buffer_text(&place->path);
	bool is_known = false;
	inodes_list(inodes, inode_family(path), &known);
	for (size_t i = 0; !is_known && i < known.count; i++) {
		const struct known_inode *inode = &known.items[i];
		is_known = text_equal(inode->path, path) && inode->inode.attributes.follows_cache &&
			   inodes_read(inodes, inode->number, 0, SIZE_MAX, &place->content);
		if (is_known) {
			place->inode = inode->inode;
		}
	}
	known_inodes_finish(&known);
	return is_known && !place->content.failed;
}

/* A link into a cache that does not answer leads where it led. */
static bool describe(struct filesystem *filesystem, struct place *place, struct error *error) {
	return place_describe(place, error) ||
	       (node_follows_cache(&place->node) && error_number(error) == ETIMEDOUT &&
		       recall(filesystem, place));
}

bool filesystem_enter(struct filesystem *filesystem, const struct visit *visit, struct place *place,
	struct fuse_entry_param *entry, struct error *error) {
	struct effects *effects = loop_effects();
	const size_t counted = effects->count;
	if (!describe(filesystem, place, error)) {
		return false;
	}
	fuse_ino_t number;
	if (!inodes_remember(&filesystem->inodes, buffer_text(&place->path), &place->inode, effects,
		    &number)) {
		return error_set_memory(error);
	}
	const double seconds = filesystem_seconds(visit, place);
	if (!keep_content(filesystem, number, seconds > 0, place, error)) {
		filesystem_take_back(filesystem, counted);
		return false;
	}
	*entry = (struct fuse_entry_param){
		.ino = number,
		.attr_timeout = seconds,
		.entry_timeout = seconds,
	};
	filesystem_fill_status(filesystem, number, &place->inode, &entry->attr);
	return true;
}

/* Appends the part if the place shows what it showed when it was looked up. */
static bool read_from(struct view *view, struct text path, uint64_t identity, size_t offset,
	size_t size, struct buffer *part, struct error *error) {
	struct place place = {0};
	buffer_append_text(&place.path, path);
	const bool is_same = place_find(&place, view, error) && place_describe(&place, error) &&
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
	if (done) {
		statistics_count(filesystem->statistics, COUNTER_CONTENTS_KEPT);
	} else if (inodes_find(&filesystem->inodes, number, &path, &known)) {
		statistics_count(filesystem->statistics, COUNTER_CONTENTS_MADE);
		done = read_from(
			visit->view, buffer_text(&path), known.identity, offset, size, part, error);
	}
	if (path.failed || part->failed) {
		done = error_set_memory(error);
	}
	buffer_finish(&path);
	return done || error->kind == ERROR_MEMORY ? done : set_stale(error);
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
	const struct inode *inode, struct stat *status) {
	const struct node_attributes *attributes = &inode->attributes;
	const struct timespec modified = time_of(attributes->modified);
	*status = (struct stat){
		.st_ino = inode->shown != 0 ? inode->shown : number,
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
