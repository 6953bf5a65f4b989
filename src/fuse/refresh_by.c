#include "fuse/refresh_by.h"

#include "fuse/notices.h"
#include "fuse/place.h"
#include "view/by.h"
#include "view/names.h"

/* A directory in which something differs. */
struct changed_directory {
	struct text path;
	bool has_other_entries; /* else other attributes alone */
};

/* Where an asset is, at one moment: the paths of its directories, "FIELD/VALUE". */
struct membership {
	struct table paths;
	struct arena arena;
	int64_t modified;
	bool failed;
};

static struct text directory_key(const void *item) {
	const struct changed_directory *directory = item;
	return directory->path;
}

static struct text path_key(const void *item) {
	return *(const struct text *)item;
}

bool refresh_by_init(struct refresh_by *refresh, struct fuse_session *session, struct text path,
	struct view *old, struct view *new) {
	*refresh = (struct refresh_by){
		.session = session,
		.path = path,
		.old = old,
		.new = new,
		.directories = {.key = directory_key},
	};
	return by_was_visited(old);
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
	bool done = by_visit(view, name, add_path, membership, &membership->modified, error);
	return done && (!membership->failed || error_set_memory(error));
}

static void membership_finish(struct membership *membership) {
	table_finish(&membership->paths);
	arena_finish(&membership->arena);
}

static bool mark_directory(struct refresh_by *refresh, struct text path, bool has_other_entries) {
	struct changed_directory *directory = table_find(&refresh->directories, path);
	if (directory == NULL) {
		directory = arena_allocate(&refresh->arena, sizeof(*directory));
		if (directory == NULL ||
			!arena_copy_text(&refresh->arena, path, &directory->path) ||
			!table_add(&refresh->directories, directory)) {
			return false;
		}
	}
	directory->has_other_entries |= has_other_entries;
	return true;
}

/* The value's, the field's, and .by itself: which fields and values there are may be others, too.
 */
static bool mark_directories(struct refresh_by *refresh, struct text path, bool has_other_entries) {
	size_t field_length = text_index(path, '/');
	struct buffer full = {0};
	buffer_append_text(&full, refresh->path);
	place_append_name(&full, path);
	bool done = !full.failed && mark_directory(refresh, buffer_text(&full), has_other_entries);
	full.length -= done ? path.length - field_length : 0;
	done = done && mark_directory(refresh, buffer_text(&full), has_other_entries) &&
	       mark_directory(refresh, refresh->path, has_other_entries);
	buffer_finish(&full);
	return done;
}

/* target is what the link to the asset holds. */
static bool tell_of_link(struct refresh_by *refresh, struct text path, struct text target,
	struct text file_name, bool is_in_both) {
	struct buffer link = {0};
	buffer_append_text(&link, refresh->path);
	place_append_name(&link, path);
	place_append_name(&link, file_name);
	bool done = !link.failed && mark_directories(refresh, path, !is_in_both);
	if (done && is_in_both) {
		notice_attributes(
			refresh->session, inode_number(buffer_text(&link), NODE_LINK, target));
	} else if (done) {
		notice_expiry(refresh->session, buffer_text(&link));
	}
	buffer_finish(&link);
	return done;
}

static bool compare(struct refresh_by *refresh, const struct membership *old,
	const struct membership *new, struct text target) {
	const struct text file_name = place_name(target);
	const struct text *path;
	for (size_t position = 0; (path = table_next(&new->paths, &position)) != NULL;) {
		bool is_in_both = table_find(&old->paths, *path) != NULL;
		if ((!is_in_both || old->modified != new->modified) &&
			!tell_of_link(refresh, *path, target, file_name, is_in_both)) {
			return false;
		}
	}
	for (size_t position = 0; (path = table_next(&old->paths, &position)) != NULL;) {
		if (table_find(&new->paths, *path) == NULL &&
			!tell_of_link(refresh, *path, target, file_name, false)) {
			return false;
		}
	}
	return true;
}

bool refresh_by_asset(struct refresh_by *refresh, struct text name, struct error *error) {
	struct membership old = {0};
	struct membership new = {0};
	struct buffer target = {0};
	buffer_append_string(&target, "../../../");
	names_encode(&target, name, NAMES_ELSEWHERE);
	bool done = membership_init(&old, refresh->old, name, error) &&
		    membership_init(&new, refresh->new, name, error);
	if (done) {
		done = (!target.failed && compare(refresh, &old, &new, buffer_text(&target))) ||
		       error_set_memory(error);
	}
	membership_finish(&old);
	membership_finish(&new);
	buffer_finish(&target);
	return done;
}

/* Kinds stay when nothing is of them, and are then as new as the newest card. */
static void tell_of_kinds(const struct refresh_by *refresh) {
	static const char *const names[] = {
		"", "/kind", "/kind/model", "/kind/dataset", "/kind/tokenizer", "/kind/other"};
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		struct buffer path = {0};
		buffer_append_text(&path, refresh->path);
		buffer_append_string(&path, names[i]);
		notice_attributes(refresh->session,
			inode_number(buffer_text(&path), NODE_DIRECTORY, TEXT("")));
		buffer_finish(&path);
	}
}

void refresh_by_finish(struct refresh_by *refresh) {
	const struct changed_directory *directory;
	for (size_t position = 0;
		(directory = table_next(&refresh->directories, &position)) != NULL;) {
		const fuse_ino_t number = inode_number(directory->path, NODE_DIRECTORY, TEXT(""));
		if (directory->has_other_entries) {
			notice_expiry(refresh->session, directory->path);
			notice_listing(refresh->session, number);
		} else {
			notice_attributes(refresh->session, number);
		}
	}
	tell_of_kinds(refresh);
	table_finish(&refresh->directories);
	arena_finish(&refresh->arena);
}
