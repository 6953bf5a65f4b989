#include "fuse/mount_point.h"

#include "base/entry.h"
#include "base/file.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

static const char device[] = "/dev/fuse";
static const char configuration_file[] = "/etc/fuse.conf";
static const char helper[] = "fusermount3";
static const char standard_path[] = "/usr/local/bin:/usr/bin:/bin:/usr/local/sbin:/usr/sbin:/sbin";

enum { CONFIGURATION_SIZE_LIMIT = 1 << 20 };

/* The last component of an absolute path as file_absolute makes it. */
static const char *last_component(const char *absolute) {
	return strrchr(absolute, '/') + 1;
}

/* A mount point that does not answer can't be resolved itself, but what it is in can. */
static char *resolve_in_directory(const char *absolute) {
	const struct text directory = file_directory(text_of(absolute));
	struct buffer path = {0};
	buffer_append_text(&path, directory);
	char *real_directory = path.failed ? NULL : realpath(path.data, NULL);
	buffer_finish(&path);
	if (real_directory == NULL) {
		return NULL;
	}
	file_join(&path, text_of(real_directory), text_of(last_component(absolute)));
	free(real_directory);
	return buffer_take(&path);
}

char *mount_point_resolve(const char *path, struct error *error) {
	char *absolute = file_absolute(path);
	if (absolute == NULL) {
		error_set_system(error, errno, "cannot find %s", path);
		return NULL;
	}
	char *resolved = realpath(absolute, NULL);
	if (resolved == NULL) {
		resolved = resolve_in_directory(absolute);
	}
	if (resolved == NULL) {
		return absolute;
	}
	free(absolute);
	return resolved;
}

bool mount_point_is_cardfs(const struct mount_entry *entry) {
	return mount_entry_has_type(entry, TEXT("fuse.cardfs"));
}

static bool fail_to_look(const char *mount_point, int failure, struct error *error) {
	switch (failure) {
	case ENOENT:
		return error_set(error, ERROR_NOT_FOUND,
			"mount point %s does not exist; create it with: mkdir -p %s", mount_point,
			mount_point);
	case ENOTCONN:
		return error_set(error, ERROR_INVALID,
			"%s is a mount whose server is gone; clear it with: cardfs umount %s",
			mount_point, mount_point);
	default:
		return error_set_system(
			error, failure, "cannot look at mount point %s", mount_point);
	}
}

static bool check_uncovered(const char *mount_point, struct error *error) {
	struct mount_entry entry = {0};
	const bool is_mounted = mount_table_look_up(mount_point, &entry);
	if (is_mounted) {
		const struct text type = buffer_text(&entry.type);
		const struct text source = buffer_text(&entry.source);
		error_set(error, ERROR_INVALID,
			mount_point_is_cardfs(&entry)
				? "%s is mounted already (%.*s, type %.*s); end it with: "
				  "cardfs umount %s"
				: "something else is mounted on %s (%.*s, type %.*s); choose "
				  "another directory, or end it with: umount %s",
			mount_point, TEXT_ARGUMENTS(source), TEXT_ARGUMENTS(type), mount_point);
	}
	mount_entry_finish(&entry);
	return !is_mounted;
}

/* One that cannot be listed is left to whoever mounts. */
static bool check_empty(const char *mount_point, struct error *error) {
	DIR *directory = opendir(mount_point);
	if (directory == NULL) {
		return true;
	}
	const struct dirent *entry = readdir(directory);
	while (entry != NULL && entry_is_self_or_parent(entry)) {
		entry = readdir(directory);
	}
	if (entry != NULL) {
		error_set(error, ERROR_INVALID,
			"mount point %s is not empty (it has %s); choose another directory, or "
			"cover what is there with: -o nonempty",
			mount_point, entry->d_name);
	}
	closedir(directory);
	return entry == NULL;
}

