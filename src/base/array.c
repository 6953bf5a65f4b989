#include "base/array.h"

#include <stdlib.h>

enum { FIRST_CAPACITY = 8 };

void *array_make_room(void *items, size_t count, size_t *capacity, size_t size) {
	if (count < *capacity) {
		return items;
	}
	const size_t more = *capacity == 0 ? FIRST_CAPACITY : *capacity * 2;
	void *grown = reallocarray(items, more, size);
	if (grown != NULL) {
		*capacity = more;
	}
	return grown;
}
