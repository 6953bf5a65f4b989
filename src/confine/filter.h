/*
 * Which system calls a process may make for the rest of its life, by seccomp (seccomp(2)): what the
 * C library, threads, and serving and reading files need, and nothing that starts a program, makes
 * a connection, changes who the process is, or changes a file.
 */
#ifndef CARDFS_CONFINE_FILTER_H
#define CARDFS_CONFINE_FILTER_H

#include "base/error.h"

struct filter {
	/*
	 * Whether files may be made in an open directory, and moved and removed. What is open as
	 * own counts by its number: it must stay open.
	 */
	bool may_make_files;
	int own;
};

/*
 * Filters the system calls of the calling thread, and of those that it starts, for good. A call
 * that is expressly refused fails with EPERM; one that is not known here with ENOSYS, as in a
 * kernel that does not have it: a newer C library then does without. Either is noted in the
 * kernel's log (audit), but for what libraries are known to try and do without. A call of another
 * architecture ends the process. Needs no_new_privs. Fails for want of memory, and where the kernel
 * has no seccomp.
 */
bool filter_apply(const struct filter *filter, struct error *error);

#endif
