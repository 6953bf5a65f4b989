#include "confine/filter.h"

#include "confine/sanitizers.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <seccomp.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

/*
 * Harmless whatever their arguments are: they act on this process, on what is open, or only look.
 */
static const char *const allowed[] = {
	/* memory */
	"brk", "madvise", "mincore", "mlock", "mlock2", "mremap", "munlock", "munmap",
	/* threads and time */
	"clock_getres", "clock_getres_time64", "clock_gettime", "clock_gettime64",
	"clock_nanosleep", "clock_nanosleep_time64", "exit", "exit_group", "futex", "futex_time64",
	"futex_waitv", "get_robust_list", "getcpu", "getitimer", "getrusage", "gettid",
	"gettimeofday", "membarrier", "nanosleep", "restart_syscall", "rseq",
	"sched_get_priority_max", "sched_get_priority_min", "sched_getaffinity", "sched_getparam",
	"sched_getscheduler", "sched_yield", "set_robust_list", "set_tid_address", "sysinfo",
	"time", "times",
	/* signals */
	"pause", "rt_sigaction", "rt_sigpending", "rt_sigprocmask", "rt_sigreturn", "rt_sigsuspend",
	"rt_sigtimedwait", "rt_sigtimedwait_time64", "sigaltstack", "sigreturn",
	/* who and where it is */
	"getegid", "getegid32", "geteuid", "geteuid32", "getgid", "getgid32", "getgroups",
	"getgroups32", "getpgid", "getpgrp", "getpid", "getppid", "getrandom", "getresgid",
	"getresgid32", "getresuid", "getresuid32", "getrlimit", "getsid", "getuid", "getuid32",
	"setsid", "ugetrlimit", "uname",
	/* looking at files */
	"access", "chdir", "faccessat", "faccessat2", "fchdir", "fstat", "fstat64", "fstatat64",
	"fstatfs", "fstatfs64", "getcwd", "lstat", "lstat64", "newfstatat", "oldfstat", "oldlstat",
	"oldstat", "readlink", "readlinkat", "stat", "stat64", "statfs", "statfs64", "statx",
	/* what is open */
	"_llseek", "close", "close_range", "dup", "dup2", "dup3", "fadvise64", "fadvise64_64",
	"fallocate", "fdatasync", "fsync", "getdents", "getdents64", "lseek", "pipe", "pipe2",
	"pread64", "preadv", "preadv2", "pwrite64", "pwritev", "pwritev2", "read", "readahead",
	"readv", "splice", "tee", "umask", "vmsplice", "write", "writev",
	/* waiting */
	"_newselect", "epoll_create", "epoll_create1", "epoll_ctl", "epoll_pwait", "epoll_pwait2",
	"epoll_wait", "eventfd", "eventfd2", "inotify_add_watch", "inotify_init", "inotify_init1",
	"inotify_rm_watch", "memfd_create", "poll", "ppoll", "ppoll_time64", "pselect6",
	"pselect6_time64", "select", "signalfd", "signalfd4", "timerfd_create", "timerfd_gettime",
	"timerfd_gettime64", "timerfd_settime", "timerfd_settime64",
	/* talking over what is connected */
	"getpeername", "getsockname", "getsockopt", "recv", "recvfrom", "recvmsg", "send",
	"sendmsg", "shutdown"};

/*
 * What is refused rather than said not to exist: the C library has no other way, and an error that
 * says why helps whoever looks for it.
 */
static const char *const refused[] = {"accept", "accept4", "acct", "add_key", "bind", "bpf",
	"capset", "chmod", "chown", "chroot", "connect", "creat", "delete_module", "execve",
	"execveat", "fchmod", "fchmodat", "fchown", "fchownat", "finit_module", "fork", "fsetxattr",
	"fsmount", "fsopen", "ftruncate", "init_module", "io_uring_setup", "ioperm", "iopl",
	"kexec_load", "keyctl", "lchown", "link", "linkat", "listen", "lsetxattr", "mkdir",
	"mkdirat", "mknod", "mknodat", "mount", "move_mount", "name_to_handle_at",
	"open_by_handle_at", "open_tree", "perf_event_open", "personality", "pidfd_getfd",
	"pivot_root", "process_vm_readv", "process_vm_writev", "ptrace", "reboot", "request_key",
	"rmdir", "setdomainname", "setfsgid", "setfsuid", "setgid", "setgroups", "sethostname",
	"setns", "setregid", "setresgid", "setresuid", "setreuid", "setrlimit", "setuid",
	"setxattr", "shmat", "shmget", "swapon", "symlink", "symlinkat", "syslog", "tkill",
	"truncate", "umount", "umount2", "unshare", "userfaultfd", "utime", "utimensat", "utimes",
	"vfork"};

