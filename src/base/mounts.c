#include "base/mounts.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

/* musl before 1.2.4 leaves it to the kernel's header and a call by number. */
#ifndef STATX_BASIC_STATS
#include <linux/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

static int statx(
	int directory, const char *path, int flags, unsigned wanted, struct statx *status) {
	return (int)syscall(SYS_statx, directory, path, flags, wanted, status);
}
#endif

/* Linux 6.8 and later: a number that no later mount gets. */
#ifndef STATX_MNT_ID_UNIQUE
#define STATX_MNT_ID_UNIQUE 0x00004000U
#endif

static bool find_mount(const char *path, uint64_t *mount) {
	struct statx status;
	/* No server of a file system is to be asked. */
	const unsigned wanted = STATX_MNT_ID | STATX_MNT_ID_UNIQUE;
	if (statx(AT_FDCWD, path, AT_STATX_DONT_SYNC, wanted, &status) != 0) {
		return false;
	}
	/* qemu-user says that it has the number, and leaves it out. */
	*mount = (status.stx_mask & wanted) != 0 && status.stx_mnt_id != 0
			 ? status.stx_mnt_id
			 : makedev(status.stx_dev_major, status.stx_dev_minor);
	return true;
}

/* Cuts the last component off; false at the root. */
static bool go_up(char *path) {
	char *slash = strrchr(path, '/');
	if (slash == path && path[1] == '\0') {
		return false;
	}
	slash[slash == path] = '\0';
	return true;
}

bool mounts_find(struct mounts *mounts, const char *path) {
	*mounts = (struct mounts){0};
	char *above = strdup(path);
	if (above == NULL || !find_mount(path, &mounts->here)) {
		free(above);
		return false;
	}
	while (mounts->beneath == 0 && go_up(above)) {
		uint64_t mount;
		if (find_mount(above, &mount) && mount != mounts->here) {
			mounts->beneath = mount;
		}
	}
	free(above);
	return true;
}

bool mounts_find_now(const char *path, uint64_t *here) {
	char *place = strdup(path);
	bool is_found = false;
	while (place != NULL && !(is_found = find_mount(place, here)) &&
		(errno == ENOENT || errno == ENOTDIR) && go_up(place)) {
	}
	free(place);
	return is_found;
}

bool mounts_are_uncovered(const struct mounts *mounts, const char *path) {
	uint64_t here;
	return mounts->beneath != 0 && mounts_find_now(path, &here) && here == mounts->beneath;
}
