/*
 * What the service manager shows of a mount, in a line.
 */
#ifndef CARDFS_FUSE_STATUS_H
#define CARDFS_FUSE_STATUS_H

#include "card/catalog.h"

/* Tells it what is shown now. */
void status_tell(const struct catalog *catalog);

#endif
