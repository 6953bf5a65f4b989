/*
 * Reading many card files at once, on as many threads as there are processors.
 */
#ifndef CARDFS_CARD_LOAD_H
#define CARDFS_CARD_LOAD_H

#include "card/document.h"
#include "card/snapshot.h"

/* One file to read, and where its documents go: a set with one reference. */
struct load_task {
	struct card_file *file;
	uint32_t store;
	struct document_set **set;
	const struct document_set *earlier; /* what the file held before; or NULL */
	const struct snapshot *snapshot;    /* where it may be known from; or NULL */
	atomic_size_t *parsed;              /* counts the bytes of files that were not */
};

/*
 * Reads every file. Fails for want of memory; the sets that were made are in place then, the others
 * NULL.
 */
bool load_files(const struct load_task *tasks, size_t count, const struct yaml_limits *limits,
	struct error *error);

#endif
