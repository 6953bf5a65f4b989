/*
 * Where inotify looks. The kernel keeps one watch for a directory, however often it is asked for;
 * here it is shared by all who are interested in what happens there.
 */
#ifndef CARDFS_STORES_WATCH_POINTS_H
#define CARDFS_STORES_WATCH_POINTS_H

#include "base/table.h"
#include "stores/remote.h"

#include <sys/inotify.h>

/* Entries that come, go, or change who may see them. */
#define WATCH_STRUCTURE \
	((uint32_t)(IN_CREATE | IN_DELETE | IN_MOVED_FROM | IN_MOVED_TO | IN_ATTRIB))
#define WATCH_CONTENT ((uint32_t)(IN_MODIFY | IN_CLOSE_WRITE | IN_ATTRIB))
#define WATCH_SELF ((uint32_t)(IN_DELETE_SELF | IN_MOVE_SELF))

/* Whether an errno says that there is nothing at a path; that it may not be looked at. */
bool watch_is_absence(int system_error);
bool watch_is_refusal(int system_error);

struct watch_point;

/*
 * An interest in a directory, or in the entry of one name in it. Its owner embeds it, sets the
 * first three members, zeroes the rest, and keeps it in place while it is added.
 */
struct watch_interest {
	/*
	 * Called for each event of mask, with the name of the entry or, for an event of the
	 * directory itself (IN_UNMOUNT always among them), "". Returns whether it mattered. Must
	 * not add or remove interests.
	 */
	bool (*notice)(struct watch_interest *interest, uint32_t mask, const char *name);
	const char *name; /* "": every entry */
	uint32_t mask;

	struct watch_point *point;
	struct watch_interest *previous, *next; /* the others in that name there */
};

struct watch_points {
	int descriptor; /* to wait on for events; -1 where there is none */
	int failure;    /* why */
	struct table points;
	size_t limit;
	uint32_t last;      /* the mask of the last event that mattered */
	bool has_overflown; /* events were lost; who sees to it resets it */
	/* What nobody goes into, for they may not answer (borrowed); NULL: none. */
	const struct remote_mounts *remote;
};

/*
 * Whether that path, absolute and without links, is where a file system begins that may not answer.
 */
bool watch_points_avoid(const struct watch_points *points, struct text path);

/*
 * Without a descriptor no interest can be added, but it succeeds. limit is how many directories are
 * watched at most; 0: as many as the system lets.
 */
void watch_points_init(struct watch_points *points, size_t limit);

/* Nothing is watched from now on; interests are still to be removed. */
void watch_points_close(struct watch_points *points);

/* Every interest has been removed before. */
void watch_points_finish(struct watch_points *points);

/*
 * Starts watching the directory for an interest; mask may add inotify's flags. Returns 0 or an
 * errno: ENOSPC when the limit is hit.
 */
int watch_points_add(struct watch_points *points, const char *directory, uint32_t flags,
	struct watch_interest *interest);

/* Does nothing for an interest that is not added, or whose directory is gone. */
void watch_points_remove(struct watch_points *points, struct watch_interest *interest);

/*
 * Reads what events there are, up to a buffer full, and tells the interested. Returns whether there
 * were any, or -1 with errno.
 */
int watch_points_read(struct watch_points *points);

#endif
