/*
 * Arrays that grow as items are added: whoever has one keeps a pointer, a count and a capacity.
 */
#ifndef CARDFS_BASE_ARRAY_H
#define CARDFS_BASE_ARRAY_H

#include <stddef.h>

/*
 * Returns items (NULL: none yet), which may have moved, with room for one more than count of that
 * size; *capacity says for how many. NULL for want of memory: items and *capacity are as they were.
 */
void *array_make_room(void *items, size_t count, size_t *capacity, size_t size);

#endif
