/*
 * What a mount tells of itself beside what it shows, in .cardfs: "stats" for people, "metrics" for
 * Prometheus, "state" for reports of what went wrong ("mount-layout.md"; docs/operations.md).
 */
#ifndef CARDFS_FUSE_REPORT_H
#define CARDFS_FUSE_REPORT_H

#include "fuse/filesystem.h"

struct report {
	struct mount_files files;
	struct filesystem *filesystem;
	const struct mount_options *options;
	const char *mount_point;
};

/* Makes report.files; everything is borrowed. */
void report_init(struct report *report, struct filesystem *filesystem,
	const struct mount_options *options, const char *mount_point);

#endif
