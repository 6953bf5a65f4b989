#include "fuse/report.h"

#include "fuse/statistics_text.h"

static struct moment take_moment(const struct report *report, const struct view *view) {
	return (struct moment){
		.catalog = view_catalog(view),
		.inodes = inodes_count(&report->filesystem->inodes),
	};
}

static bool read_stats(
	void *context, const struct view *view, struct buffer *content, struct error *error) {
	(void)error;
	const struct report *report = context;
	const struct moment moment = take_moment(report, view);
	statistics_append_text(content, report->filesystem->statistics, &moment);
	return true;
}

static bool read_metrics(
	void *context, const struct view *view, struct buffer *content, struct error *error) {
	(void)error;
	const struct report *report = context;
	const struct moment moment = take_moment(report, view);
	statistics_append_metrics(content, report->filesystem->statistics, &moment);
	return true;
}

static const struct mount_file files[] = {
	{{"stats", 5}, read_stats},
	{{"metrics", 7}, read_metrics},
};

void report_init(struct report *report, struct filesystem *filesystem,
	const struct mount_options *options, const char *mount_point) {
	*report = (struct report){
		.files = {.items = files,
			.count = sizeof(files) / sizeof(files[0]),
			.context = report},
		.filesystem = filesystem,
		.options = options,
		.mount_point = mount_point,
	};
}
