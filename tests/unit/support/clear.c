#include "unit/support/clear.h"

#include <ftw.h>
#include <stdio.h>

/* Directories that are deeper musl does not look into. */
enum { OPEN_DIRECTORIES = 256 };

static int clear_entry(
	const char *path, const struct stat *status, int type, struct FTW *position) {
	(void)status;
	(void)type;
	(void)position;
	return remove(path);
}

int clear_directory(const char *path) {
	return nftw(path, clear_entry, OPEN_DIRECTORIES, FTW_DEPTH | FTW_PHYS);
}