bool mount_point_check(const char *mount_point, bool may_cover, struct error *error) {
	struct stat status;
	const int failure = stat(mount_point, &status) == 0 ? 0 : errno;
	if (failure == ENOENT || failure == ENOTCONN) {
		return fail_to_look(mount_point, failure, error);
	}
	if (!may_cover && !check_uncovered(mount_point, error)) {
		return false;
	}
	if (failure != 0) {
		return fail_to_look(mount_point, failure, error);
	}
	if (!S_ISDIR(status.st_mode)) {
		return error_set(
			error, ERROR_INVALID, "mount point %s is not a directory", mount_point);
	}
	if (!may_cover && !check_empty(mount_point, error)) {
		return false;
	}
	if (access(mount_point, W_OK) != 0 && errno == EACCES) {
		return error_set(error, ERROR_INVALID,
			"you may not mount on %s: only who can write to a directory can",
			mount_point);
	}
	return true;
}

static bool check_device(struct error *error) {
	const int descriptor = open(device, O_RDWR | O_CLOEXEC);
	if (descriptor >= 0) {
		close(descriptor);
		return true;
	}
	switch (errno) {
	case ENOENT:
	case ENODEV:
	case ENXIO:
		return error_set(error, ERROR_NOT_FOUND,
			"there is no %s: load the module with modprobe fuse or, for a container, "
			"start it with --device %s --cap-add SYS_ADMIN",
			device, device);
	case EACCES:
	case EPERM:
		return error_set(error, ERROR_INVALID,
			"you may not open %s: root can let you with chmod 0666 %s (for a "
			"container, start it with --device %s)",
			device, device, device);
	default:
		return error_set_system(error, errno, "cannot open %s", device);
	}
}

static bool is_program(struct text directory, struct buffer *path) {
	buffer_clear(path);
	file_join(path, directory, text_of(helper));
	return path->failed || access(path->data, X_OK) == 0;
}

static bool is_installed(struct text directories) {
	struct buffer path = {0};
	bool is_found = false;
	while (!is_found && directories.length > 0) {
		const size_t length = text_index(directories, ':');
		is_found = is_program(text_part(directories, 0, length), &path);
		directories = text_part(directories, length + 1, directories.length);
	}
	buffer_finish(&path);
	return is_found;
}

static bool check_helper(struct error *error) {
	if (is_installed(text_of(getenv("PATH"))) || is_installed(text_of(standard_path))) {
		return true;
	}
	return error_set(error, ERROR_NOT_FOUND,
		"there is no %s, which mounts for ordinary users; it is in the package fuse3",
		helper);
}

bool mount_point_allows_others(struct text configuration) {
	while (configuration.length > 0) {
		const size_t length = text_index(configuration, '\n');
		const struct text line = text_part(configuration, 0, length);
		if (text_equal(text_strip(line), TEXT("user_allow_other"))) {
			return true;
		}
		configuration = text_part(configuration, length + 1, configuration.length);
	}
	return false;
}

static bool check_others(struct error *error) {
	struct buffer configuration = {0};
	struct stat status;
	const bool is_allowed = file_read(AT_FDCWD, configuration_file, CONFIGURATION_SIZE_LIMIT,
					&configuration, &status, NULL) &&
				mount_point_allows_others(buffer_text(&configuration));
	buffer_finish(&configuration);
	return is_allowed ||
	       error_set(error, ERROR_INVALID,
		       "only root may mount for other users (allow_other, allow_root), unless %s "
		       "has the line user_allow_other",
		       configuration_file);
}

/* Containers keep it from their root. */
static bool check_capability(struct error *error) {
	return prctl(PR_CAPBSET_READ, CAP_SYS_ADMIN, 0, 0, 0) != 0 ||
	       error_set(error, ERROR_INVALID,
		       "this container may not mount anything: start it with --cap-add SYS_ADMIN "
		       "--device %s",
		       device);
}

bool mount_point_check_system(bool for_others, struct error *error) {
	if (!check_device(error)) {
		return false;
	}
	if (geteuid() == 0) {
		return check_capability(error);
	}
	return check_helper(error) && (!for_others || check_others(error));
}
