#include "fuse/operations.h"

#include "fuse/directory.h"
#include "fuse/filesystem.h"
#include "fuse/refusal.h"
#include "view/names.h"

#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/statvfs.h>
#include <unistd.h>

enum { STATISTICS_BLOCK_SIZE = 4096 };

/* A file that is open keeps the bytes that it had when it was opened. */
struct open_file {
	atomic_uint references; /* of the open, and of each read that is being answered */
	struct buffer content;
};

/* The pages that the kernel keeps are right as long as the inode is: they need no attributes to
 * prove it. */
static void init(void *user_data, struct fuse_conn_info *connection) {
	(void)user_data;
	connection->want &= ~(unsigned)FUSE_CAP_AUTO_INVAL_DATA;
	connection->want |= connection->capable & FUSE_CAP_PARALLEL_DIROPS;
}

static void reply_error(fuse_req_t request, const struct error *error) {
	fuse_reply_err(request, error_number(error));
}

static void reply_absent(fuse_req_t request) {
	const struct fuse_entry_param entry = {.entry_timeout = ABSENCE_SECONDS};
	fuse_reply_entry(request, &entry);
}

/* The request is gone once it is answered. */
static void reply_entry(fuse_req_t request, const struct fuse_entry_param *entry) {
	struct filesystem *filesystem = filesystem_of(request);
	if (fuse_reply_entry(request, entry) == -ENOENT) {
		inodes_forget(&filesystem->inodes, entry->ino, 1);
	}
}

static void lookup(fuse_req_t request, fuse_ino_t parent, const char *name) {
	struct filesystem *filesystem = filesystem_of(request);
	struct place directory = {0};
	struct place child = {0};
	struct inode known;
	struct fuse_entry_param entry;
	struct error error = {0};
	const struct text name_text = text_of(name);
	if (name_text.length > NAMES_LENGTH_LIMIT) {
		fuse_reply_err(request, ENAMETOOLONG);
		return;
	}
	if (filesystem_find(filesystem, parent, &directory, &known, &error) &&
		place_walk(&directory, name_text, &child, &error) &&
		filesystem_enter(filesystem, &child, &entry, &error)) {
		reply_entry(request, &entry);
	} else if (error.kind == ERROR_NOT_FOUND) {
		reply_absent(request);
	} else {
		reply_error(request, &error);
	}
	place_finish(&child);
	place_finish(&directory);
}

static void forget(fuse_req_t request, fuse_ino_t number, uint64_t count) {
	inodes_forget(&filesystem_of(request)->inodes, number, count);
	fuse_reply_none(request);
}

static void forget_multi(fuse_req_t request, size_t count, struct fuse_forget_data *forgets) {
	for (size_t i = 0; i < count; i++) {
		inodes_forget(&filesystem_of(request)->inodes, forgets[i].ino, forgets[i].nlookup);
	}
	fuse_reply_none(request);
}

/*
 * A file whose place holds another one by now, or none, is what it was, and like one that was
 * unlinked while it was open.
 */
static bool find_attributes(struct filesystem *filesystem, fuse_ino_t number,
	struct node_attributes *attributes, struct error *error) {
	struct place place = {0};
	struct inode known = {0};
	bool is_there = filesystem_find(filesystem, number, &place, &known, error) &&
			place_describe(&place, error);
	const bool is_file = known.attributes.kind == NODE_FILE;
	if (is_there && (!is_file || place.inode.identity == known.identity)) {
		*attributes = place.inode.attributes;
	} else if (is_file && (is_there || error_number(error) == ESTALE)) {
		*attributes = known.attributes;
		attributes->links = 0;
		is_there = true;
	}
	place_finish(&place);
	return is_there;
}

static void getattr(fuse_req_t request, fuse_ino_t number, struct fuse_file_info *info) {
	(void)info;
	struct filesystem *filesystem = filesystem_of(request);
	struct node_attributes attributes;
	struct stat status;
	struct error error = {0};
	if (!find_attributes(filesystem, number, &attributes, &error)) {
		reply_error(request, &error);
		return;
	}
	filesystem_fill_status(filesystem, number, &attributes, &status);
	fuse_reply_attr(request, &status, ATTRIBUTE_SECONDS);
}

static void readlink_of(fuse_req_t request, fuse_ino_t number) {
	struct place place = {0};
	struct inode known;
	struct buffer target = {0};
	struct error error = {0};
	if (!filesystem_find(filesystem_of(request), number, &place, &known, &error) ||
		!node_read(&place.node, &target, &error)) {
		reply_error(request, &error);
	} else {
		fuse_reply_readlink(request, target.data == NULL ? "" : target.data);
	}
	buffer_finish(&target);
	place_finish(&place);
}

