/*
 * Reading directories.
 */
#ifndef CARDFS_FUSE_DIRECTORY_H
#define CARDFS_FUSE_DIRECTORY_H

#include <fuse_lowlevel.h>

void directory_read(fuse_req_t request, fuse_ino_t number, size_t size, off_t position,
	struct fuse_file_info *info);

/*
 * Looks up the files and links besides, which are read next where they are listed. Directories are
 * not: there may be a hundred thousand of them, and few will be visited.
 */
void directory_read_plus(fuse_req_t request, fuse_ino_t number, size_t size, off_t position,
	struct fuse_file_info *info);

#endif
