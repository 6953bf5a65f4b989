/*
 * The operations that would change something: each answers that this is a read-only file system,
 * also on a mount without the kernel's own "ro".
 */
#ifndef CARDFS_FUSE_REFUSAL_H
#define CARDFS_FUSE_REFUSAL_H

#include <fuse_lowlevel.h>

void refuse_setattr(fuse_req_t request, fuse_ino_t number, struct stat *status, int which,
	struct fuse_file_info *info);
void refuse_mknod(
	fuse_req_t request, fuse_ino_t parent, const char *name, mode_t mode, dev_t device);
void refuse_mkdir(fuse_req_t request, fuse_ino_t parent, const char *name, mode_t mode);
void refuse_create(fuse_req_t request, fuse_ino_t parent, const char *name, mode_t mode,
	struct fuse_file_info *info);
void refuse_symlink(fuse_req_t request, const char *target, fuse_ino_t parent, const char *name);
void refuse_link(
	fuse_req_t request, fuse_ino_t number, fuse_ino_t new_parent, const char *new_name);
void refuse_rename(fuse_req_t request, fuse_ino_t parent, const char *name, fuse_ino_t new_parent,
	const char *new_name, unsigned flags);

/* unlink and rmdir. */
void refuse_removal(fuse_req_t request, fuse_ino_t parent, const char *name);
void refuse_write(fuse_req_t request, fuse_ino_t number, const char *data, size_t size,
	off_t offset, struct fuse_file_info *info);
void refuse_fallocate(fuse_req_t request, fuse_ino_t number, int mode, off_t offset, off_t length,
	struct fuse_file_info *info);
void refuse_setxattr(fuse_req_t request, fuse_ino_t number, const char *name, const char *value,
	size_t size, int flags);
void refuse_removexattr(fuse_req_t request, fuse_ino_t number, const char *name);

#endif
