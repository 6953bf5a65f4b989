/*
 * Where the cards are that ship with cardfs.
 */
#ifndef CARDFS_STORES_BUILT_IN_H
#define CARDFS_STORES_BUILT_IN_H

#include "base/buffer.h"

/*
 * Appends their directory: share/cardfs/cards below the prefix that the shared library with this
 * code, else the running program, is installed in; where it is in neither, where it was built to be
 * installed.
 */
void store_built_in_directory(struct buffer *path);

#endif
