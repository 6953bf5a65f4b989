/*
 * libfuse's sessions: one mounts, in the supervisor; one answers, in each worker. What libfuse and
 * fusermount3 say while one is made goes into the error, later into the log.
 */
#ifndef CARDFS_SUPERVISE_CONNECTION_H
#define CARDFS_SUPERVISE_CONNECTION_H

#include "base/error.h"
#include "supervise/libfuse.h"

/* What a session is made of. Everything is borrowed. */
struct connection_options {
	const char *options; /* as -o has them */
	bool debug;
	const struct fuse_lowlevel_ops *operations;
	size_t operations_size;
};

/* Returns a session that is not mounted yet; its functions get context as their user data. */
struct fuse_session *connection_create(const char *name, const struct connection_options *options,
	void *context, struct error *error);

/* Mounts it. To be called while there are no other threads. */
bool connection_mount(struct fuse_session *session, const char *mount_point, struct error *error);

/* From now on what libfuse says goes to the log. */
void connection_log(void);

#endif
