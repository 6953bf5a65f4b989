/*
 * Base64 as Python's base64.decodebytes reads it, which is how !!binary is read.
 */
#ifndef CARDFS_YAML_BASE64_H
#define CARDFS_YAML_BASE64_H

#include "base/arena.h"
#include "base/error.h"

/*
 * Decodes text into the arena. Characters outside of the alphabet are skipped and nothing is read
 * behind the padding; text that is not ASCII or ends within a byte is an error.
 */
bool base64_decode(struct arena *arena, struct text text, struct text *bytes, struct error *error);

#endif
