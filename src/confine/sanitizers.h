/*
 * Whether this program was built with a sanitizer or to measure coverage. What these do at run time
 * (map shadows, stop all threads, start a symbolizer, write reports) is what confinement takes
 * away, so it is less strict with them: the filter lets through what it does not expressly refuse,
 * and files are not restricted. Who the process is, is the same.
 */
#ifndef CARDFS_CONFINE_SANITIZERS_H
#define CARDFS_CONFINE_SANITIZERS_H

#include <stdbool.h>

bool sanitizers_are_in(void);

#endif
