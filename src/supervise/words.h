/*
 * What libfuse and fusermount3 say when something fails, which is all that they tell of it.
 */
#ifndef CARDFS_SUPERVISE_WORDS_H
#define CARDFS_SUPERVISE_WORDS_H

#include "base/text.h"

/* The last line of it, without the name of who says it. */
struct text words_essence(struct text words);

#endif
