#include "cli/workspace.h"

#include "base/log.h"
#include "yaml/read.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
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

/* "a:b" as two texts. */
static bool split_locators(struct workspace *workspace, const char *list, struct error *error) {
	struct text rest = text_of(list);
	workspace->locator_fields = calloc(rest.length + 1, sizeof(*workspace->locator_fields));
	if (workspace->locator_fields == NULL) {
		return error_set_memory(error);
	}
	while (rest.length > 0) {
		struct text field = text_part(rest, 0, text_index(rest, ':'));
		rest = text_part(rest, field.length + 1, rest.length);
		if (field.length > 0) {
			workspace->locator_fields[workspace->options.locator_field_count++] = field;
		}
	}
	workspace->options.locator_fields = workspace->locator_fields;
	return true;
}

bool workspace_open(
	struct workspace *workspace, const struct settings *settings, struct error *error) {
	*workspace = (struct workspace){.options.limits = yaml_default_limits};
	apply_log_settings(settings);
	if (!check_configuration(settings, error)) {
		return false;
	}
	workspace->environment = text_of(settings->environment);
	workspace->options.shadow =
		settings->conflicts != NULL && strcmp(settings->conflicts, "shadow") == 0;
	struct store_options stores = {
		.no_built_in = settings->no_built_in || settings->no_default_stores,
		.no_system = settings->no_system || settings->no_default_stores,
		.no_user = settings->no_user || settings->no_default_stores,
		.locations = settings->stores.items,
		.location_count = settings->stores.count,
		.file_size_limit = workspace->options.limits.file_size,
	};
	return split_locators(workspace, settings->locators, error) &&
	       locate_settings_init(&workspace->locate, error) &&
	       store_set_open(&workspace->stores, &stores, &workspace->problems, error);
}

bool workspace_read(struct workspace *workspace, struct error *error) {
	struct catalog *catalog = catalog_create(
		&workspace->stores, &workspace->options, workspace->catalog, NULL, error);
	if (catalog == NULL) {
		return false;
	}
	catalog_release(workspace->catalog);
	workspace->catalog = catalog;
	return true;
}

bool workspace_load(
	struct workspace *workspace, const struct settings *settings, struct error *error) {
	if (!workspace_open(workspace, settings, error) || !workspace_read(workspace, error)) {
		return false;
	}
	workspace->view =
		view_create(workspace->catalog, workspace->environment, &workspace->locate, error);
	return workspace->view != NULL;
}

void workspace_finish(struct workspace *workspace) {
	view_release(workspace->view);
	catalog_release(workspace->catalog);
	problem_list_finish(&workspace->problems);
	locate_settings_finish(&workspace->locate);
	store_set_close(&workspace->stores);
	free(workspace->locator_fields);
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
