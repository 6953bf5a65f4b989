/*
 * What a report of something that went wrong needs to know of a mount, in one text.
 */
#ifndef CARDFS_FUSE_STATE_H
#define CARDFS_FUSE_STATE_H

#include "fuse/report.h"

/*
 * Appends parts, each with a line "[PART]" before it: what serves it where and how, its stores, how
 * many problems there are, its figures, and the last lines of its log. Nothing that cards hold, but
 * for names and places that log lines mention.
 */
void state_append(struct buffer *text, const struct report *report, struct view *view);

#endif