static struct open_file *open_file_of(const struct fuse_file_info *info) {
	return (struct open_file *)(uintptr_t)info->fh;
}

static void release_open_file(struct open_file *file) {
	if (atomic_fetch_sub_explicit(&file->references, 1, memory_order_acq_rel) == 1) {
		buffer_finish(&file->content);
		free(file);
	}
}

static void reply_open(fuse_req_t request, struct place *place, struct fuse_file_info *info) {
	struct open_file *file = calloc(1, sizeof(*file));
	if (file == NULL) {
		fuse_reply_err(request, ENOMEM);
		return;
	}
	atomic_init(&file->references, 1);
	file->content = place->content;
	place->content = (struct buffer){0};
	info->fh = (uint64_t)(uintptr_t)file;
	info->keep_cache = true;
	if (fuse_reply_open(request, info) == -ENOENT) {
		release_open_file(file);
	}
}

/* The kernel looks the name up again when the file turns out to have been replaced since it did. */
static void open_at(fuse_req_t request, fuse_ino_t number, struct fuse_file_info *info) {
	if ((info->flags & O_ACCMODE) != O_RDONLY || (info->flags & O_TRUNC) != 0) {
		fuse_reply_err(request, EROFS);
		return;
	}
	struct place place = {0};
	struct inode known;
	struct error error = {0};
	if (!filesystem_find(filesystem_of(request), number, &place, &known, &error) ||
		!place_describe(&place, &error)) {
		reply_error(request, &error);
	} else if (place.inode.identity != known.identity) {
		fuse_reply_err(request, ESTALE);
	} else {
		reply_open(request, &place, info);
	}
	place_finish(&place);
}

static void read_at(fuse_req_t request, fuse_ino_t number, size_t size, off_t offset,
	struct fuse_file_info *info) {
	(void)number;
	/* The file may be closed as soon as the kernel has the reply, before it returns here. */
	struct open_file *file = open_file_of(info);
	atomic_fetch_add_explicit(&file->references, 1, memory_order_relaxed);
	const struct text part = text_part(buffer_text(&file->content), (size_t)offset, size);
	fuse_reply_buf(request, part.data, part.length);
	release_open_file(file);
}

static void release(fuse_req_t request, fuse_ino_t number, struct fuse_file_info *info) {
	(void)number;
	release_open_file(open_file_of(info));
	fuse_reply_err(request, 0);
}

static void statfs_of(fuse_req_t request, fuse_ino_t number) {
	(void)number;
	struct catalog *catalog = current_catalog(&filesystem_of(request)->current);
	const struct statvfs statistics = {
		.f_bsize = STATISTICS_BLOCK_SIZE,
		.f_frsize = STATISTICS_BLOCK_SIZE,
		.f_files = catalog_asset_count(catalog),
		.f_namemax = NAMES_LENGTH_LIMIT,
	};
	catalog_release(catalog);
	fuse_reply_statfs(request, &statistics);
}

static void access_of(fuse_req_t request, fuse_ino_t number, int mask) {
	struct buffer path = {0};
	struct inode known;
	int failure = 0;
	if (!inodes_find(&filesystem_of(request)->inodes, number, &path, &known)) {
		failure = ESTALE;
	} else if ((mask & W_OK) != 0) {
		failure = EROFS;
	} else if ((mask & X_OK) != 0 && known.attributes.kind == NODE_FILE) {
		failure = EACCES;
	}
	fuse_reply_err(request, failure);
	buffer_finish(&path);
}

const struct fuse_lowlevel_ops operations = {
	.init = init,
	.lookup = lookup,
	.forget = forget,
	.forget_multi = forget_multi,
	.getattr = getattr,
	.readlink = readlink_of,
	.open = open_at,
	.read = read_at,
	.release = release,
	.opendir = directory_open,
	.readdir = directory_read,
	.readdirplus = directory_read_plus,
	.releasedir = directory_release,
	.statfs = statfs_of,
	.access = access_of,
	.setattr = refuse_setattr,
	.mknod = refuse_mknod,
	.mkdir = refuse_mkdir,
	.create = refuse_create,
	.symlink = refuse_symlink,
	.link = refuse_link,
	.rename = refuse_rename,
	.unlink = refuse_removal,
	.rmdir = refuse_removal,
	.write = refuse_write,
	.fallocate = refuse_fallocate,
	.setxattr = refuse_setxattr,
	.removexattr = refuse_removexattr,
};
