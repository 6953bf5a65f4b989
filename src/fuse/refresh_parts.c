#include "fuse/refresh_parts.h"

#include "fuse/notices.h"
#include "view/names.h"

fuse_ino_t refresh_number(struct text directory) {
	return inode_number(directory, NODE_DIRECTORY, TEXT(""));
}

void refresh_append_asset(struct buffer *path, struct text root, struct text name) {
	buffer_append_text(path, root);
	if (root.length > 0) {
		buffer_append_byte(path, '/');
	}
	names_encode(path, name, NAMES_ELSEWHERE);
}

void refresh_add_time(struct refresh *refresh, struct text path, fuse_ino_t number) {
	const struct changed_time change = {notice_parent(path), number};
	buffer_append(&refresh->times, &change, sizeof(change));
}

void refresh_compare_time(
	struct refresh *refresh, struct text path, fuse_ino_t number, int64_t modified) {
	struct buffer known_path = {0};
	struct inode known;
	if (inodes_find(&refresh->filesystem->inodes, number, &known_path, &known) &&
		known.attributes.modified != modified) {
		refresh_add_time(refresh, path, number);
	}
	buffer_finish(&known_path);
}

bool refresh_may_describe(const struct refresh *refresh, const struct place *place) {
	return !refresh->avoids_caches || !node_follows_cache(&place->node);
}

static void keep_content(const struct refresh *refresh, const struct known_inode *known) {
	struct place place = {0};
	struct error error = {0};
	buffer_append_text(&place.path, known->path);
	/* A link into a cache was kept when it was looked up. */
	if (place_find(&place, refresh->old, &error) && refresh_may_describe(refresh, &place) &&
		place_describe(&place, &error) && place.inode.identity == known->inode.identity) {
		inodes_keep(
			&refresh->filesystem->inodes, known->number, buffer_text(&place.content));
	}
	place_finish(&place);
}

/*
 * A directory has the same number when it comes back, with what the kernel holds below it by then:
 * as long as it is known, it is told of.
 */
bool refresh_leave(struct refresh *refresh, const struct known_inode *known, struct error *error) {
	bool done = true;
	if (known->inode.attributes.kind == NODE_DIRECTORY) {
		done = refresh_leave_directory(refresh, known->path, error);
		notice_name(&refresh->notifier, known->path);
	} else {
		keep_content(refresh, known);
		notice_name(&refresh->notifier, known->path);
		inodes_retire(&refresh->filesystem->inodes, known->number);
	}
	return done;
}

/* It may come back while somebody is in it: nothing of what was in it may be there still. */
bool refresh_leave_directory(struct refresh *refresh, struct text path, struct error *error) {
	if (!refresh_visit_family(refresh, path, refresh_leave, error)) {
		return false;
	}
	notice_listing(&refresh->notifier, refresh_number(path));
	return true;
}

bool refresh_visit_family(struct refresh *refresh, struct text family, refresh_visitor *visitor,
	struct error *error) {
	struct known_inodes known = {0};
	bool done = inodes_list(&refresh->filesystem->inodes, family, &known) ||
		    error_set_memory(error);
	for (size_t i = 0; done && i < known.count; i++) {
		done = visitor(refresh, &known.items[i], error);
	}
	known_inodes_finish(&known);
	return done;
}

bool refresh_visit_environments(
	struct refresh *refresh, refresh_visitor *visitor, struct error *error) {
	return refresh_visit_family(refresh, TEXT("@"), visitor, error);
}
