/*
 * Values as YAML that every reader takes for the same typed value, YAML 1.1 and 1.2 ones alike:
 * what one of them might read otherwise is quoted or written in a canonical form.
 */
#ifndef CARDFS_YAML_WRITE_H
#define CARDFS_YAML_WRITE_H

#include "base/buffer.h"
#include "yaml/value.h"

/*
 * Appends a document's content: block style, two spaces a level, keys in their order, a line break
 * at the end, no document marker. Strings of several lines are block scalars where they can be, but
 * not as the whole document; their line breaks may end the text, so that nothing but a marker or a
 * comment may follow. What is nested deeper than 16 levels stands on one line. Aliases are written
 * out. Failure to allocate is left in buffer->failed.
 */
void yaml_write(struct buffer *buffer, const struct value *value);

/*
 * Appends one scalar as a plain or quoted YAML scalar on one line, as it would stand behind "key:
 * ". For sequences and mappings: the flow form, on one line.
 */
void yaml_write_inline(struct buffer *buffer, const struct value *value);

#endif
