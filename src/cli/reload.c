#include "cli/command.h"
#include "fuse/session.h"

static enum exit_status run(struct settings *settings, const struct string_list *arguments) {
	(void)settings;
	if (arguments->count != 1) {
		return fail_usage("reload takes one mount point");
	}
	struct error error = {0};
	return session_reload(arguments->items[0], &error) ? EXIT_DONE : fail(&error);
}

const struct command command_reload = {
	.name = "reload",
	.usage = "MOUNTPOINT",
	.summary = "have a new program serve a mount",
	.details = "Has the cardfs that is now installed take over a mount, as after an upgrade,\n"
		   "with the arguments that the mount was made with. Nobody who uses it notices.\n"
		   "Returns once it answers; where it can't, it says why, and the mount goes on\n"
		   "as before. To have a mount look at its stores again, send it SIGHUP.\n",
	.run = run,
};
