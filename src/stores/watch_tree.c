#include "stores/watch_tree.h"

#include "base/file.h"
#include "stores/watch_place.h"
#include "stores/watch_poll.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char *last_component(const char *path) {
	return strrchr(path, '/') + 1;
}

/* Tells of a path, or of everything where the tree has no use for paths. */
static void tell(struct watch_tree *tree, const char *path) {
	if (tree->scope->tells_paths) {
		store_changes_add(&tree->news, path);
	} else {
		store_changes_add_everything(&tree->news);
	}
}

static void look_later(struct watch_tree *tree, const char *path) {
	store_changes_add(&tree->pending, path);
	tell(tree, path);
}

static bool is_structural(uint32_t mask) {
	return (mask & (WATCH_STRUCTURE | WATCH_SELF | IN_UNMOUNT) & ~(uint32_t)IN_ATTRIB) != 0;
}

void watch_tree_restart(struct watch_tree *tree) {
	store_changes_add_everything(&tree->pending);
	store_changes_add_everything(&tree->news);
}

static void notice_root(struct watch_trail *trail, uint32_t mask) {
	struct watch_tree *tree = trail->owner;
	if (is_structural(mask) || trail->end != TRAIL_FILE) {
		watch_tree_restart(tree);
	} else {
		store_changes_add_everything(&tree->news);
	}
}

static void notice_link(struct watch_trail *trail, uint32_t mask) {
	const struct watch_place *place = trail->owner;
	if (is_structural(mask) || trail->end != TRAIL_FILE) {
		look_later(place->tree, place->path);
	} else {
		tell(place->tree, place->path);
	}
}

static bool matters(const struct watch_place *place, uint32_t mask, const char *name) {
	const struct store_scope *scope = place->tree->scope;
	const enum store_concern concern = scope->minds(name, place->depth);
	if ((mask & IN_ISDIR) != 0) {
		return concern != CONCERN_NONE || scope->enters(name, place->depth);
	}
	return is_structural(mask) ? concern != CONCERN_NONE : concern == CONCERN_CONTENT;
}

/* A directory's times change often, and who may read it seldom. */
static bool is_mere_touch(const struct watch_tree *tree, const char *path) {
	const struct watch_place *place = table_find(&tree->places, text_of(path));
	const bool is_watched = place != NULL && place->interest.point != NULL;
	return (faccessat(AT_FDCWD, path, R_OK | X_OK, AT_EACCESS) == 0) == is_watched;
}

static bool notice_path(
	const struct watch_place *place, uint32_t mask, const char *name, const char *path) {
	struct watch_tree *tree = place->tree;
	const bool is_directory = (mask & IN_ISDIR) != 0;
	if (is_directory && !is_structural(mask) && is_mere_touch(tree, path)) {
		if (tree->scope->minds(name, place->depth) == CONCERN_NONE) {
			return false;
		}
		tell(tree, path);
	} else if (is_directory || is_structural(mask)) {
		look_later(tree, path);
	} else {
		tell(tree, path);
	}
	return true;
}

static bool notice_entry(struct watch_interest *interest, uint32_t mask, const char *name) {
	const struct watch_place *place = (const struct watch_place *)interest;
	struct watch_tree *tree = place->tree;
	if (*name == '\0') {
		const bool is_lost =
			(mask & IN_UNMOUNT) != 0 || (place == tree->root && is_structural(mask));
		if (is_lost) {
			watch_tree_restart(tree);
		}
		return is_lost;
	}
	if (!matters(place, mask, name)) {
		return false;
	}
	struct buffer path = {0};
	bool is_noticed = true;
	if (watch_place_append_entry(&path, place, name)) {
		is_noticed = notice_path(place, mask, name, path.data);
	} else {
		watch_tree_restart(tree);
	}
	buffer_finish(&path);
	return is_noticed;
}

static void raise_poll(struct watch_tree *tree, enum watch_poll poll) {
	tree->poll = poll > tree->poll ? poll : tree->poll;
}

static void visit_later(struct watch_place *place) {
	place->next_unvisited = place->tree->unvisited;
	place->tree->unvisited = place;
}

