#include "fuse/refusal.h"

#include "fuse/counted.h"

#include <errno.h>

void refuse_setattr(fuse_req_t request, fuse_ino_t number, struct stat *status, int which,
	struct fuse_file_info *info) {
	(void)number;
	(void)status;
	(void)which;
	(void)info;
	counted_reply_error(request, EROFS);
}

void refuse_mknod(
	fuse_req_t request, fuse_ino_t parent, const char *name, mode_t mode, dev_t device) {
	(void)parent;
	(void)name;
	(void)mode;
	(void)device;
	counted_reply_error(request, EROFS);
}

void refuse_mkdir(fuse_req_t request, fuse_ino_t parent, const char *name, mode_t mode) {
	(void)parent;
	(void)name;
	(void)mode;
	counted_reply_error(request, EROFS);
}

void refuse_create(fuse_req_t request, fuse_ino_t parent, const char *name, mode_t mode,
	struct fuse_file_info *info) {
	(void)parent;
	(void)name;
	(void)mode;
	(void)info;
	counted_reply_error(request, EROFS);
}

void refuse_symlink(fuse_req_t request, const char *target, fuse_ino_t parent, const char *name) {
	(void)target;
	(void)parent;
	(void)name;
	counted_reply_error(request, EROFS);
}

void refuse_link(
	fuse_req_t request, fuse_ino_t number, fuse_ino_t new_parent, const char *new_name) {
	(void)number;
	(void)new_parent;
	(void)new_name;
	counted_reply_error(request, EROFS);
}

void refuse_rename(fuse_req_t request, fuse_ino_t parent, const char *name, fuse_ino_t new_parent,
	const char *new_name, unsigned flags) {
	(void)parent;
	(void)name;
	(void)new_parent;
	(void)new_name;
	(void)flags;
	counted_reply_error(request, EROFS);
}

void refuse_removal(fuse_req_t request, fuse_ino_t parent, const char *name) {
	(void)parent;
	(void)name;
	counted_reply_error(request, EROFS);
}

void refuse_write(fuse_req_t request, fuse_ino_t number, const char *data, size_t size,
	off_t offset, struct fuse_file_info *info) {
	(void)number;
	(void)data;
	(void)size;
	(void)offset;
	(void)info;
	counted_reply_error(request, EROFS);
}

void refuse_fallocate(fuse_req_t request, fuse_ino_t number, int mode, off_t offset, off_t length,
	struct fuse_file_info *info) {
	(void)number;
	(void)mode;
	(void)offset;
	(void)length;
	(void)info;
	counted_reply_error(request, EROFS);
}

void refuse_setxattr(fuse_req_t request, fuse_ino_t number, const char *name, const char *value,
	size_t size, int flags) {
	(void)number;
	(void)name;
	(void)value;
	(void)size;
	(void)flags;
	counted_reply_error(request, EROFS);
}

void refuse_removexattr(fuse_req_t request, fuse_ino_t number, const char *name) {
	(void)number;
	(void)name;
	counted_reply_error(request, EROFS);
}
