/*
 * The tags that card files may use: YAML's own types. Any other is an error.
 */
#ifndef CARDFS_YAML_TAG_H
#define CARDFS_YAML_TAG_H

#include "base/error.h"
#include "yaml/scalar.h"

enum node_kind { NODE_SCALAR, NODE_SEQUENCE, NODE_MAPPING };

/* Whether a node has no tag, or "!", which says nothing. tag may be NULL. */
bool tag_is_absent(const char *tag);

/*
 * Finds what an explicit tag makes of a node of that kind: an enum scalar_tag for a scalar, an enum
 * value_type for the others. Returns false for an unknown tag, and for one of another kind.
 */
bool tag_find(const char *tag, enum node_kind kind, unsigned *meaning, struct error *error);

#endif