static int follow_link(struct watch_place *place) {
	struct watch_tree *tree = place->tree;
	place->trail = calloc(1, sizeof(*place->trail));
	if (place->trail == NULL) {
		return ENOMEM;
	}
	place->trail->notice = notice_link;
	place->trail->owner = place;
	if (tree->scope->follows_links) {
		return watch_trail_follow(
			place->trail, tree->points, TEXT("/"), text_of(place->path));
	}
	struct buffer start = {0};
	const int failure =
		watch_place_append_resolved(&start, place->parent)
			? watch_trail_follow(place->trail, tree->points, buffer_text(&start),
				  text_of(last_component(place->path)))
			: ENOMEM;
	buffer_finish(&start);
	return failure;
}

static int add_link(struct watch_tree *tree, struct watch_place *parent, const char *path,
	bool may_be_entered) {
	struct watch_place *place = watch_place_create(tree, parent, text_of(path));
	const int failure = place == NULL ? ENOMEM : follow_link(place);
	if (failure != 0) {
		return failure;
	}
	if (place->trail->end == TRAIL_REMOTE) {
		raise_poll(tree, WATCH_POLL_ELSEWHERE);
	} else if (place->trail->has_gap || place->trail->is_remote) {
		raise_poll(tree, WATCH_POLL_ALL);
	}
	if (may_be_entered && place->trail->end == TRAIL_DIRECTORY) {
		visit_later(place);
	}
	return 0;
}

/* Watches the entry of a directory, if it is one to be watched. Returns 0 or an errno. */
static int add_entry(
	struct watch_tree *tree, struct watch_place *parent, const char *path, unsigned char type) {
	const struct store_scope *scope = tree->scope;
	const char *name = last_component(path);
	const bool belongs =
		parent->depth < scope->depth_limit && scope->enters(name, parent->depth);
	if (type == DT_DIR && belongs) {
		struct watch_place *place = watch_place_create(tree, parent, text_of(path));
		if (place == NULL) {
			return ENOMEM;
		}
		visit_later(place);
		return 0;
	}
	const bool may_be_entered = scope->follows_links && belongs;
	const bool is_followed =
		may_be_entered || scope->minds(name, parent->depth) == CONCERN_CONTENT;
	return type == DT_LNK && is_followed ? add_link(tree, parent, path, may_be_entered) : 0;
}

/* What is mounted over an entry is told when it is visited. */
static unsigned char type_of(const struct watch_place *parent, const char *path) {
	struct stat status;
	if (watch_place_avoids(parent, last_component(path))) {
		return DT_DIR;
	}
	return lstat(path, &status) == 0 ? (unsigned char)IFTODT(status.st_mode) : DT_UNKNOWN;
}

static int visit_entry(struct watch_place *place, const struct dirent *entry, struct buffer *path) {
	const char *name = entry->d_name;
	const bool may_be_watched =
		entry->d_type == DT_DIR || entry->d_type == DT_LNK || entry->d_type == DT_UNKNOWN;
	if (!may_be_watched || strcmp(name, ".") == 0 || strcmp(name, "..") == 0) {
		return 0;
	}
	buffer_clear(path);
	if (!watch_place_append_entry(path, place, name)) {
		return ENOMEM;
	}
	const unsigned char type =
		entry->d_type == DT_UNKNOWN ? type_of(place, path->data) : entry->d_type;
	return add_entry(place->tree, place, path->data, type);
}

static int visit_entries(struct watch_place *place, DIR *directory) {
	struct statfs status;
	if (fstatfs(dirfd(directory), &status) == 0 && watch_poll_is_needed(&status)) {
		raise_poll(place->tree, WATCH_POLL_ALL);
	}
	struct buffer path = {0};
	int failure = 0;
	const struct dirent *entry;
	while (failure == 0 && (entry = readdir(directory)) != NULL) {
		failure = visit_entry(place, entry, &path);
	}
	buffer_finish(&path);
	return failure;
}

static uint32_t mask_for(const struct watch_place *place) {
	const struct store_scope *scope = place->tree->scope;
	const bool has_content = place->depth >= scope->first_content_depth &&
				 place->depth <= scope->last_content_depth;
	return WATCH_STRUCTURE | WATCH_SELF | (has_content ? WATCH_CONTENT : 0);
}

