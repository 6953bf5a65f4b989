/*
 * What libyaml has to complain of, in sentences for a person who edits the file.
 */
#ifndef CARDFS_YAML_FAULT_H
#define CARDFS_YAML_FAULT_H

#include "yaml/source.h"

#include <yaml.h>

/* Sets error from the parser, which failed while it read source. Returns false. */
bool fault_set(const yaml_parser_t *parser, const struct source *source, struct error *error);

#endif
