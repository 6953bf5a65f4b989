#include "library/workspace.h"

#include "yaml/read.h"

#include <stdlib.h>
#include <string.h>

static bool check_configuration(const struct settings *settings, struct error *error) {
	if (settings->problems.failed) {
		return error_set_memory(error);
	}
	if (settings->problems.count == 0) {
		return true;
	}
	struct buffer line = {0};
	problem_append(&line, &settings->problems.items[0], false);
	if (line.failed) {
		error_set_memory(error);
	} else {
		error_set(error, ERROR_INVALID, "%s", line.data);
	}
	buffer_finish(&line);
	return false;
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

bool workspace_open_stores(
	struct workspace *workspace, const struct settings *settings, struct error *error) {
	*workspace = (struct workspace){.options.limits = yaml_default_limits};
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
		.avoids_remote = settings->avoids_remote,
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
	if (workspace->catalog == NULL) {
		catalog_keep(catalog);
	}
	catalog_release(workspace->catalog);
	workspace->catalog = catalog;
	return true;
}

bool workspace_look(struct workspace *workspace, struct error *error) {
	struct view *view =
		view_create(workspace->catalog, workspace->environment, &workspace->locate, error);
	if (view == NULL) {
		return false;
	}
	view_release(workspace->view);
	workspace->view = view;
	return true;
}

void workspace_finish(struct workspace *workspace) {
	view_release(workspace->view);
	catalog_release(workspace->catalog);
	problem_list_finish(&workspace->problems);
	locate_settings_finish(&workspace->locate);
	store_set_close(&workspace->stores);
	free(workspace->locator_fields);
}
