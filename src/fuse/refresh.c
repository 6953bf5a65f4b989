#include "fuse/refresh.h"

#include "base/table.h"
#include "view/names.h"

#include <errno.h>
#include <stdlib.h>

/* What a refresh works with. old is NULL when only caches have changed. */
struct refresh {
	struct filesystem *filesystem;
	struct fuse_session *session;
	struct view *old;
	struct view *new;
};

/* Where an entry is: its directory's number and its name. */
struct entry_place {
	fuse_ino_t parent;
	struct text name;
};

static struct entry_place entry_at(struct text path) {
	size_t start = path.length;
	while (start > 0 && path.data[start - 1] != '/') {
		start--;
	}
	const struct text directory = text_part(path, 0, start == 0 ? 0 : start - 1);
	return (struct entry_place){
		.parent = inode_number(directory, NODE_DIRECTORY, TEXT("")),
		.name = text_part(path, start, path.length),
	};
}

/* The name is to be looked up again before it is used; what is mounted on it stays. */
static void expire_entry(const struct refresh *refresh, struct text path) {
	const struct entry_place entry = entry_at(path);
	if (fuse_lowlevel_notify_expire_entry(refresh->session, entry.parent, entry.name.data,
		    entry.name.length, FUSE_LL_EXPIRE_ONLY) == -ENOSYS) {
		fuse_lowlevel_notify_inval_entry(
			refresh->session, entry.parent, entry.name.data, entry.name.length);
	}
}

/* There is nothing of that name any more. */
static void remove_entry(const struct refresh *refresh, struct text path) {
	const struct entry_place entry = entry_at(path);
	fuse_lowlevel_notify_inval_entry(
		refresh->session, entry.parent, entry.name.data, entry.name.length);
}

static void drop_attributes(const struct refresh *refresh, fuse_ino_t number) {
	fuse_lowlevel_notify_inval_inode(refresh->session, number, -1, 0);
}

/* And with them the listing. */
static void drop_listing(const struct refresh *refresh, fuse_ino_t number) {
	fuse_lowlevel_notify_inval_inode(refresh->session, number, 0, 0);
}

static bool is_memory_short(const struct error *error) {
	return error->kind == ERROR_MEMORY;
}

/* A file that whoever has it open shall read on as it was. */
static void freeze(const struct refresh *refresh, const struct known_inode *known) {
	struct place place = {0};
	struct error error = {0};
	if (refresh->old == NULL || known->inode.attributes.kind != NODE_FILE) {
		return;
	}
	buffer_append_text(&place.path, known->path);
	if (place_find(&place, refresh->old, &error) && place_describe(&place, &error) &&
		place.inode.identity == known->inode.identity) {
		inodes_freeze(&refresh->filesystem->inodes, known->number, &place.content);
	}
	place_finish(&place);
}

static bool refresh_directory(const struct refresh *refresh, struct text path, struct error *error);

/* Tells of a place that the kernel knows and that is still there. */
static bool refresh_place(const struct refresh *refresh, const struct known_inode *known,
	const struct place *place, struct error *error) {
	if (known->inode.attributes.kind == NODE_DIRECTORY &&
		place->inode.identity == known->inode.identity) {
		return refresh_directory(refresh, known->path, error);
	}
	if (place->inode.identity != known->inode.identity) {
		freeze(refresh, known);
		expire_entry(refresh, known->path);
	} else if (place->inode.attributes.modified != known->inode.attributes.modified) {
		drop_attributes(refresh, known->number);
	}
	return true;
}

static bool refresh_known(
	const struct refresh *refresh, const struct known_inode *known, struct error *error) {
	struct place place = {0};
	struct error fault = {0};
	buffer_append_text(&place.path, known->path);
	bool done = true;
	if (place_find(&place, refresh->new, &fault) && place_describe(&place, &fault)) {
		done = refresh_place(refresh, known, &place, error);
	} else if (is_memory_short(&fault)) {
		done = error_set_memory(error);
	} else {
		freeze(refresh, known);
		remove_entry(refresh, known->path);
	}
	place_finish(&place);
	return done;
}

static bool refresh_family(
	const struct refresh *refresh, struct text directory, struct error *error) {
	struct known_inodes known = {0};
	bool done = inodes_list(&refresh->filesystem->inodes, directory, &known) ||
		    error_set_memory(error);
	for (size_t i = 0; done && i < known.count; i++) {
		done = refresh_known(refresh, &known.items[i], error);
	}
	known_inodes_finish(&known);
	return done;
}

static struct text name_key(const void *item) {
	return *(const struct text *)item;
}

/* What two listings of a directory have to be compared for. */
struct comparison {
	const struct refresh *refresh;
	struct buffer path; /* of the directory, and of an entry while it is told of */
	struct table old_names;
	struct arena arena; /* of the names */
	size_t common;
	bool has_new;
	bool failed;
};

static bool take_old_name(void *context, struct text name, enum node_kind kind) {
	struct comparison *comparison = context;
	(void)kind;
	struct text *kept = arena_allocate(&comparison->arena, sizeof(*kept));
	comparison->failed = kept == NULL || !arena_copy_text(&comparison->arena, name, kept) ||
			     !table_add(&comparison->old_names, kept);
	return !comparison->failed;
}

/* The kernel may know of a new name that there was no such entry. */
static bool compare_new_name(void *context, struct text name, enum node_kind kind) {
	struct comparison *comparison = context;
	(void)kind;
	if (table_find(&comparison->old_names, name) != NULL) {
		comparison->common++;
		return true;
	}
	const size_t length = comparison->path.length;
	place_append_name(&comparison->path, name);
	comparison->failed = comparison->path.failed;
	if (!comparison->failed) {
		comparison->has_new = true;
		expire_entry(comparison->refresh, buffer_text(&comparison->path));
		comparison->path.length = length;
	}
	return !comparison->failed;
}

