#include "card/set_list.h"

#include <stdlib.h>

void set_list_finish(struct set_list *list) {
	free(list->items);
	*list = (struct set_list){0};
}

bool set_list_add(struct set_list *list, const struct document_set *set, struct error *error) {
	if (list->count == list->capacity) {
		size_t capacity = list->capacity == 0 ? 16 : list->capacity * 2;
		const struct document_set **grown =
			realloc(list->items, capacity * sizeof(const struct document_set *));
		if (grown == NULL) {
			return error_set_memory(error);
		}
		list->items = grown;
		list->capacity = capacity;
	}
	list->items[list->count++] = set;
	return true;
}

size_t set_list_count_documents(const struct set_list *list) {
	size_t count = 0;
	for (size_t i = 0; i < list->count; i++) {
		count += list->items[i]->count;
	}
	return count;
}

static int compare_addresses(const void *a, const void *b) {
	const struct document_set *const *first = a;
	const struct document_set *const *second = b;
	const uintptr_t address = (uintptr_t)(*first)->documents;
	const uintptr_t other = (uintptr_t)(*second)->documents;
	return (address > other) - (address < other);
}

void set_list_sort(struct set_list *list) {
	if (list->count == 0) {
		return;
	}
	qsort(list->items, list->count, sizeof(const struct document_set *), compare_addresses);
	const struct document_set *last = list->items[list->count - 1];
	list->first = (uintptr_t)list->items[0]->documents;
	list->behind = (uintptr_t)last->documents + last->count * sizeof(struct document);
}

bool set_list_find(const struct set_list *list, const struct document *document) {
	const uintptr_t address = (uintptr_t)document;
	size_t low = 0;
	size_t high = list->count;
	while (low < high) {
		const size_t middle = low + (high - low) / 2;
		const struct document_set *set = list->items[middle];
		if (address < (uintptr_t)set->documents) {
			high = middle;
		} else if (address >= (uintptr_t)set->documents + set->count * sizeof(*document)) {
			low = middle + 1;
		} else {
			return true;
		}
	}
	return false;
}
