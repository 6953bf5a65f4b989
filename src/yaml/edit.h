/*
 * Changing a field of a document in its text, as somebody with an editor would: the other lines,
 * their order and every comment stay.
 */
#ifndef CARDFS_YAML_EDIT_H
#define CARDFS_YAML_EDIT_H

#include "base/buffer.h"
#include "yaml/read.h"

/* One field: the keys of the mappings that lead to it, from the document's own on. */
struct yaml_change {
	const struct value *const *keys;
	size_t key_count;
	const struct value *value; /* what it becomes; NULL takes it away */
};

/*
 * Appends the document with the change made. document begins on that line of its file, for the
 * places of errors; its root is a mapping. A field that is there keeps its place; a new one goes
 * behind the last of its mapping, and mappings on the way to it are made. Mappings that a field
 * leaves empty go with it. Comments of lines that go stay, as lines of their own.
 *
 * Fails with ERROR_NOT_FOUND where what is to be taken away is not there; with ERROR_INVALID, and a
 * sentence, for what cannot be edited without changing more (anchors, mostly): what is appended
 * always reads as the document did but for the change. Fails as yaml_read does, too.
 */
bool yaml_edit(struct buffer *edited, struct text document, uint32_t line,
	const struct yaml_change *change, const struct yaml_limits *limits, struct error *error);

/*
 * Appends what is left of a document when all of it goes: its comments, and a "..." that ends it.
 */
bool yaml_edit_away(
	struct buffer *edited, struct text document, uint32_t line, struct error *error);

#endif
