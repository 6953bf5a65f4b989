/*
 * The process of a deputy (stores/deputy.h): it answers for as long as somebody may ask.
 */
#ifndef CARDFS_STORES_DEPUTY_PROCESS_H
#define CARDFS_STORES_DEPUTY_PROCESS_H

#include "stores/deputy.h"

enum {
	DEPUTY_THREADS = 8,
	DEPUTY_MESSAGE_SIZE = 64 * 1024, /* of a question, and of an answer */
};

/*
 * Becomes the deputy: called in the new process, which then has nothing of the old one's but its
 * memory and the sockets, one a thread. Ends the process when nobody is at the other end of one.
 */
_Noreturn void deputy_process_run(
	const struct deputy_options *options, const int sockets[DEPUTY_THREADS]);

#endif
