/*
 * Reading directories.
 */
#ifndef CARDFS_FUSE_DIRECTORY_H
#define CARDFS_FUSE_DIRECTORY_H

#include <fuse_lowlevel.h>

void directory_read(fuse_req_t request, fuse_ino_t number, size_t size, off_t position,
	struct fuse_file_info *info);

/*
 * Looks up the entries besides, which are mostly asked for next where they are listed; of a very
 * long directory only the first ones, since the kernel keeps each.
 */
void directory_read_plus(fuse_req_t request, fuse_ino_t number, size_t size, off_t position,
	struct fuse_file_info *info);

#endif
