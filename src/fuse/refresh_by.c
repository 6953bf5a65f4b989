/*
 * The part of a refresh that is about .by: who was where, who is now, and which directories differ
 * therefore. It goes by the cards that changed alone, for an index of all takes its time.
 */
#include "fuse/notices.h"
#include "fuse/refresh_parts.h"
#include "view/by.h"

/* Where an asset is at one moment: the paths of its directories, "FIELD/VALUE". */
struct membership {
	struct table paths;
	struct arena arena;
	int64_t modified;
	bool failed;
};

/* What is gone through for each asset that changed. */
struct round {
	struct refresh *refresh;
	struct view *before, *after; /* of the root */
	struct buffer by;            /* the path of its .by */
	struct buffer target;        /* of links to the asset at hand */
};

static struct text path_key(const void *item) {
	return *(const struct text *)item;
}

static bool add_path(void *context, struct text path, size_t field_length) {
	struct membership *membership = context;
	(void)field_length;
	if (table_find(&membership->paths, path) != NULL) {
		return true;
	}
	struct text *kept = arena_allocate(&membership->arena, sizeof(*kept));
	membership->failed = kept == NULL || !arena_copy_text(&membership->arena, path, kept) ||
			     !table_add(&membership->paths, kept);
	return !membership->failed;
}

static bool membership_init(
	struct membership *membership, struct view *view, struct text name, struct error *error) {
	*membership = (struct membership){.paths = {.key = path_key}};
	const bool done = by_visit(view, name, add_path, membership, &membership->modified, error);
	return done && (!membership->failed || error_set_memory(error));
}

static void membership_finish(struct membership *membership) {
	table_finish(&membership->paths);
	arena_finish(&membership->arena);
}

/* Remembers a directory for the end. *was_known: it was remembered already. */
static bool remember(struct refresh *refresh, struct text path, bool *was_known) {
	*was_known = table_find(&refresh->by_directories, path) != NULL;
	if (*was_known) {
		return true;
	}
	struct text *kept = arena_allocate(&refresh->arena, sizeof(*kept));
	refresh->by_directories.key = path_key;
	return kept != NULL && arena_copy_text(&refresh->arena, path, kept) &&
	       table_add(&refresh->by_directories, kept);
}

/* Who is in a directory changes: so it has another listing, and may come or go itself. */
static bool doubt(struct refresh *refresh, struct text path) {
	bool was_known;
	if (!remember(refresh, path, &was_known)) {
		return false;
	}
	if (!was_known) {
		notice_doubt(&refresh->notifier, path);
		notice_listing(&refresh->notifier, refresh_number(path));
	}
	return true;
}

static void append_path(struct buffer *path, const struct round *round, struct text below) {
	buffer_append_text(path, buffer_text(&round->by));
	place_append_name(path, below);
}

typedef bool directory_function(struct refresh *refresh, struct text path);

/* Calls function for the directory of a value, and then for that of its field. */
static bool for_directories(
	const struct round *round, struct text below, directory_function *function) {
	struct buffer value = {0};
	struct buffer field = {0};
	append_path(&value, round, below);
	append_path(&field, round, text_part(below, 0, text_index(below, '/')));
	const bool done = !value.failed && !field.failed &&
			  function(round->refresh, buffer_text(&value)) &&
			  function(round->refresh, buffer_text(&field));
	buffer_finish(&value);
	buffer_finish(&field);
	return done;
}

static void append_link(struct buffer *path, const struct round *round, struct text below) {
	append_path(path, round, below);
	place_append_name(path, place_name(buffer_text(&round->target)));
}

static uint64_t link_number(const struct round *round, struct text path) {
	return inode_number(path, NODE_LINK, buffer_text(&round->target));
}

/* Tells of a link that comes or goes. */
static bool tell_link(const struct round *round, struct text below, struct error *error) {
	struct refresh *refresh = round->refresh;
	struct buffer path = {0};
	append_link(&path, round, below);
	bool done = !path.failed && for_directories(round, below, doubt);
	if (!done) {
		buffer_finish(&path);
		return error_set_memory(error);
	}
	const uint64_t number = link_number(round, buffer_text(&path));
	const struct known_inode known = {
		.number = number,
		.path = buffer_text(&path),
		.inode = {.identity = number, .attributes = {.kind = NODE_LINK}},
	};
	if (inodes_has(&refresh->filesystem->inodes, number)) {
		done = refresh_leave(refresh, &known, error);
	} else {
		notice_name(&refresh->notifier, known.path);
	}
	buffer_finish(&path);
	return done;
}

/* Tells of the links that are in a membership and not in the other. */
static bool tell_difference(const struct round *round, const struct membership *membership,
	const struct membership *other, struct error *error) {
	const struct text *below;
	for (size_t position = 0; (below = table_next(&membership->paths, &position)) != NULL;) {
		if (table_find(&other->paths, *below) == NULL && !tell_link(round, *below, error)) {
			return false;
		}
	}
	return true;
}

static bool compare(const struct round *round, struct text name, struct error *error) {
	struct membership old = {0};
	struct membership new = {0};
	const bool done = membership_init(&old, round->before, name, error) &&
			  membership_init(&new, round->after, name, error) &&
			  tell_difference(round, &old, &new, error) &&
			  tell_difference(round, &new, &old, error);
	membership_finish(&old);
	membership_finish(&new);
	return done;
}

