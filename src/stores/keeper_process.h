/*
 * The process of a keeper (stores/keepers.h): it looks at its place for as long as somebody
 * listens.
 */
#ifndef CARDFS_STORES_KEEPER_PROCESS_H
#define CARDFS_STORES_KEEPER_PROCESS_H

#include "stores/keepers.h"

/* What is kept, a store or a cache; borrowed. */
struct keeper_duty {
	struct store *store; /* NULL: a cache */
	const char *cache;
	size_t place; /* its number among all places */
	unsigned poll_seconds;
	const struct keeper_confinement *confinement;
};

/*
 * Becomes the keeper: called in the new process, which then has nothing of the old one's but its
 * memory and the socket. Ends the process when nobody is at the other end of it.
 */
_Noreturn void keeper_process_run(const struct keeper_duty *duty, int socket);

#endif
