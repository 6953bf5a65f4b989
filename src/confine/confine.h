/*
 * Confining a process that serves: who it is, what it may open, and which system calls it may make.
 * Two calls, made by a process of one thread before it reads the first byte that somebody else
 * wrote ("docs/security.md").
 */
#ifndef CARDFS_CONFINE_CONFINE_H
#define CARDFS_CONFINE_CONFINE_H

#include "confine/identity.h"
#include "confine/reach.h"

/* Zeroes are a process that stays who it is and may read nothing. confinement_finish frees it. */
struct confinement {
	struct identity identity;
	struct reach reach;
};

void confinement_finish(struct confinement *confinement);

/*
 * Becomes the user of the confinement for good (identity_assume). Whatever fails is a failure, here
 * and below, and the process must not serve.
 */
bool confine_identity(const struct confinement *confinement, struct error *error);

/*
 * Confines the calling process, which is that user by now, for good: reach_restrict, filter_apply.
 * What is open stays open and as usable as it was; what it needs besides (the system
 * log, a directory of its own) has to be open before. A kernel without Landlock is no failure:
 * files are then restricted by permissions alone, nothing is made in the directory of its own, and
 * the log says so at its verbose level. The new process of a fork starts as confined as the one
 * that it was made from.
 */
bool confine_process(struct confinement *confinement, struct error *error);

#endif
