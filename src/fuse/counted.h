/*
 * The operations, each counted and timed. Errors are counted where they are replied: a handler
 * answers in the thread that it is called in.
 */
#ifndef CARDFS_FUSE_COUNTED_H
#define CARDFS_FUSE_COUNTED_H

#include "fuse/statistics.h"

#include <fuse_lowlevel.h>

/*
 * Fills counted with those of operations.h, which count in the statistics of their file system.
 */
void counted_fill(struct fuse_lowlevel_ops *counted);

/* Replies with an error, and has it counted. */
void counted_reply_error(fuse_req_t request, int failure);

/* Has the error counted that a reply of another kind stands for. */
void counted_note(int failure);

#endif
