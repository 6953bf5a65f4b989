/*
 * The bytes of one document and where in its file they are.
 */
#ifndef CARDFS_YAML_SOURCE_H
#define CARDFS_YAML_SOURCE_H

#include "base/error.h"
#include "yaml/read.h"

#define SOURCE_BYTE_ORDER_MARK TEXT("\xEF\xBB\xBF")

/* text: UTF-8 without a byte order mark in front. line: the line of the file on which it begins. */
struct source {
	struct text text;
	uint32_t line;
};

/* The bytes of slice, without the mark that a file may begin with. */
struct source source_of_slice(struct text file, const struct yaml_slice *slice);

/*
 * Returns false for what is clearly UTF-16 or UTF-32, and for a byte order mark at the start of a
 * line, which libyaml skips and fairseq2's parser takes for a part of the key. Whether it is valid
 * UTF-8 remains to be seen.
 */
bool source_check_encoding(const struct source *source, struct error *error);

/* The offset of the character that is so many characters behind the one at offset. */
size_t source_skip_characters(const struct source *source, size_t offset, size_t characters);

/* Sets error at the byte with that offset. Returns false. */
bool source_fail(
	const struct source *source, size_t offset, struct error *error, const char *message);

#endif
