/*
 * Looking at a mount that may not answer.
 */
#ifndef CARDFS_FUSE_PROBE_H
#define CARDFS_FUSE_PROBE_H

#include "base/buffer.h"
#include "base/error.h"

enum probe_result {
	PROBE_ANSWERED,
	PROBE_FAILED, /* it says why */
	PROBE_SILENT, /* not in time */
};

/*
 * Reads a file of a mount into content, waiting for so many seconds at most. What waits for the
 * mount is another process, which is left behind when it can't be ended. To be called while there
 * is one thread.
 */
enum probe_result probe_read(
	const char *path, unsigned seconds, struct buffer *content, struct error *error);

#endif
