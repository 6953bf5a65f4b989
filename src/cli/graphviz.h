/*
 * Drawing by Graphviz, where it is installed.
 */
#ifndef CARDFS_CLI_GRAPHVIZ_H
#define CARDFS_CLI_GRAPHVIZ_H

#include "base/error.h"
#include "base/text.h"

/*
 * Runs `dot -Tsvg` on a graph; the picture goes to standard output, what dot complains of to
 * standard error. Fails where there is no dot, or it does not end well.
 */
bool graphviz_draw(struct text graph, struct error *error);

#endif
