#include "cli/command.h"
#include "fuse/session.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static bool parse_number(
	const char *name, const char *text, unsigned *number, struct error *error) {
	char *end;
	errno = 0;
	unsigned long parsed = strtoul(text, &end, 10);
	if (text[0] < '0' || text[0] > '9' || *end != '\0' || errno != 0 || parsed >= UINT_MAX) {
		return error_set(error, ERROR_USAGE, "%s is a number, not \"%s\"", name, text);
	}
	*number = (unsigned)parsed;
	return true;
}

static bool parse_id(
	const char *name, const char *text, bool *has_id, unsigned *id, struct error *error) {
	*has_id = text != NULL;
	return text == NULL || parse_number(name, text, id, error);
}

static bool fill_options(struct mount_options *options, const struct workspace *workspace,
	const struct settings *settings, struct error *error) {
	options->environment = workspace->environment;
	options->stores = &workspace->stores;
	options->catalog = workspace->options;
	options->locate = &workspace->locate;
	options->foreground = settings->foreground || settings->debug;
	options->debug = settings->debug;
	options->strict = settings->strict;
	options->fake = settings->fake;
	options->fuse_options = settings->fuse_options.data;
	options->serving_user = settings->serving_user;
	return parse_id("uid", settings->owner_user, &options->has_owner_user, &options->owner_user,
		       error) &&
	       parse_id("gid", settings->owner_group, &options->has_owner_group,
		       &options->owner_group, error) &&
	       (settings->poll == NULL ||
		       parse_number("poll", settings->poll, &options->poll_seconds, error));
}

/* Whoever serves the mount, everything belongs to who mounts. */
static void complete_owner(struct mount_options *options) {
	if (!options->has_owner_user) {
		options->owner_user = getuid();
		options->has_owner_user = true;
	}
	if (!options->has_owner_group) {
		options->owner_group = getgid();
		options->has_owner_group = true;
	}
}

/* "cardfs" or "none" in an fstab line is a mere label; a path is a store to show. */
static bool is_store(const char *source) {
	return strchr(source, '/') != NULL || strchr(source, ':') != NULL;
}

static enum exit_status mount(
	const struct settings *settings, const char *source, const char *mount_point) {
	struct workspace workspace;
	struct error error = {0};
	struct mount_options options = {.mount_point = mount_point, .source = source};
	struct settings mounted = *settings;
	mounted.avoids_remote = true;
	bool done = workspace_open(&workspace, &mounted, &error);
	if (done) {
		print_problems(&workspace.problems, PROBLEM_WARNING);
		done = fill_options(&options, &workspace, settings, &error);
		complete_owner(&options);
		done = done && session_run(&options, &error);
	}
	workspace_finish(&workspace);
	if (done) {
		return EXIT_DONE;
	}
	fail(&error);
	return options.strict && error.kind == ERROR_INVALID ? EXIT_PROBLEMS : EXIT_NOT_DONE;
}

static enum exit_status run(struct settings *settings, const struct string_list *arguments) {
	if (arguments->count < 1 || arguments->count > 2) {
		return fail_usage("a mount takes one mount point, and maybe a source before it");
	}
	const char *source = arguments->count == 2 ? arguments->items[0] : NULL;
	const char *mount_point = arguments->items[arguments->count - 1];
	if (source != NULL && is_store(source) && !string_list_add(&settings->stores, source)) {
		struct error error = {0};
		error_set_memory(&error);
		return fail(&error);
	}
	return mount(settings, source, mount_point);
}

const struct command command_mount = {
	.name = "mount",
	.usage = "[SOURCE] MOUNTPOINT",
	.summary = "show the assets below a directory",
	.details =
		"Mounts the assets of all stores. SOURCE is a label, as fstab has it, or a\n"
		"further store where it is a path. In the background it returns once the mount\n"
		"answers. It follows its stores; SIGHUP makes it look at all of them.\n"
		"cardfs umount, SIGTERM and SIGINT end it.\n\n"
		"  -o OPTION[,OPTION...]   an option for mount tables: env=NAME, uid=NUMBER,\n"
		"                          gid=NUMBER, allow_other, nonempty, auto_unmount, ...\n\n"
		"cardfs help options lists the options; mount.cardfs(8) has mount tables.\n",
	.run = run,
};
