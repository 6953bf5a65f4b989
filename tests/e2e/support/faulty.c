/*
 * A file system that fails when it is told to: it shows a directory, and what a file says is what
 * becomes of every request.
 *
 *     faulty DIRECTORY MOUNTPOINT CONTROL [-o ...]
 *
 * CONTROL holds one word for all requests, or a word and a path (as it is below the mount point)
 * for those of that path and what is below it:
 *
 *     (nothing, or no such file)   they are answered
 *     EIO, ESTALE, ...             they fail so
 *     300                          they are answered after so many milliseconds
 *     hang                         they are answered once CONTROL says something else
 *
 * Nothing is kept by the kernel, so that each access asks. Where there is a file CONTROL.askers,
 * each request adds a line to it: the name of the process that made it.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <fuse.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static const char *backing, *control;

static const struct {
	const char *name;
	int number;
} failures[] = {
	{"EACCES", EACCES},
	{"EIO", EIO},
	{"ENOSPC", ENOSPC},
	{"ENOTCONN", ENOTCONN},
	{"ESTALE", ESTALE},
	{"ETIMEDOUT", ETIMEDOUT},
};

static void pause_for(unsigned long milliseconds) {
	const struct timespec time = {
		(time_t)(milliseconds / 1000), (long)(milliseconds % 1000) * 1000000};
	nanosleep(&time, NULL);
}

static void note_asker(void) {
	char path[PATH_MAX], name[32] = "";
	snprintf(path, sizeof(path), "%s.askers", control);
	const int log = open(path, O_WRONLY | O_APPEND | O_CLOEXEC);
	if (log < 0) {
		return;
	}
	snprintf(path, sizeof(path), "/proc/%d/comm", (int)fuse_get_context()->pid);
	const int source = open(path, O_RDONLY | O_CLOEXEC);
	const ssize_t length = read(source, name, sizeof(name));
	(void)!write(log, length > 0 ? name : "?\n", length > 0 ? (size_t)length : 2);
	close(source);
	close(log);
}

/* What is to become of a request for that path; empty: it is answered. */
static void read_control(const char *path, char word[32]) {
	char where[256] = "";
	word[0] = '\0';
	FILE *stream = fopen(control, "re");
	if (stream == NULL) {
		return;
	}
	const int count = fscanf(stream, "%31s %255s", word, where);
	fclose(stream);
	const size_t length = strlen(where);
	const bool is_meant = count == 1 || (strncmp(path, where, length) == 0 &&
						    (path[length] == '\0' || path[length] == '/'));
	if (count < 1 || !is_meant) {
		word[0] = '\0';
	}
}

/* Returns 0 when the request is to be answered, or the errno that it is to fail with, negative. */
static int meet_fate(const char *path) {
	char word[32];
	note_asker();
	read_control(path, word);
	while (strcmp(word, "hang") == 0) {
		pause_for(10);
		read_control(path, word);
	}
	for (size_t i = 0; i < sizeof(failures) / sizeof(failures[0]); i++) {
		if (strcmp(word, failures[i].name) == 0) {
			return -failures[i].number;
		}
	}
	pause_for(strtoul(word, NULL, 10));
	return 0;
}

static void make_path(char *full, const char *path) {
	snprintf(full, PATH_MAX, "%s%s", backing, path);
}

static int result_of(int outcome) {
	return outcome < 0 ? -errno : 0;
}

static int get_attributes(const char *path, struct stat *status, struct fuse_file_info *info) {
	char full[PATH_MAX];
	const int fate = meet_fate(path);
	(void)info;
	make_path(full, path);
	return fate != 0 ? fate : result_of(lstat(full, status));
}

static int check_access(const char *path, int mode) {
	char full[PATH_MAX];
	const int fate = meet_fate(path);
	make_path(full, path);
	return fate != 0 ? fate : result_of(access(full, mode));
}

static int read_link(const char *path, char *target, size_t size) {
	char full[PATH_MAX];
	const int fate = meet_fate(path);
	make_path(full, path);
	if (fate != 0) {
		return fate;
	}
	const ssize_t length = readlink(full, target, size - 1);
	target[length < 0 ? 0 : length] = '\0';
	return result_of((int)length);
}

