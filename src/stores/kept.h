/*
 * What is kept of a store between one start and the next: bytes that whoever reads its cards made,
 * in a file of the user's cache directory. Only ever a help: without it everything is worked out
 * again.
 */
#ifndef CARDFS_STORES_KEPT_H
#define CARDFS_STORES_KEPT_H

#include "stores/store.h"

/* Fills content with what was kept of the store; leaves it empty where there is nothing that can be
 * read. */
void kept_read(const struct store *store, struct buffer *content);

/* Keeps content from now on, wholly or not at all: in a file that only this user can read. */
bool kept_write(const struct store *store, struct text content, struct error *error);

#endif
