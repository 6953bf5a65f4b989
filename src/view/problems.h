/*
 * Everything that is wrong, or worth saying, about the cards of a view: what `cardfs check` prints
 * and .cardfs/problems holds.
 */
#ifndef CARDFS_VIEW_PROBLEMS_H
#define CARDFS_VIEW_PROBLEMS_H

#include "view/view.h"

/*
 * Adds what there is to say about one card as a mount shows it: why it is broken, relations that
 * name no card, gated assets, locators that lead elsewhere than fairseq2 takes them, names that no
 * file system holds ("semantics.md", "layout.md, Names"). Fails for want of memory.
 */
bool problems_of_card(
	struct view *view, struct card *card, struct problem_list *problems, struct error *error);

/*
 * Adds every problem there is, sorted: the catalog's own and those of each card in the view's
 * environment. Costs one pass over all cards.
 */
bool problems_of_view(struct view *view, struct problem_list *problems, struct error *error);

#endif