/* A directory that is gone or closed by now is nothing to watch: whoever holds it will tell. */
static int pardon(int system_error) {
	const bool is_told = watch_is_absence(system_error) || watch_is_refusal(system_error);
	return is_told ? 0 : system_error;
}

/* Watches a directory and then looks into it, so that nothing is missed in between. */
static int visit(struct watch_place *place) {
	const bool is_link = place->trail != NULL || place->parent == NULL;
	if (!is_link && watch_place_avoids(place->parent, last_component(place->path))) {
		raise_poll(place->tree, WATCH_POLL_ELSEWHERE);
		return 0;
	}
	place->interest.notice = notice_entry;
	place->interest.name = "";
	place->interest.mask = mask_for(place);
	const int failure = watch_points_add(
		place->tree->points, place->path, is_link ? 0 : IN_DONT_FOLLOW, &place->interest);
	if (failure != 0) {
		return pardon(failure);
	}
	const int descriptor =
		open(place->path, O_RDONLY | O_DIRECTORY | O_CLOEXEC | (is_link ? 0 : O_NOFOLLOW));
	if (descriptor < 0) {
		return pardon(errno);
	}
	DIR *directory = fdopendir(descriptor);
	if (directory == NULL) {
		close(descriptor);
		return ENOMEM;
	}
	const int result = visit_entries(place, directory);
	closedir(directory);
	return result;
}

static int visit_all(struct watch_tree *tree) {
	int failure = 0;
	while (failure == 0 && tree->unvisited != NULL) {
		struct watch_place *place = tree->unvisited;
		tree->unvisited = place->next_unvisited;
		failure = visit(place);
	}
	return failure;
}

/* Unwatches all of it. */
static void clear(struct watch_tree *tree) {
	tree->unvisited = NULL;
	watch_place_destroy(tree->root);
	tree->root = NULL;
	watch_trail_finish(&tree->trail);
}

static int start(struct watch_tree *tree) {
	const int failure =
		watch_trail_follow(&tree->trail, tree->points, TEXT("/"), text_of(tree->path));
	if (failure != 0) {
		return failure;
	}
	const bool is_directory = tree->trail.end == TRAIL_DIRECTORY;
	if (tree->trail.end == TRAIL_REMOTE) {
		raise_poll(tree, WATCH_POLL_ELSEWHERE);
	} else if (tree->trail.is_remote) {
		raise_poll(tree, WATCH_POLL_ALL);
	} else if (tree->trail.has_gap) {
		raise_poll(tree, is_directory ? WATCH_POLL_IDENTITY : WATCH_POLL_ALL);
	}
	if (!is_directory) {
		return 0;
	}
	tree->root = watch_place_create(tree, NULL, text_of(tree->path));
	if (tree->root == NULL) {
		return ENOMEM;
	}
	visit_later(tree->root);
	return visit_all(tree);
}

/* Whether the path itself leads to what may not answer. */
static bool leads_away(const struct watch_tree *tree) {
	const struct remote_mounts *remote = tree->points->remote;
	return remote != NULL && remote->count > 0 && watch_trail_is_remote(remote, tree->path);
}

/* Polls from now on. What happened until now may have been missed. */
static void give_up(struct watch_tree *tree, int failure) {
	clear(tree);
	tree->failure = failure;
	tree->poll = leads_away(tree) ? WATCH_POLL_ELSEWHERE : WATCH_POLL_ALL;
	tree->polled = WATCH_POLL_NOTHING;
	store_changes_add_everything(&tree->news);
}

/* inotify's limits stay as they are; anything else may be well again. */
static bool has_given_up(const struct watch_tree *tree) {
	return tree->failure == ENOSPC || (tree->failure != 0 && tree->points->descriptor < 0);
}

static void restart(struct watch_tree *tree) {
	const bool is_away = leads_away(tree);
	clear(tree);
	tree->polled = WATCH_POLL_NOTHING;
	tree->identity = is_away ? 0 : watch_poll_identity(tree->path);
	if (has_given_up(tree)) {
		tree->poll = is_away ? WATCH_POLL_ELSEWHERE : WATCH_POLL_ALL;
		return;
	}
	tree->poll = tree->least;
	tree->failure = 0;
	const int failure = start(tree);
	if (failure != 0) {
		give_up(tree, failure);
	}
}

