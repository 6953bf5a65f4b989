#include "base/entry.h"

#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

bool entry_is_self_or_parent(const struct dirent *entry) {
	return strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0;
}

unsigned char entry_type(int parent, const struct dirent *entry) {
	struct stat status;
	if (entry->d_type != DT_UNKNOWN) {
		return entry->d_type;
	}
	return fstatat(parent, entry->d_name, &status, AT_SYMLINK_NOFOLLOW) == 0
		       ? (unsigned char)IFTODT(status.st_mode)
		       : DT_UNKNOWN;
}
