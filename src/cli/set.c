#include "card/fields.h"
#include "card/locator.h"
#include "cli/change.h"
#include "cli/command.h"
#include "yaml/write.h"

#include <string.h>

/* ---- what is asked for ---- */

/* The arguments behind the name, read. */
struct assignments {
	struct arena arena;
	struct assignment *items;
	size_t count;
};

static bool read_all(struct assignments *assignments, const struct string_list *arguments,
	bool is_removal, const struct catalog_options *options, struct error *error) {
	size_t room = arguments->count;
	assignments->items =
		arena_allocate_array(&assignments->arena, room, sizeof(*assignments->items));
	if (assignments->items == NULL) {
		return error_set_memory(error);
	}
	for (size_t i = 1; i < arguments->count; i++) {
		const char *argument = arguments->items[i];
		struct assignment *item = &assignments->items[assignments->count++];
		item->field = text_of(argument);
		if (is_removal && strchr(argument, '=') != NULL) {
			return error_set(error, ERROR_USAGE,
				"unset takes fields without values, not \"%s\"", argument);
		}
		if (!is_removal &&
			!assignment_parse(&assignments->arena, argument, options, item, error)) {
			return false;
		}
	}
	return true;
}

/* ---- what came of it ---- */

struct search {
	struct text path;
	const struct value *value;
};

static bool match_path(void *context, const struct nested_field *field) {
	struct search *search = context;
	if (text_equal(field->path, search->path)) {
		search->value = field->value;
	}
	return search->value == NULL;
}

/* Appends what a dotted field shows in a card, on one line. */
static bool append_shown(
	struct buffer *text, const struct card *card, struct text path, struct error *error) {
	struct search search = {.path = path};
	if (!fields_visit(card, match_path, &search, error)) {
		return false;
	}
	if (search.value != NULL) {
		yaml_write_inline(text, search.value);
	} else if (text_equal(path, TEXT("base")) && card->base.length > 0) {
		buffer_append_printable(text, card->base);
	} else {
		buffer_append_string(text, "(not set)");
	}
	return true;
}

static bool append_field(struct buffer *answer, const struct change *change,
	const struct assignment *assignment, struct error *error) {
	const struct card *after = change->is_unchanged ? change->before : change->after;
	buffer_append_string(answer, "  ");
	buffer_append_printable(answer, assignment->field);
	buffer_append_string(answer, ": ");
	if (!append_shown(answer, change->before, assignment->field, error)) {
		return false;
	}
	if (change->is_unchanged) {
		buffer_append_string(answer, " (unchanged)\n");
		return true;
	}
	buffer_append_string(answer, " -> ");
	bool done = append_shown(answer, after, assignment->field, error);
	buffer_append_byte(answer, '\n');
	return done;
}

static void append_heading(struct buffer *answer, const struct change *change, bool is_dry_run) {
	buffer_append_printable(answer, change->name.name);
	buffer_append_string(answer, change->name.environment.length > 0 ? "@" : "");
	buffer_append_printable(answer, change->name.environment);
	buffer_append_string(answer, change->leaves_nothing ? " was all of " : " in ");
	buffer_append_printable(answer, buffer_text(&change->path));
	if (change->leaves_nothing) {
		buffer_append_string(answer, ", which goes");
	}
	buffer_append_string(answer, is_dry_run ? " (dry run: nothing is written)\n" : "\n");
}

static bool print_change(const struct change *change, const struct assignments *assignments,
	bool is_dry_run, struct error *error) {
	struct buffer answer = {0};
	append_heading(&answer, change, is_dry_run);
	bool done = true;
	for (size_t i = 0; done && i < assignments->count; i++) {
		done = append_field(&answer, change, &assignments->items[i], error);
	}
	done = done && print_answer(&answer, error);
	buffer_finish(&answer);
	return done;
}

/* ---- what may not have been meant ---- */

static bool warn_of_target(struct problem_list *warnings, const struct change *change,
	struct text field_name, struct error *error) {
	const struct card_field *field = card_find(change->after, field_name);
	if (field == NULL || !locator_is_link(field, field->value)) {
		return true;
	}
	struct location location = {0};
	struct error fault = {0};
	bool is_placed = locator_locate(
		change->after, field, field->value, &change->workspace->locate, &location, &fault);
	if (!is_placed && fault.kind == ERROR_MEMORY) {
		return error_set_memory(error);
	}
	if (!is_placed || location.state == LOCATION_MISSING) {
		problem_list_add(warnings, PROBLEM_WARNING, buffer_text(&change->path),
			field->value->line, 0, change->name.name, "%.*s: %s%s",
			TEXT_ARGUMENTS(field_name), is_placed ? location.path.data : fault.message,
			is_placed ? " does not exist" : "");
	}
	location_finish(&location);
	return true;
}

