/*
 * What a supervisor and its worker tell each other, over a pair of sockets. Each end is closed by
 * the death of who has it.
 */
#ifndef CARDFS_SUPERVISE_CHANNEL_H
#define CARDFS_SUPERVISE_CHANNEL_H

#include "base/error.h"

enum channel_kind {
	CHANNEL_PREPARED,  /* the worker can answer as soon as it has the device */
	CHANNEL_DEVICE,    /* here it is, with a descriptor */
	CHANNEL_ANSWERING, /* the worker answers requests */
	CHANNEL_FAILED,    /* the worker can't, because of the error */
	CHANNEL_STOP,      /* the worker is to end */
};

struct channel_message {
	enum channel_kind kind;
	struct error error;
};

enum { CHANNEL_NO_DESCRIPTOR = -1 };

/* Returns false with errno. */
bool channel_create(int ends[2]);

/* descriptor goes with the message, unless it is CHANNEL_NO_DESCRIPTOR. False: nobody is there. */
bool channel_send(int end, enum channel_kind kind, const struct error *error, int descriptor);

/*
 * Waits for a message. *descriptor: what came with it, the caller's to close. False: nobody is
 * there.
 */
bool channel_receive(int end, struct channel_message *message, int *descriptor);

#endif
