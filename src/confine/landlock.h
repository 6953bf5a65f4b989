/*
 * Landlock as this program uses it: the kernel's header may be older than the kernel, and there are
 * no functions in the C library. Names and numbers are those of the kernel's documentation.
 */
#ifndef CARDFS_CONFINE_LANDLOCK_H
#define CARDFS_CONFINE_LANDLOCK_H

#include <stdint.h>
#include <sys/syscall.h>
#include <unistd.h>

#if __has_include(<linux/landlock.h>)
#include <linux/landlock.h>
#else

enum {
	LANDLOCK_CREATE_RULESET_VERSION = 1,
	LANDLOCK_RULE_PATH_BENEATH = 1,
};

#define LANDLOCK_ACCESS_FS_WRITE_FILE (1ULL << 1)
#define LANDLOCK_ACCESS_FS_READ_FILE (1ULL << 2)
#define LANDLOCK_ACCESS_FS_READ_DIR (1ULL << 3)
#define LANDLOCK_ACCESS_FS_REMOVE_FILE (1ULL << 5)
#define LANDLOCK_ACCESS_FS_MAKE_REG (1ULL << 8)
#define LANDLOCK_ACCESS_FS_MAKE_SYM (1ULL << 12)

struct landlock_path_beneath_attr {
	uint64_t allowed_access;
	int32_t parent_fd;
} __attribute__((packed));

#endif

/* The same on every processor. */
#ifndef SYS_landlock_create_ruleset
#define SYS_landlock_create_ruleset 444
#define SYS_landlock_add_rule 445
#define SYS_landlock_restrict_self 446
#endif

#ifndef LANDLOCK_ACCESS_FS_REFER
#define LANDLOCK_ACCESS_FS_REFER (1ULL << 13)
#endif
#ifndef LANDLOCK_ACCESS_FS_TRUNCATE
#define LANDLOCK_ACCESS_FS_TRUNCATE (1ULL << 14)
#endif
#ifndef LANDLOCK_ACCESS_FS_IOCTL_DEV
#define LANDLOCK_ACCESS_FS_IOCTL_DEV (1ULL << 15)
#endif

enum {
	LANDLOCK_NET_BIND_TCP = 1,
	LANDLOCK_NET_CONNECT_TCP = 2,
	LANDLOCK_ABSTRACT_UNIX_SOCKETS = 1,
	LANDLOCK_SIGNALS = 2,
};

/* struct landlock_ruleset_attr of version 6. A kernel takes a longer one whose end is zeroes. */
struct landlock_rules {
	uint64_t files;
	uint64_t network;
	uint64_t scopes;
};

static inline int landlock_create(const struct landlock_rules *rules, size_t size, uint32_t flags) {
	return (int)syscall(SYS_landlock_create_ruleset, rules, size, flags);
}

static inline int landlock_allow(int ruleset, int place, uint64_t access) {
	const struct landlock_path_beneath_attr rule = {
		.allowed_access = access,
		.parent_fd = place,
	};
	return (int)syscall(SYS_landlock_add_rule, ruleset, LANDLOCK_RULE_PATH_BENEATH, &rule, 0U);
}

static inline int landlock_restrict(int ruleset) {
	return (int)syscall(SYS_landlock_restrict_self, ruleset, 0U);
}

#endif