/* Tells of new names. Returns whether the listings differ. */
static bool compare_listings(const struct refresh *refresh, const struct place *old,
	const struct place *new, bool *differ, struct error *error) {
	struct comparison comparison = {
		.refresh = refresh,
		.old_names = {.key = name_key},
	};
	buffer_append_text(&comparison.path, buffer_text(&new->path));
	const bool done =
		node_list(&old->node, take_old_name, &comparison, error) && !comparison.failed &&
		node_list(&new->node, compare_new_name, &comparison, error) && !comparison.failed;
	*differ = comparison.has_new || comparison.common < comparison.old_names.count;
	table_finish(&comparison.old_names);
	arena_finish(&comparison.arena);
	buffer_finish(&comparison.path);
	return done || error_set_memory(error);
}

static bool find_both(const struct refresh *refresh, struct text path, struct place *old,
	struct place *new, struct error *error) {
	buffer_append_text(&old->path, path);
	buffer_append_text(&new->path, path);
	return place_find(old, refresh->old, error) && place_describe(old, error) &&
	       place_find(new, refresh->new, error) && place_describe(new, error);
}

/* Tells of a directory that the kernel may know and that stays one. */
static bool refresh_directory(
	const struct refresh *refresh, struct text path, struct error *error) {
	struct place old = {0};
	struct place new = {0};
	struct error fault = {0};
	bool differ = false;
	bool done = refresh_family(refresh, path, error);
	if (done && find_both(refresh, path, &old, &new, &fault) &&
		node_kind(&old.node) == NODE_DIRECTORY) {
		done = compare_listings(refresh, &old, &new, &differ, error);
		if (differ) {
			drop_listing(refresh, new.inode.identity);
		} else if (old.inode.attributes.modified != new.inode.attributes.modified) {
			drop_attributes(refresh, new.inode.identity);
		}
	}
	if (is_memory_short(&fault)) {
		done = error_set_memory(error);
	}
	place_finish(&old);
	place_finish(&new);
	return done;
}

/* Tells of an asset whose card may have changed. *listing_changed is set where it came or went. */
static bool refresh_asset(const struct refresh *refresh, struct text root, struct text name,
	bool *listing_changed, struct error *error) {
	struct asset asset;
	struct buffer path = {0};
	buffer_append_text(&path, root);
	if (root.length > 0) {
		buffer_append_byte(&path, '/');
	}
	names_encode(&path, name, NAMES_ELSEWHERE);
	const bool was_there = catalog_find(view_catalog(refresh->old), name, &asset);
	const bool is_there = catalog_find(view_catalog(refresh->new), name, &asset);
	bool done = !path.failed || error_set_memory(error);
	if (done && was_there && is_there) {
		done = refresh_directory(refresh, buffer_text(&path), error);
	} else if (done && was_there) {
		refresh_family(refresh, buffer_text(&path), error);
		remove_entry(refresh, buffer_text(&path));
	} else if (done) {
		expire_entry(refresh, buffer_text(&path));
	}
	*listing_changed = *listing_changed || was_there != is_there;
	buffer_finish(&path);
	return done;
}

static bool refresh_root(const struct refresh *refresh, struct text root, struct error *error);

/* What was found in a root as NAME@ENV, NAME@ or @ENV. */
static bool refresh_found_by_name(
	const struct refresh *refresh, struct text root, struct error *error) {
	struct known_inodes known = {0};
	struct buffer family = {0};
	buffer_append_text(&family, root);
	buffer_append_string(&family, "/@");
	bool done = !family.failed &&
		    inodes_list(&refresh->filesystem->inodes, buffer_text(&family), &known);
	if (!done) {
		error_set_memory(error);
	}
	for (size_t i = 0; done && i < known.count; i++) {
		const struct known_inode *inode = &known.items[i];
		const bool is_root = entry_at(inode->path).name.data[0] == '@';
		done = refresh_known(refresh, inode, error) &&
		       (!is_root || refresh_root(refresh, inode->path, error));
	}
	buffer_finish(&family);
	known_inodes_finish(&known);
	return done;
}

static bool refresh_root(const struct refresh *refresh, struct text root, struct error *error) {
	const struct catalog *catalog = view_catalog(refresh->new);
	const fuse_ino_t number = inode_number(root, NODE_DIRECTORY, TEXT(""));
	bool listing_changed = false;
	bool done = refresh_found_by_name(refresh, root, error);
	for (size_t i = 0; done && i < catalog_change_count(catalog); i++) {
		done = refresh_asset(
			refresh, root, catalog_change(catalog, i), &listing_changed, error);
	}
	if (listing_changed) {
		drop_listing(refresh, number);
	} else {
		drop_attributes(refresh, number);
	}
	return done;
}

bool refresh_after_load(
	struct filesystem *filesystem, struct fuse_session *session, struct error *error) {
	const struct refresh refresh = {
		.filesystem = filesystem,
		.session = session,
		.old = current_previous(&filesystem->current),
		.new = current_view(&filesystem->current),
	};
	return refresh_root(&refresh, TEXT(""), error);
}

bool refresh_after_download(
	struct filesystem *filesystem, struct fuse_session *session, struct error *error) {
	const struct refresh refresh = {
		.filesystem = filesystem,
		.session = session,
		.new = current_view(&filesystem->current),
	};
	struct known_inodes known = {0};
	bool done = inodes_list_followers(&filesystem->inodes, &known) || error_set_memory(error);
	for (size_t i = 0; done && i < known.count; i++) {
		done = refresh_known(&refresh, &known.items[i], error);
	}
	known_inodes_finish(&known);
	return done;
}
