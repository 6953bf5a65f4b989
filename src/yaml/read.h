/*
 * From bytes to value trees. A file is split at its document markers first and each document is
 * read by itself, so that a fault in one leaves the others, and any one can be read again later,
 * alone.
 */
#ifndef CARDFS_YAML_READ_H
#define CARDFS_YAML_READ_H

#include "base/error.h"
#include "yaml/value.h"

/* Limits on what a document may hold; hitting one is ERROR_LIMIT. */
struct yaml_limits {
	size_t file_size;     /* bytes; kept by whoever reads the file */
	size_t scalar_size;   /* bytes of one scalar */
	size_t expanded_size; /* bytes of a document with every alias written out */
	size_t depth;         /* levels of nesting, aliases followed */
};

/* 64 MiB, 16 MiB, 16 MiB, 500. */
extern const struct yaml_limits yaml_default_limits;

/* One document's bytes within a file: its directives, marker and content. */
struct yaml_slice {
	size_t offset;
	size_t length;
	uint32_t line;      /* of its first byte, from 1 */
	uint32_t next_line; /* of the first byte behind it */
};

/*
 * Finds the next document of file: start with *slice zeroed, which is no slice yet. Returns false
 * at the end. A slice may turn out to hold nothing but comments: yaml_read says so.
 */
bool yaml_next_slice(struct text file, struct yaml_slice *slice);

enum yaml_result {
	YAML_READ_VALUE,   /* *value is the document's root */
	YAML_READ_NOTHING, /* comments and blanks: no document */
	YAML_READ_ERROR,   /* error says what and where; the arena may hold parts of it */
};

/*
 * Reads the document that slice of file holds. *value lives in the arena and has no pointer into
 * file. Lines and columns, also the error's, are those of the file. Anchors, aliases, merge keys
 * and tags are resolved; repeated keys, unknown tags, impossible scalars and values that contain
 * themselves are errors ("semantics.md, Card files").
 */
enum yaml_result yaml_read(struct arena *arena, struct text file, const struct yaml_slice *slice,
	const struct yaml_limits *limits, const struct value **value, struct error *error);

#endif
