#include "stores/watch_trail.h"

#include "base/file.h"
#include "stores/watch_poll.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* The kernel's own limit of links on the way to a path. */
enum { LINK_LIMIT = 40 };

struct watch_step {
	struct watch_interest interest;
	struct watch_trail *trail;
	struct watch_step *next;
	bool is_open; /* it leads to a directory that may be searched */
	char path[];  /* of what it leads to */
};

/* trail->path is where it has come to; rest is the way to go from there, as it is written. */
struct walk {
	struct watch_trail *trail;
	struct buffer rest;
	size_t offset; /* what of rest has been gone */
	unsigned links;
	int failure; /* an errno, once it fails */
};

enum walk_result { WALK_ON, WALK_ENDS, WALK_FAILS };

static bool may_search(const char *path) {
	return faccessat(AT_FDCWD, path, R_OK | X_OK, AT_EACCESS) == 0;
}

/* A directory's times change often, and who may search it seldom. */
static bool is_mere_touch(const struct watch_step *step, uint32_t mask) {
	return (mask & IN_ISDIR) != 0 && (mask & IN_ATTRIB) != 0 &&
	       may_search(step->path) == step->is_open;
}

static bool notice(struct watch_interest *interest, uint32_t mask, const char *name) {
	const struct watch_step *step = (const struct watch_step *)interest;
	const bool is_self = *name == '\0';
	if (is_self ? (mask & (WATCH_SELF | IN_UNMOUNT)) == 0 : is_mere_touch(step, mask)) {
		return false;
	}
	step->trail->notice(step->trail, mask);
	return true;
}

/* What a failure means: nothing is there, or it may not be seen, or the trail can't be followed. */
static enum walk_result stop(struct walk *walk, int system_error) {
	walk->trail->has_gap |= watch_is_refusal(system_error);
	if (watch_is_absence(system_error) || watch_is_refusal(system_error)) {
		return WALK_ENDS;
	}
	walk->failure = system_error;
	return WALK_FAILS;
}

static struct watch_step *create_step(
	struct watch_trail *trail, struct text component, uint32_t mask) {
	const struct text directory = buffer_text(&trail->path);
	struct watch_step *step =
		calloc(1, sizeof(*step) + directory.length + component.length + 2);
	if (step == NULL) {
		return NULL;
	}
	char *end = mempcpy(step->path, directory.data, directory.length);
	if (!text_equal(directory, TEXT("/"))) {
		*end++ = '/';
	}
	memcpy(end, component.data, component.length);
	step->interest.notice = notice;
	step->interest.name = end;
	step->interest.mask = mask;
	step->trail = trail;
	return step;
}

/* Watches the directory that the walk has come to for a component in it. */
static enum walk_result watch(struct walk *walk, struct text component, uint32_t mask) {
	struct watch_trail *trail = walk->trail;
	struct watch_step *step = create_step(trail, component, mask);
	if (step == NULL) {
		return stop(walk, ENOMEM);
	}
	const int failure = watch_points_add(trail->points, trail->path.data, 0, &step->interest);
	if (failure != 0) {
		free(step);
		const enum walk_result result = stop(walk, failure);
		return watch_is_refusal(failure) ? WALK_ON
						 : result; /* what is behind it may be open */
	}
	step->next = trail->steps;
	trail->steps = step;
	return WALK_ON;
}

static void cut(struct buffer *path, size_t length) {
	path->length = length;
	path->data[length] = '\0';
}

/* Goes on from the directory that holds the link, or from the root. */
static enum walk_result enter_link(struct walk *walk, size_t directory_length) {
	struct buffer *path = &walk->trail->path;
	char target[PATH_MAX];
	const ssize_t length = readlink(path->data, target, sizeof(target));
	if (length < 0 || walk->links++ == LINK_LIMIT) {
		return stop(walk, length < 0 ? errno : ELOOP);
	}
	struct buffer rest = {0};
	buffer_append(&rest, target, (size_t)length);
	buffer_append_byte(&rest, '/');
	buffer_append_text(
		&rest, text_part(buffer_text(&walk->rest), walk->offset, walk->rest.length));
	buffer_finish(&walk->rest);
	walk->rest = rest;
	walk->offset = 0;
	cut(path, target[0] == '/' ? 1 : directory_length);
	return rest.failed ? stop(walk, ENOMEM) : WALK_ON;
}

/* The next component of the way; empty at its end. */
static struct text next_component(struct walk *walk) {
	const struct text rest = buffer_text(&walk->rest);
	while (walk->offset < rest.length && rest.data[walk->offset] == '/') {
		walk->offset++;
	}
	const struct text from = text_part(rest, walk->offset, rest.length);
	const struct text component = text_part(from, 0, text_index(from, '/'));
	walk->offset += component.length;
	return component;
}