static bool has_card(const struct change *change, struct text environment) {
	struct asset asset;
	return environment.length > 0 && catalog_find(change->catalog, change->name.name, &asset) &&
	       asset_document(&asset, environment) != NULL;
}

/* Of the cards for the environments in force only the first one applies, "user" before others. */
static void warn_of_hiding(struct problem_list *warnings, const struct change *change) {
	struct environments in_force = environments_in_force(change->workspace->environment);
	if (in_force.count < 2 || !has_card(change, in_force.names[0]) ||
		!has_card(change, in_force.names[1])) {
		return;
	}
	bool is_first = text_equal(change->name.environment, in_force.names[0]);
	bool is_second = text_equal(change->name.environment, in_force.names[1]);
	if (is_second || (is_first && change->is_new)) {
		struct text name = change->name.name;
		problem_list_add(warnings, PROBLEM_WARNING, buffer_text(&change->path), 0, 0, name,
			"%.*s@%.*s hides %.*s@%.*s, as only the first environment that has a card "
			"applies",
			TEXT_ARGUMENTS(name), TEXT_ARGUMENTS(in_force.names[0]),
			TEXT_ARGUMENTS(name), TEXT_ARGUMENTS(in_force.names[1]));
	}
}

static bool print_warnings(
	const struct change *change, const struct assignments *assignments, struct error *error) {
	struct problem_list warnings = {0};
	bool done = true;
	for (size_t i = 0; done && i < assignments->count; i++) {
		const struct assignment *item = &assignments->items[i];
		done = item->value == NULL || warn_of_target(&warnings, change, item->field, error);
	}
	warn_of_hiding(&warnings, change);
	print_problems(&warnings, PROBLEM_WARNING);
	problem_list_finish(&warnings);
	return done;
}

/* ---- the commands ---- */

static bool change_card(struct change *change, const struct assignments *assignments,
	bool is_dry_run, struct error *error) {
	print_problems(&change->workspace->problems, PROBLEM_WARNING);
	return (is_dry_run ? change_plan(change, assignments->items, assignments->count, error)
			   : change_make(change, assignments->items, assignments->count, error)) &&
	       print_change(change, assignments, is_dry_run, error) &&
	       (change->is_unchanged || print_warnings(change, assignments, error));
}

static enum exit_status run_change(
	struct settings *settings, const struct string_list *arguments, bool is_removal) {
	struct workspace workspace;
	struct change change;
	struct assignments assignments = {0};
	struct error error = {0};
	bool done = change_open(&change, &workspace, settings, arguments->items[0], &error) &&
		    read_all(&assignments, arguments, is_removal, &workspace.options, &error) &&
		    change_card(&change, &assignments, settings->dry_run, &error);
	arena_finish(&assignments.arena);
	change_finish(&change);
	workspace_finish(&workspace);
	return done ? EXIT_DONE : fail(&error);
}

static enum exit_status run_set(struct settings *settings, const struct string_list *arguments) {
	return arguments->count < 2 ? fail_usage("set takes the name of an asset, and FIELD=VALUE")
				    : run_change(settings, arguments, false);
}

static enum exit_status run_unset(struct settings *settings, const struct string_list *arguments) {
	return arguments->count < 2 ? fail_usage("unset takes the name of an asset, and fields")
				    : run_change(settings, arguments, true);
}

#define STORE_DETAILS                                                                        \
	"The card is in the user's store, or in the directory that --store names, in the\n"  \
	"file NAME@ENV.yaml unless it stands in another one there; ENV is \"user\" unless\n" \
	"it is given. Comments and the order of what is there stay.\n\n"                     \
	"  --store DIRECTORY   write there\n"                                                \
	"  --dry-run           show the change, and write nothing\n"

const struct command command_set = {
	.name = "set",
	.usage = "NAME[@ENV] FIELD=VALUE...",
	.summary = "override fields of an asset",
	.details =
		"Writes a card that overrides fields of an asset, to point a model at a\n"
		"checkpoint that you have, for example:\n\n"
		"  cardfs set llama3_2_1b checkpoint=consolidated.00.pth\n\n"
		"FIELD may be dotted: model_config.max_seq_len=4096. VALUE is YAML: 4096 is a\n"
		"number, '\"4096\"' a string. A relative path in a field that holds a locator is\n"
		"one from the working directory. What would not resolve is refused.\n\n" //
	STORE_DETAILS,
	.run = run_set,
};

const struct command command_unset = {
	.name = "unset",
	.usage = "NAME[@ENV] FIELD...",
	.summary = "take overrides away",
	.details = "Takes fields out of the card that cardfs set writes, so that what they hide\n"
		   "shows again. With the last field the card goes, and with the last card the\n"
		   "file.\n\n" //
	STORE_DETAILS,
	.run = run_unset,
};
