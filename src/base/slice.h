/*
 * How long the scheduler lets a thread run at a time where others wait for the processor.
 */
#ifndef CARDFS_BASE_SLICE_H
#define CARDFS_BASE_SLICE_H

/*
 * Asks for the shortest slices that there are, for this thread and what threads and processes it
 * starts from now on: the sooner they run when there is something to do, at the same share of the
 * processor. Does nothing where Linux has no such wish (before 6.12), or where the policy is not
 * the usual one: whoever chose another knows why.
 */
void slice_shorten(void);

#endif
