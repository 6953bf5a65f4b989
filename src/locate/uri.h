/*
 * What kind of thing a locator is, from its text alone. Follows fairseq2's Uri and Python's
 * urlparse ("semantics.md, From locator to path").
 */
#ifndef CARDFS_LOCATE_URI_H
#define CARDFS_LOCATE_URI_H

#include "base/buffer.h"
#include "base/text.h"

enum uri_kind {
	URI_ABSOLUTE_PATH, /* /abs/path */
	URI_RELATIVE_PATH, /* rel/path, also what only looks like a URI ("1a:b") */
	URI_FILE,
	URI_HTTP, /* http and https */
	URI_HUB,  /* hg */
	URI_S3,
	URI_OTHER, /* a scheme that cardfs cannot place */
};

/* The kind of a locator's text. Never fails: what is no URI is a path. */
enum uri_kind uri_classify(struct text text);

/*
 * Whether a person would take the text for a URI: a scheme and a colon, white space before it
 * aside. "http://[bad/x" is a path to fairseq2, and still has a scheme.
 */
bool uri_has_scheme(struct text text);

/*
 * Appends the URI as fairseq2 normalises it before it uses it: "HTTP://e.com/a?" is
 * "http://e.com/a". Paths are appended as they are.
 */
void uri_normalize(struct buffer *buffer, struct text text);

/*
 * The parameters of a normalised URI: "gated=true" in "https://e.com/a;gated=true?x", a part of
 * it. Empty where there are none, or the scheme knows none.
 */
struct text uri_parameters(struct text uri);

#endif
