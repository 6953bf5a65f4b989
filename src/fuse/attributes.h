/*
 * Answers to getxattr(2) and listxattr(2) ("layout.md, Attributes").
 */
#ifndef CARDFS_FUSE_ATTRIBUTES_H
#define CARDFS_FUSE_ATTRIBUTES_H

#include <fuse_lowlevel.h>

/* With a size of 0 the answer is how many bytes it takes; with too small a one it is ERANGE. */
void attributes_get(fuse_req_t request, fuse_ino_t number, const char *name, size_t size);
void attributes_list(fuse_req_t request, fuse_ino_t number, size_t size);

#endif
