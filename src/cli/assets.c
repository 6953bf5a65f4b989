#include "cli/assets.h"

#include <stdlib.h>

bool assets_visit(const struct workspace *workspace, card_visitor *visitor, void *context,
	struct error *error) {
	struct catalog *catalog = workspace->catalog;
	struct environments environments = environments_in_force(workspace->environment);
	struct text *names = catalog_sorted_names(catalog);
	if (names == NULL) {
		return error_set_memory(error);
	}
	bool done = true;
	for (size_t i = 0; done && i < catalog_asset_count(catalog); i++) {
		struct card *card = catalog_card(catalog, names[i], &environments, error);
		done = card != NULL && visitor(context, card, error);
		card_release(card);
	}
	free(names);
	return done;
}

struct sound_visit {
	card_visitor *visitor;
	void *context;
	struct problem_list *problems;
};

static bool visit_sound(void *context, struct card *card, struct error *error) {
	const struct sound_visit *visit = context;
	if (card->is_broken) {
		problem_list_add_all(visit->problems, &card->problems);
		return true;
	}
	return visit->visitor(visit->context, card, error);
}

bool assets_visit_sound(const struct workspace *workspace, card_visitor *visitor, void *context,
	struct problem_list *problems, struct error *error) {
	struct sound_visit visit = {visitor, context, problems};
	problem_list_add_all(problems, &workspace->problems);
	catalog_add_problems(workspace->catalog, problems);
	return assets_visit(workspace, visit_sound, &visit, error);
}

enum exit_status assets_report(struct problem_list *problems) {
	problem_list_sort(problems);
	print_problems(problems, PROBLEM_WARNING);
	return problem_list_count(problems, PROBLEM_ERROR) > 0 ? EXIT_PROBLEMS : EXIT_DONE;
}
