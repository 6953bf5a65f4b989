#include "supervise/guard.h"

#include "base/descriptors.h"
#include "base/mount_table.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

static bool is_mounted(const struct launch *launch) {
	struct mount_entry entry = {0};
	const bool is_same = mount_table_look_up(launch->mount_point, &entry) &&
			     text_equal(buffer_text(&entry.device), text_of(launch->device)) &&
			     text_equal(buffer_text(&entry.type), text_of(launch->type));
	mount_entry_finish(&entry);
	return is_same;
}

static void run_helper(const char *mount_point) {
	const pid_t process = fork();
	if (process == 0) {
		execlp("fusermount3", "fusermount3", "-u", "-q", "-z", "--", mount_point,
			(char *)NULL);
		_exit(EXIT_FAILURE);
	}
	while (process > 0 && waitpid(process, NULL, 0) < 0 && errno == EINTR) {
	}
}

void guard_unmount(const struct launch *launch) {
	if (!is_mounted(launch)) {
		return;
	}
	if (umount2(launch->mount_point, MNT_DETACH | UMOUNT_NOFOLLOW) != 0) {
		run_helper(launch->mount_point);
	}
}

/* What a terminal or a service manager sends to all processes is not for this one. */
static void leave(void) {
	const struct sigaction ignore = {.sa_handler = SIG_IGN};
	static const int ignored[] = {SIGHUP, SIGINT, SIGTERM, SIGQUIT, SIGUSR1, SIGUSR2};
	for (size_t i = 0; i < sizeof(ignored) / sizeof(ignored[0]); i++) {
		sigaction(ignored[i], &ignore, NULL);
	}
	setsid();
	if (chdir("/") != 0) {
		return;
	}
	const int nothing = open("/dev/null", O_RDWR | O_CLOEXEC);
	for (int i = STDIN_FILENO; nothing >= 0 && i <= STDERR_FILENO; i++) {
		dup2(nothing, i);
	}
}

/* Nothing that the supervisor has open may stay so because of this process. */
static void close_others(unsigned kept) {
	descriptors_close(STDERR_FILENO + 1, kept - 1);
	descriptors_close_from(kept + 1);
}

_Noreturn static void watch(int end, const struct launch *launch) {
	char word;
	ssize_t got;
	leave();
	close_others((unsigned)end);
	do {
		got = read(end, &word, sizeof(word));
	} while (got < 0 && errno == EINTR);
	if (got == 0) {
		guard_unmount(launch);
	}
	_exit(EXIT_SUCCESS);
}

bool guard_start(
	struct guard *guard, const char *name, const struct launch *launch, struct error *error) {
	int ends[2];
	char process_name[16];
	snprintf(process_name, sizeof(process_name), "%s-unmount", name);
	if (pipe2(ends, O_CLOEXEC) != 0) {
		return error_set_system(error, errno, "cannot watch over the mount");
	}
	fflush(NULL);
	guard->process = fork();
	if (guard->process == 0) {
		close(ends[1]);
		prctl(PR_SET_NAME, process_name);
		watch(ends[0], launch);
	}
	const int failure = errno;
	close(ends[0]);
	if (guard->process < 0) {
		close(ends[1]);
		guard->process = 0;
		return error_set_system(error, failure, "cannot watch over the mount");
	}
	guard->pipe = ends[1];
	return true;
}

void guard_dismiss(struct guard *guard) {
	ssize_t written;
	if (guard->process == 0) {
		return;
	}
	do {
		written = write(guard->pipe, "", 1);
	} while (written < 0 && errno == EINTR);
	close(guard->pipe);
	guard->process = 0;
}

void guard_finish(struct guard *guard) {
	const pid_t process = guard->process;
	guard_dismiss(guard);
	while (process != 0 && waitpid(process, NULL, 0) < 0 && errno == EINTR) {
	}
}
