/*
 * A graph of cards in the language of Graphviz: one cluster a family, a colour a kind.
 */
#ifndef CARDFS_CLI_DOT_H
#define CARDFS_CLI_DOT_H

#include "card/graph.h"

/*
 * Appends the graph without what was left out. Names are quoted whatever they hold. Fails for want
 * of memory; buffer->failed tells as well.
 */
bool dot_write(struct buffer *buffer, const struct graph *graph, struct error *error);

#endif
