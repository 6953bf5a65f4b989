/*
 * When a process that has died is started again: at once the first time, and ever more slowly when
 * it dies again and again.
 */
#ifndef CARDFS_SUPERVISE_RESTARTS_H
#define CARDFS_SUPERVISE_RESTARTS_H

#include "base/buffer.h"

/* Milliseconds of service after which what was before no longer counts, and between starts. */
enum { RESTARTS_GOOD = 1000, RESTARTS_LEAST = 10, RESTARTS_MOST = 10000 };

/*
 * How many milliseconds to wait after a process that has served for so many. *deaths: how many have
 * followed one another without good service between them, which this one is added to.
 */
unsigned restarts_delay(unsigned *deaths, int64_t served);

/* Appends "was killed by SIGKILL" or "ended with status 1", from what waitpid(2) tells. */
void restarts_describe(struct buffer *text, int status);

/* Whether the process was at fault itself. */
bool restarts_is_crash(int status);

#endif
