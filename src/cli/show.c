#include "cli/assets.h"
#include "cli/command.h"
#include "library/lookup.h"

/* What is being shown, and how it went so far. */
struct showing {
	const struct workspace *workspace;
	enum card_rendering rendering;
	bool has_several;
	enum exit_status status;
	struct problem_list problems; /* of what is shown; one may come from several places */
};

static void worsen(struct showing *showing, enum exit_status status) {
	if (status > showing->status) {
		showing->status = status;
	}
}

static bool show_card(void *context, struct card *card, struct error *error) {
	struct showing *showing = context;
	problem_list_add_all(&showing->problems, &card->problems);
	if (card->is_broken) {
		worsen(showing, EXIT_PROBLEMS);
		return true;
	}
	struct buffer answer = {0};
	if (showing->has_several && showing->rendering == CARD_YAML) {
		buffer_append_string(&answer, "---\n");
	}
	bool done = card_render(card, showing->rendering, &answer, error) &&
		    print_answer(&answer, error);
	buffer_finish(&answer);
	return done;
}

static bool show_all(struct showing *showing, struct error *error) {
	catalog_add_problems(showing->workspace->catalog, &showing->problems);
	if (problem_list_count(&showing->problems, PROBLEM_ERROR) > 0) {
		worsen(showing, EXIT_PROBLEMS);
	}
	return assets_visit(showing->workspace, show_card, showing, error);
}

static bool show_named(
	struct showing *showing, const struct string_list *names, struct error *error) {
	for (size_t i = 0; i < names->count; i++) {
		struct error fault = {0};
		struct card *card = lookup_card(showing->workspace, names->items[i], &fault);
		if (card == NULL) {
			worsen(showing, fail(&fault));
			continue;
		}
		bool done = show_card(showing, card, error);
		card_release(card);
		if (!done) {
			return false;
		}
	}
	return true;
}

static enum exit_status run(struct settings *settings, const struct string_list *arguments) {
	if (settings->all == (arguments->count > 0)) {
		return fail_usage("show takes the names of assets, or --all");
	}
	struct workspace workspace;
	struct error error = {0};
	struct showing showing = {
		.workspace = &workspace,
		.rendering = settings->json ? CARD_JSON : CARD_YAML,
		.has_several = settings->all || arguments->count > 1,
	};
	bool done = workspace_load(&workspace, settings, &error);
	if (done) {
		print_problems(&workspace.problems, PROBLEM_WARNING);
		done = settings->all ? show_all(&showing, &error)
				     : show_named(&showing, arguments, &error);
		problem_list_sort(&showing.problems);
		print_problems(&showing.problems, PROBLEM_ERROR);
		done = done && (!showing.problems.failed || error_set_memory(&error));
	}
	problem_list_finish(&showing.problems);
	workspace_finish(&workspace);
	return done ? showing.status : fail(&error);
}

const struct command command_show = {
	.name = "show",
	.usage = "NAME[@ENV]... | --all [--json]",
	.summary = "the merged cards",
	.details =
		"Shows each card merged with its environment and its bases, as card.yaml does.\n"
		"NAME@ENV asks for exactly that environment, NAME@ for none. Several are a stream\n"
		"of documents.\n\n"
		"  --all    every asset\n"
		"  --json   as card.json\n\n"
		"A broken asset is named on standard error, and the exit status is 1; one that\n"
		"does not exist makes it 2.\n",
	.run = run,
};
