#include "fuse/refresh.h"

#include "base/table.h"
#include "fuse/notices.h"
#include "fuse/refresh_by.h"
#include "view/names.h"

#include <stdlib.h>

/* What a refresh works with. old is NULL when only caches have changed. */
struct refresh {
	struct filesystem *filesystem;
	struct fuse_session *session;
	struct view *old;
	struct view *new;
};

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
		notice_expiry(refresh->session, known->path);
	} else if (place->inode.attributes.modified != known->inode.attributes.modified) {
		notice_attributes(refresh->session, known->number);
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
		notice_removal(refresh->session, known->path);
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
		notice_expiry(comparison->refresh->session, buffer_text(&comparison->path));
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
			notice_listing(refresh->session, new.inode.identity);
		} else if (old.inode.attributes.modified != new.inode.attributes.modified) {
			notice_attributes(refresh->session, new.inode.identity);
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
		notice_removal(refresh->session, buffer_text(&path));
	} else if (done) {
		notice_expiry(refresh->session, buffer_text(&path));
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
		const bool is_root = place_name(inode->path).data[0] == '@';
		done = refresh_known(refresh, inode, error) &&
		       (!is_root || refresh_root(refresh, inode->path, error));
	}
	buffer_finish(&family);
	known_inodes_finish(&known);
	return done;
}

/* The view that a root is of; with a reference, or NULL. */
static struct view *find_view(struct view *view, struct text root) {
	struct node node = {0};
	struct view *found = NULL;
	if (view_walk(view, root, &node, NULL)) {
		found = view_acquire(node.view);
	}
	node_finish(&node);
	return found;
}

/* Tells of the changes in .by of a root that was there before and is. */
static bool refresh_views(const struct refresh *refresh, struct text root, struct view *old,
	struct view *new, struct error *error) {
	const struct catalog *catalog = view_catalog(new);
	struct buffer path = {0};
	struct refresh_by by;
	buffer_append_text(&path, root);
	place_append_name(&path, TEXT(".by"));
	bool done = !path.failed || error_set_memory(error);
	if (done && refresh_by_init(&by, refresh->session, buffer_text(&path), old, new)) {
		for (size_t i = 0; done && i < catalog_change_count(catalog); i++) {
			done = refresh_by_asset(&by, catalog_change(catalog, i), error);
		}
		refresh_by_finish(&by);
	}
	buffer_finish(&path);
	return done;
}

static bool refresh_by_of_root(
	const struct refresh *refresh, struct text root, struct error *error) {
	struct view *old = find_view(refresh->old, root);
	struct view *new = find_view(refresh->new, root);
	const bool done =
		old == NULL || new == NULL || refresh_views(refresh, root, old, new, error);
	view_release(old);
	view_release(new);
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
		notice_listing(refresh->session, number);
	} else {
		notice_attributes(refresh->session, number);
	}
	return done && refresh_by_of_root(refresh, root, error);
}

/* What depends on more than one card is looked up each time, but the kernel keeps its listings. */
static bool refresh_live_directories(const struct refresh *refresh, struct error *error) {
	struct known_inodes known = {0};
	const bool done =
		inodes_list_live(&refresh->filesystem->inodes, &known) || error_set_memory(error);
	for (size_t i = 0; i < known.count; i++) {
		notice_listing(refresh->session, known.items[i].number);
	}
	known_inodes_finish(&known);
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
	return refresh_root(&refresh, TEXT(""), error) && refresh_live_directories(&refresh, error);
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
