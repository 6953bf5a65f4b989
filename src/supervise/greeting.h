/*
 * The first request of a connection, in which kernel and file system agree on how to talk. The
 * kernel makes it once; every further process is given it again, so that its libfuse knows, and the
 * answer is kept from the kernel.
 */
#ifndef CARDFS_SUPERVISE_GREETING_H
#define CARDFS_SUPERVISE_GREETING_H

#include "supervise/libfuse.h"
#include "supervise/slots.h"

/*
 * Makes session one that talks to device, a descriptor that it takes over and closes in the end,
 * once the greeting is exchanged: with the kernel, by the first process that comes to it, or as it
 * is remembered. Fails with a sentence; what libfuse says then goes to its log. ERROR_NOT_FOUND is
 * that there is no mount any more.
 */
bool greeting_attach(
	struct greeting *greeting, struct fuse_session *session, int device, struct error *error);

#endif
