#include "card/diff.h"

#include "cli/command.h"
#include "cli/origin.h"
#include "library/lookup.h"

/* A side of the comparison. */
struct side {
	const char *mark;
	const char *file_mark; /* before the name of the card */
	enum terminal_style style;
};

static const struct side sides[] = {{"- ", "--- ", STYLE_BAD}, {"+ ", "+++ ", STYLE_GOOD}};

static void add_marked(struct columns *columns, const struct side *side, const char *mark,
	struct text text, bool is_alone) {
	struct buffer marked = {0};
	buffer_append_string(&marked, mark);
	buffer_append_text(&marked, text);
	if (is_alone) {
		columns_add_rest(columns, side->style, buffer_text(&marked));
	} else {
		columns_add(columns, side->style, buffer_text(&marked));
	}
	columns->text.failed |= marked.failed;
	buffer_finish(&marked);
}

static bool add_side(struct columns *columns, const struct side *side,
	const struct explained_field *field, struct error *error) {
	if (field == NULL) {
		return true;
	}
	const struct origin_row row = origin_of_field(field);
	add_marked(columns, side, side->mark, field->path, false);
	origin_add(columns, &row);
	return columns_end_row(columns, error);
}

static bool add_names(
	struct columns *columns, const struct string_list *names, struct error *error) {
	for (size_t i = 0; i < 2; i++) {
		add_marked(columns, &sides[i], sides[i].file_mark, text_of(names->items[i]), true);
		if (!columns_end_row(columns, error)) {
			return false;
		}
	}
	return true;
}

static bool print_differences(
	const struct diff *diff, const struct string_list *names, struct error *error) {
	struct terminal terminal;
	struct columns columns;
	terminal_init(&terminal);
	columns_init(&columns, &terminal, origin_columns, ORIGIN_COLUMN_COUNT);
	bool done = diff->count == 0 || add_names(&columns, names, error);
	for (size_t i = 0; done && i < diff->count; i++) {
		done = add_side(&columns, &sides[0], diff->items[i].first, error) &&
		       add_side(&columns, &sides[1], diff->items[i].second, error);
	}
	done = done && columns_print(&columns, error);
	columns_finish(&columns);
	return done;
}

/* The card that is asked for; its problems are printed, and *status says whether it can be used. */
static struct card *take_card(
	const struct workspace *workspace, const char *request, enum exit_status *status) {
	struct error error = {0};
	struct card *card = lookup_card(workspace, request, &error);
	if (card == NULL) {
		*status = fail(&error);
	} else if (print_problems(&card->problems, PROBLEM_WARNING) > 0 && *status == EXIT_DONE) {
		*status = EXIT_PROBLEMS;
	}
	return card;
}

static enum exit_status compare(
	const struct workspace *workspace, const struct string_list *names) {
	enum exit_status status = EXIT_DONE;
	struct card *first = take_card(workspace, names->items[0], &status);
	struct card *second = take_card(workspace, names->items[1], &status);
	if (first != NULL && second != NULL && !first->is_broken && !second->is_broken) {
		struct diff diff = {0};
		struct error error = {0};
		bool done = diff_cards(workspace->catalog, first, second, &diff, &error) &&
			    print_differences(&diff, names, &error);
		status = done ? status : fail(&error);
		diff_finish(&diff);
	}
	card_release(first);
	card_release(second);
	return status;
}

static enum exit_status run(struct settings *settings, const struct string_list *arguments) {
	if (arguments->count != 2) {
		return fail_usage("diff takes the names of two assets, or one name twice with "
				  "different environments: NAME@A NAME@B");
	}
	struct workspace workspace;
	struct error error = {0};
	enum exit_status status = workspace_load(&workspace, settings, &error)
					  ? compare(&workspace, arguments)
					  : fail(&error);
	workspace_finish(&workspace);
	return status;
}

const struct command command_diff = {
	.name = "diff",
	.usage = "NAME[@ENV] NAME[@ENV]",
	.summary = "the fields that differ",
	.details =
		"Shows the fields in which two cards differ, or one card in two environments:\n"
		"with \"-\" the value of the first, with \"+\" that of the second, each with the\n"
		"document that set it and its file and line. A field that one of them lacks has\n"
		"one line. Values are compared by what they mean: 1e-5 is 0.00001.\n\n"
		"Nothing is printed where they are alike. The exit status is 0 either way.\n",
	.run = run,
};
