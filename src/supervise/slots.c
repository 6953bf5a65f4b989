#include "supervise/slots.h"

#include <errno.h>
#include <linux/fuse.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

/* From this minor version on an answer may be about an interruption of a request. */
enum { MINOR_OF_INTERRUPTIONS = 28, INTERRUPTION = 1, PAGE = 4096 };

static struct fuse_in_header *header_of(const struct slot *slot) {
	return (struct fuse_in_header *)(uintptr_t)slot->request;
}

/* The kernel writes it, so it is read anew each time. */
static uint32_t length_of(const struct slot *slot) {
	return __atomic_load_n(&header_of(slot)->len, __ATOMIC_ACQUIRE);
}

bool slot_has_request(const struct slot *slot) {
	return length_of(slot) != 0;
}

uint32_t slot_opcode(const struct slot *slot) {
	return header_of(slot)->opcode;
}

size_t slot_size(const struct slot *slot) {
	return length_of(slot);
}

void slot_clear(struct slot *slot) {
	slot->effects.done = 0;
	slot->effects.count = 0;
	slot->crashes = 0;
	__atomic_store_n(&header_of(slot)->len, 0, __ATOMIC_RELEASE);
}

void slot_fetch(struct slot *slot) {
	if (mlock(slot, sizeof(*slot)) == 0) {
		return;
	}
	for (size_t i = 0; i < sizeof(slot->request); i += PAGE) {
		__atomic_fetch_or(&slot->request[i], 0, __ATOMIC_RELAXED);
	}
}

int slot_read(struct slot *slot, int device) {
	const ssize_t got = read(device, slot->request, sizeof(slot->request));
	if (got >= (ssize_t)sizeof(struct fuse_in_header)) {
		return 0;
	}
	if (got >= 0) {
		return EIO;
	}
	/* ENOENT: the request was interrupted before it was taken. */
	return errno == EINTR || errno == EAGAIN || errno == ENOENT ? 0 : errno;
}

void slots_note_crash(struct slots *slots) {
	for (size_t i = 0; i < SLOTS; i++) {
		slots->items[i].crashes += slot_has_request(&slots->items[i]);
	}
}

static ssize_t answer(int device, uint64_t unique, int number) {
	const struct fuse_out_header header = {
		.len = sizeof(header),
		.error = -number,
		.unique = unique,
	};
	ssize_t written;
	do {
		written = write(device, &header, sizeof(header));
	} while (written < 0 && errno == EINTR);
	return written;
}

/* That an interruption has been seen to changes nothing, but for one of an unknown request. */
enum slot_state slot_ask(const struct slot *slot, int device, uint32_t minor) {
	if (minor < MINOR_OF_INTERRUPTIONS) {
		return SLOT_UNKNOWN;
	}
	return answer(device, header_of(slot)->unique | INTERRUPTION, 0) >= 0 ? SLOT_UNANSWERED
									      : SLOT_ANSWERED;
}

void slot_refuse(const struct slot *slot, int device, int number) {
	answer(device, header_of(slot)->unique, number);
}
