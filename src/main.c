#include "cli/command.h"
#include "cli/mount_helper.h"

int main(int count, char **arguments) {
	if (count == 0) {
		return EXIT_NOT_DONE;
	}
	return mount_helper_is(arguments[0]) ? mount_helper_main(count - 1, arguments + 1)
					     : command_main(count - 1, arguments + 1);
}
