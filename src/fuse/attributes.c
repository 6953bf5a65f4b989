#include "fuse/attributes.h"

#include "fuse/counted.h"
#include "fuse/filesystem.h"

#include <errno.h>
#include <time.h>

enum { NANOSECONDS = 1000000000, PATIENCE = NANOSECONDS / 10 };

static void reply_content(fuse_req_t request, const struct buffer *content, size_t size) {
	if (size == 0) {
		fuse_reply_xattr(request, content->length);
	} else if (content->length > size) {
		counted_reply_error(request, ERANGE);
	} else {
		fuse_reply_buf(request, content->data, content->length);
	}
}

/* There is no attribute of that name, or no place that has one. */
static void reply_failure(fuse_req_t request, const struct error *error) {
	counted_reply_error(
		request, error->kind == ERROR_NOT_FOUND ? ENODATA : error_number(error));
}

/* What is found stays what it is when the visit is over. */
static bool find_place(struct filesystem *filesystem, fuse_ino_t number, struct place *place,
	struct error *error) {
	struct visit visit;
	struct inode known;
	current_enter(&filesystem->current, &visit);
	const bool is_found = filesystem_find(filesystem, &visit, number, place, &known, error);
	current_leave(&filesystem->current, &visit);
	return is_found;
}

/* Soon, or not at all: whoever waits is missing among those that answer requests. */
static bool wait_for_look(struct filesystem *filesystem) {
	struct timespec deadline;
	clock_gettime(CLOCK_REALTIME, &deadline);
	deadline.tv_nsec += PATIENCE;
	if (deadline.tv_nsec >= NANOSECONDS) {
		deadline.tv_nsec -= NANOSECONDS;
		deadline.tv_sec++;
	}
	int failure;
	do {
		failure = sem_timedwait(&filesystem->looks, &deadline);
	} while (failure != 0 && errno == EINTR);
	return failure == 0;
}

/* A target may be in this very mount, and needs others to answer. */
static bool look_at_target(struct filesystem *filesystem, const struct node *node, struct text name,
	struct buffer *content, struct error *error) {
	if (!wait_for_look(filesystem)) {
		return error_set_system(error, EAGAIN, "too many look at targets");
	}
	const bool done = node_extended(node, name, content, error);
	sem_post(&filesystem->looks);
	return done;
}

static bool read_attribute(struct filesystem *filesystem, const struct node *node, struct text name,
	struct buffer *content, struct error *error) {
	if (node_extended_looks_at_target(node, name)) {
		return look_at_target(filesystem, node, name, content, error);
	}
	return node_extended(node, name, content, error);
}

void attributes_get(fuse_req_t request, fuse_ino_t number, const char *name, size_t size) {
	struct filesystem *filesystem = filesystem_of(request);
	struct place place = {0};
	struct buffer content = {0};
	struct error error = {0};
	if (!node_extended_is_ours(text_of(name))) {
		counted_reply_error(request, ENODATA);
		return;
	}
	if (find_place(filesystem, number, &place, &error) &&
		read_attribute(filesystem, &place.node, text_of(name), &content, &error)) {
		reply_content(request, &content, size);
	} else {
		reply_failure(request, &error);
	}
	buffer_finish(&content);
	place_finish(&place);
}

void attributes_list(fuse_req_t request, fuse_ino_t number, size_t size) {
	struct place place = {0};
	struct buffer names = {0};
	struct error error = {0};
	if (find_place(filesystem_of(request), number, &place, &error) &&
		node_extended_names(&place.node, &names, &error)) {
		reply_content(request, &names, size);
	} else {
		reply_failure(request, &error);
	}
	buffer_finish(&names);
	place_finish(&place);
}
