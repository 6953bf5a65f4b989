/*
 * Entries of a directory that is listed by readdir.
 */
#ifndef CARDFS_BASE_ENTRY_H
#define CARDFS_BASE_ENTRY_H

#include <dirent.h>
#include <stdbool.h>

/* Whether it is "." or "..". */
bool entry_is_self_or_parent(const struct dirent *entry);

/*
 * DT_REG, DT_DIR, DT_LNK or another type of an entry of the directory that is open as parent, also
 * where listing it does not tell. DT_UNKNOWN where looking at it fails.
 */
unsigned char entry_type(int parent, const struct dirent *entry);

#endif
