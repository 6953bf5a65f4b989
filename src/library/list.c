#include "base/array.h"
#include "library/handle.h"

#include <stdlib.h>

struct cardfs_list *list_create(struct error *error) {
	struct cardfs_list *list = calloc(1, sizeof(*list));
	if (list == NULL) {
		error_set_memory(error);
	}
	return list;
}

bool list_add(struct cardfs_list *list, struct text text, struct error *error) {
	struct text *items =
		array_make_room(list->items, list->count, &list->capacity, sizeof(*items));
	if (items == NULL) {
		return error_set_memory(error);
	}
	list->items = items;
	if (!arena_copy_text(&list->arena, text, &list->items[list->count])) {
		return error_set_memory(error);
	}
	list->count++;
	return true;
}

size_t cardfs_list_count(const struct cardfs_list *list) {
	return list->count;
}

const char *cardfs_list_item(const struct cardfs_list *list, size_t index, size_t *length) {
	struct text text = index < list->count ? list->items[index] : (struct text){0};
	if (length != NULL) {
		*length = text.length;
	}
	return text.data;
}

void cardfs_list_free(struct cardfs_list *list) {
	if (list != NULL) {
		free(list->items);
		arena_finish(&list->arena);
		free(list);
	}
}