static int list(const char *path, void *listing, fuse_fill_dir_t fill, off_t offset,
	struct fuse_file_info *info, enum fuse_readdir_flags flags) {
	char full[PATH_MAX];
	const int fate = meet_fate(path);
	(void)offset;
	(void)info;
	(void)flags;
	make_path(full, path);
	if (fate != 0) {
		return fate;
	}
	DIR *directory = opendir(full);
	if (directory == NULL) {
		return -errno;
	}
	const struct dirent *entry;
	while ((entry = readdir(directory)) != NULL) {
		const struct stat status = {
			.st_ino = entry->d_ino, .st_mode = DTTOIF(entry->d_type)};
		fill(listing, entry->d_name, &status, 0, 0);
	}
	closedir(directory);
	return 0;
}

static int open_file(const char *path, struct fuse_file_info *info) {
	char full[PATH_MAX];
	const int fate = meet_fate(path);
	make_path(full, path);
	if (fate != 0) {
		return fate;
	}
	const int descriptor = open(full, info->flags);
	if (descriptor >= 0) {
		info->fh = (uint64_t)descriptor;
	}
	return result_of(descriptor);
}

static int read_file(
	const char *path, char *data, size_t size, off_t offset, struct fuse_file_info *info) {
	const int fate = meet_fate(path);
	const ssize_t length = fate != 0 ? 0 : pread((int)info->fh, data, size, offset);
	return fate != 0 ? fate : length < 0 ? -errno : (int)length;
}

static int write_file(const char *path, const char *data, size_t size, off_t offset,
	struct fuse_file_info *info) {
	const int fate = meet_fate(path);
	const ssize_t length = fate != 0 ? 0 : pwrite((int)info->fh, data, size, offset);
	return fate != 0 ? fate : length < 0 ? -errno : (int)length;
}

static int close_file(const char *path, struct fuse_file_info *info) {
	(void)path;
	close((int)info->fh);
	return 0;
}

static int create_file(const char *path, mode_t mode, struct fuse_file_info *info) {
	char full[PATH_MAX];
	make_path(full, path);
	const int descriptor = open(full, info->flags | O_CREAT, mode);
	if (descriptor >= 0) {
		info->fh = (uint64_t)descriptor;
	}
	return result_of(descriptor);
}

static int rename_file(const char *from, const char *to, unsigned flags) {
	char full_from[PATH_MAX], full_to[PATH_MAX];
	const int fate = meet_fate(to);
	make_path(full_from, from);
	make_path(full_to, to);
	if (fate != 0) {
		return fate;
	}
	return flags != 0 ? -EINVAL : result_of(rename(full_from, full_to));
}

static int remove_file(const char *path) {
	char full[PATH_MAX];
	make_path(full, path);
	return result_of(unlink(full));
}

static int change_mode(const char *path, mode_t mode, struct fuse_file_info *info) {
	char full[PATH_MAX];
	(void)info;
	make_path(full, path);
	return result_of(chmod(full, mode));
}

static int change_owner(const char *path, uid_t user, gid_t group, struct fuse_file_info *info) {
	char full[PATH_MAX];
	(void)info;
	make_path(full, path);
	return result_of(lchown(full, user, group));
}

static int synchronise(const char *path, int data_only, struct fuse_file_info *info) {
	const int fate = meet_fate(path);
	(void)data_only;
	return fate != 0 ? fate : result_of(fsync((int)info->fh));
}

static void *start(struct fuse_conn_info *connection, struct fuse_config *configuration) {
	(void)connection;
	configuration->entry_timeout = 0;
	configuration->attr_timeout = 0;
	configuration->negative_timeout = 0;
	configuration->direct_io = 1;
	return NULL;
}

static const struct fuse_operations operations = {
	.init = start,
	.getattr = get_attributes,
	.access = check_access,
	.readlink = read_link,
	.readdir = list,
	.open = open_file,
	.create = create_file,
	.read = read_file,
	.write = write_file,
	.release = close_file,
	.rename = rename_file,
	.unlink = remove_file,
	.chmod = change_mode,
	.chown = change_owner,
	.fsync = synchronise,
};

int main(int count, char **arguments) {
	if (count < 4) {
		fprintf(stderr, "usage: faulty DIRECTORY MOUNTPOINT CONTROL [-o ...]\n");
		return 2;
	}
	backing = realpath(arguments[1], NULL);
	control = arguments[3];
	if (backing == NULL || control[0] != '/') {
		fprintf(stderr, "faulty: no such directory, or CONTROL is not absolute\n");
		return 2;
	}
	/* What is left of the command line is libfuse's: the program, the mount point, options. */
	arguments[3] = arguments[2];
	arguments[2] = arguments[0];
	return fuse_main(count - 2, arguments + 2, &operations, NULL);
}
