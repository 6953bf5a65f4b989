#include "cli/workspace.h"

#include "base/log.h"
#include "library/handle.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

static void apply_log_settings(const struct settings *settings) {
	if (settings->verbose || settings->debug) {
		log_set_level(settings->debug ? LOG_LEVEL_DEBUG : LOG_LEVEL_INFORMATION);
	}
	if (settings->log_format != NULL && strcmp(settings->log_format, "json") == 0) {
		log_set_format(LOG_FORMAT_JSON);
	}
}

static bool check_configuration(const struct settings *settings, struct error *error) {
	if (settings->problems.failed) {
		return error_set_memory(error);
	}
	if (print_problems(&settings->problems, PROBLEM_WARNING) == 0) {
		return true;
	}
	return error_set(error, ERROR_INVALID, "the configuration file %s cannot be used",
		settings->configuration);
}

static bool begin(const struct settings *settings, struct error *error) {
	apply_log_settings(settings);
	return check_configuration(settings, error);
}

bool workspace_open(
	struct workspace *workspace, const struct settings *settings, struct error *error) {
	*workspace = (struct workspace){0};
	return begin(settings, error) && workspace_open_stores(workspace, settings, error);
}

bool workspace_load(
	struct workspace *workspace, const struct settings *settings, struct error *error) {
	return workspace_open(workspace, settings, error) && workspace_read(workspace, error) &&
	       workspace_look(workspace, error);
}

struct cardfs_stores *open_stores(const struct settings *settings, struct error *error) {
	return begin(settings, error) ? stores_open(settings, error) : NULL;
}

static void print_message(const char *message) {
	struct buffer line = {0};
	buffer_append_string(&line, "cardfs: ");
	buffer_append_printable(&line, text_of(message));
	fprintf(stderr, "%s\n", line.failed ? "cardfs: no memory" : line.data);
	buffer_finish(&line);
}

enum exit_status fail(const struct error *error) {
	print_message(error->message);
	if (error->kind == ERROR_USAGE) {
		fputs("cardfs --help shows what there is\n", stderr);
	}
	return EXIT_NOT_DONE;
}

enum exit_status fail_usage(const char *format, ...) {
	struct buffer message = {0};
	va_list arguments;
	va_start(arguments, format);
	buffer_append_format_list(&message, format, arguments);
	va_end(arguments);
	print_message(message.failed ? "wrong usage" : message.data);
	fputs("cardfs --help shows what there is\n", stderr);
	buffer_finish(&message);
	return EXIT_NOT_DONE;
}

size_t print_problems(const struct problem_list *problems, enum problem_severity mildest) {
	size_t count = 0;
	struct buffer line = {0};
	for (size_t i = 0; i < problems->count; i++) {
		if (problems->items[i].severity > mildest) {
			continue;
		}
		buffer_clear(&line);
		problem_append(&line, &problems->items[i], false);
		fprintf(stderr, "%s\n", line.failed ? "cardfs: no memory" : line.data);
		count++;
	}
	buffer_finish(&line);
	return count;
}

bool print_answer(const struct buffer *answer, struct error *error) {
	if (answer->failed) {
		return error_set_memory(error);
	}
	const struct text text = buffer_text(answer);
	if (fwrite(text.data, 1, text.length, stdout) != text.length || fflush(stdout) != 0) {
		return error_set_system(error, errno, "cannot write to standard output");
	}
	return true;
}
