#include "card/kind.h"
#include "cli/command.h"

/* Which cards are listed. */
struct selection {
	bool has_kind;
	enum card_kind kind;
};

static bool is_selected(const struct selection *selection, const struct card *card) {
	return !selection->has_kind || card_kind(card) == selection->kind;
}

static bool list_assets(const struct workspace *workspace, const struct selection *selection,
	struct problem_list *problems, struct buffer *answer, struct error *error) {
	struct environments environments = environments_in_force(workspace->environment);
	for (size_t i = 0; i < catalog_asset_count(workspace->catalog); i++) {
		struct text name = catalog_asset(workspace->catalog, i)->name;
		struct card *card = catalog_card(workspace->catalog, name, &environments, error);
		if (card == NULL) {
			return false;
		}
		if (card->is_broken) {
			problem_list_add_all(problems, &card->problems);
		} else if (is_selected(selection, card)) {
			buffer_append_printable(answer, name);
			buffer_append_byte(answer, '\n');
		}
		card_release(card);
	}
	return true;
}

static enum exit_status list_workspace(
	const struct workspace *workspace, const struct selection *selection) {
	struct problem_list problems = {0};
	struct buffer answer = {0};
	struct error error = {0};
	problem_list_add_all(&problems, &workspace->problems);
	problem_list_add_all(&problems, catalog_problems(workspace->catalog));
	bool done = list_assets(workspace, selection, &problems, &answer, &error) &&
		    print_answer(&answer, &error);
	enum exit_status status = done ? EXIT_DONE : fail(&error);
	if (done) {
		problem_list_sort(&problems);
		print_problems(&problems, PROBLEM_WARNING);
		if (problem_list_count(&problems, PROBLEM_ERROR) > 0) {
			status = EXIT_PROBLEMS;
		}
	}
	buffer_finish(&answer);
	problem_list_finish(&problems);
	return status;
}

static enum exit_status run(struct settings *settings, const struct string_list *arguments) {
	struct selection selection = {.has_kind = settings->kind != NULL};
	if (arguments->count > 0) {
		return fail_usage(
			"list takes no arguments, but there is \"%s\"", arguments->items[0]);
	}
	if (selection.has_kind && !card_kind_parse(settings->kind, &selection.kind)) {
		return fail_usage(
			"there is no kind \"%s\"; kinds are model, dataset, tokenizer and other",
			settings->kind);
	}
	struct workspace workspace;
	struct error error = {0};
	enum exit_status status = workspace_load(&workspace, settings, &error)
					  ? list_workspace(&workspace, &selection)
					  : fail(&error);
	workspace_finish(&workspace);
	return status;
}

const struct command command_list = {
	.name = "list",
	.usage = "[--kind KIND]",
	.summary = "names of the assets, sorted",
	.details =
		"Lists the names of all assets that resolve, one a line. Broken ones are named on\n"
		"standard error, and the exit status is 1 then.\n\n"
		"  --kind KIND   only models, datasets, tokenizers, or others:\n"
		"                model, dataset, tokenizer, other\n",
	.run = run,
};