/* What else of these a sanitizer does. */
static const char *const refused_always[] = {
	"bind", "connect", "mount", "setresuid", "setuid", "socket", "umount2"};

/* Conditions that all have to hold. */
enum { CONDITION_LIMIT = 2 };

struct permission {
	const char *name;
	unsigned count;
	struct scmp_arg_cmp conditions[CONDITION_LIMIT];
};

/* s390 has the flags of clone(2) second. */
#if defined(__s390__)
enum { CLONE_FLAGS_ARGUMENT = 1 };
#else
enum { CLONE_FLAGS_ARGUMENT = 0 };
#endif

static const uint64_t int_mask = 0xffffffff;
static const uint64_t open_mask =
	O_ACCMODE | O_CREAT | O_TRUNC | O_APPEND | (O_TMPFILE & ~O_DIRECTORY);
static const uint64_t making_mask = O_CREAT | O_EXCL | (O_TMPFILE & ~O_DIRECTORY);
static const uint64_t thread_flags = CLONE_VM | CLONE_THREAD;
static const uint64_t clone_mask = CLONE_VM | CLONE_THREAD | CLONE_NEWNS | CLONE_NEWCGROUP |
				   CLONE_NEWUTS | CLONE_NEWIPC | CLONE_NEWUSER | CLONE_NEWPID |
				   CLONE_NEWNET;

/* The request that makes another descriptor of /dev/fuse's connection (linux/fuse.h). */
static const uint64_t fuse_clone = _IOR(229, 0, uint32_t);

static bool fail(struct error *error, int failure) {
	return error_set_system(error, -failure, "cannot filter system calls");
}

static bool add(scmp_filter_ctx context, uint32_t action, const struct permission *permission,
	struct error *error) {
	const int number = seccomp_syscall_resolve_name(permission->name);
	/* Other architectures have other calls, and an older libseccomp knows fewer. */
	if (number == __NR_SCMP_ERROR) {
		return true;
	}
	const int result = seccomp_rule_add_array(
		context, action, number, permission->count, permission->conditions);
	/* Of some calls that an architecture lacks, arguments can't be asked for. */
	return result == 0 || (number < 0 && result != -ENOMEM) || fail(error, result);
}

static bool add_names(scmp_filter_ctx context, uint32_t action, const char *const *names,
	size_t count, struct error *error) {
	for (size_t i = 0; i < count; i++) {
		if (!add(context, action, &(struct permission){.name = names[i]}, error)) {
			return false;
		}
	}
	return true;
}

/* Each of these values of an argument by itself. */
static bool add_values(scmp_filter_ctx context, const char *name, unsigned argument,
	const uint64_t *values, size_t count, struct error *error) {
	for (size_t i = 0; i < count; i++) {
		const struct permission permission = {
			.name = name,
			.count = 1,
			.conditions = {SCMP_CMP64(
				argument, SCMP_CMP_MASKED_EQ, int_mask, values[i])},
		};
		if (!add(context, SCMP_ACT_ALLOW, &permission, error)) {
			return false;
		}
	}
	return true;
}

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* Calls that are harmless for some values of an argument. */
static bool add_choices(scmp_filter_ctx context, struct error *error) {
	static const uint64_t control[] = {F_DUPFD, F_DUPFD_CLOEXEC, F_GETFD, F_SETFD, F_GETFL,
		F_SETFL, F_GETPIPE_SZ, F_SETPIPE_SZ, F_GET_SEALS, F_ADD_SEALS};
	static const uint64_t requests[] = {TCGETS, FIONREAD, fuse_clone};
	/* The last names an area of memory, PR_SET_VMA. */
	static const uint64_t attributes[] = {PR_SET_NAME, PR_GET_NAME, PR_GET_DUMPABLE,
		PR_GET_NO_NEW_PRIVS, PR_CAPBSET_READ, PR_GET_SECCOMP, PR_SET_PDEATHSIG, 0x53564d41};
	return add_values(context, "fcntl", 1, control, COUNT(control), error) &&
	       add_values(context, "fcntl64", 1, control, COUNT(control), error) &&
	       add_values(context, "ioctl", 1, requests, COUNT(requests), error) &&
	       add_values(context, "prctl", 0, attributes, COUNT(attributes), error);
}

