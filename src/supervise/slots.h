/*
 * Requests that have been taken from the kernel and are not answered, where a death leaves them: a
 * thread has the kernel write what it reads into its slot in shared memory. The next process finds
 * there what the dead one had not answered, or not known to be answered.
 */
#ifndef CARDFS_SUPERVISE_SLOTS_H
#define CARDFS_SUPERVISE_SLOTS_H

#include "supervise/shared.h"

enum {
	SLOTS = 10, /* as many threads as libfuse has */
	SLOT_WRITE_SIZE = 128 * 1024,
	SLOT_REQUEST_SIZE = SLOT_WRITE_SIZE + 4096,
	SLOT_EFFECTS = 1024,
	SLOT_CRASHES = 3,
};

/*
 * What answering a request has changed in shared memory that must be so exactly once. It changes
 * in the mutation that changes the rest.
 */
struct effects {
	uint32_t done;                  /* how many of the request's parts need not be done again */
	uint32_t count;                 /* of the numbers */
	uint64_t numbers[SLOT_EFFECTS]; /* what was counted up, in case the answer is not taken */
};

struct slot {
	/*
	 * The kernel writes the request; its first four bytes, its length, are zero where there is
	 * none.
	 */
	_Alignas(64) unsigned char request[SLOT_REQUEST_SIZE];
	uint32_t crashes; /* of processes that were answering it */
	struct effects effects;
};

/* The first request of a connection, in which both sides say what they can, and its answer. */
struct greeting {
	struct slot request;
	uint32_t minor; /* version of the kernel's protocol */
	uint32_t answer_size;
	unsigned char answer[512];
};

struct slots {
	struct slot items[SLOTS];
	struct greeting greeting;
};

/* Whether there is a request, or is the beginning of one. */
bool slot_has_request(const struct slot *slot);

/* What it is about, and its size. */
uint32_t slot_opcode(const struct slot *slot);
size_t slot_size(const struct slot *slot);

/* Makes room for the next one. */
void slot_clear(struct slot *slot);

/*
 * Makes sure that the kernel finds the slot in memory: for a process that is being killed it would
 * not fetch it, but fail the request.
 */
void slot_fetch(struct slot *slot);

/*
 * Reads a request from device into an empty slot. Returns 0 and leaves it empty when that is to be
 * tried again, and otherwise the errno: ENODEV when there is no mount any more.
 */
int slot_read(struct slot *slot, int device);

/* A process crashed: whichever request it was answering is not to be answered too many times. */
void slots_note_crash(struct slots *slots);

enum slot_state {
	SLOT_UNANSWERED,
	SLOT_ANSWERED, /* it is over, or there is no mount */
	SLOT_UNKNOWN,  /* kernels before 4.20 do not say */
};

/* Asks the kernel whether it still waits for the answer. minor: of its protocol. */
enum slot_state slot_ask(const struct slot *slot, int device, uint32_t minor);

/* Answers with an error. */
void slot_refuse(const struct slot *slot, int device, int number);

#endif
