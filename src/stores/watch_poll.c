#include "stores/watch_poll.h"

#include "base/buffer.h"
#include "base/file.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

/* By the numbers in statfs(2), which the kernel's headers name in part only. */
static const uint32_t remote_types[] = {
	0x00006969, /* NFS */
	0x0000517B, /* SMB */
	0xFE534D42, /* SMB 2 */
	0xFF534D42, /* CIFS */
	0x65735546, /* FUSE */
	0x00C36400, /* Ceph */
	0x5346414F, /* AFS */
	0x6B414653, /* AFS, the kernel's own */
	0x73757245, /* Coda */
	0x01021997, /* 9P */
	0x0BD00BD0, /* Lustre */
	0x47504653, /* GPFS */
	0x19830326, /* BeeGFS */
	0xAAD7AAEA, /* PanFS */
	0x20030528, /* OrangeFS */
	0x01161970, /* GFS2 */
	0x7461636F, /* OCFS2 */
	0x786F4256, /* VirtualBox's shared folders */
	0xBACBACBC, /* VMware's */
	0x0000564C, /* NCP */
};

struct poll {
	const struct store_scope *scope;
	const atomic_bool *is_cancelled;
	struct buffer path; /* of the directory that is being looked at, below the place */
	/* A sum over all entries: the order of a listing may change when nothing else does. */
	uint64_t sum;
};

/* What is compared of a file; has no gaps, so that it can be hashed. */
struct mark {
	uint64_t path, device, inode, type, size;
	int64_t modified, modified_nanoseconds, changed, changed_nanoseconds;
};

bool watch_poll_is_needed(const struct statfs *status) {
	for (size_t i = 0; i < sizeof(remote_types) / sizeof(remote_types[0]); i++) {
		if ((uint32_t)status->f_type == remote_types[i]) {
			return true;
		}
	}
	return false;
}

static uint64_t hash_mark(const struct mark *mark) {
	return text_hash((struct text){(const char *)mark, sizeof(*mark)});
}

static struct mark mark_failure(int system_error) {
	return (struct mark){.type = (uint64_t)system_error};
}

static struct mark mark_file(const struct stat *status, bool with_times) {
	struct mark mark = {
		.device = status->st_dev,
		.inode = status->st_ino,
		.type = status->st_mode,
	};
	if (with_times) {
		mark.size = (uint64_t)status->st_size;
		mark.modified = status->st_mtim.tv_sec;
		mark.modified_nanoseconds = status->st_mtim.tv_nsec;
		mark.changed = status->st_ctim.tv_sec;
		mark.changed_nanoseconds = status->st_ctim.tv_nsec;
	}
	return mark;
}

/* Adds what there is at the path that the poll has come to. */
static void add(struct poll *poll, struct mark mark) {
	mark.path = text_hash(buffer_text(&poll->path));
	poll->sum += hash_mark(&mark);
}

static bool walk(struct poll *poll, int descriptor, unsigned depth);

static bool walk_below(
	struct poll *poll, int parent, const char *name, bool is_link, unsigned depth) {
	const int flags = is_link ? 0 : O_NOFOLLOW;
	const int descriptor = openat(parent, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC | flags);
	if (descriptor < 0) {
		add(poll, mark_failure(errno));
		return true;
	}
	return walk(poll, descriptor, depth);
}

static bool visit_open(struct poll *poll, int parent, const char *name, unsigned depth) {
	const struct store_scope *scope = poll->scope;
	const enum store_concern concern = scope->minds(name, depth);
	struct stat status;
	if (fstatat(parent, name, &status, AT_SYMLINK_NOFOLLOW) != 0) {
		add(poll, mark_failure(errno));
		return true;
	}
	const bool is_link = S_ISLNK(status.st_mode);
	if (is_link && fstatat(parent, name, &status, 0) != 0) {
		add(poll, mark_failure(errno));
		return true;
	}
	const bool belongs = S_ISDIR(status.st_mode) && (!is_link || scope->follows_links) &&
			     depth < scope->depth_limit && scope->enters(name, depth);
	/* The times of a directory say what came and went in it. */
	const bool with_times =
		concern == CONCERN_CONTENT || (concern == CONCERN_EXISTENCE && belongs);
	add(poll, mark_file(&status, with_times));
	return !belongs || walk_below(poll, parent, name, is_link, depth + 1);
}

static bool is_concerned(const struct poll *poll, const struct dirent *entry, unsigned depth) {
	const char *name = entry->d_name;
	const struct store_scope *scope = poll->scope;
	if (strcmp(name, ".") == 0 || strcmp(name, "..") == 0) {
		return false;
	}
	if (scope->minds(name, depth) != CONCERN_NONE) {
		return true;
	}
	const bool may_be_directory = entry->d_type == DT_DIR || entry->d_type == DT_UNKNOWN ||
				      (entry->d_type == DT_LNK && scope->follows_links);
	return may_be_directory && scope->enters(name, depth);
}

static bool visit(struct poll *poll, int parent, const char *name, unsigned depth) {
	const size_t length = poll->path.length;
	buffer_append_byte(&poll->path, '/');
	buffer_append_string(&poll->path, name);
	const bool done = !poll->path.failed && visit_open(poll, parent, name, depth);
	poll->path.length = length;
	return done;
}

/* Closes the descriptor. */
static bool walk(struct poll *poll, int descriptor, unsigned depth) {
	DIR *directory = fdopendir(descriptor);
	if (directory == NULL) {
		close(descriptor);
		return false;
	}
	bool done = !atomic_load(poll->is_cancelled);
	const struct dirent *entry;
	while (done && (entry = readdir(directory)) != NULL) {
		if (is_concerned(poll, entry, depth)) {
			done = visit(poll, descriptor, entry->d_name, depth) &&
			       !atomic_load_explicit(poll->is_cancelled, memory_order_relaxed);
		}
	}
	closedir(directory);
	return done;
}

static uint64_t mark_place(const char *path, bool with_times) {
	struct stat status;
	const struct mark mark =
		stat(path, &status) != 0
			? mark_failure(errno)
			: mark_file(&status, with_times || !S_ISDIR(status.st_mode));
	return hash_mark(&mark);
}

uint64_t watch_poll_identity(const char *path) {
	return mark_place(path, false);
}

bool watch_poll_fingerprint(const char *path, const struct store_scope *scope,
	const atomic_bool *is_cancelled, uint64_t *fingerprint) {
	struct poll poll = {.scope = scope, .is_cancelled = is_cancelled};
	/* The times of a directory whose files are told by path say nothing about them. */
	poll.sum = mark_place(path, !scope->tells_paths);
	const int descriptor = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	bool done = true;
	if (descriptor >= 0) {
		done = walk(&poll, descriptor, 0);
	} else {
		add(&poll, mark_failure(errno));
	}
	buffer_finish(&poll.path);
	*fingerprint = poll.sum;
	return done;
}
