#include "fuse/operations.h"

#include "fuse/attributes.h"
#include "fuse/counted.h"
#include "fuse/directory.h"
#include "fuse/filesystem.h"
#include "fuse/refusal.h"
#include "supervise/loop.h"
#include "view/names.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/statvfs.h>

enum { STATISTICS_BLOCK_SIZE = 4096 };

/*
 * The kernel may keep everything: what it keeps of an inode never changes, and it is told when a
 * name comes to stand for another.
 */
static const unsigned wanted = FUSE_CAP_PARALLEL_DIROPS | FUSE_CAP_CACHE_SYMLINKS |
			       FUSE_CAP_EXPLICIT_INVAL_DATA | FUSE_CAP_NO_OPEN_SUPPORT |
			       FUSE_CAP_NO_OPENDIR_SUPPORT;

static void init(void *user_data, struct fuse_conn_info *connection) {
	struct filesystem *filesystem = user_data;
	/* Left to itself, the kernel asks for look-ups with the start of a listing alone. */
	connection->want &= ~(unsigned)(FUSE_CAP_AUTO_INVAL_DATA | FUSE_CAP_READDIRPLUS_AUTO);
	connection->want |= connection->capable & wanted;
	loop_limit(connection);
	filesystem->opens_files = (connection->capable & FUSE_CAP_NO_OPEN_SUPPORT) == 0;
	filesystem->opens_directories = (connection->capable & FUSE_CAP_NO_OPENDIR_SUPPORT) == 0;
}

static void reply_error(fuse_req_t request, const struct error *error) {
	counted_reply_error(request, error_number(error));
}

/* The request is gone once it is answered. */
static void reply_entry(fuse_req_t request, const struct fuse_entry_param *entry) {
	struct filesystem *filesystem = filesystem_of(request);
	if (fuse_reply_entry(request, entry) == -ENOENT) {
		filesystem_take_back(filesystem, 0);
	}
}

static void reply_absent(fuse_req_t request, const struct visit *visit,
	const struct place *directory, struct text name) {
	const struct fuse_entry_param entry = {
		.entry_timeout = filesystem_seconds_of_absence(visit, directory, name),
	};
	counted_note(ENOENT);
	fuse_reply_entry(request, &entry);
}

static void look_up(
	fuse_req_t request, const struct visit *visit, fuse_ino_t parent, struct text name) {
	struct filesystem *filesystem = filesystem_of(request);
	struct place directory = {0};
	struct place child = {0};
	struct inode known;
	struct fuse_entry_param entry;
	struct error error = {0};
	if (filesystem_find(filesystem, visit, parent, &directory, &known, &error) &&
		place_walk(&directory, name, &child, &error) &&
		filesystem_enter(filesystem, visit, &child, &entry, &error)) {
		reply_entry(request, &entry);
	} else if (error.kind == ERROR_NOT_FOUND) {
		reply_absent(request, visit, &directory, name);
	} else {
		reply_error(request, &error);
	}
	place_finish(&child);
	place_finish(&directory);
}

static void lookup(fuse_req_t request, fuse_ino_t parent, const char *name) {
	struct current *current = &filesystem_of(request)->current;
	const struct text text = text_of(name);
	struct visit visit;
	if (text.length > NAMES_LENGTH_LIMIT) {
		counted_reply_error(request, ENAMETOOLONG);
		return;
	}
	current_enter(current, &visit);
	look_up(request, &visit, parent, text);
	current_leave(current, &visit);
}

/* What a server that died has seen to already is not done again. */
static void forget(fuse_req_t request, fuse_ino_t number, uint64_t count) {
	struct effects *effects = loop_effects();
	if (effects->done == 0) {
		inodes_forget(&filesystem_of(request)->inodes, number, count, effects);
	}
	fuse_reply_none(request);
}

static void forget_multi(fuse_req_t request, size_t count, struct fuse_forget_data *forgets) {
	struct effects *effects = loop_effects();
	for (size_t i = effects->done; i < count; i++) {
		inodes_forget(&filesystem_of(request)->inodes, forgets[i].ino, forgets[i].nlookup,
			effects);
	}
	fuse_reply_none(request);
}

/*
 * A file or link whose place shows another one by now, or none, is what it was, and like one that
 * was unlinked while it was open. So is a link into a cache that does not answer.
 */