static bool add_permissions(scmp_filter_ctx context, uint32_t action, const struct permission *list,
	size_t count, struct error *error) {
	for (size_t i = 0; i < count; i++) {
		if (!add(context, action, &list[i], error)) {
			return false;
		}
	}
	return true;
}

/*
 * Calls that are no sign of anything: by the C library to start a thread, which it can otherwise,
 * and to find the system's log where there is none; and by libfuse to see whether the standard
 * streams are open. A filter of its own refuses them, and the other lets them pass, so that the log
 * has what nobody expects.
 */
static bool add_expected(scmp_filter_ctx context, bool are_refused, struct error *error) {
	const struct permission unknown[] = {
		{.name = "clone3"},
		{"openat", 1, {SCMP_CMP64(2, SCMP_CMP_MASKED_EQ, int_mask, O_RDWR)}},
	};
	const struct permission forbidden = {
		"socket", 1, {SCMP_CMP64(0, SCMP_CMP_MASKED_EQ, int_mask, AF_UNIX)}};
	const uint32_t for_unknown = are_refused ? SCMP_ACT_ERRNO(ENOSYS) : SCMP_ACT_ALLOW;
	const uint32_t for_forbidden = are_refused ? SCMP_ACT_ERRNO(EPERM) : SCMP_ACT_ALLOW;
	return add_permissions(context, for_unknown, unknown, COUNT(unknown), error) &&
	       add(context, for_forbidden, &forbidden, error);
}

/* Calls that are harmless within bounds. */
static bool add_bounded(scmp_filter_ctx context, struct error *error) {
	const uint64_t self = (uint64_t)getpid();
	const struct permission list[] = {
		{"open", 1, {SCMP_CMP64(1, SCMP_CMP_MASKED_EQ, open_mask, O_RDONLY)}},
		{"openat", 1, {SCMP_CMP64(2, SCMP_CMP_MASKED_EQ, open_mask, O_RDONLY)}},
		{"mmap", 1, {SCMP_CMP64(2, SCMP_CMP_MASKED_EQ, PROT_EXEC, 0)}},
		{"mmap2", 1, {SCMP_CMP64(2, SCMP_CMP_MASKED_EQ, PROT_EXEC, 0)}},
		{"mprotect", 1, {SCMP_CMP64(2, SCMP_CMP_MASKED_EQ, PROT_EXEC, 0)}},
		{"clone", 1,
			{SCMP_CMP64(CLONE_FLAGS_ARGUMENT, SCMP_CMP_MASKED_EQ, clone_mask,
				thread_flags)}},
		{"kill", 1, {SCMP_CMP64(0, SCMP_CMP_MASKED_EQ, int_mask, self)}},
		{"tgkill", 1, {SCMP_CMP64(0, SCMP_CMP_MASKED_EQ, int_mask, self)}},
		{"prlimit64", 1, {SCMP_CMP64(2, SCMP_CMP_MASKED_EQ, UINT64_MAX, 0)}},
		{"socketpair", 1, {SCMP_CMP64(0, SCMP_CMP_MASKED_EQ, int_mask, AF_UNIX)}},
		{"sendto", 1, {SCMP_CMP64(4, SCMP_CMP_MASKED_EQ, UINT64_MAX, 0)}},
	};
	return add_permissions(context, SCMP_ACT_ALLOW, list, COUNT(list), error);
}

