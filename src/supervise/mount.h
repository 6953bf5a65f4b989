/*
 * The mount as its supervisor holds it: the connection to the kernel, the socket by which others
 * ask for something, and the process that unmounts when the supervisor is killed.
 */
#ifndef CARDFS_SUPERVISE_MOUNT_H
#define CARDFS_SUPERVISE_MOUNT_H

#include "supervise/connection.h"
#include "supervise/control.h"
#include "supervise/guard.h"

enum { MOUNT_NO_DEVICE = -1 };

struct mount {
	const char *name;      /* of the program, borrowed */
	struct launch *launch; /* where it is, and once it is mounted, what; borrowed */
	int device;            /* the connection to the kernel; MOUNT_NO_DEVICE before that */
	int control;           /* CONTROL_NONE: nobody can ask */
	struct guard guard;
	struct fuse_session *session; /* that has mounted; NULL in a program that took over */
};

/*
 * Mounts, at the mount point of launch, whose device and type are noted there then. Without a guard
 * or a socket, which is logged, the mount is as good. Fails where libfuse does; what there is by
 * then is for mount_finish.
 */
bool mount_establish(
	struct mount *mount, const struct connection_options *options, struct error *error);

/* Whether somebody has unmounted it, or it never was mounted. */
bool mount_is_gone(const struct mount *mount);

/* After the guard's death, which its parent has been told: starts another. Failing is logged. */
void mount_restart_guard(struct mount *mount);

/*
 * In a program that took over: the guard from before runs the program from before, so another one
 * takes its place. It goes on where there can be no other, which is logged.
 */
void mount_replace_guard(struct mount *mount);

/* In a child of the supervisor: closes what is the supervisor's alone. The mount stays. */
void mount_leave(struct mount *mount);

/* Nobody can ask from now on. */
void mount_close_control(struct mount *mount);

/* Unmounts it if it is not gone, and ends the guard. */
void mount_finish(struct mount *mount);

#endif