static bool find_attributes(struct filesystem *filesystem, const struct visit *visit,
	fuse_ino_t number, struct inode *inode, double *seconds, struct error *error) {
	struct place place = {0};
	struct inode known = {0};
	bool is_there = filesystem_find(filesystem, visit, number, &place, &known, error) &&
			place_describe(&place, error);
	const bool is_versioned = place.path.length > 0 && known.attributes.kind != NODE_DIRECTORY;
	if (is_there && (!is_versioned || place.inode.identity == known.identity)) {
		*inode = place.inode;
		*seconds = filesystem_seconds(visit, &place);
		inodes_note_modified(&filesystem->inodes, number, inode->attributes.modified);
	} else if (is_versioned && (is_there || error_number(error) == ESTALE ||
					   error_number(error) == ETIMEDOUT)) {
		*inode = known;
		inode->attributes.links = known.attributes.is_momentary ? 1 : 0;
		*seconds = 0;
		is_there = true;
	}
	place_finish(&place);
	return is_there;
}

static void getattr(fuse_req_t request, fuse_ino_t number, struct fuse_file_info *info) {
	(void)info;
	struct filesystem *filesystem = filesystem_of(request);
	struct inode inode;
	double seconds;
	struct visit visit;
	struct error error = {0};
	current_enter(&filesystem->current, &visit);
	if (find_attributes(filesystem, &visit, number, &inode, &seconds, &error)) {
		struct stat status;
		filesystem_fill_status(filesystem, number, &inode, &status);
		fuse_reply_attr(request, &status, seconds);
	} else {
		reply_error(request, &error);
	}
	current_leave(&filesystem->current, &visit);
}

static void readlink_of(fuse_req_t request, fuse_ino_t number) {
	struct filesystem *filesystem = filesystem_of(request);
	struct buffer target = {0};
	struct visit visit;
	struct error error = {0};
	current_enter(&filesystem->current, &visit);
	if (filesystem_read(filesystem, &visit, number, 0, SIZE_MAX, &target, &error)) {
		fuse_reply_readlink(request, target.data == NULL ? "" : target.data);
	} else {
		reply_error(request, &error);
	}
	current_leave(&filesystem->current, &visit);
	buffer_finish(&target);
}

/* There is nothing to be done for an open file: the kernel asks once, if it can do without. */
static void open_at(fuse_req_t request, fuse_ino_t number, struct fuse_file_info *info) {
	(void)number;
	const bool for_writing =
		(info->flags & O_ACCMODE) != O_RDONLY || (info->flags & O_TRUNC) != 0;
	if (for_writing || !filesystem_of(request)->opens_files) {
		counted_reply_error(request, for_writing ? EROFS : ENOSYS);
		return;
	}
	info->keep_cache = 1;
	fuse_reply_open(request, info);
}

static void open_directory(fuse_req_t request, fuse_ino_t number, struct fuse_file_info *info) {
	(void)number;
	if (!filesystem_of(request)->opens_directories) {
		counted_reply_error(request, ENOSYS);
		return;
	}
	info->keep_cache = 1;
	info->cache_readdir = 1;
	fuse_reply_open(request, info);
}

static void read_at(fuse_req_t request, fuse_ino_t number, size_t size, off_t offset,
	struct fuse_file_info *info) {
	(void)info;
	struct filesystem *filesystem = filesystem_of(request);
	struct buffer part = {0};
	struct visit visit;
	struct error error = {0};
	current_enter(&filesystem->current, &visit);
	if (filesystem_read(filesystem, &visit, number, (size_t)offset, size, &part, &error)) {
		fuse_reply_buf(request, part.data, part.length);
	} else {
		reply_error(request, &error);
	}
	current_leave(&filesystem->current, &visit);
	buffer_finish(&part);
}

static void statfs_of(fuse_req_t request, fuse_ino_t number) {
	(void)number;
	struct current *current = &filesystem_of(request)->current;
	struct visit visit;
	current_enter(current, &visit);
	const struct statvfs statistics = {
		.f_bsize = STATISTICS_BLOCK_SIZE,
		.f_frsize = STATISTICS_BLOCK_SIZE,
		.f_files = catalog_asset_count(view_catalog(visit.view)),
		.f_namemax = NAMES_LENGTH_LIMIT,
	};
	fuse_reply_statfs(request, &statistics);
	current_leave(current, &visit);
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
	.opendir = open_directory,
	.readdir = directory_read,
	.readdirplus = directory_read_plus,
	.statfs = statfs_of,
	.getxattr = attributes_get,
	.listxattr = attributes_list,
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
