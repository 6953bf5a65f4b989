/*
 * Values as JSON (RFC 8259), in UTF-8. What JSON lacks has one spelling, documented in
 * docs/layout.md: infinities and NaN (".inf", "-.inf", ".nan"), dates and binary (base64) as
 * strings, sets as arrays, pairs as arrays of [key, value], keys that are not strings as the string
 * that YAML writes them with. A mapping in which two keys would become one (1 and "1") is written
 * as pairs.
 */
#ifndef CARDFS_YAML_JSON_H
#define CARDFS_YAML_JSON_H

#include "base/buffer.h"
#include "yaml/value.h"

/*
 * Appends the value, without a line break at the end; when indent is set, indented by two spaces a
 * level, down to 16 levels. Failure to allocate is left in buffer->failed.
 */
void json_write(struct buffer *buffer, const struct value *value, bool indent);

/* Appends text as a JSON string with its quotes; bytes that are not UTF-8 become U+FFFD. */
void json_write_string(struct buffer *buffer, struct text text);

#endif
