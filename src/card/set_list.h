/*
 * A list of sets of documents, which it borrows: those that a new catalog has and its predecessor
 * has not, or the other way round.
 */
#ifndef CARDFS_CARD_SET_LIST_H
#define CARDFS_CARD_SET_LIST_H

#include "card/document.h"

/* Zeroes are an empty list. */
struct set_list {
	const struct document_set **items;
	size_t count;
	size_t capacity;
	uintptr_t first, behind; /* once sorted: all documents are between these addresses */
};

void set_list_finish(struct set_list *list);

/* Adds a set at the end. */
bool set_list_add(struct set_list *list, const struct document_set *set, struct error *error);

/* How many documents the sets hold. */
size_t set_list_count_documents(const struct set_list *list);

/* Sorts the sets as set_list_has needs them. */
void set_list_sort(struct set_list *list);

/* Whether a document is of one of the sets, which are sorted. It is found by its address alone. */
bool set_list_find(const struct set_list *list, const struct document *document);

/* The same, sooner for the most part: most documents are of none. */
static inline bool set_list_has(const struct set_list *list, const struct document *document) {
	const uintptr_t address = (uintptr_t)document;
	return address >= list->first && address < list->behind && set_list_find(list, document);
}

#endif
