#include "fuse/refresh.h"

#include "base/table.h"
#include "fuse/notices.h"
#include "fuse/refresh_parts.h"

#include <stdlib.h>

static bool refresh_directory(struct refresh *refresh, struct text path, struct error *error);

/* Finds what is at the place of an inode now. *is_same: the same inode. */
static bool find_again(const struct refresh *refresh, const struct known_inode *known,
	struct place *place, bool *is_same, struct error *error) {
	struct error fault = {0};
	buffer_append_text(&place->path, known->path);
	const bool is_there = place_find(place, refresh->new, &fault) &&
			      refresh_may_describe(refresh, place) && place_describe(place, &fault);
	*is_same = is_there && place->inode.identity == known->inode.identity;
	return fault.kind == ERROR_MEMORY ? error_set_memory(error) : true;
}

/* Tells of what is at a place that the kernel knows. */
static bool refresh_known(
	struct refresh *refresh, const struct known_inode *known, struct error *error) {
	struct place place = {0};
	bool is_same;
	bool done = find_again(refresh, known, &place, &is_same, error);
	if (done && !is_same) {
		done = refresh_leave(refresh, known, error);
	} else if (done && known->inode.attributes.kind == NODE_DIRECTORY &&
		   !known->inode.attributes.is_live) {
		done = refresh_directory(refresh, known->path, error);
	} else if (done && place.inode.attributes.modified != known->inode.attributes.modified) {
		refresh_add_time(refresh, known->path, known->number);
	}
	place_finish(&place);
	return done;
}

static struct text name_key(const void *item) {
	const struct text *name = item;
	return *name;
}

struct old_name {
	struct text name; /* first, for name_key */
	enum node_kind kind;
};

/* What two listings of a directory have to be compared for. */
struct comparison {
	const struct refresh *refresh;
	struct place old, new;
	struct table old_names;
	struct arena arena; /* of the names */
	size_t common;
	bool differ; /* they have other names, or other inodes by the same ones */
	bool failed;
};

static bool take_old_name(void *context, struct text name, enum node_kind kind) {
	struct comparison *comparison = context;
	struct old_name *kept = arena_allocate(&comparison->arena, sizeof(*kept));
	comparison->failed = kept == NULL ||
			     !arena_copy_text(&comparison->arena, name, &kept->name) ||
			     !table_add(&comparison->old_names, kept);
	if (!comparison->failed) {
		kept->kind = kind;
	}
	return !comparison->failed;
}

/* The kernel may know of a new name that there was no such entry. */
static void tell_new_name(struct comparison *comparison, struct text name) {
	struct buffer path = {0};
	buffer_append_text(&path, buffer_text(&comparison->new.path));
	place_append_name(&path, name);
	comparison->failed = path.failed;
	if (!path.failed) {
		notice_name(&comparison->refresh->notifier, buffer_text(&path));
	}
	buffer_finish(&path);
}

static bool walk_and_describe(const struct comparison *comparison, const struct place *directory,
	struct text name, struct place *child) {
	struct error error = {0};
	return place_walk(directory, name, child, &error) &&
	       refresh_may_describe(comparison->refresh, child) && place_describe(child, &error);
}

static bool has_other_content(const struct comparison *comparison, struct text name) {
	struct place old = {0};
	struct place new = {0};
	const bool is_same = walk_and_describe(comparison, &comparison->old, name, &old) &&
			     walk_and_describe(comparison, &comparison->new, name, &new) &&
			     old.inode.identity == new.inode.identity;
	place_finish(&old);
	place_finish(&new);
	return !is_same;
}

static bool compare_new_name(void *context, struct text name, enum node_kind kind) {
	struct comparison *comparison = context;
	const struct old_name *old = table_find(&comparison->old_names, name);
	if (old == NULL) {
		comparison->differ = true;
		tell_new_name(comparison, name);
		return !comparison->failed;
	}
	comparison->common++;
	comparison->differ = comparison->differ || old->kind != kind ||
			     (kind != NODE_DIRECTORY && has_other_content(comparison, name));
	return true;
}

static bool compare_listings(
	struct comparison *comparison, bool was_directory, struct error *error) {
	const bool done = (!was_directory || node_list(&comparison->old.node, take_old_name,
						     comparison, error)) &&
			  !comparison->failed &&
			  node_list(&comparison->new.node, compare_new_name, comparison, error) &&
			  !comparison->failed;
	comparison->differ = comparison->differ || comparison->common < comparison->old_names.count;
	return done || error_set_memory(error);
}

