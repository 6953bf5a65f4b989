#include "cli/command.h"
#include "fuse/mount_point.h"
#include "fuse/outside.h"
#include "fuse/probe.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

/* How long a mount has to answer; a big one takes a moment. */
enum { PATIENCE_SECONDS = 20 };

/* Prints what can be known without the mount's help, and why it is that. */
static enum exit_status look_from_outside(
	const char *mount_point, const struct mount_entry *entry, const char *reason) {
	struct buffer text = {0};
	struct error error = {0};
	outside_append(&text, mount_point, entry);
	if (print_answer(&text, &error)) {
		error_set(&error, ERROR_SYSTEM, "%s", reason);
	}
	buffer_finish(&text);
	fail(&error);
	return EXIT_PROBLEMS;
}

static enum exit_status explain_failure(
	const char *mount_point, const struct mount_entry *entry, const struct error *failure) {
	struct error reason = *failure;
	if (failure->system_error == ENOTCONN) {
		error_set(&reason, ERROR_SYSTEM,
			"the server of %s is gone; end the mount with: cardfs umount %s",
			mount_point, mount_point);
	} else if (failure->system_error == ENOENT) {
		error_set(&reason, ERROR_SYSTEM,
			"the server of %s is of a version that does not tell its state",
			mount_point);
	}
	return look_from_outside(mount_point, entry, reason.message);
}

static enum exit_status explain_silence(const char *mount_point, const struct mount_entry *entry) {
	struct error reason = {0};
	error_set(&reason, ERROR_SYSTEM,
		"%s does not answer within %d s; end the mount with: cardfs umount %s, or, where "
		"that "
		"does not help: umount -f -l %s",
		mount_point, PATIENCE_SECONDS, mount_point, mount_point);
	return look_from_outside(mount_point, entry, reason.message);
}

static enum exit_status debug(const char *mount_point, const struct mount_entry *entry) {
	struct buffer path = {0};
	struct buffer state = {0};
	struct error error = {0};
	enum exit_status status = EXIT_DONE;
	buffer_append_format(&path, "%s/.cardfs/state", mount_point);
	switch (path.failed ? PROBE_FAILED
			    : probe_read(path.data, PATIENCE_SECONDS, &state, &error)) {
	case PROBE_ANSWERED:
		status = print_answer(&state, &error) ? EXIT_DONE : fail(&error);
		break;
	case PROBE_FAILED:
		status = explain_failure(mount_point, entry, &error);
		break;
	case PROBE_SILENT:
		status = explain_silence(mount_point, entry);
		break;
	}
	buffer_finish(&path);
	buffer_finish(&state);
	return status;
}

static enum exit_status find_and_debug(const char *mount_point) {
	struct mount_entry entry = {0};
	struct error error = {0};
	enum exit_status status;
	if (!mount_table_look_up(mount_point, &entry) || !mount_point_is_cardfs(&entry)) {
		error_set(&error, ERROR_NOT_FOUND, "no cardfs is mounted on %s", mount_point);
		status = fail(&error);
	} else {
		status = debug(mount_point, &entry);
	}
	mount_entry_finish(&entry);
	return status;
}

static enum exit_status run(struct settings *settings, const struct string_list *arguments) {
	(void)settings;
	if (arguments->count != 1) {
		return fail_usage("debug takes one mount point");
	}
	struct error error = {0};
	char *mount_point = mount_point_resolve(arguments->items[0], &error);
	if (mount_point == NULL) {
		return fail(&error);
	}
	const enum exit_status status = find_and_debug(mount_point);
	free(mount_point);
	return status;
}

const struct command command_debug = {
	.name = "debug",
	.usage = "MOUNTPOINT",
	.summary = "the state of a mount, for reports",
	.details =
		"Prints what a report of a problem needs to know of a mount: versions, options,\n"
		"stores, figures, and the last lines of its log; nothing that cards hold. Of one\n"
		"that does not answer it prints what the kernel knows and what the processes do\n"
		"that serve it, and ends with 1. SIGQUIT has a server log its state.\n",
	.run = run,
};
