/*
 * Entries for the journal of systemd, by its native protocol
 * (https://systemd.io/JOURNAL_NATIVE_PROTOCOL): a datagram for each, with a line for each field.
 */
#ifndef CARDFS_BASE_JOURNAL_H
#define CARDFS_BASE_JOURNAL_H

#include "base/buffer.h"

/* Where the journal listens. */
#define JOURNAL_SOCKET "/run/systemd/journal/socket"

/* Returns a socket that is connected to the journal at that path; -1 where there is none. */
int journal_open(const char *path);

/*
 * Whether standard error leads to the journal, as JOURNAL_STREAM (systemd.exec(5)) tells of a
 * service: "DEVICE:INODE" of it. stream may be NULL.
 */
bool journal_is_standard_error(const char *stream);

/*
 * Appends a field. name: capital letters, digits and "_", not first. value may hold any bytes.
 */
void journal_append_field(struct buffer *entry, const char *name, struct text value);

/* Sends an entry, in one second at most. Returns whether it was taken. */
bool journal_send(int journal, struct text entry);

#endif
