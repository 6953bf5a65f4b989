/*
 * Values as JSON (RFC 8259), in UTF-8. What JSON lacks has one spelling, documented in
 * docs/layout.md: infinities and NaN, dates and binary as strings, sets and pairs as arrays, keys
 * that are not strings as the string that YAML writes them with.
 */
#ifndef CARDFS_YAML_JSON_H
#define CARDFS_YAML_JSON_H

#include "base/buffer.h"
#include "yaml/value.h"

/* Appends the value, indented by two spaces a level when indent is set, and no line break at the
 * end. */
void json_write(struct buffer *buffer, const struct value *value, bool indent);

/* Appends text as a JSON string with its quotes; bytes that are not UTF-8 become U+FFFD. */
void json_write_string(struct buffer *buffer, struct text text);

#endif
