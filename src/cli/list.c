#include "card/kind.h"
#include "cli/assets.h"
#include "cli/command.h"

/* Which cards are listed, and what came of it so far. */
struct listing {
	bool has_kind;
	enum card_kind kind;
	struct buffer answer;
	struct problem_list problems;
};

static bool list_card(void *context, struct card *card, struct error *error) {
	struct listing *listing = context;
	(void)error;
	if (card->is_broken) {
		problem_list_add_all(&listing->problems, &card->problems);
	} else if (!listing->has_kind || card_kind(card) == listing->kind) {
		buffer_append_printable(&listing->answer, card->name);
		buffer_append_byte(&listing->answer, '\n');
	}
	return true;
}

static enum exit_status list_workspace(const struct workspace *workspace, struct listing *listing) {
	struct error error = {0};
	problem_list_add_all(&listing->problems, &workspace->problems);
	catalog_add_problems(workspace->catalog, &listing->problems);
	if (!assets_visit(workspace, list_card, listing, &error) ||
		!print_answer(&listing->answer, &error)) {
		return fail(&error);
	}
	problem_list_sort(&listing->problems);
	print_problems(&listing->problems, PROBLEM_WARNING);
	bool has_errors = problem_list_count(&listing->problems, PROBLEM_ERROR) > 0;
	return has_errors ? EXIT_PROBLEMS : EXIT_DONE;
}

static enum exit_status run(struct settings *settings, const struct string_list *arguments) {
	struct listing listing = {.has_kind = settings->kind != NULL};
	if (arguments->count > 0) {
		return fail_usage(
			"list takes no arguments, but there is \"%s\"", arguments->items[0]);
	}
	if (listing.has_kind && !card_kind_parse(settings->kind, &listing.kind)) {
		return fail_usage(
			"there is no kind \"%s\"; kinds are model, dataset, tokenizer and other",
			settings->kind);
	}
	struct workspace workspace;
	struct error error = {0};
	enum exit_status status = workspace_load(&workspace, settings, &error)
					  ? list_workspace(&workspace, &listing)
					  : fail(&error);
	buffer_finish(&listing.answer);
	problem_list_finish(&listing.problems);
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
