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

/* What is tried, in the new process. progress is for attempt_go_on. */
typedef bool attempt_work(void *context, int progress);

/* A limit for what is known to end, and no descriptor. */
enum { ATTEMPT_NO_LIMIT = -1, ATTEMPT_NO_DESCRIPTOR = -1 };

/*
 * Tries work, and says what it returned. It takes too long when it has not gone on for so many
 * milliseconds. Of what is open the new process has but one descriptor, if one is given. By a
 * process of one thread.
 */
enum attempt_result attempt(attempt_work *work, void *context, int descriptor, int milliseconds);

/* Tells who waits that the work gets on. Never waits. A negative progress is nobody's. */
void attempt_go_on(int progress);

#endif