static bool remember_once(struct refresh *refresh, struct text path) {
	bool was_known;
	return remember(refresh, path, &was_known);
}

/* The links to an asset are as old as it is. */
static bool compare_times(const struct round *round, struct text name, struct error *error) {
	struct membership now = {0};
	struct buffer path = {0};
	bool done = membership_init(&now, round->after, name, error);
	const struct text *below;
	for (size_t position = 0; done && (below = table_next(&now.paths, &position)) != NULL;) {
		buffer_clear(&path);
		append_link(&path, round, *below);
		done = (!path.failed && for_directories(round, *below, remember_once)) ||
		       error_set_memory(error);
		if (done) {
			const struct text link = buffer_text(&path);
			refresh_compare_time(
				round->refresh, link, link_number(round, link), now.modified);
		}
	}
	buffer_finish(&path);
	membership_finish(&now);
	return done;
}

typedef bool asset_function(const struct round *round, struct text name, struct error *error);

static bool for_changes(
	struct round *round, size_t count, asset_function *function, struct error *error) {
	const struct catalog *catalog = view_catalog(round->after);
	bool done = true;
	for (size_t i = 0; done && i < count; i++) {
		const struct text name = catalog_change(catalog, i);
		buffer_clear(&round->target);
		refresh_append_asset(&round->target, TEXT("../../.."), name);
		done = round->target.failed ? error_set_memory(error)
					    : function(round, name, error);
	}
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

static bool round_init(
	struct round *round, struct refresh *refresh, struct text root, struct error *error) {
	*round = (struct round){.refresh = refresh};
	round->before = refresh->old == NULL ? NULL : find_view(refresh->old, root);
	round->after = find_view(refresh->new, root);
	buffer_append_text(&round->by, root);
	place_append_name(&round->by, TEXT(".by"));
	return !round->by.failed || error_set_memory(error);
}

static void round_finish(struct round *round) {
	view_release(round->before);
	view_release(round->after);
	buffer_finish(&round->by);
	buffer_finish(&round->target);
}

static bool was_visited(struct view *view) {
	return view != NULL && by_was_visited(view);
}

/* Whether the kernel may keep anything of what is in .by: who is in it is not found out before. */
static bool is_anything_known(const struct round *round) {
	return was_visited(round->before) || was_visited(round->after) ||
	       inodes_has_family(&round->refresh->filesystem->inodes, buffer_text(&round->by));
}

bool refresh_by_begin(struct refresh *refresh, struct text root, struct error *error) {
	struct round round;
	bool done = round_init(&round, refresh, root, error);
	if (done && round.before != NULL && round.after != NULL && is_anything_known(&round)) {
		const size_t count = refresh->by_directories.count;
		done = for_changes(&round, catalog_content_change_count(view_catalog(round.after)),
			compare, error);
		if (refresh->by_directories.count > count) {
			notice_listing(&refresh->notifier, refresh_number(buffer_text(&round.by)));
		}
	}
	round_finish(&round);
	return done;
}

/* Tells of a directory that has come to have nobody in it, or other times. */
static bool end_directory(struct refresh *refresh, struct text path, struct error *error) {
	const fuse_ino_t number = refresh_number(path);
	struct place place = {0};
	struct error fault = {0};
	if (!inodes_has(&refresh->filesystem->inodes, number)) {
		return true;
	}
	buffer_append_text(&place.path, path);
	if (place_find(&place, refresh->new, &fault)) {
		refresh_compare_time(refresh, path, number, node_modified(&place.node));
	} else if (fault.kind == ERROR_NOT_FOUND) {
		notice_name(&refresh->notifier, path);
	}
	place_finish(&place);
	return fault.kind == ERROR_MEMORY ? error_set_memory(error) : true;
}

static bool end_directories(struct refresh *refresh, struct error *error) {
	const struct text *path;
	for (size_t position = 0;
		(path = table_next(&refresh->by_directories, &position)) != NULL;) {
		if (!end_directory(refresh, *path, error)) {
			return false;
		}
	}
	return true;
}

/* These stay when nobody is in them, and are then as new as the newest card. */
static bool remember_kinds(const struct round *round) {
	static const char *const names[] = {
		"", "/kind", "/kind/model", "/kind/dataset", "/kind/tokenizer", "/kind/other"};
	bool done = true;
	for (size_t i = 0; done && i < sizeof(names) / sizeof(names[0]); i++) {
		struct buffer path = {0};
		buffer_append_text(&path, buffer_text(&round->by));
		buffer_append_string(&path, names[i]);
		done = !path.failed && remember_once(round->refresh, buffer_text(&path));
		buffer_finish(&path);
	}
	return done;
}

bool refresh_by_end(struct refresh *refresh, struct text root, struct error *error) {
	struct round round;
	bool done = round_init(&round, refresh, root, error);
	if (done && round.after != NULL) {
		done = (!is_anything_known(&round) ||
			       for_changes(&round, catalog_change_count(view_catalog(round.after)),
				       compare_times, error)) &&
		       (remember_kinds(&round) || error_set_memory(error)) &&
		       end_directories(refresh, error);
	}
	round_finish(&round);
	return done;
}
