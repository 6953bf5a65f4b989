/*
 * Work on many things at once, on as many threads as there are processors.
 */
#ifndef CARDFS_BASE_PARALLEL_H
#define CARDFS_BASE_PARALLEL_H

#include <stdbool.h>
#include <stddef.h>

/* Works on the things from first to before end. Returns false when all shall stop. */
typedef bool parallel_work(void *context, size_t first, size_t end);

/*
 * Calls work for all of count things, step at a time, from the calling thread and as many others as
 * there are processors, but at most helpers. Returns false once a call has; what others are at is
 * finished then. Fewer threads are used where they can't be had.
 */
bool parallel_run(size_t count, size_t step, size_t helpers, parallel_work *work, void *context);

#endif
