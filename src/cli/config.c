#include "base/home.h"
#include "cli/columns.h"
#include "cli/command.h"
#include "settings/option.h"
#include "yaml/json.h"

#include <string.h>

/* One line of the answer: a setting, a store or a cache. */
struct row {
	const char *section; /* of the JSON object */
	struct text name;
	struct text value; /* empty: nothing */
	struct text origin;
};

/* Called with each row in turn, those of one section together. */
typedef bool row_visitor(void *context, const struct row *row, struct error *error);

struct rows {
	row_visitor *visitor;
	void *context;
	struct error *error;
};

static bool add_row(const struct rows *rows, const char *section, const char *name,
	struct text value, struct text origin) {
	const struct row row = {section, text_of(name), value, origin};
	return rows->visitor(rows->context, &row, rows->error);
}

/* ---- settings ---- */

static void append_place(struct buffer *text, const struct setting_place *place) {
	switch (place->origin) {
	case SETTING_OPTION:
		buffer_append_string(text, "option");
		break;
	case SETTING_VARIABLE:
		buffer_append_format(text, "$%s", place->name);
		break;
	case SETTING_FILE:
		buffer_append_format(text, "%s:%u", place->name, place->line);
		break;
	case SETTING_RULE:
		buffer_append_format(text, "%s:%u (rule)", place->name, place->line);
		break;
	}
}

static bool add_record(const struct rows *rows, const struct setting_record *record) {
	struct buffer origin = {0};
	append_place(&origin, &record->place);
	bool done = origin.failed ? error_set_memory(rows->error)
				  : add_row(rows, "settings", record->option->mount_name,
					    text_of(record->value), buffer_text(&origin));
	buffer_finish(&origin);
	return done;
}

static bool add_setting(
	const struct rows *rows, const struct settings *settings, const struct option *option) {
	const struct setting_record *last = option_record(settings, option);
	if (last == NULL) {
		const char *nothing = option->kind == OPTION_FLAG ? "false" : "";
		const char *value = option->default_value;
		return add_row(rows, "settings", option->mount_name,
			text_of(value == NULL ? nothing : value), TEXT("default"));
	}
	if (option->kind != OPTION_LIST) {
		return add_record(rows, last);
	}
	bool done = true;
	for (size_t i = 0; done && i < settings->record_count; i++) {
		const struct setting_record *record = &settings->records[i];
		done = record->option != option || add_record(rows, record);
	}
	return done;
}

static bool add_settings(const struct rows *rows, const struct settings *settings) {
	bool done = true;
	for (size_t i = 0; done && i < option_count; i++) {
		const struct option *option = &option_table[i];
		done = option->mount_name == NULL || add_setting(rows, settings, option);
	}
	return done;
}

/* ---- where things are ---- */

enum { VARIABLE_LIMIT = 3 };

/* The variables that may name a store of some origin, in the order in which they are looked at. */
static const char *const store_variables[][VARIABLE_LIMIT + 1] = {
	[STORE_BUILT_IN] = {NULL},
	[STORE_SYSTEM] = {"FAIRSEQ2_ASSET_DIR", NULL},
	[STORE_ADDED] = {NULL},
	[STORE_USER] = {"FAIRSEQ2_USER_ASSET_DIR", "XDG_CONFIG_HOME", NULL},
};

static const char *const asset_cache_variables[] = {"FAIRSEQ2_CACHE_DIR", "XDG_CACHE_HOME", NULL};
static const char *const hub_cache_variables[] = {
	"HF_HUB_CACHE", "HF_HOME", "XDG_CACHE_HOME", NULL};

/* A variable that names a directory which does not exist is passed over. */
static bool is_named_by(const char *variable, struct text location) {
	const char *value = home_variable(variable);
	return value != NULL && text_starts_with(location, text_of(value));
}

static bool add_place(const struct rows *rows, const char *section, const char *name,
	struct text location, const char *const *variables) {
	while (*variables != NULL && !is_named_by(*variables, location)) {
		variables++;
	}
	struct buffer origin = {0};
	if (*variables != NULL) {
		buffer_append_format(&origin, "$%s", *variables);
	} else {
		buffer_append_string(&origin, "default");
	}
	bool done = origin.failed ? error_set_memory(rows->error)
				  : add_row(rows, section, name, location, buffer_text(&origin));
	buffer_finish(&origin);
	return done;
}

static bool add_store(const struct rows *rows, const struct store *store) {
	const char *name = store_origin_name(store->origin);
	struct text location = text_of(store->location);
	if (store->origin == STORE_ADDED) {
		return add_row(rows, "stores", name, location, TEXT("store"));
	}
	return add_place(rows, "stores", name, location, store_variables[store->origin]);
}

static bool add_places(const struct rows *rows, const struct workspace *workspace) {
	bool done = true;
	for (size_t i = 0; done && i < workspace->stores.count; i++) {
		done = add_store(rows, workspace->stores.stores[i]);
	}
	return done &&
	       add_place(rows, "caches", "asset", text_of(workspace->locate.asset_cache),
		       asset_cache_variables) &&
	       add_place(rows, "caches", "hub", text_of(workspace->locate.hub_cache),
		       hub_cache_variables);
}

