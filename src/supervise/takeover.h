/*
 * Another program in place of this one, in the same process: the one that is now where this one was
 * started from, with the same arguments. What it needs it is handed down.
 */
#ifndef CARDFS_SUPERVISE_TAKEOVER_H
#define CARDFS_SUPERVISE_TAKEOVER_H

#include "supervise/areas.h"
#include "supervise/guard.h"
#include "supervise/supervise.h"

/* Descriptors, and a process, that go on. */
struct handover {
	int memory;
	int device;
	int control; /* these may be CONTROL_NONE */
	int asker;
	struct guard guard;
};

/* Notes how this program was started, in its directory of that time. Parts may stay unknown. */
void takeover_note_launch(struct launch *launch, const char *mount_point);

/*
 * Runs the program at its place for a trial: whether it takes its arguments, and the memory as it
 * is laid out. Fails with what it says.
 */
bool takeover_try(
	const struct shared_header *header, const struct launch *launch, struct error *error);

/* Becomes that program. Returns only when it fails; everything is as before then. */
void takeover_execute(
	const struct launch *launch, const struct handover *handover, struct error *error);

/*
 * In such a program: what it was handed. Fails where the environment says it is one, but not with
 * what.
 */
bool takeover_receive(struct handover *handover, struct error *error);

/* In a trial: whether the memory would be understood. Fails with a sentence. */
bool takeover_check(uint32_t layout, size_t areas_size, struct error *error);

#endif
