/*
 * What a mount tells of itself beside what it shows, in .cardfs: "stats" for people, "metrics" for
 * Prometheus, "state" for reports of what went wrong ("operations.md, What it counts").
 */
#ifndef CARDFS_FUSE_REPORT_H
#define CARDFS_FUSE_REPORT_H

#include "base/recent.h"
#include "fuse/filesystem.h"
#include "fuse/statistics_text.h"
#include "stores/keepers.h"

struct report {
	struct mount_files files;
	struct filesystem *filesystem;
	const struct mount_options *options;
	const struct keepers *keepers; /* or NULL */
	const char *mount_point;
	const struct recent *recent; /* the last lines of the log */
};

/* Makes report.files; everything is borrowed. */
void report_init(struct report *report, struct filesystem *filesystem,
	const struct mount_options *options, const struct keepers *keepers, const char *mount_point,
	const struct recent *recent);

/* What is so at the moment. */
struct moment report_moment(const struct report *report, const struct view *view);

/* Logs what "state" holds. May be called from any thread that answers no request. */
void report_log(const struct report *report);

#endif