/* workspace is NULL where some store cannot be opened: the settings may say why. */
static bool visit_rows(const struct rows *rows, const struct workspace *workspace,
	const struct settings *settings) {
	return add_settings(rows, settings) && (workspace == NULL || add_places(rows, workspace));
}

/* ---- as text ---- */

static const struct {
	const char *section;
	const char *noun; /* behind a row's name */
} nouns[] = {
	{"settings", ""},
	{"stores", " store"},
	{"caches", " cache"},
};

static bool show_row(void *context, const struct row *row, struct error *error) {
	struct columns *columns = context;
	struct buffer name = {0};
	buffer_append_text(&name, row->name);
	for (size_t i = 0; i < sizeof(nouns) / sizeof(nouns[0]); i++) {
		if (strcmp(nouns[i].section, row->section) == 0) {
			buffer_append_string(&name, nouns[i].noun);
		}
	}
	bool has_value = row->value.length > 0;
	columns_add(columns, STYLE_NAME, buffer_text(&name));
	columns_add(
		columns, has_value ? STYLE_PLAIN : STYLE_DIM, has_value ? row->value : TEXT("-"));
	columns_add_rest(columns, STYLE_DIM, row->origin);
	columns->text.failed |= name.failed;
	buffer_finish(&name);
	return columns_end_row(columns, error);
}

static bool show_text(
	const struct workspace *workspace, const struct settings *settings, struct error *error) {
	static const struct column layout[] = {
		{"SETTING", CUT_NOTHING}, {"VALUE", CUT_START}, {"FROM", CUT_START}};
	struct terminal terminal;
	struct columns columns;
	terminal_init(&terminal);
	columns_init(&columns, &terminal, layout, sizeof(layout) / sizeof(layout[0]));
	struct rows rows = {show_row, &columns, error};
	bool done = visit_rows(&rows, workspace, settings) && columns_print(&columns, error);
	columns_finish(&columns);
	return done;
}

/* ---- as JSON ---- */

struct json_answer {
	struct buffer text;
	const char *section; /* that is open, or NULL */
};

static void append_member(struct buffer *text, const char *name, struct text value) {
	buffer_append_format(text, "\"%s\": ", name);
	if (value.length > 0) {
		json_write_string(text, value);
	} else {
		buffer_append_string(text, "null");
	}
}

static bool append_row(void *context, const struct row *row, struct error *error) {
	struct json_answer *answer = context;
	struct buffer *text = &answer->text;
	(void)error;
	bool is_open = answer->section != NULL && strcmp(answer->section, row->section) == 0;
	if (!is_open) {
		buffer_append_format(text, "%s  \"%s\": [\n",
			answer->section == NULL ? "" : "\n  ],\n", row->section);
		answer->section = row->section;
	} else {
		buffer_append_string(text, ",\n");
	}
	buffer_append_string(text, "    {");
	append_member(text, "name", row->name);
	buffer_append_string(text, ", ");
	append_member(text, "value", row->value);
	buffer_append_string(text, ", ");
	append_member(text, "from", row->origin);
	buffer_append_byte(text, '}');
	return true;
}

static bool show_json(
	const struct workspace *workspace, const struct settings *settings, struct error *error) {
	struct json_answer answer = {0};
	struct rows rows = {append_row, &answer, error};
	buffer_append_string(&answer.text, "{\n  ");
	append_member(&answer.text, "configuration", text_of(settings->configuration));
	buffer_append_string(&answer.text, ",\n");
	bool done = visit_rows(&rows, workspace, settings);
	buffer_append_string(&answer.text, "\n  ]\n}\n");
	done = done && print_answer(&answer.text, error);
	buffer_finish(&answer.text);
	return done;
}

static bool show(
	const struct workspace *workspace, const struct settings *settings, struct error *error) {
	return settings->json ? show_json(workspace, settings, error)
			      : show_text(workspace, settings, error);
}

static enum exit_status run(struct settings *settings, const struct string_list *arguments) {
	if (arguments->count > 0) {
		return fail_usage(
			"config takes no arguments, but there is \"%s\"", arguments->items[0]);
	}
	struct workspace workspace;
	struct error fault = {0};
	struct error error = {0};
	bool is_open = workspace_open(&workspace, settings, &fault);
	print_problems(&workspace.problems, PROBLEM_WARNING);
	bool done =
		settings->problems.count > 0 || show(is_open ? &workspace : NULL, settings, &error);
	workspace_finish(&workspace);
	if (!done) {
		return fail(&error);
	}
	return is_open ? EXIT_DONE : fail(&fault);
}

const struct command command_config = {
	.name = "config",
	.usage = "[--json]",
	.summary = "the settings in force",
	.details =
		"Shows every setting with where it came from: the default, the configuration\n"
		"file and line, a rule of that file, an environment variable, or an option; and\n"
		"where the stores and the caches are.\n\n"
		"The configuration file is $CARDFS_CONFIG, else\n"
		"$XDG_CONFIG_HOME/cardfs/config.yaml, else /etc/cardfs/config.yaml.\n\n"
		"  --json   as JSON: lists of name, value and from\n",
	.run = run,
};