/* *is_directory: there is one. */
static bool find_directory(struct place *place, struct text path, struct view *view,
	bool *is_directory, struct error *error) {
	struct error fault = {0};
	buffer_append_text(&place->path, path);
	*is_directory =
		place_find(place, view, &fault) && node_kind(&place->node) == NODE_DIRECTORY;
	return fault.kind == ERROR_MEMORY ? error_set_memory(error) : true;
}

/* Where a directory comes back, the kernel may know below it what was absent before it went. */
static bool compare(struct refresh *refresh, struct text path, struct comparison *comparison,
	struct error *error) {
	bool was_directory, is_directory;
	if (!find_directory(&comparison->old, path, refresh->old, &was_directory, error) ||
		!find_directory(&comparison->new, path, refresh->new, &is_directory, error)) {
		return false;
	}
	if (!is_directory) {
		return true;
	}
	if (!compare_listings(comparison, was_directory, error)) {
		return false;
	}
	if (comparison->differ || !was_directory) {
		notice_listing(&refresh->notifier, refresh_number(path));
	} else if (node_modified(&comparison->old.node) != node_modified(&comparison->new.node)) {
		refresh_add_time(refresh, path, refresh_number(path));
	}
	return true;
}

/* Tells of a directory that stays one, and of what else is in the family of that name. */
static bool refresh_directory(struct refresh *refresh, struct text path, struct error *error) {
	if (!refresh_visit_family(refresh, path, refresh_known, error)) {
		return false;
	}
	if (!inodes_has(&refresh->filesystem->inodes, refresh_number(path))) {
		return true;
	}
	struct comparison comparison = {.refresh = refresh, .old_names = {.key = name_key}};
	const bool done = compare(refresh, path, &comparison, error);
	place_finish(&comparison.old);
	place_finish(&comparison.new);
	table_finish(&comparison.old_names);
	arena_finish(&comparison.arena);
	return done;
}

static bool has_asset(const struct view *view, struct text name) {
	struct asset asset;
	return catalog_find(view_catalog(view), name, &asset);
}

/* The kernel may know it, and what is in it, from before it went. */
static bool regain_asset(struct refresh *refresh, struct text path, struct error *error) {
	notice_name(&refresh->notifier, path);
	return refresh_directory(refresh, path, error);
}

/* Tells of an asset that may show something else. *came_or_went is set where it did. */
static bool refresh_asset(struct refresh *refresh, struct text path, struct text name,
	bool *came_or_went, struct error *error) {
	const bool was_there = has_asset(refresh->old, name);
	const bool is_there = has_asset(refresh->new, name);
	if (was_there && is_there) {
		return refresh_directory(refresh, path, error);
	}
	if (!was_there && !is_there) {
		return true;
	}
	*came_or_went = true;
	if (is_there) {
		return regain_asset(refresh, path, error);
	}
	const bool done = refresh_leave_directory(refresh, path, error);
	notice_name(&refresh->notifier, path);
	return done;
}

static bool refresh_assets(
	struct refresh *refresh, struct text root, bool *have_come_or_gone, struct error *error) {
	const struct catalog *catalog = view_catalog(refresh->new);
	struct buffer path = {0};
	bool done = true;
	for (size_t i = 0; done && i < catalog_content_change_count(catalog); i++) {
		const struct text name = catalog_change(catalog, i);
		buffer_clear(&path);
		refresh_append_asset(&path, root, name);
		done = !path.failed ? refresh_asset(refresh, buffer_text(&path), name,
					      have_come_or_gone, error)
				    : error_set_memory(error);
	}
	buffer_finish(&path);
	return done;
}

/* Tells of a root that stays: the mount's, or that of an "@ENV". */
static bool refresh_root(struct refresh *refresh, struct text root, struct error *error) {
	bool have_come_or_gone = false;
	if (!refresh_assets(refresh, root, &have_come_or_gone, error)) {
		return false;
	}
	if (have_come_or_gone) {
		notice_listing(&refresh->notifier, refresh_number(root));
	} else if (catalog_modified(view_catalog(refresh->old)) !=
		   catalog_modified(view_catalog(refresh->new))) {
		refresh_add_time(refresh, root, refresh_number(root));
	}
	return refresh_by_begin(refresh, root, error);
}

typedef bool asset_visitor(struct refresh *refresh, struct text path, struct error *error);

