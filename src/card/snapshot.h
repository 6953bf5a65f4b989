/*
 * What was found in the files of a store, to be found again without parsing them: the documents and
 * problems of each file by a digest of its text, UMAC-128 under a key of the snapshot's own. Since
 * the text decides, nothing in it is ever stale; and who does not know the key can't make two texts
 * that have one digest.
 */
#ifndef CARDFS_CARD_SNAPSHOT_H
#define CARDFS_CARD_SNAPSHOT_H

#include "card/document.h"

struct snapshot;

/*
 * Opens what snapshot_write made, length bytes of bulk, and takes over that reference in any case;
 * the sets that are found in it hold others. NULL where it is not of this version, these limits and
 * this machine, or is damaged, and for want of memory.
 */
struct snapshot *snapshot_open(
	char *bytes, size_t length, struct bulk *bulk, const struct yaml_limits *limits);
/* Gives back what no set was found in. */
void snapshot_close(struct snapshot *snapshot);

/*
 * Returns the set that document_set_read would make of file, with one reference; NULL where the
 * snapshot (or NULL) does not know its text, or has given it for another file, and for want of
 * memory. May be called by several threads at a time.
 */
struct document_set *snapshot_find(
	const struct snapshot *snapshot, struct card_file *file, uint32_t store);

/* Appends a snapshot of the sets. Failure to allocate is left in bytes->failed. */
void snapshot_write(struct buffer *bytes, struct document_set *const *sets, size_t count,
	const struct yaml_limits *limits);

#endif
