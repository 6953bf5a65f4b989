/*
 * Where a locator leads, through the cards that refer to others: what `cardfs path` prints.
 */
#ifndef CARDFS_LIBRARY_TARGET_H
#define CARDFS_LIBRARY_TARGET_H

#include "view/view.h"

/*
 * Finds the locator that a field of the asset stands for which somebody asks for as request. Fails
 * with ERROR_NOT_FOUND where there is no such field, or no locator in it, and with ERROR_INVALID
 * where references go in a circle. Otherwise place is that of the link, in the view of the card
 * that has it, which the caller finishes; it is zeroes where this fails.
 */
bool target_find(struct view *view, const char *request, const char *field, struct node *place,
	struct error *error);

#endif
