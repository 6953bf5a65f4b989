/*
 * What differs between versions of libfuse, from 3.10 on. The loop is our own, so little does.
 */
#ifndef CARDFS_SUPERVISE_LIBFUSE_H
#define CARDFS_SUPERVISE_LIBFUSE_H

#include <fuse_lowlevel.h>

/* A session is given a descriptor by this in place of a mount point. */
#define LIBFUSE_DESCRIPTOR_PATH "/dev/fd/%d"

#endif
