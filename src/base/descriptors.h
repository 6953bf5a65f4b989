/*
 * Closing descriptors: one that may be open, and ranges of them, for processes that leave what
 * another one has open.
 */
#ifndef CARDFS_BASE_DESCRIPTORS_H
#define CARDFS_BASE_DESCRIPTORS_H

/* Closes it if it is open, and makes it -1, which says that it is not. */
void descriptor_close(int *descriptor);

/* Closes those from first to last, both included, that are open. */
void descriptors_close(unsigned first, unsigned last);

/* Closes all from first on. */
void descriptors_close_from(unsigned first);

#endif
