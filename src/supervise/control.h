/*
 * The socket by which a program asks the supervisor of a mount for something. It is found by the
 * device of the mount, without looking at the file system, and takes orders from root and from the
 * supervisor's own user.
 */
#ifndef CARDFS_SUPERVISE_CONTROL_H
#define CARDFS_SUPERVISE_CONTROL_H

#include "base/error.h"

enum { CONTROL_NONE = -1 };

/*
 * Returns the socket, or CONTROL_NONE with error set. One of that name that is about to be closed
 * is waited for: a second at most.
 */
int control_listen(const char *name, const char *device, struct error *error);

/* Returns somebody who asks that the program be taken over, to be answered; or CONTROL_NONE. */
int control_accept(int control);

/* Answers whoever asked, and closes the descriptor: NULL is that it is done. */
void control_answer(int asker, const struct error *error);

/*
 * Asks, and waits for the answer: two minutes at most, and some seconds for a supervisor that is
 * stopped, which does what it was asked for once it goes on. Fails with a sentence.
 */
bool control_ask(const char *name, const char *device, struct error *error);

#endif