/* Visits the place of each asset in a root. */
static bool visit_assets(struct refresh *refresh, const struct catalog *catalog, struct text root,
	asset_visitor *visitor, struct error *error) {
	struct catalog_cursor cursor = {0};
	struct asset asset;
	struct buffer path = {0};
	bool done = true;
	while (done && catalog_next(catalog, &cursor, &asset)) {
		buffer_clear(&path);
		refresh_append_asset(&path, root, asset.name);
		done = !path.failed ? visitor(refresh, buffer_text(&path), error)
				    : error_set_memory(error);
	}
	buffer_finish(&path);
	return done;
}

static bool leave_asset(struct refresh *refresh, struct text path, struct error *error) {
	return refresh_visit_family(refresh, path, refresh_leave, error);
}

/* Tells of an "@ENV", with all assets that are found in it. */
static bool refresh_environment(
	struct refresh *refresh, const struct known_inode *known, struct error *error) {
	struct place old = {0};
	struct place new = {0};
	bool was_there, is_there;
	bool done = find_directory(&old, known->path, refresh->old, &was_there, error) &&
		    find_directory(&new, known->path, refresh->new, &is_there, error);
	if (done && was_there && !is_there) {
		done = visit_assets(refresh, view_catalog(refresh->old), known->path, leave_asset,
			       error) &&
		       refresh_leave(refresh, known, error);
	} else if (done && is_there) {
		done = (was_there || visit_assets(refresh, view_catalog(refresh->new), known->path,
					     regain_asset, error)) &&
		       refresh_root(refresh, known->path, error);
	}
	place_finish(&old);
	place_finish(&new);
	return done;
}

/* The kernel keeps their listings, if nothing else of them. */
static bool refresh_live_directories(struct refresh *refresh, struct error *error) {
	struct known_inodes known = {0};
	const bool done =
		inodes_list_live(&refresh->filesystem->inodes, &known) || error_set_memory(error);
	for (size_t i = 0; i < known.count; i++) {
		notice_listing(&refresh->notifier, known.items[i].number);
	}
	known_inodes_finish(&known);
	return done;
}

/* What was listed while it was about to change, the kernel has kept. */
static void tell_listed(const struct refresh *refresh) {
	uint64_t number;
	for (size_t i = 0; listings_passing(&refresh->filesystem->listings, i, &number); i++) {
		notice_listing(&refresh->notifier, number);
	}
}

bool refresh_begin(struct refresh *refresh, struct error *error) {
	refresh->old = current_view(&refresh->filesystem->current);
	refresh->new = current_loaded(&refresh->filesystem->current);
	const bool done = refresh_root(refresh, TEXT(""), error) &&
			  refresh_visit_environments(refresh, refresh_environment, error) &&
			  refresh_live_directories(refresh, error);
	if (refresh->times.failed) {
		return error_set_memory(error);
	}
	if (done) {
		listings_close(&refresh->filesystem->listings);
		tell_listed(refresh);
	}
	return done;
}

/* What began to be listed too late for that is told of here: its end may be yet to come. */
bool refresh_end(struct refresh *refresh, struct error *error) {
	refresh->old = NULL;
	tell_listed(refresh);
	listings_open(&refresh->filesystem->listings);
	return refresh_tell_times(refresh, error);
}

void refresh_finish(struct refresh *refresh) {
	buffer_finish(&refresh->times);
	table_finish(&refresh->by_directories);
	arena_finish(&refresh->arena);
}

static bool refresh_follower(
	struct refresh *refresh, const struct known_inode *known, struct error *error) {
	struct place place = {0};
	bool is_same;
	bool done = find_again(refresh, known, &place, &is_same, error);
	if (done && !is_same) {
		done = refresh_leave(refresh, known, error);
		notice_listing(&refresh->notifier, notice_parent(known->path));
	}
	place_finish(&place);
	return done;
}

bool refresh_after_download(struct refresh *refresh, struct error *error) {
	struct filesystem *filesystem = refresh->filesystem;
	struct known_inodes known = {0};
	current_await(&filesystem->current);
	refresh->old = refresh->new = current_view(&filesystem->current);
	bool done = inodes_list_followers(&filesystem->inodes, &known) || error_set_memory(error);
	for (size_t i = 0; done && i < known.count; i++) {
		done = refresh_follower(refresh, &known.items[i], error);
	}
	known_inodes_finish(&known);
	return done;
}
