#include "confine/reach.h"

#include "base/array.h"
#include "base/entry.h"
#include "base/file.h"
#include "confine/landlock.h"
#include "stores/watch_trail.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

/* What is handled since which version: all that there is, so that nothing is left open. */
static const struct {
	int version;
	uint64_t files, network, scopes;
} handled[] = {
	{1, (LANDLOCK_ACCESS_FS_MAKE_SYM << 1) - 1, 0, 0},
	{2, LANDLOCK_ACCESS_FS_REFER, 0, 0},
	{3, LANDLOCK_ACCESS_FS_TRUNCATE, 0, 0},
	{4, 0, LANDLOCK_NET_BIND_TCP | LANDLOCK_NET_CONNECT_TCP, 0},
	{5, LANDLOCK_ACCESS_FS_IOCTL_DEV, 0, 0},
	{6, 0, 0, LANDLOCK_ABSTRACT_UNIX_SOCKETS | LANDLOCK_SIGNALS},
};

/* What of a rule makes sense for what is no directory; the kernel refuses the rest. */
static const uint64_t file_access = LANDLOCK_ACCESS_FS_READ_FILE;

static const uint64_t own_access = LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR |
				   LANDLOCK_ACCESS_FS_WRITE_FILE | LANDLOCK_ACCESS_FS_MAKE_REG |
				   LANDLOCK_ACCESS_FS_REMOVE_FILE | LANDLOCK_ACCESS_FS_TRUNCATE;

/* For the time of day, how many processors there are, and what a process knows of itself. */
static const struct reach_place needed[] = {
	{.path = (char[]){"/etc/localtime"}, .access = REACH_READ},
	{.path = (char[]){"/usr/share/zoneinfo"}, .access = REACH_READ},
	{.path = (char[]){"/sys/devices/system/cpu"}, .access = REACH_READ | REACH_LIST},
	{.path = (char[]){"/proc/sys/fs/pipe-max-size"}, .access = REACH_READ},
	{.path = (char[]){"/proc/self"}, .access = REACH_READ | REACH_LIST},
	{.path = (char[]){"/dev/null"}, .access = REACH_READ},
};

/* Rules in the making. */
struct making {
	int ruleset;
	uint64_t files; /* what the kernel knows of */
	struct remote_mounts avoided;
	struct error *error;
};

/* A directory that links are looked for in. */
struct linking {
	const struct reach_place *place;
	struct text path;
	unsigned depth;
};

bool reach_add(struct reach *reach, const struct reach_place *place) {
	struct reach_place *places =
		array_make_room(reach->places, reach->count, &reach->capacity, sizeof(*places));
	if (places == NULL) {
		return false;
	}
	reach->places = places;
	struct reach_place *added = &reach->places[reach->count];
	*added = *place;
	added->path = strdup(place->path);
	if (added->path == NULL) {
		return false;
	}
	reach->count++;
	return true;
}

void reach_finish(struct reach *reach) {
	for (size_t i = 0; i < reach->count; i++) {
		free(reach->places[i].path);
	}
	free(reach->places);
	*reach = (struct reach){0};
}

int reach_version(void) {
	const int version = landlock_create(NULL, 0, LANDLOCK_CREATE_RULESET_VERSION);
	return version < 0 ? 0 : version;
}

static bool is_exhausted(int system_error) {
	return system_error == EMFILE || system_error == ENFILE || system_error == ENOMEM;
}

static bool fail(const struct making *making, const char *path) {
	return error_set_system(making->error, errno, "cannot restrict reading to %s", path);
}

/* Allows what is open as descriptor, which it closes, and below it where it is a directory. */
static bool allow(const struct making *making, int descriptor, uint64_t access, const char *path) {
	struct stat status;
	bool done = true;
	/* What can't be looked at can't be read either. */
	if (fstat(descriptor, &status) == 0) {
		access &= making->files & (S_ISDIR(status.st_mode) ? UINT64_MAX : file_access);
		done = access == 0 || landlock_allow(making->ruleset, descriptor, access) == 0;
	}
	/* Some places have no files that can be opened: pipes, say. */
	done = done || errno == EBADFD || fail(making, path);
	close(descriptor);
	return done;
}

static uint64_t access_of(unsigned access) {
	return ((access & REACH_LIST) != 0 ? LANDLOCK_ACCESS_FS_READ_DIR : 0) |
	       ((access & REACH_READ) != 0 ? LANDLOCK_ACCESS_FS_READ_FILE : 0);
}

/* As base/file.h has it of links: others may make them, and not for what is not theirs. */
static bool may_follow(int parent, const char *name, const struct stat *target) {
	struct stat link;
	return fstatat(parent, name, &link, AT_SYMLINK_NOFOLLOW) == 0 &&
	       (link.st_uid == 0 || link.st_uid == geteuid() || link.st_uid == target->st_uid);
}

/* Allows what a link leads to. */
static bool allow_target(
	const struct making *making, const struct linking *linking, int parent, const char *name) {
	const struct reach_place *place = linking->place;
	const int target = openat(parent, name, O_PATH | O_CLOEXEC);
	struct stat status;
	if (target < 0) {
		return !is_exhausted(errno) || fail(making, name);
	}
	const bool is_wanted = fstat(target, &status) == 0 && may_follow(parent, name, &status) &&
			       (S_ISREG(status.st_mode) ||
				       (S_ISDIR(status.st_mode) && place->follows_directories));
	if (!is_wanted) {
		close(target);
		return true;
	}
	return allow(making, target, access_of(place->access), name);
}

static bool allow_links(const struct making *making, const struct linking *linking, int descriptor);

