#include "fuse/state.h"

#include <fuse_lowlevel.h>
#include <sys/utsname.h>
#include <unistd.h>

static void append_line(struct buffer *text, const char *name, struct text value) {
	buffer_append_format(text, "%s ", name);
	buffer_append_printable(text, value);
	buffer_append_byte(text, '\n');
}

static void append_part(struct buffer *text, const char *name) {
	buffer_append_format(text, "\n[%s]\n", name);
}

static void append_system(struct buffer *text) {
	struct utsname system;
	if (uname(&system) == 0) {
		buffer_append_format(
			text, "kernel %s %s %s\n", system.sysname, system.release, system.machine);
	}
	buffer_append_format(text, "libfuse %s\n", fuse_pkgversion());
}

static void append_flags(struct buffer *text, const struct report *report) {
	const struct mount_options *options = report->options;
	const struct filesystem *filesystem = report->filesystem;
	buffer_append_format(text, "strict %s\nforeground %s\npoll %u\nshadow %s\n",
		options->strict ? "yes" : "no", options->foreground ? "yes" : "no",
		options->poll_seconds, options->catalog.shadow ? "yes" : "no");
	buffer_append_format(
		text, "owner %u:%u\n", (unsigned)filesystem->user, (unsigned)filesystem->group);
	buffer_append_format(text, "kernel opens files %s, directories %s\n",
		filesystem->opens_files ? "yes" : "no",
		filesystem->opens_directories ? "yes" : "no");
}

static void append_mount(struct buffer *text, const struct report *report) {
	const struct mount_options *options = report->options;
	buffer_append_string(text, "[mount]\ncardfs " CARDFS_VERSION "\n");
	append_line(text, "mounted on", text_of(report->mount_point));
	append_line(text, "source", text_of(options->source));
	append_line(text, "environment", options->environment);
	append_line(text, "mount options", text_of(options->fuse_options));
	append_flags(text, report);
	buffer_append_format(text, "process %d, parent %d, user %u:%u\n", (int)getpid(),
		(int)getppid(), (unsigned)geteuid(), (unsigned)getegid());
	append_system(text);
}

static void append_stores(struct buffer *text, struct view *view) {
	struct node node = {0};
	append_part(text, "stores");
	if (view_walk(view, TEXT(".cardfs/stores"), &node, NULL)) {
		node_read(&node, text, NULL);
	}
	node_finish(&node);
}

static void append_problems(struct buffer *text, const struct catalog *catalog) {
	struct problem_list problems = {0};
	catalog_add_problems(catalog, &problems);
	append_part(text, "problems");
	buffer_append_format(text, "%zu errors, %zu warnings; .cardfs/problems lists them\n",
		problem_list_count(&problems, PROBLEM_ERROR),
		problem_list_count(&problems, PROBLEM_WARNING));
	text->failed |= problems.failed;
	problem_list_finish(&problems);
}

void state_append(struct buffer *text, const struct report *report, struct view *view) {
	const struct moment moment = report_moment(report, view);
	append_mount(text, report);
	append_stores(text, view);
	append_problems(text, moment.catalog);
	append_part(text, "figures");
	statistics_append_text(text, report->filesystem->statistics, &moment);
	append_part(text, "log");
	recent_append(report->recent, text);
}
