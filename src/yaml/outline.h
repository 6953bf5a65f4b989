/*
 * Where the nodes of a document stand in its text: what whoever edits the text has to know, beside
 * what the values are.
 */
#ifndef CARDFS_YAML_OUTLINE_H
#define CARDFS_YAML_OUTLINE_H

#include "yaml/source.h"

enum outline_kind { OUTLINE_SCALAR, OUTLINE_ALIAS, OUTLINE_SEQUENCE, OUTLINE_MAPPING };

struct outline_node {
	uint8_t kind; /* enum outline_kind */
	bool is_flow; /* a sequence or mapping in brackets */
	bool is_block_scalar;
	bool has_anchor;
	uint32_t line, column; /* as those of the value that it is */
	/* In source.text: its tag, anchor and content, without blanks and comments behind it. */
	size_t start, end;
	size_t next; /* the index of the node behind it and all that is below it */
};

/*
 * Nodes in the order of the text, each before what is below it; keys and values of a mapping in
 * turn. Zeroes are empty.
 */
struct outline {
	struct source source;
	struct outline_node *nodes;
	size_t count;
	size_t capacity;
};

/*
 * Fills outline, which borrows source's text: a document that yaml_read has read, so that its
 * nesting is limited. Fails where libyaml does, and for want of memory. The caller finishes outline
 * in any case.
 */
bool outline_init(struct outline *outline, const struct source *source, struct error *error);
void outline_finish(struct outline *outline);

/* The value that belongs to a key. */
const struct outline_node *outline_value(
	const struct outline *outline, const struct outline_node *key);

/* How many pairs a mapping has. */
size_t outline_count_pairs(const struct outline *outline, const struct outline_node *mapping);

/* The key that begins in that place, or NULL. */
const struct outline_node *outline_find_key(const struct outline *outline,
	const struct outline_node *mapping, uint32_t line, uint32_t column);

/*
 * Finds the next comment between *offset, which is in no node that begins before it, and end: sets
 * comment to it, from "#" to the end of its line, and *offset behind it. Returns false where there
 * is none.
 */
bool outline_next_comment(
	const struct outline *outline, size_t *offset, size_t end, struct text *comment);

#endif
