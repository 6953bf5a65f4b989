/*
 * The way to a path: every directory and symbolic link on it, watched for the one name that leads
 * on. So it is seen when the path comes to mean something else: a link that is pointed elsewhere,
 * a directory that is swapped, a place that appears.
 */
#ifndef CARDFS_STORES_WATCH_TRAIL_H
#define CARDFS_STORES_WATCH_TRAIL_H

#include "base/buffer.h"
#include "stores/watch_points.h"

enum trail_end {
	TRAIL_MISSING, /* it leads nowhere yet */
	TRAIL_FILE,    /* or anything else that is no directory */
	TRAIL_DIRECTORY,
	TRAIL_REMOTE, /* on a file system that may not answer: it has not been asked */
};

struct watch_step;

/* Its owner sets the first two, zeroes the rest, and keeps it in place while it is followed. */
struct watch_trail {
	/*
	 * Called when the way may have changed (WATCH_STRUCTURE or WATCH_SELF in mask) or the
	 * content of the file at its end. Must not follow or finish it.
	 */
	void (*notice)(struct watch_trail *trail, uint32_t mask);
	void *owner;

	struct watch_points *points;
	struct watch_step *steps;
	enum trail_end end;
	struct buffer path; /* of its end, with no links in it but for what is remote */
	bool has_gap;       /* part of it may not be watched, by its permissions */
	bool is_remote;     /* it ends on a network file system */
};

/*
 * Follows path from the directory start (absolute, without links) to its end, watching. Returns 0,
 * or an errno where that is not possible, and the trail is then as after watch_trail_finish.
 */
int watch_trail_follow(struct watch_trail *trail, struct watch_points *points, struct text start,
	struct text path);
void watch_trail_finish(struct watch_trail *trail);

/* Whether a path (absolute) leads into one of those mounts. Asks none of them; watches nothing. */
bool watch_trail_is_remote(const struct remote_mounts *remote, const char *path);

#endif
