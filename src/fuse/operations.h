/*
 * The operations of the file system: each answers one request of the kernel from the view of that
 * moment. Handlers wait for nothing and hold no lock while they reply
 * ("architecture.md, One request").
 */
#ifndef CARDFS_FUSE_OPERATIONS_H
#define CARDFS_FUSE_OPERATIONS_H

#include <fuse_lowlevel.h>

/* For a session whose user data is a struct filesystem. */
extern const struct fuse_lowlevel_ops operations;

#endif
