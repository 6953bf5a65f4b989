#include "supervise/mount.h"

#include "base/descriptors.h"
#include "base/log.h"
#include "base/mount_table.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

static void note_device(struct launch *launch) {
	struct mount_entry entry = {0};
	if (mount_table_look_up(launch->mount_point, &entry) &&
		entry.device.length < sizeof(launch->device) &&
		entry.type.length < sizeof(launch->type)) {
		memcpy(launch->device, entry.device.data, entry.device.length + 1);
		memcpy(launch->type, entry.type.data, entry.type.length + 1);
	}
	mount_entry_finish(&entry);
}

static void start_guard(struct mount *mount) {
	struct error error = {0};
	if (!guard_start(&mount->guard, mount->name, mount->launch, &error)) {
		log_message(LOG_LEVEL_WARNING, "%s", error.message);
	}
}

static void listen_to_others(struct mount *mount) {
	struct error error = {0};
	mount->control = control_listen(mount->name, mount->launch->device, &error);
	if (mount->control == CONTROL_NONE) {
		log_message(LOG_LEVEL_WARNING, "%s", error.message);
	}
}

bool mount_establish(
	struct mount *mount, const struct connection_options *options, struct error *error) {
	mount->session = connection_create(mount->name, options, NULL, error);
	if (mount->session == NULL ||
		!connection_mount(mount->session, mount->launch->mount_point, error)) {
		return false;
	}
	connection_log();
	mount->device = fcntl(fuse_session_fd(mount->session), F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
	if (mount->device < 0) {
		return error_set_system(error, errno, "cannot keep the connection to the kernel");
	}
	note_device(mount->launch);
	start_guard(mount);
	listen_to_others(mount);
	return true;
}

bool mount_is_gone(const struct mount *mount) {
	struct pollfd device = {.fd = mount->device};
	return device.fd < 0 || (poll(&device, 1, 0) == 1 && (device.revents & POLLERR) != 0);
}

void mount_restart_guard(struct mount *mount) {
	close(mount->guard.pipe);
	start_guard(mount);
}

void mount_replace_guard(struct mount *mount) {
	struct guard before = mount->guard;
	struct guard guard = {0};
	struct error error = {0};
	if (!guard_start(&guard, mount->name, mount->launch, &error)) {
		log_message(LOG_LEVEL_WARNING, "%s", error.message);
		return;
	}
	guard_dismiss(&before);
	mount->guard = guard;
}

void mount_leave(struct mount *mount) {
	descriptor_close(&mount->device);
	mount_close_control(mount);
	if (mount->guard.process != 0) {
		close(mount->guard.pipe);
	}
	if (mount->session != NULL) {
		close(fuse_session_fd(mount->session));
	}
}

void mount_close_control(struct mount *mount) {
	descriptor_close(&mount->control);
}

/* By libfuse where that has mounted; it frees what it has in any case. */
static void unmount(struct mount *mount) {
	const bool is_over = mount_is_gone(mount);
	descriptor_close(&mount->device);
	if (mount->session != NULL) {
		fuse_session_unmount(mount->session);
		fuse_session_destroy(mount->session);
	} else if (!is_over) {
		guard_unmount(mount->launch);
	}
}

void mount_finish(struct mount *mount) {
	mount_close_control(mount);
	unmount(mount);
	guard_finish(&mount->guard);
}
