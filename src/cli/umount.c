#include "cli/command.h"
#include "fuse/session.h"

static enum exit_status run(struct settings *settings, const struct string_list *arguments) {
	(void)settings;
	if (arguments->count != 1) {
		return fail_usage("umount takes one mount point");
	}
	struct error error = {0};
	return session_unmount(arguments->items[0], &error) ? EXIT_DONE : fail(&error);
}

const struct command command_umount = {
	.name = "umount",
	.usage = "MOUNTPOINT",
	.summary = "end a mount",
	.details = "Ends a mount of cardfs, also one whose server is gone.\n",
	.run = run,
};
