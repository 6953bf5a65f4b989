/*
 * Descriptors by the range, for processes that leave what another one has open.
 */
#ifndef CARDFS_BASE_DESCRIPTORS_H
#define CARDFS_BASE_DESCRIPTORS_H

/* Closes those from first to last, both included, that are open. */
void descriptors_close(unsigned first, unsigned last);

/* Closes all from first on. */
void descriptors_close_from(unsigned first);

#endif
