/*
 * Reading without libyaml what most cards are: block mappings and lists of words, numbers and
 * quoted texts, one a line, in printable ASCII. What it understands it understands as libyaml does,
 * which takes ten times as long; anything else it leaves alone.
 */
#ifndef CARDFS_YAML_SIMPLE_H
#define CARDFS_YAML_SIMPLE_H

#include "yaml/source.h"

#include <yaml.h>

/* Takes an event, which is gone thereafter. Returns false when it wants no more. */
typedef bool simple_take(void *context, const yaml_event_t *event);

/*
 * Calls take for each event between the start and the end of the document in source. Of an event it
 * has what libyaml gives it: the type, where a node starts (but no index), and the text and style
 * of a scalar, whose bytes are those of source. Returns false when take does, or when the document
 * is not a simple one: what was taken so far means nothing then.
 */
bool simple_scan(const struct source *source, simple_take *take, void *context);

#endif
