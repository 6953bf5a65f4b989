#include "stores/footing.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

static bool find_mount(const char *path, uint64_t *mount) {
	struct statx status;
	if (statx(AT_FDCWD, path, 0, STATX_MNT_ID, &status) != 0) {
		return false;
	}
	*mount = (status.stx_mask & STATX_MNT_ID) != 0
			 ? status.stx_mnt_id
			 : makedev(status.stx_dev_major, status.stx_dev_minor);
	return true;
}

bool footing_take(struct footing *footing, const char *location) {
	errno = 0;
	footing->path = realpath(location, NULL);
	if (footing->path == NULL) {
		return errno != ENOMEM;
	}
	if (!find_mount(footing->path, &footing->mount)) {
		footing_finish(footing);
	}
	return true;
}

bool footing_copy(struct footing *footing, const struct footing *other) {
	footing_finish(footing);
	if (other->path == NULL) {
		return true;
	}
	footing->path = strdup(other->path);
	footing->mount = other->mount;
	return footing->path != NULL;
}

void footing_finish(struct footing *footing) {
	free(footing->path);
	*footing = (struct footing){0};
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

bool footing_is_lost(const struct footing *footing) {
	if (footing->path == NULL) {
		return false;
	}
	char *path = strdup(footing->path);
	uint64_t mount = 0;
	bool is_found = false;
	while (path != NULL && !is_found) {
		is_found = find_mount(path, &mount);
		if (!is_found && ((errno != ENOENT && errno != ENOTDIR) || !go_up(path))) {
			break;
		}
	}
	free(path);
	return !is_found || mount != footing->mount;
}
