/*
 * Time that passes, whatever the clock on the wall is set to.
 */
#ifndef CARDFS_BASE_CLOCK_H
#define CARDFS_BASE_CLOCK_H

#include <stdint.h>

/* Returns milliseconds since some moment; it never goes back. */
int64_t clock_milliseconds(void);

#endif
