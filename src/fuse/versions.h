/*
 * What differs between the versions of libfuse since 3.10.
 */
#ifndef CARDFS_FUSE_VERSIONS_H
#define CARDFS_FUSE_VERSIONS_H

#include <errno.h>
#include <fuse_lowlevel.h>

#if FUSE_VERSION >= FUSE_MAKE_VERSION(3, 12)

/* Up to some 3.14 the function took, as a last argument, what its name says by itself since. */
typedef int expire_function(struct fuse_session *, fuse_ino_t, const char *, size_t);
typedef int expire_or_evict_function(
	struct fuse_session *, fuse_ino_t, const char *, size_t, unsigned flags);

enum { EXPIRE_ONLY = 1 };

static inline int expire_plainly(expire_function *expire, struct fuse_session *session,
	fuse_ino_t parent, const char *name, size_t length) {
	return expire(session, parent, name, length);
}

static inline int expire_by_flag(expire_or_evict_function *expire, struct fuse_session *session,
	fuse_ino_t parent, const char *name, size_t length) {
	return expire(session, parent, name, length, EXPIRE_ONLY);
}

/* Which of the two libfuse has, the type of its function tells. */
#define EXPIRE(function) \
	_Generic(&(function), expire_function * : expire_plainly, default : expire_by_flag)

#endif

/* Returns zero, or an error negated: -ENOSYS where the kernel or libfuse does not know it. */
static inline int expire_entry(
	struct fuse_session *session, fuse_ino_t parent, const char *name, size_t length) {
#if FUSE_VERSION >= FUSE_MAKE_VERSION(3, 12)
	return EXPIRE(fuse_lowlevel_notify_expire_entry)(
		fuse_lowlevel_notify_expire_entry, session, parent, name, length);
#else
	(void)session;
	(void)parent;
	(void)name;
	(void)length;
	return -ENOSYS;
#endif
}

#endif
