#include "cli/mounting_user.h"

#include "confine/identity.h"

#include <errno.h>
#include <grp.h>
#include <stdlib.h>
#include <unistd.h>

static bool move_home(const struct passwd *user) {
	return setenv("HOME", user->pw_dir, 1) == 0 && setenv("USER", user->pw_name, 1) == 0 &&
	       setenv("LOGNAME", user->pw_name, 1) == 0 && unsetenv("XDG_CONFIG_HOME") == 0 &&
	       unsetenv("XDG_CACHE_HOME") == 0;
}

bool mounting_user_assume(const char *name, struct error *error) {
	const struct passwd *user = identity_find_user(name);
	if (user == NULL) {
		return error_set(error, ERROR_USAGE,
			"there is no user %s to mount as (setuid=NAME or its number)", name);
	}
	if (user->pw_uid == getuid() && user->pw_uid == geteuid()) {
		return true;
	}
	if (geteuid() != 0) {
		return error_set(error, ERROR_USAGE,
			"only root can mount as another user (setuid=%s)", name);
	}
	if (!move_home(user)) {
		return error_set_memory(error);
	}
	return (setgid(user->pw_gid) == 0 && initgroups(user->pw_name, user->pw_gid) == 0 &&
		       setuid(user->pw_uid) == 0) ||
	       error_set_system(error, errno, "cannot mount as user %s", name);
}