/* To make new files in the directory, and to put them in place of others there. */
static bool add_making(scmp_filter_ctx context, int own, struct error *error) {
	const uint64_t directory = (uint64_t)own;
	const struct scmp_arg_cmp in_it = SCMP_CMP64(0, SCMP_CMP_MASKED_EQ, int_mask, directory);
	const struct scmp_arg_cmp to_it = SCMP_CMP64(2, SCMP_CMP_MASKED_EQ, int_mask, directory);
	const struct permission list[] = {
		{"openat", 2,
			{in_it, SCMP_CMP64(2, SCMP_CMP_MASKED_EQ, making_mask, O_CREAT | O_EXCL)}},
		{"renameat", 2, {in_it, to_it}},
		{"renameat2", 2, {in_it, to_it}},
		{"unlinkat", 1, {in_it}},
	};
	return add_permissions(context, SCMP_ACT_ALLOW, list, COUNT(list), error);
}

static bool add_refusals(scmp_filter_ctx context, struct error *error) {
	const uint32_t refusal = SCMP_ACT_ERRNO(EPERM);
	const struct permission list[] = {
		{"mmap", 1, {SCMP_CMP64(2, SCMP_CMP_MASKED_EQ, PROT_EXEC, PROT_EXEC)}},
		{"mprotect", 1, {SCMP_CMP64(2, SCMP_CMP_MASKED_EQ, PROT_EXEC, PROT_EXEC)}},
		{"socket", 1, {SCMP_CMP64(0, SCMP_CMP_NE, AF_UNIX, 0)}},
	};
	return add_permissions(context, refusal, list, COUNT(list), error) &&
	       add_names(context, refusal, refused, COUNT(refused), error);
}

static bool fill(scmp_filter_ctx context, const struct filter *filter, struct error *error) {
	if (sanitizers_are_in()) {
		return add_names(context, SCMP_ACT_ERRNO(EPERM), refused_always,
			COUNT(refused_always), error);
	}
	return add_names(context, SCMP_ACT_ALLOW, allowed, COUNT(allowed), error) &&
	       add_choices(context, error) && add_bounded(context, error) &&
	       add_expected(context, false, error) &&
	       (!filter->may_make_files || add_making(context, filter->own, error)) &&
	       add_refusals(context, error);
}

static scmp_filter_ctx create(uint32_t otherwise, struct error *error) {
	scmp_filter_ctx context = seccomp_init(otherwise);
	if (context == NULL) {
		error_set_memory(error);
		return NULL;
	}
	seccomp_attr_set(context, SCMP_FLTATR_ACT_BADARCH, SCMP_ACT_KILL_PROCESS);
	/* What an old libseccomp can't do is no reason to go without. */
	seccomp_attr_set(context, SCMP_FLTATR_CTL_OPTIMIZE, 2);
	return context;
}

/* Has the kernel use it where it is filled, and releases it in any case. */
static bool load(scmp_filter_ctx context, bool is_filled, struct error *error) {
	const int result = is_filled ? seccomp_load(context) : 0;
	seccomp_release(context);
	return is_filled && (result == 0 || fail(error, result));
}

/* Of two filters the stricter counts, and whether that one logs. */
static bool refuse_expected(struct error *error) {
	scmp_filter_ctx context = create(SCMP_ACT_ALLOW, error);
	return context != NULL && load(context, add_expected(context, true, error), error);
}

bool filter_apply(const struct filter *filter, struct error *error) {
	const bool is_whole = !sanitizers_are_in();
	if (is_whole && !refuse_expected(error)) {
		return false;
	}
	const uint32_t otherwise = is_whole ? SCMP_ACT_ERRNO(ENOSYS) : SCMP_ACT_ALLOW;
	scmp_filter_ctx context = create(otherwise, error);
	if (context == NULL) {
		return false;
	}
	/* An old kernel or libseccomp has no log of this. */
	seccomp_attr_set(context, SCMP_FLTATR_CTL_LOG, 1);
	return load(context, fill(context, filter, error), error);
}
