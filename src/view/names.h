/*
 * File names for the names of cards and the keys of mappings: byte for byte where a file system can
 * hold them, else encoded so that every file name stands for exactly one of them ("layout.md,
 * Names").
 */
#ifndef CARDFS_VIEW_NAMES_H
#define CARDFS_VIEW_NAMES_H

#include "base/buffer.h"
#include "yaml/value.h"

/* The longest file name, in bytes. */
#define NAMES_LENGTH_LIMIT 255

enum names_place {
	NAMES_ELSEWHERE,
	NAMES_IN_ASSET, /* where card.yaml, card.json and card.error are taken */
};

/*
 * Appends the file name of text. May be longer than NAMES_LENGTH_LIMIT: the caller leaves it out
 * then.
 */
void names_encode(struct buffer *file_name, struct text text, enum names_place place);

/*
 * Appends the text that file_name stands for. Returns false where it is the encoding of nothing: no
 * text encodes to it. For want of memory too; text->failed is set then.
 */
bool names_decode(struct buffer *text, struct text file_name, enum names_place place);

/*
 * Appends the file name of a mapping's key of any type: a scalar as it was written, a sequence
 * inline.
 */
void names_encode_key(struct buffer *file_name, const struct value *key, enum names_place place);

#endif
