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
