#include "stores/watch_points.h"

#include "base/descriptors.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { EVENT_BUFFER_SIZE = 64 * 1024 };

struct watch_point {
	int watch;              /* inotify's number for it */
	struct table interests; /* the first one in each name; the others follow it */
};

bool watch_is_absence(int system_error) {
	return system_error == ENOENT || system_error == ENOTDIR || system_error == ELOOP;
}

bool watch_is_refusal(int system_error) {
	return system_error == EACCES || system_error == EPERM;
}

static struct text number_key(const int *watch) {
	return (struct text){(const char *)watch, sizeof(*watch)};
}

static struct text point_key(const void *item) {
	const struct watch_point *point = item;
	return number_key(&point->watch);
}

static struct text interest_key(const void *item) {
	const struct watch_interest *interest = item;
	return text_of(interest->name);
}

void watch_points_init(struct watch_points *points, size_t limit) {
	*points = (struct watch_points){
		.descriptor = inotify_init1(IN_NONBLOCK | IN_CLOEXEC),
		.points = {.key = point_key},
		.limit = limit == 0 ? SIZE_MAX : limit,
	};
	points->failure = points->descriptor < 0 ? errno : 0;
}

bool watch_points_avoid(const struct watch_points *points, struct text path) {
	return points->remote != NULL && remote_mounts_hold(points->remote, path);
}

static void free_point(struct watch_points *points, struct watch_point *point) {
	table_remove(&points->points, point_key(point));
	table_finish(&point->interests);
	free(point);
}

void watch_points_close(struct watch_points *points) {
	descriptor_close(&points->descriptor);
	points->failure = EBADF;
}

void watch_points_finish(struct watch_points *points) {
	watch_points_close(points);
	table_finish(&points->points);
}

/* Returns the point for inotify's number, or NULL for want of memory. */
static struct watch_point *ensure_point(struct watch_points *points, int watch) {
	struct watch_point *point = table_find(&points->points, number_key(&watch));
	if (point != NULL) {
		return point;
	}
	point = calloc(1, sizeof(*point));
	if (point == NULL) {
		return NULL;
	}
	point->watch = watch;
	point->interests.key = interest_key;
	if (!table_add(&points->points, point)) {
		free(point);
		return NULL;
	}
	return point;
}

static bool add_interest(struct watch_point *point, struct watch_interest *interest) {
	struct watch_interest *first = table_find(&point->interests, interest_key(interest));
	if (first == NULL) {
		return table_add(&point->interests, interest);
	}
	interest->previous = first;
	interest->next = first->next;
	if (first->next != NULL) {
		first->next->previous = interest;
	}
	first->next = interest;
	return true;
}

/* Ends the watch of a point in which nobody is interested. */
static void release_point(struct watch_points *points, struct watch_point *point) {
	if (point->interests.count == 0) {
		if (points->descriptor >= 0) {
			inotify_rm_watch(points->descriptor, point->watch);
		}
		free_point(points, point);
	}
}

static int add_to(
	struct watch_points *points, struct watch_point *point, struct watch_interest *interest) {
	const bool is_over_limit =
		point->interests.count == 0 && points->points.count > points->limit;
	if (is_over_limit || !add_interest(point, interest)) {
		release_point(points, point);
		return is_over_limit ? ENOSPC : ENOMEM;
	}
	interest->point = point;
	return 0;
}

int watch_points_add(struct watch_points *points, const char *directory, uint32_t flags,
	struct watch_interest *interest) {
	if (points->descriptor < 0) {
		return points->failure;
	}
	const int watch = inotify_add_watch(
		points->descriptor, directory, interest->mask | flags | IN_ONLYDIR | IN_MASK_ADD);
	if (watch < 0) {
		return errno;
	}
	struct watch_point *point = ensure_point(points, watch);
	if (point == NULL) {
		inotify_rm_watch(points->descriptor, watch);
		return ENOMEM;
	}
	return add_to(points, point, interest);
}

static void remove_first(struct watch_point *point, struct watch_interest *interest) {
	table_remove(&point->interests, interest_key(interest));
	if (interest->next != NULL) {
		interest->next->previous = NULL;
		/* There is room: one was just removed. */
		table_add(&point->interests, interest->next);
	}
}

void watch_points_remove(struct watch_points *points, struct watch_interest *interest) {
	struct watch_point *point = interest->point;
	if (point == NULL) {
		return;
	}
	if (interest->previous == NULL) {
		remove_first(point, interest);
	} else {
		interest->previous->next = interest->next;
		if (interest->next != NULL) {
			interest->next->previous = interest->previous;
		}
	}
	interest->point = NULL;
	interest->previous = interest->next = NULL;
	release_point(points, point);
}

static void notify(struct watch_points *points, struct watch_interest *first, uint32_t mask,
	const char *name) {
	for (struct watch_interest *interest = first; interest != NULL; interest = interest->next) {
		if ((mask & (interest->mask | IN_UNMOUNT)) != 0 &&
			interest->notice(interest, mask, name)) {
			points->last = mask;
		}
	}
}

static void notify_all(struct watch_points *points, struct watch_point *point, uint32_t mask) {
	size_t position = 0;
	struct watch_interest *first;
	while ((first = table_next(&point->interests, &position)) != NULL) {
		notify(points, first, mask, "");
	}
}

/* The kernel has ended the watch: its directory is gone. */
static void lose_point(struct watch_points *points, struct watch_point *point) {
	size_t position = 0;
	struct watch_interest *interest;
	while ((interest = table_next(&point->interests, &position)) != NULL) {
		while (interest != NULL) {
			struct watch_interest *next = interest->next;
			interest->point = NULL;
			interest->previous = interest->next = NULL;
			interest = next;
		}
	}
	free_point(points, point);
}

static void dispatch(struct watch_points *points, const struct inotify_event *event) {
	if ((event->mask & IN_Q_OVERFLOW) != 0) {
		points->has_overflown = true;
		return;
	}
	struct watch_point *point = table_find(&points->points, number_key(&event->wd));
	if (point == NULL) {
		return;
	}
	if ((event->mask & IN_IGNORED) != 0) {
		lose_point(points, point);
		return;
	}
	if (event->len == 0) {
		notify_all(points, point, event->mask);
		return;
	}
	notify(points, table_find(&point->interests, TEXT("")), event->mask, event->name);
	notify(points, table_find(&point->interests, text_of(event->name)), event->mask,
		event->name);
}

int watch_points_read(struct watch_points *points) {
	_Alignas(struct inotify_event) char buffer[EVENT_BUFFER_SIZE];
	ssize_t length;
	do {
		length = read(points->descriptor, buffer, sizeof(buffer));
	} while (length < 0 && errno == EINTR);
	if (length < 0) {
		return errno == EAGAIN ? 0 : -1;
	}
	for (size_t offset = 0; offset < (size_t)length;) {
		const struct inotify_event *event = (const void *)(buffer + offset);
		dispatch(points, event);
		offset += sizeof(*event) + event->len;
	}
	return length > 0;
}
