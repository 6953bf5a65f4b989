/*
 * Trying what may never end, such as asking a file system that does not answer: by a process of its
 * own, which is left behind when it takes too long.
 */
#ifndef CARDFS_BASE_ATTEMPT_H
#define CARDFS_BASE_ATTEMPT_H

#include <stdbool.h>

enum attempt_result {
	ATTEMPT_TRUE,
	ATTEMPT_FALSE,
	ATTEMPT_UNKNOWN, /* it takes too long, has died, or could not be started */
};

/* What is tried, in the new process. */
typedef bool attempt_work(void *context);

/*
 * Tries work for so many milliseconds, and says what it returned. The new process has nothing of
 * what is open. By a process of one thread.
 */
enum attempt_result attempt(attempt_work *work, void *context, int milliseconds);

#endif
