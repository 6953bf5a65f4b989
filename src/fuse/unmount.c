/* The other half of session.h: ending a mount from outside. */
#include "fuse/mount_point.h"
#include "fuse/session.h"
#include "supervise/supervise.h"
#include "supervise/words.h"

#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/wait.h>
#include <unistd.h>

enum { OUTPUT_STEP = 1024 };

static bool fail(const char *mount_point, int failure, struct error *error) {
	switch (failure) {
	case EBUSY:
		return error_set(error, ERROR_INVALID,
			"%s is in use: close what is open there and leave it, or take it away from "
			"under its users with: %s %s",
			mount_point, geteuid() == 0 ? "umount -l" : "fusermount3 -u -z",
			mount_point);
	case EPERM:
		return error_set(error, ERROR_INVALID,
			"you may not unmount %s: only root and who mounted it may", mount_point);
	default:
		return error_set_system(error, failure, "cannot unmount %s", mount_point);
	}
}

static void read_to_end(int descriptor, struct buffer *output) {
	ssize_t got = 1;
	while (got > 0 && buffer_reserve(output, OUTPUT_STEP)) {
		got = read(descriptor, output->data + output->length, OUTPUT_STEP);
		output->length += got > 0 ? (size_t)got : 0;
	}
}

static int spawn_helper(const char *mount_point, int standard_error, pid_t *process) {
	const char *arguments[] = {"fusermount3", "-u", "--", mount_point, NULL};
	posix_spawn_file_actions_t actions;
	int failure = posix_spawn_file_actions_init(&actions);
	if (failure != 0) {
		return failure;
	}
	failure = posix_spawn_file_actions_adddup2(&actions, standard_error, STDERR_FILENO);
	if (failure == 0) {
		failure = posix_spawnp(process, arguments[0], &actions, NULL,
			(char **)(uintptr_t)arguments, environ);
	}
	posix_spawn_file_actions_destroy(&actions);
	return failure;
}

static bool ended_well(pid_t process) {
	int status = 0;
	pid_t ended;
	do {
		ended = waitpid(process, &status, 0);
	} while (ended < 0 && errno == EINTR);
	return ended == process && WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

/* It only says what went wrong, and in words. */
static bool fail_of_helper(const char *mount_point, struct text output, struct error *error) {
	const struct text reason = words_essence(output);
	if (text_ends_with(reason, text_of(strerror(EBUSY)))) {
		return fail(mount_point, EBUSY, error);
	}
	return error_set(error, ERROR_SYSTEM, "cannot unmount %s: %.*s", mount_point,
		TEXT_ARGUMENTS(reason));
}

static bool unmount_by_helper(const char *mount_point, struct error *error) {
	int ends[2];
	pid_t process;
	struct buffer output = {0};
	if (pipe2(ends, O_CLOEXEC) != 0) {
		return fail(mount_point, errno, error);
	}
	const int failure = spawn_helper(mount_point, ends[1], &process);
	close(ends[1]);
	bool done = false;
	if (failure != 0) {
		error_set_system(error, failure, "cannot run fusermount3, of the package fuse3");
	} else {
		read_to_end(ends[0], &output);
		done = ended_well(process) ||
		       fail_of_helper(mount_point, buffer_text(&output), error);
	}
	close(ends[0]);
	buffer_finish(&output);
	return done;
}

/* fusermount3 only tells that there is no such entry when it is somebody else's. */
static bool is_own(const struct mount_entry *entry) {
	char option[32];
	snprintf(option, sizeof(option), "user_id=%u", (unsigned)getuid());
	return mount_entry_has_option(entry, text_of(option));
}

static bool unmount(const char *mount_point, const struct mount_entry *entry, struct error *error) {
	if (!mount_point_is_cardfs(entry)) {
		return error_set(error, ERROR_INVALID,
			"what is mounted on %s is no cardfs, but of type %.*s; end it with: umount "
			"%s",
			mount_point, TEXT_ARGUMENTS(buffer_text(&entry->type)), mount_point);
	}
	if (geteuid() == 0) {
		return umount2(mount_point, UMOUNT_NOFOLLOW) == 0 ||
		       fail(mount_point, errno, error);
	}
	return is_own(entry) ? unmount_by_helper(mount_point, error)
			     : fail(mount_point, EPERM, error);
}

/* Fills entry with the mount there. Returns the path, which the caller frees; NULL: fails. */
static char *find(const char *mount_point, struct mount_entry *entry, struct error *error) {
	char *resolved = mount_point_resolve(mount_point, error);
	if (resolved != NULL && !mount_table_look_up(resolved, entry)) {
		error_set(error, ERROR_NOT_FOUND, "nothing is mounted on %s", resolved);
		free(resolved);
		return NULL;
	}
	return resolved;
}

typedef bool mount_action(
	const char *mount_point, const struct mount_entry *entry, struct error *error);

static bool act_on(const char *mount_point, mount_action *action, struct error *error) {
	struct mount_entry entry = {0};
	char *resolved = find(mount_point, &entry, error);
	const bool done = resolved != NULL && action(resolved, &entry, error);
	mount_entry_finish(&entry);
	free(resolved);
	return done;
}

bool session_unmount(const char *mount_point, struct error *error) {
	return act_on(mount_point, unmount, error);
}

static bool reload(const char *mount_point, const struct mount_entry *entry, struct error *error) {
	struct error reason = {0};
	if (!mount_point_is_cardfs(entry)) {
		return error_set(error, ERROR_INVALID,
			"what is mounted on %s is no cardfs, but of type %.*s", mount_point,
			TEXT_ARGUMENTS(buffer_text(&entry->type)));
	}
	return supervise_reload("cardfs", entry->device.data, &reason) ||
	       error_set(
		       error, reason.kind, "%s goes on as before: %s", mount_point, reason.message);
}

bool session_reload(const char *mount_point, struct error *error) {
	return act_on(mount_point, reload, error);
}