static bool allow_links_below(const struct making *making, const struct linking *linking,
	int parent, const char *name, struct text path) {
	const int descriptor =
		openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (descriptor < 0) {
		return !is_exhausted(errno) || fail(making, name);
	}
	const struct linking below = {linking->place, path, linking->depth + 1};
	return allow_links(making, &below, descriptor);
}

static bool allow_entry(const struct making *making, const struct linking *linking, int parent,
	const struct dirent *entry) {
	const unsigned char type = entry_type(parent, entry);
	const bool is_entered = type == DT_DIR && linking->depth < linking->place->link_depth &&
				!entry_is_self_or_parent(entry);
	if (type != DT_LNK && !is_entered) {
		return true;
	}
	struct buffer path = {0};
	bool done = true;
	file_join(&path, linking->path, text_of(entry->d_name));
	if (path.failed) {
		done = error_set_memory(making->error);
	} else if (making->avoided.count == 0 ||
		   !watch_trail_is_remote(&making->avoided, path.data)) {
		done = type == DT_LNK ? allow_target(making, linking, parent, entry->d_name)
				      : allow_links_below(making, linking, parent, entry->d_name,
						buffer_text(&path));
	}
	buffer_finish(&path);
	return done;
}

/* Closes the descriptor. */
static bool allow_links(
	const struct making *making, const struct linking *linking, int descriptor) {
	DIR *directory = fdopendir(descriptor);
	if (directory == NULL) {
		close(descriptor);
		return error_set_memory(making->error);
	}
	bool done = true;
	const struct dirent *entry;
	while (done && (entry = readdir(directory)) != NULL) {
		done = allow_entry(making, linking, descriptor, entry);
	}
	closedir(directory);
	return done;
}

/* One that is not there, or that permissions close, has nothing that could be opened. */
static bool allow_place(
	const struct making *making, const struct reach_place *place, struct stat *status) {
	const int descriptor = open(place->path, O_PATH | O_CLOEXEC);
	*status = (struct stat){0};
	if (descriptor < 0) {
		return !is_exhausted(errno) || fail(making, place->path);
	}
	if (fstat(descriptor, status) != 0) {
		*status = (struct stat){0};
	}
	if (!allow(making, descriptor, access_of(place->access), place->path)) {
		return false;
	}
	if (place->link_depth == 0) {
		return true;
	}
	const int directory = open(place->path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (directory < 0) {
		return !is_exhausted(errno) || fail(making, place->path);
	}
	const struct linking linking = {place, text_of(place->path), 1};
	return allow_links(making, &linking, directory);
}

/* Where it is not known, nothing is held to be beneath. */
static void find_mounts(struct reach_place *place) {
	char *path = realpath(place->path, NULL);
	place->mounts = (struct mounts){0};
	if (path != NULL && !mounts_find(&place->mounts, path)) {
		place->mounts = (struct mounts){0};
	}
	free(path);
}

static bool allow_all(const struct making *making, struct reach *reach) {
	struct stat status;
	for (size_t i = 0; i < sizeof(needed) / sizeof(needed[0]); i++) {
		if (!allow_place(making, &needed[i], &status)) {
			return false;
		}
	}
	for (size_t i = 0; i < reach->count; i++) {
		if (reach->places[i].is_left_out) {
			continue;
		}
		if (!allow_place(making, &reach->places[i], &status)) {
			return false;
		}
		reach->places[i].device = status.st_dev;
		reach->places[i].inode = status.st_ino;
		find_mounts(&reach->places[i]);
	}
	return !reach->has_own ||
	       landlock_allow(making->ruleset, reach->own, own_access & making->files) == 0 ||
	       fail(making, "the directory of what is kept");
}

bool reach_restrict(struct reach *reach, struct error *error) {
	const int version = reach_version();
	struct landlock_rules rules = {0};
	reach->is_in_force = version > 0;
	if (version == 0) {
		return true;
	}
	for (size_t i = 0; i < sizeof(handled) / sizeof(handled[0]); i++) {
		if (handled[i].version <= version) {
			rules.files |= handled[i].files;
			rules.network |= handled[i].network;
			rules.scopes |= handled[i].scopes;
		}
	}
	struct making making = {
		.ruleset = landlock_create(&rules, sizeof(rules), 0),
		.files = rules.files,
		.error = error,
	};
	if (making.ruleset < 0) {
		return error_set_system(error, errno, "cannot restrict what may be read");
	}
	if (reach->avoids_remote) {
		remote_mounts_read(&making.avoided);
	}
	bool done = allow_all(&making, reach);
	if (done && landlock_restrict(making.ruleset) != 0) {
		done = error_set_system(error, errno, "cannot restrict what may be read");
	}
	remote_mounts_finish(&making.avoided);
	close(making.ruleset);
	return done;
}

/* What is gone is no harm; what is there has to be what there was. */
static bool has_something_else(const struct reach_place *place) {
	struct stat status;
	uint64_t mount;
	if (stat(place->path, &status) != 0 || mounts_are_uncovered(&place->mounts, place->path)) {
		return false;
	}
	return status.st_dev != place->device || status.st_ino != place->inode ||
	       (place->mounts.here != 0 && mounts_find_now(place->path, &mount) &&
		       mount != place->mounts.here);
}

bool reach_is_outdated(const struct reach *reach) {
	for (size_t i = 0; reach->is_in_force && i < reach->count; i++) {
		const struct reach_place *place = &reach->places[i];
		if (!place->is_left_out && has_something_else(place)) {
			return true;
		}
	}
	return false;
}
