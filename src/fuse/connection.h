/*
 * The connection to the kernel: a libfuse session that is mounted.
 */
#ifndef CARDFS_FUSE_CONNECTION_H
#define CARDFS_FUSE_CONNECTION_H

#include "base/error.h"
#include "fuse/filesystem.h"

struct fuse_session;

/*
 * Mounts filesystem on mount_point, with options for libfuse as options_prepare makes them, and
 * waits until the kernel knows what it talks to: from then on the mount answers whoever asks, as
 * soon as there is somebody to serve requests. What libfuse and fusermount3 say goes into error,
 * later into the log. To be called while there are no other threads.
 */
struct fuse_session *connection_open(const char *mount_point, const char *options, bool debug,
	struct filesystem *filesystem, struct error *error);

/* Unmounts, unless somebody has, and frees the session. */
void connection_close(struct fuse_session *session);

#endif
