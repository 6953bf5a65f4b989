/*
 * A process that was made by fork for work of its own, and that may be left behind at it.
 */
#ifndef CARDFS_BASE_CHILD_H
#define CARDFS_BASE_CHILD_H

#include <stddef.h>

/* The first descriptor that is not one of the three that every process has. */
enum { CHILD_FIRST_SOCKET = 3 };

/*
 * Has the calling process, which is new, keep nothing open that belongs to the one that it was:
 * that ends when nobody has it open. The sockets, which are in ascending order and none of the
 * first three, become the descriptors from CHILD_FIRST_SOCKET on. It logs nothing but errors,
 * ignores signals that are for servers, and is killed when its parent ends.
 */
void child_begin(const char *name, const int *sockets, size_t count);

#endif
