/*
 * Statistics as people and as Prometheus read them.
 */
#ifndef CARDFS_FUSE_STATISTICS_TEXT_H
#define CARDFS_FUSE_STATISTICS_TEXT_H

#include "base/buffer.h"
#include "card/catalog.h"
#include "fuse/statistics.h"

/* What is so at the moment, beside the gauges of the statistics. */
struct moment {
	const struct catalog *catalog;
	size_t inodes; /* that the kernel knows */
	const char *mount_point;
};

/* Appends lines for people: what was counted, with its name before it. */
void statistics_append_text(
	struct buffer *text, const struct statistics *statistics, const struct moment *moment);

/*
 * Appends the same in the text format of Prometheus, version 0.0.4: for each metric its help, its
 * type and its samples, all with a label for the mount. Times are in seconds.
 */
void statistics_append_metrics(
	struct buffer *text, const struct statistics *statistics, const struct moment *moment);

/* Appends a time in seconds since the epoch as 2026-11-30T10:00:00Z; "never" for 0. */
void statistics_append_time(struct buffer *text, uint64_t seconds);

#endif
