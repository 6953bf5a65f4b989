#include "fuse/report.h"

#include "base/log.h"
#include "fuse/state.h"

struct moment report_moment(const struct report *report, const struct view *view) {
	return (struct moment){
		.catalog = view_catalog(view),
		.inodes = inodes_count(&report->filesystem->inodes),
		.mount_point = report->mount_point,
	};
}

static bool read_stats(
	void *context, struct view *view, struct buffer *content, struct error *error) {
	(void)error;
	const struct report *report = context;
	const struct moment moment = report_moment(report, view);
	statistics_append_text(content, report->filesystem->statistics, &moment);
	return true;
}

static bool read_metrics(
	void *context, struct view *view, struct buffer *content, struct error *error) {
	(void)error;
	const struct report *report = context;
	const struct moment moment = report_moment(report, view);
	statistics_append_metrics(content, report->filesystem->statistics, &moment);
	return true;
}

static bool read_state(
	void *context, struct view *view, struct buffer *content, struct error *error) {
	(void)error;
	state_append(content, context, view);
	return true;
}

static void add_problems(void *context, struct problem_list *problems) {
	const struct report *report = context;
	keepers_add_problems(report->keepers, problems);
}

static const struct mount_file files[] = {
	{{"stats", 5}, read_stats},
	{{"metrics", 7}, read_metrics},
	{{"state", 5}, read_state},
};

void report_init(struct report *report, struct filesystem *filesystem,
	const struct mount_options *options, const struct keepers *keepers, const char *mount_point,
	const struct recent *recent) {
	*report = (struct report){
		.files = {.items = files,
			.count = sizeof(files) / sizeof(files[0]),
			.add_problems = add_problems,
			.context = report},
		.filesystem = filesystem,
		.options = options,
		.keepers = keepers,
		.mount_point = mount_point,
		.recent = recent,
	};
}

static void log_lines(struct text lines) {
	while (lines.length > 0) {
		const struct text line = text_part(lines, 0, text_index(lines, '\n'));
		log_message(LOG_LEVEL_NOTICE, "state: %.*s", (int)line.length, line.data);
		lines = text_part(lines, line.length + 1, lines.length);
	}
}

void report_log(const struct report *report) {
	struct current *current = &report->filesystem->current;
	struct buffer state = {0};
	struct visit visit;
	current_enter(current, &visit);
	state_append(&state, report, visit.view);
	current_leave(current, &visit);
	log_lines(state.failed ? TEXT("out of memory") : buffer_text(&state));
	buffer_finish(&state);
}
