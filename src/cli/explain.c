#include "card/explain.h"

#include "card/locator.h"
#include "card/trace.h"
#include "cli/command.h"
#include "cli/origin.h"
#include "library/lookup.h"
#include "settings/suggest.h"

/* How a card is explained. */
struct answer {
	const struct workspace *workspace;
	const struct card *card;
	struct terminal terminal;
	struct columns columns;
};

static void add_label(struct columns *columns, struct text label) {
	struct buffer indented = {0};
	buffer_append_string(&indented, "  ");
	buffer_append_text(&indented, label);
	columns_add(columns, STYLE_DIM, buffer_text(&indented));
	columns->text.failed |= indented.failed;
	buffer_finish(&indented);
}

static bool add_state(struct answer *answer, const struct trace *trace, struct error *error) {
	static const enum terminal_style styles[] = {
		[LOCATION_LOCAL] = STYLE_GOOD,
		[LOCATION_MISSING] = STYLE_BAD,
		[LOCATION_CACHED] = STYLE_GOOD,
		[LOCATION_REMOTE] = STYLE_WARNING,
	};
	struct text name = text_of(location_state_name(trace->state));
	add_label(&answer->columns, TEXT("state"));
	columns_add_rest(&answer->columns, styles[trace->state], name);
	if (!columns_end_row(&answer->columns, error)) {
		return false;
	}
	if (!trace->gated) {
		return true;
	}
	add_label(&answer->columns, TEXT("gated"));
	columns_add_rest(&answer->columns, STYLE_WARNING, TEXT("access has to be asked for"));
	return columns_end_row(&answer->columns, error);
}

static bool add_trace(struct answer *answer, const struct trace *trace, struct error *error) {
	for (size_t i = 0; i < trace->count; i++) {
		const struct trace_step *step = &trace->steps[i];
		bool is_fault = !trace->is_placed && i + 1 == trace->count;
		add_label(&answer->columns, step->label);
		columns_add_rest(&answer->columns, is_fault ? STYLE_BAD : STYLE_PLAIN,
			buffer_text(&step->text));
		if (!columns_end_row(&answer->columns, error)) {
			return false;
		}
	}
	return !trace->is_placed || add_state(answer, trace, error);
}

static bool explain_locator(
	struct answer *answer, const struct explained_field *field, struct error *error) {
	if (field->value == NULL || !locator_is_link(field->field, field->value)) {
		return true;
	}
	struct trace trace = {0};
	bool done = trace_locator(answer->card, field->field, field->value, field->written,
			    &answer->workspace->locate, &trace, error) &&
		    add_trace(answer, &trace, error);
	trace_finish(&trace);
	return done;
}

static bool add_field(
	struct answer *answer, const struct explained_field *field, struct error *error) {
	struct columns *columns = &answer->columns;
	const struct origin_row row = origin_of_field(field);
	columns_add(columns, STYLE_NAME, field->path);
	origin_add(columns, &row);
	bool done = columns_end_row(columns, error);
	for (const struct hidden_value *hidden = field->hidden; done && hidden != NULL;
		hidden = hidden->next) {
		const struct origin_row hidden_row = {
			hidden->value, hidden->source, hidden->value->line, STYLE_DIM};
		add_label(columns, TEXT("hides"));
		origin_add(columns, &hidden_row);
		done = columns_end_row(columns, error);
	}
	return done && explain_locator(answer, field, error);
}

static bool fail_field(const struct card *card, const struct explanation *explanation,
	struct text path, struct error *error) {
	struct suggestions suggestions = {.wanted = path};
	for (const struct explained_field *field = explanation->fields; field != NULL;
		field = field->next) {
		const struct value *key = field->field->key;
		suggest_consider(
			&suggestions, key->type == VALUE_STRING ? key->canonical : TEXT(""));
		suggest_consider(&suggestions, field->path);
	}
	bool has_hint = suggestions.count > 0;
	return error_set(error, ERROR_NOT_FOUND, "%.*s has no field %.*s%s%.*s%s",
		TEXT_ARGUMENTS(card->name), TEXT_ARGUMENTS(path), has_hint ? "; did you mean " : "",
		TEXT_ARGUMENTS(has_hint ? suggestions.names[0] : TEXT("")), has_hint ? "?" : "");
}

/* path is empty for all fields. */
static bool add_fields(struct answer *answer, const struct explanation *explanation,
	struct text path, struct error *error) {
	size_t count = 0;
	for (const struct explained_field *field = explanation->fields; field != NULL;
		field = field->next) {
		if (path.length > 0 && !explained_is_within(field, path)) {
			continue;
		}
		count++;
		if (!add_field(answer, field, error)) {
			return false;
		}
	}
	bool is_found = path.length == 0 || count > 0;
	return is_found ? columns_print(&answer->columns, error)
			: fail_field(answer->card, explanation, path, error);
}

static bool explain(struct answer *answer, struct text path, struct error *error) {
	struct explanation explanation = {0};
	terminal_init(&answer->terminal);
	columns_init(&answer->columns, &answer->terminal, origin_columns, ORIGIN_COLUMN_COUNT);
	bool done = explain_card(answer->workspace->catalog, answer->card, &explanation, error) &&
		    add_fields(answer, &explanation, path, error);
	columns_finish(&answer->columns);
	explanation_finish(&explanation);
	return done;
}

static enum exit_status explain_named(
	const struct workspace *workspace, const char *request, const char *path) {
	struct error error = {0};
	struct card *card = lookup_card(workspace, request, &error);
	if (card == NULL) {
		return fail(&error);
	}
	struct answer answer = {.workspace = workspace, .card = card};
	enum exit_status status = EXIT_DONE;
	if (print_problems(&card->problems, PROBLEM_WARNING) > 0) {
		status = EXIT_PROBLEMS;
	}
	if (!card->is_broken && !explain(&answer, text_of(path), &error)) {
		status = fail(&error);
	}
	card_release(card);
	return status;
}

static enum exit_status run(struct settings *settings, const struct string_list *arguments) {
	if (arguments->count < 1 || arguments->count > 2) {
		return fail_usage("explain takes the name of an asset, and maybe a field");
	}
	const char *path = arguments->count == 2 ? arguments->items[1] : "";
	struct workspace workspace;
	struct error error = {0};
	enum exit_status status = workspace_load(&workspace, settings, &error)
					  ? explain_named(&workspace, arguments->items[0], path)
					  : fail(&error);
	workspace_finish(&workspace);
	return status;
}

const struct command command_explain = {
	.name = "explain",
	.usage = "NAME[@ENV] [FIELD]",
	.summary = "where each value comes from",
	.details =
		"Shows each field of a card, one within a mapping by its dotted name: its value,\n"
		"the document that set it as NAME@ENV, and the file and line of the value. Below\n"
		"it stand, indented,\n\n"
		"  hides    values of documents further down the chain, with their origins\n"
		"  target   and other steps of a locator, from the text in the card to the path,\n"
		"  state    and whether there is something: local, cached, remote, missing\n\n"
		"With FIELD only that one, or what is in it where it is a mapping.\n",
	.run = run,
};
