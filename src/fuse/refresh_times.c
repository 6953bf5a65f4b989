/*
 * The second half of a refresh: what was modified at another time.
 */
#include "fuse/notices.h"
#include "fuse/refresh_parts.h"

/*
 * Adds what the kernel knows of in a directory, and in others of its family. Little of it is as old
 * as it was, and to find that out the card would have to be resolved.
 */
static bool add_times(struct refresh *refresh, struct text path, struct error *error) {
	struct known_inodes known = {0};
	bool done =
		inodes_list(&refresh->filesystem->inodes, path, &known) || error_set_memory(error);
	for (size_t i = 0; done && i < known.count; i++) {
		const struct known_inode *entry = &known.items[i];
		if (entry->inode.attributes.is_live) {
			continue;
		}
		refresh_add_time(refresh, entry->path, entry->number);
		if (entry->inode.attributes.kind == NODE_DIRECTORY) {
			done = add_times(refresh, entry->path, error);
		}
	}
	known_inodes_finish(&known);
	return done;
}

static bool add_times_of_asset(struct refresh *refresh, struct text path, struct error *error) {
	const fuse_ino_t number = refresh_number(path);
	if (inodes_has(&refresh->filesystem->inodes, number)) {
		refresh_add_time(refresh, path, number);
	}
	return add_times(refresh, path, error);
}

static bool add_times_of_assets(struct refresh *refresh, struct text root, struct error *error) {
	const struct catalog *catalog = view_catalog(refresh->new);
	struct buffer path = {0};
	bool done = true;
	for (size_t i = catalog_content_change_count(catalog);
		done && i < catalog_change_count(catalog); i++) {
		buffer_clear(&path);
		refresh_append_asset(&path, root, catalog_change(catalog, i));
		done = !path.failed ? add_times_of_asset(refresh, buffer_text(&path), error)
				    : error_set_memory(error);
	}
	buffer_finish(&path);
	return done;
}

static bool end_root(struct refresh *refresh, struct text root, struct error *error) {
	return add_times_of_assets(refresh, root, error) && refresh_by_end(refresh, root, error);
}

static bool end_environment(
	struct refresh *refresh, const struct known_inode *known, struct error *error) {
	return end_root(refresh, known->path, error);
}

static void tell_times(struct refresh *refresh) {
	const struct changed_time *changes = (const void *)refresh->times.data;
	for (size_t i = 0; i < refresh->times.length / sizeof(*changes); i++) {
		if (i == 0 || changes[i].directory != changes[i - 1].directory) {
			notice_wait(&refresh->notifier, changes[i].directory);
		}
		notice_attributes(&refresh->notifier, changes[i].number);
	}
	buffer_finish(&refresh->times);
}

bool refresh_tell_times(struct refresh *refresh, struct error *error) {
	tell_times(refresh);
	const bool done = end_root(refresh, TEXT(""), error) &&
			  refresh_visit_environments(refresh, end_environment, error);
	const bool failed = refresh->times.failed;
	tell_times(refresh);
	return failed ? error_set_memory(error) : done;
}
