/*
 * What a scheme implements, inside locate/. Adding one is adding a file with its place function,
 * its line in the table of locate.c, and its name in the table of uri.c.
 */
#ifndef CARDFS_LOCATE_SCHEME_H
#define CARDFS_LOCATE_SCHEME_H

#include "locate/locate.h"

/* What a place function is given; location->uri is filled, for paths with nothing. */
struct placement {
	const struct locate_settings *settings;
	const struct locator *locator;
	struct location *location;
	struct error *error;
};

/*
 * Appends to location->path what the locator stands for, its sub-path left aside, and sets
 * location->state to what is true if that exists; locate() looks. Memory that is short may be left
 * to the buffer's own flag.
 */
typedef bool scheme_place_function(const struct placement *placement);

scheme_place_function local_place_absolute;
scheme_place_function local_place_relative;
scheme_place_function local_place_file_uri;
scheme_place_function http_cache_place;
scheme_place_function hub_cache_place;

/* For what nothing on this machine reads: the path is the URI as text, the state remote. */
scheme_place_function remote_place;

/* Appends directory and text joined, "." and empty components of text dropped, ".." kept. */
void local_append_relative(struct buffer *path, struct text directory, struct text text);

/* Whether there is something at a path, links followed. Nothing is at a relative one: whose? */
bool local_exists(struct text path);

#endif