static void append_component(struct buffer *path, struct text component) {
	buffer_append_string(path, path->length > 1 ? "/" : "");
	buffer_append_text(path, component);
}

static enum walk_result end_at_file(
	struct walk *walk, size_t directory_length, struct text component) {
	struct watch_trail *trail = walk->trail;
	cut(&trail->path, directory_length);
	const enum walk_result result = watch(walk, component, WATCH_CONTENT);
	append_component(&trail->path, component);
	trail->end = next_component(walk).length == 0 ? TRAIL_FILE : TRAIL_MISSING;
	return result == WALK_ON ? WALK_ENDS : result;
}

/* What is left of the way is not gone: who would tell where it leads may not answer. */
static enum walk_result end_at_mount(struct walk *walk) {
	struct watch_trail *trail = walk->trail;
	struct text component;
	while ((component = next_component(walk)).length > 0) {
		append_component(&trail->path, component);
	}
	trail->end = TRAIL_REMOTE;
	return trail->path.failed ? stop(walk, ENOMEM) : WALK_ENDS;
}

static enum walk_result pass(struct walk *walk, struct text component) {
	struct watch_trail *trail = walk->trail;
	const struct watch_step *last = trail->steps;
	const size_t directory_length = trail->path.length;
	const enum walk_result result = watch(walk, component, WATCH_STRUCTURE | WATCH_SELF);
	if (result != WALK_ON) {
		return result;
	}
	append_component(&trail->path, component);
	struct stat status;
	if (trail->path.failed) {
		return stop(walk, ENOMEM);
	}
	if (watch_points_avoid(trail->points, buffer_text(&trail->path))) {
		return end_at_mount(walk);
	}
	if (lstat(trail->path.data, &status) != 0) {
		return stop(walk, errno);
	}
	if (S_ISLNK(status.st_mode)) {
		return enter_link(walk, directory_length);
	}
	if (!S_ISDIR(status.st_mode)) {
		return end_at_file(walk, directory_length, component);
	}
	if (trail->steps != last) {
		trail->steps->is_open = may_search(trail->path.data);
	}
	return WALK_ON;
}

static enum walk_result walk_on(struct walk *walk) {
	struct buffer *path = &walk->trail->path;
	const struct text component = next_component(walk);
	if (component.length == 0) {
		walk->trail->end = TRAIL_DIRECTORY;
		return WALK_ENDS;
	}
	if (text_equal(component, TEXT("."))) {
		return WALK_ON;
	}
	if (text_equal(component, TEXT(".."))) {
		cut(path, file_directory(buffer_text(path)).length);
		return WALK_ON;
	}
	return pass(walk, component);
}

/* Where nothing is, what may appear does so in the last directory that is there. */
static void tell_whether_remote(struct watch_trail *trail) {
	if (trail->end == TRAIL_REMOTE) {
		trail->is_remote = true;
		return;
	}
	const struct text path = buffer_text(&trail->path);
	const bool is_there = trail->end != TRAIL_MISSING;
	char *place = is_there ? strndup(path.data, path.length)
			       : strndup(path.data, file_directory(path).length);
	struct statfs status;
	trail->is_remote =
		place == NULL || (statfs(place, &status) == 0 && watch_poll_is_needed(&status));
	free(place);
}

int watch_trail_follow(struct watch_trail *trail, struct watch_points *points, struct text start,
	struct text path) {
	struct walk walk = {.trail = trail};
	trail->points = points;
	buffer_append_text(&trail->path, start);
	buffer_append_text(&walk.rest, path);
	enum walk_result result = WALK_ON;
	if (trail->path.failed || walk.rest.failed) {
		result = stop(&walk, ENOMEM);
	} else if (watch_points_avoid(points, start)) {
		result = end_at_mount(&walk);
	}
	while (result == WALK_ON) {
		result = walk_on(&walk);
	}
	buffer_finish(&walk.rest);
	if (result == WALK_FAILS) {
		watch_trail_finish(trail);
		return walk.failure;
	}
	tell_whether_remote(trail);
	return 0;
}

void watch_trail_finish(struct watch_trail *trail) {
	while (trail->steps != NULL) {
		struct watch_step *step = trail->steps;
		trail->steps = step->next;
		watch_points_remove(trail->points, &step->interest);
		free(step);
	}
	buffer_finish(&trail->path);
	*trail = (struct watch_trail){.notice = trail->notice, .owner = trail->owner};
}

bool watch_trail_is_remote(const struct remote_mounts *remote, const char *path) {
	struct watch_points nowhere = {.descriptor = -1, .remote = remote};
	struct watch_trail trail = {0};
	const bool is_remote =
		watch_trail_follow(&trail, &nowhere, TEXT("/"), text_of(path)) == 0 &&
		trail.end == TRAIL_REMOTE;
	watch_trail_finish(&trail);
	return is_remote;
}
