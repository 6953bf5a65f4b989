#include "fuse/counted.h"

#include "fuse/filesystem.h"
#include "fuse/operations.h"

/* What the request that this thread is answering is replied with; 0: no error. */
static _Thread_local int noted_failure;

struct measure {
	struct statistics *statistics;
	enum request_kind kind;
	uint64_t start;
};

/* The request is gone once it is answered. */
static struct measure begin(fuse_req_t request, enum request_kind kind) {
	noted_failure = 0;
	return (struct measure){
		.statistics = filesystem_of(request)->statistics,
		.kind = kind,
		.start = statistics_now(),
	};
}

static void end(const struct measure *measure) {
	statistics_add_request(measure->statistics, measure->kind,
		statistics_now() - measure->start, noted_failure);
}

void counted_note(int failure) {
	noted_failure = failure;
}

void counted_reply_error(fuse_req_t request, int failure) {
	counted_note(failure);
	fuse_reply_err(request, failure);
}

/* A function with these parameters that measures the operation of that name. */
#define COUNTED(operation, kind, parameters, ...)                    \
	static void counted_##operation parameters {                 \
		const struct measure measure = begin(request, kind); \
		operations.operation(__VA_ARGS__);                   \
		end(&measure);                                       \
	}

COUNTED(lookup, REQUEST_LOOKUP, (fuse_req_t request, fuse_ino_t parent, const char *name), request,
	parent, name)

COUNTED(forget, REQUEST_FORGET, (fuse_req_t request, fuse_ino_t number, uint64_t count), request,
	number, count)

COUNTED(forget_multi, REQUEST_FORGET,
	(fuse_req_t request, size_t count, struct fuse_forget_data *forgets), request, count,
	forgets)

COUNTED(getattr, REQUEST_GETATTR,
	(fuse_req_t request, fuse_ino_t number, struct fuse_file_info *info), request, number, info)

COUNTED(readlink, REQUEST_READLINK, (fuse_req_t request, fuse_ino_t number), request, number)

COUNTED(open, REQUEST_OPEN, (fuse_req_t request, fuse_ino_t number, struct fuse_file_info *info),
	request, number, info)

COUNTED(read, REQUEST_READ,
	(fuse_req_t request, fuse_ino_t number, size_t size, off_t offset,
		struct fuse_file_info *info),
	request, number, size, offset, info)

COUNTED(opendir, REQUEST_OPENDIR,
	(fuse_req_t request, fuse_ino_t number, struct fuse_file_info *info), request, number, info)

COUNTED(readdir, REQUEST_READDIR,
	(fuse_req_t request, fuse_ino_t number, size_t size, off_t offset,
		struct fuse_file_info *info),
	request, number, size, offset, info)

COUNTED(readdirplus, REQUEST_READDIRPLUS,
	(fuse_req_t request, fuse_ino_t number, size_t size, off_t offset,
		struct fuse_file_info *info),
	request, number, size, offset, info)

COUNTED(statfs, REQUEST_STATFS, (fuse_req_t request, fuse_ino_t number), request, number)

COUNTED(getxattr, REQUEST_GETXATTR,
	(fuse_req_t request, fuse_ino_t number, const char *name, size_t size), request, number,
	name, size)

COUNTED(listxattr, REQUEST_LISTXATTR, (fuse_req_t request, fuse_ino_t number, size_t size), request,
	number, size)

/* What is refused calls counted_reply_error alone, whatever it is. */
COUNTED(setattr, REQUEST_CHANGE,
	(fuse_req_t request, fuse_ino_t number, struct stat *status, int which,
		struct fuse_file_info *info),
	request, number, status, which, info)

COUNTED(mknod, REQUEST_CHANGE,
	(fuse_req_t request, fuse_ino_t parent, const char *name, mode_t mode, dev_t device),
	request, parent, name, mode, device)

COUNTED(mkdir, REQUEST_CHANGE,
	(fuse_req_t request, fuse_ino_t parent, const char *name, mode_t mode), request, parent,
	name, mode)

COUNTED(create, REQUEST_CHANGE,
	(fuse_req_t request, fuse_ino_t parent, const char *name, mode_t mode,
		struct fuse_file_info *info),
	request, parent, name, mode, info)

COUNTED(symlink, REQUEST_CHANGE,
	(fuse_req_t request, const char *target, fuse_ino_t parent, const char *name), request,
	target, parent, name)

COUNTED(link, REQUEST_CHANGE,
	(fuse_req_t request, fuse_ino_t number, fuse_ino_t new_parent, const char *new_name),
	request, number, new_parent, new_name)

COUNTED(rename, REQUEST_CHANGE,
	(fuse_req_t request, fuse_ino_t parent, const char *name, fuse_ino_t new_parent,
		const char *new_name, unsigned flags),
	request, parent, name, new_parent, new_name, flags)

COUNTED(unlink, REQUEST_CHANGE, (fuse_req_t request, fuse_ino_t parent, const char *name), request,
	parent, name)

COUNTED(rmdir, REQUEST_CHANGE, (fuse_req_t request, fuse_ino_t parent, const char *name), request,
	parent, name)

COUNTED(write, REQUEST_CHANGE,
	(fuse_req_t request, fuse_ino_t number, const char *data, size_t size, off_t offset,
		struct fuse_file_info *info),
	request, number, data, size, offset, info)

COUNTED(fallocate, REQUEST_CHANGE,
	(fuse_req_t request, fuse_ino_t number, int mode, off_t offset, off_t length,
		struct fuse_file_info *info),
	request, number, mode, offset, length, info)

COUNTED(setxattr, REQUEST_CHANGE,
	(fuse_req_t request, fuse_ino_t number, const char *name, const char *value, size_t size,
		int flags),
	request, number, name, value, size, flags)

COUNTED(removexattr, REQUEST_CHANGE, (fuse_req_t request, fuse_ino_t number, const char *name),
	request, number, name)

void counted_fill(struct fuse_lowlevel_ops *counted) {
	*counted = operations;
	counted->lookup = counted_lookup;
	counted->forget = counted_forget;
	counted->forget_multi = counted_forget_multi;
	counted->getattr = counted_getattr;
	counted->readlink = counted_readlink;
	counted->open = counted_open;
	counted->read = counted_read;
	counted->opendir = counted_opendir;
	counted->readdir = counted_readdir;
	counted->readdirplus = counted_readdirplus;
	counted->statfs = counted_statfs;
	counted->getxattr = counted_getxattr;
	counted->listxattr = counted_listxattr;
	counted->setattr = counted_setattr;
	counted->mknod = counted_mknod;
	counted->mkdir = counted_mkdir;
	counted->create = counted_create;
	counted->symlink = counted_symlink;
	counted->link = counted_link;
	counted->rename = counted_rename;
	counted->unlink = counted_unlink;
	counted->rmdir = counted_rmdir;
	counted->write = counted_write;
	counted->fallocate = counted_fallocate;
	counted->setxattr = counted_setxattr;
	counted->removexattr = counted_removexattr;
}
