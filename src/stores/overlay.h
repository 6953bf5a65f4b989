/*
 * A store with a change in it that is not made yet: what another one lists, but for one file, which
 * is as it would be. For trying a change before it is written.
 */
#ifndef CARDFS_STORES_OVERLAY_H
#define CARDFS_STORES_OVERLAY_H

#include "stores/store.h"

/*
 * Returns a store that lists what inner lists. It takes inner over, and closes it with itself; NULL
 * for want of memory, when inner stays the caller's.
 */
struct store *overlay_create(struct store *inner, struct error *error);

/*
 * From now on the file at path, which may be none yet, has that text (copied). One file at a time:
 * the change before is forgotten. Fails for want of memory.
 */
bool overlay_change(struct store *overlay, struct text path, struct text text, struct error *error);

/* From now on there is no file at path. */
bool overlay_remove(struct store *overlay, struct text path, struct error *error);

/* From now on it lists what the other one does. */
void overlay_forget(struct store *store);

#endif
