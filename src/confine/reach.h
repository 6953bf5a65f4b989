/*
 * Which files a process may open for the rest of its life, by Landlock (landlock(7)): those below
 * places that were named, and what the C library needs. It comes on top of permissions. It says
 * nothing about looking at a path (stat, access, readlink, inotify), which opens nothing.
 *
 * A rule is about the directory or file that a path led to when the rule was made. What comes to
 * stand there later is out of reach, until a new process makes its own rules.
 */
#ifndef CARDFS_CONFINE_REACH_H
#define CARDFS_CONFINE_REACH_H

#include "base/error.h"
#include "base/mounts.h"

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

/* What may be read at a place and below it. */
enum reach_access {
	REACH_LIST = 1, /* directories */
	REACH_READ = 2, /* files */
};

struct reach_place {
	char *path; /* absolute */
	unsigned access;
	/*
	 * What links lead to may be read as well, those in directories no deeper than this (1: the
	 * place itself; 0: none): a file and, with follows_directories, what is in a directory.
	 * Which links there are is found out when the rules are made.
	 */
	unsigned link_depth;
	bool follows_directories;
	bool is_left_out; /* whatever is there: another process reads it */
	/* What reach_restrict found there; zeroes where there was nothing. */
	dev_t device;
	ino_t inode;
	struct mounts mounts;
};

/* Zeroes are empty; reach_finish frees it. */
struct reach {
	struct reach_place *places;
	size_t count;
	size_t capacity;
	bool is_in_force;
	/*
	 * Nothing is asked of file systems that may not answer (stores/remote.h): links that lead
	 * into them, and what is mounted below a place, are left out.
	 */
	bool avoids_remote;
	/* An open directory (borrowed) in which files may be made and replaced, if has_own. */
	bool has_own;
	int own;
};

/* Adds a place, whose path is copied. Returns false for want of memory. */
bool reach_add(struct reach *reach, const struct reach_place *place);
void reach_finish(struct reach *reach);

/* The version of Landlock in this kernel; 0 where there is none, or it is turned off. */
int reach_version(void);

/*
 * Restricts the calling thread, and those that it starts, to reach. Places that do not exist or may
 * not be opened are passed over. Where the kernel can't do it, nothing is done, and reach is not in
 * force. Needs no_new_privs. Fails for want of memory or descriptors.
 */
bool reach_restrict(struct reach *reach, struct error *error);

/*
 * Whether there is something else at one of the places than there was, so that this process may not
 * open what is there now. Not where nothing is mounted any more that was: what is beneath it is not
 * what was meant. Never where it is not in force.
 */
bool reach_is_outdated(const struct reach *reach);

#endif