static int look_again(struct watch_tree *tree, const char *path) {
	watch_place_destroy(table_find(&tree->places, text_of(path)));
	const struct text directory = file_directory(text_of(path));
	struct watch_place *parent = table_find(&tree->places, directory);
	const int failure =
		parent == NULL ? 0 : add_entry(tree, parent, path, type_of(parent, path));
	return failure != 0 ? failure : visit_all(tree);
}

static void look_at_pending(struct watch_tree *tree) {
	for (size_t i = 0; i < tree->pending.count; i++) {
		const int failure = look_again(tree, tree->pending.paths[i]);
		if (failure != 0) {
			give_up(tree, failure);
			return;
		}
	}
}

static bool take_fingerprint(const struct watch_tree *tree, uint64_t *fingerprint) {
	if (tree->poll == WATCH_POLL_IDENTITY) {
		*fingerprint = watch_poll_identity(tree->path);
		return true;
	}
	return watch_poll_fingerprint(tree->path, tree->scope, tree->is_cancelled, fingerprint);
}

/* Makes what there is now what later polls are compared with. */
static void settle(struct watch_tree *tree) {
	const bool is_for_here = tree->poll != WATCH_POLL_ELSEWHERE;
	if (is_for_here && tree->poll != tree->polled &&
		take_fingerprint(tree, &tree->fingerprint)) {
		tree->polled = tree->poll;
	}
}

static void prepare(struct watch_tree *tree) {
	tree->places.key = watch_place_key;
	tree->trail.notice = notice_root;
	tree->trail.owner = tree;
}

void watch_tree_init(struct watch_tree *tree) {
	prepare(tree);
	restart(tree);
	settle(tree);
	store_changes_finish(&tree->news);
}

void watch_tree_finish(struct watch_tree *tree) {
	clear(tree);
	table_finish(&tree->places);
	store_changes_finish(&tree->pending);
	store_changes_finish(&tree->news);
}

void watch_tree_update(struct watch_tree *tree) {
	if (tree->pending.everything) {
		store_changes_add_everything(&tree->news);
		restart(tree);
	} else {
		look_at_pending(tree);
	}
	store_changes_finish(&tree->pending);
	settle(tree);
}

/* Whether what may not answer is where the tree is, or where something in it leads. */
static bool is_touched(const struct watch_tree *tree) {
	const struct remote_mounts *remote = tree->points->remote;
	if (remote == NULL || remote->count == 0) {
		return false;
	}
	bool is_touched = remote_mounts_touch(remote, buffer_text(&tree->trail.path));
	size_t position = 0;
	const struct watch_place *place;
	while (!is_touched && (place = table_next(&tree->places, &position)) != NULL) {
		is_touched = place->trail != NULL &&
			     remote_mounts_touch(remote, buffer_text(&place->trail->path));
	}
	return is_touched;
}

void watch_tree_identify(struct watch_tree *tree) {
	if (tree->poll == WATCH_POLL_ELSEWHERE || leads_away(tree) || is_touched(tree) ||
		watch_poll_identity(tree->path) != tree->identity) {
		watch_tree_restart(tree);
	}
}

void watch_tree_poll(struct watch_tree *tree) {
	uint64_t fingerprint = 0;
	if (tree->poll == WATCH_POLL_NOTHING || tree->poll == WATCH_POLL_ELSEWHERE) {
		return;
	}
	const bool is_taken = take_fingerprint(tree, &fingerprint);
	if (!is_taken && atomic_load(tree->is_cancelled)) {
		return;
	}
	if (!is_taken || tree->polled != tree->poll || fingerprint != tree->fingerprint) {
		watch_tree_restart(tree);
	}
	tree->polled = is_taken ? tree->poll : WATCH_POLL_NOTHING;
	tree->fingerprint = fingerprint;
}

bool watch_tree_is_remote(
	const struct remote_mounts *remote, const char *path, const struct store_scope *scope) {
	if (remote->count == 0) {
		return false;
	}
	struct watch_points nowhere = {.descriptor = -1, .remote = remote};
	struct watch_tree tree = {.scope = scope, .path = path, .points = &nowhere};
	prepare(&tree);
	start(&tree);
	const bool is_remote = tree.poll == WATCH_POLL_ELSEWHERE;
	watch_tree_finish(&tree);
	return is_remote;
}
