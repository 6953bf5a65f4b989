#include "confine/identity.h"

#include <errno.h>
#include <grp.h>
#include <limits.h>
#include <linux/capability.h>
#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

static const char default_user[] = "nobody";

/* What the kernel shows where a user can't be told, and Debian's nobody. */
enum { OVERFLOW_ID = 65534, FIRST_GROUPS = 32, GROUP_LIMIT = 65536 };

/* All 64 that the interface has room for, so that those of later kernels go as well. */
enum { CAPABILITY_LIMIT = 64 };

static bool parse_number(const char *text, unsigned *number) {
	char *end;
	errno = 0;
	const unsigned long parsed = strtoul(text, &end, 10);
	/* The highest stands for "no user" in system calls. */
	if (text[0] < '0' || text[0] > '9' || *end != '\0' || errno != 0 || parsed >= UINT_MAX) {
		return false;
	}
	*number = (unsigned)parsed;
	return true;
}

const struct passwd *identity_find_user(const char *name) {
	unsigned number = 0;
	const struct passwd *entry = getpwnam(name);
	return entry == NULL && parse_number(name, &number) ? getpwuid(number) : entry;
}

static bool fill_groups(struct identity *identity, const char *name, struct error *error) {
	int count = FIRST_GROUPS;
	for (;;) {
		gid_t *groups = reallocarray(identity->groups, (size_t)count, sizeof(gid_t));
		if (groups == NULL) {
			return error_set_memory(error);
		}
		identity->groups = groups;
		const int room = count;
		if (getgrouplist(name, identity->group, groups, &count) >= 0) {
			identity->group_count = (size_t)count;
			return true;
		}
		if (count <= room || count > GROUP_LIMIT) {
			return error_set(error, ERROR_LIMIT,
				"user %s has more groups than a process can have", name);
		}
	}
}

/* Empty: the user's own stays. */
static bool choose_group(struct identity *identity, const char *name, struct error *error) {
	if (name[0] == '\0') {
		return true;
	}
	const struct group *entry = getgrnam(name);
	unsigned number = 0;
	if (entry == NULL && !parse_number(name, &number)) {
		return error_set(error, ERROR_USAGE,
			"there is no group %s to serve the mount (user=NAME:GROUP or its number)",
			name);
	}
	identity->group = entry != NULL ? entry->gr_gid : number;
	return true;
}

static bool find_entry(
	struct identity *identity, const char *name, const char *group, struct error *error) {
	unsigned number = 0;
	const struct passwd *entry = identity_find_user(name);
	if (entry != NULL) {
		identity->user = entry->pw_uid;
		identity->group = entry->pw_gid;
		return choose_group(identity, group, error) &&
		       fill_groups(identity, entry->pw_name, error);
	}
	if (parse_number(name, &number)) {
		identity->user = number;
		identity->group = number;
		return choose_group(identity, group, error);
	}
	return error_set(error, ERROR_USAGE,
		"there is no user %s to serve the mount (user=NAME or its number)", name);
}

/* Of "USER:GROUP", as chown(1) has it; empty where there is none. */
static const char *group_of(const char *user) {
	const char *colon = strchr(user, ':');
	return colon == NULL ? "" : colon + 1;
}

static bool find_named(struct identity *identity, const char *user, struct error *error) {
	if (user[0] == ':') {
		return error_set(error, ERROR_USAGE,
			"user=%s names no user to serve the mount (user=NAME:GROUP)", user);
	}
	char *name = strndup(user, strcspn(user, ":"));
	if (name == NULL) {
		return error_set_memory(error);
	}
	const bool done = find_entry(identity, name, group_of(user), error);
	free(name);
	return done;
}

static bool find_default(struct identity *identity, struct error *error) {
	const struct passwd *entry = getpwnam(default_user);
	identity->may_stay = true;
	/* A nobody that is root would be none. */
	if (entry == NULL || entry->pw_uid == 0) {
		identity->user = OVERFLOW_ID;
		identity->group = OVERFLOW_ID;
		return true;
	}
	identity->user = entry->pw_uid;
	identity->group = entry->pw_gid;
	return fill_groups(identity, entry->pw_name, error);
}

bool identity_find(struct identity *identity, const char *user, struct error *error) {
	*identity = (struct identity){0};
	const uid_t caller = geteuid();
	if (user == NULL && caller != 0) {
		return true;
	}
	if (!(user == NULL ? find_default(identity, error) : find_named(identity, user, error))) {
		identity_finish(identity);
		return false;
	}
	if (caller == 0) {
		identity->is_chosen = true;
		return true;
	}
	const bool is_caller = identity->user == caller &&
			       (group_of(user)[0] == '\0' || identity->group == getegid());
	identity_finish(identity);
	return is_caller ||
	       error_set(error, ERROR_USAGE,
		       "only root can have a mount served by another user (user=%s)", user);
}

void identity_finish(struct identity *identity) {
	free(identity->groups);
	*identity = (struct identity){0};
}

uid_t identity_user(const struct identity *identity) {
	return identity->is_chosen ? identity->user : geteuid();
}

/* A bounding set that may not be changed is one that nothing can be gained from without it. */
static bool drop_bounding_set(struct error *error) {
	for (unsigned long capability = 0; capability < CAPABILITY_LIMIT; capability++) {
		if (prctl(PR_CAPBSET_DROP, capability, 0, 0, 0) != 0 && errno != EINVAL &&
			errno != EPERM) {
			return error_set_system(error, errno, "cannot give up capabilities");
		}
	}
	return true;
}

static bool drop_capabilities(struct error *error) {
	struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
	struct __user_cap_data_struct none[_LINUX_CAPABILITY_U32S_3] = {{0}};
	prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0);
	return syscall(SYS_capset, &header, none) == 0 ||
	       error_set_system(error, errno, "cannot give up capabilities");
}

static bool change_user(const struct identity *identity, struct error *error) {
	const uid_t user = identity->user;
	const gid_t group = identity->group;
	if (setresgid(group, group, group) != 0) {
		/* No such group in this user namespace, and so no such user. */
		return (errno == EINVAL && identity->may_stay) ||
		       error_set_system(error, errno, "cannot serve as group %u", (unsigned)group);
	}
	if (setgroups(identity->group_count, identity->groups) != 0) {
		return error_set_system(
			error, errno, "cannot serve with the groups of user %u", (unsigned)user);
	}
	if (setresuid(user, user, user) != 0) {
		return error_set_system(error, errno, "cannot serve as user %u", (unsigned)user);
	}
	return true;
}

bool identity_assume(const struct identity *identity, struct error *error) {
	int signal_of_parent = 0;
	prctl(PR_GET_PDEATHSIG, &signal_of_parent, 0, 0, 0);
	if (identity->is_chosen && !(drop_bounding_set(error) && change_user(identity, error))) {
		return false;
	}
	if (!drop_capabilities(error)) {
		return false;
	}
	/* The kernel forgets it when a process becomes somebody else. */
	prctl(PR_SET_PDEATHSIG, (unsigned long)signal_of_parent, 0, 0, 0);
	return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 ||
	       error_set_system(error, errno, "cannot give up gaining privileges");
}
