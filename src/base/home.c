#include "base/home.h"

#include <pwd.h>
#include <stdlib.h>
#include <unistd.h>

enum { USER_RECORD_SIZE = 4096 };

const char *home_variable(const char *name) {
	const char *value = getenv(name);
	return value == NULL || *value == '\0' ? NULL : value;
}

bool home_append(struct buffer *path) {
	const char *home = home_variable("HOME");
	if (home != NULL) {
		buffer_append_string(path, home);
		return true;
	}
	struct passwd record, *user;
	char strings[USER_RECORD_SIZE];
	if (getpwuid_r(getuid(), &record, strings, sizeof(strings), &user) != 0 || user == NULL) {
		return false;
	}
	buffer_append_string(path, user->pw_dir);
	return true;
}
