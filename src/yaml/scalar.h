/*
 * What a scalar means: fairseq2's resolution of plain scalars (ruamel.yaml's safe loader: YAML 1.2
 * core types and what it adds, or YAML 1.1's in a document that says %YAML 1.1) as a table of
 * patterns, and the construction of each type from its text ("semantics.md, Card files").
 */
#ifndef CARDFS_YAML_SCALAR_H
#define CARDFS_YAML_SCALAR_H

#include "base/error.h"
#include "yaml/value.h"

enum yaml_version { YAML_1_1, YAML_1_2 };

enum scalar_tag {
	SCALAR_NULL,
	SCALAR_BOOLEAN,
	SCALAR_INTEGER,
	SCALAR_FLOAT,
	SCALAR_STRING,
	SCALAR_TIMESTAMP,
	SCALAR_BINARY,
	SCALAR_MERGE, /* a plain <<: only as a key */
	SCALAR_VALUE, /* a plain =: only as a key */
};

/* The tag that a plain scalar has without an explicit one. */
enum scalar_tag scalar_resolve(enum yaml_version version, struct text text);

/*
 * Fills value (type and content; written, line and column are the caller's) with what text means
 * under tag; the content may point into text, which must have a NUL behind it. Returns false for
 * text that is none of the kind, with an error that has no place: "this is not an integer".
 */
bool scalar_construct(struct arena *arena, enum yaml_version version, enum scalar_tag tag,
	struct text text, struct value *value, struct error *error);

#endif
