/*
 * What mount(8) runs for the types cardfs and fuse.cardfs: the program under another name, with the
 * arguments of a mount helper (mount.cardfs(8); mount(8),
 * External helpers).
 */
#ifndef CARDFS_CLI_MOUNT_HELPER_H
#define CARDFS_CLI_MOUNT_HELPER_H

#include <stdbool.h>

/* Whether a program of that name or path is the helper: mount.cardfs, mount.fuse.cardfs. */
bool mount_helper_is(const char *program);

/*
 * Mounts as SOURCE DIRECTORY [-fnsv] [-o OPTIONS] [-t TYPE] says; arguments are those behind
 * the program's name. Returns a status as mount(8) has them: 0, 1 for a wrong command line, 32
 * where it cannot be mounted.
 */
int mount_helper_main(int count, char *const *arguments);

#endif
