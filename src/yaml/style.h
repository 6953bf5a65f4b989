/*
 * The styles in which a text may stand in YAML and be the same string for every reader, of YAML 1.1
 * and 1.2 alike. Double quotes, with escapes, suit any.
 */
#ifndef CARDFS_YAML_STYLE_H
#define CARDFS_YAML_STYLE_H

#include "base/text.h"

/* Block: behind "key: " or "- ". Flow: between brackets, where more characters mean something. */
enum style_context { STYLE_BLOCK, STYLE_FLOW };

/* Whether it may stand as a plain scalar. */
bool style_is_plain(struct text text, enum style_context context);

/* Whether it has lines and may stand as a literal block scalar. */
bool style_is_block(struct text text);

/* Whether it may stand in single quotes, on one line. */
bool style_is_printable(struct text text);

#endif
