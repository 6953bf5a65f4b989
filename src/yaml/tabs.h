/*
 * Tabs between tokens. libyaml takes them for blanks in most places and fairseq2's parser nowhere,
 * so a card with one would work here and fail there.
 */
#ifndef CARDFS_YAML_TABS_H
#define CARDFS_YAML_TABS_H

#include "yaml/source.h"

#include <yaml.h>

/* A walk over source along the events that libyaml makes of it. */
struct tab_check {
	const struct source *source;
	size_t offset; /* what is before it was looked at */
	size_t index;  /* the same in characters */
	bool is_needed;
};

/* source must live as long as the check. */
void tab_check_init(struct tab_check *check, const struct source *source);

/*
 * Goes on to the end of event. Returns false where a tab stands outside of quotes, block scalars
 * and comments.
 */
bool tab_check_next(struct tab_check *check, const yaml_event_t *event, struct error *error);

#endif
