/*
 * The value tree: what a YAML document says, typed, with how and where it was written. Values are
 * immutable once made, live in an arena, and may be shared (an alias is the same value twice), so a
 * tree is a graph without cycles.
 */
#ifndef CARDFS_YAML_VALUE_H
#define CARDFS_YAML_VALUE_H

#include "base/arena.h"
#include "base/text.h"

enum value_type {
	VALUE_NULL,
	VALUE_BOOLEAN,
	VALUE_INTEGER, /* of any size */
	VALUE_FLOAT,
	VALUE_STRING,
	VALUE_DATE,     /* 2001-12-14 */
	VALUE_DATETIME, /* a date and a time, with or without a zone */
	VALUE_BINARY,   /* !!binary */
	VALUE_SEQUENCE,
	VALUE_MAPPING,
	VALUE_SET,         /* !!set: pairs whose values are null */
	VALUE_ORDERED_MAP, /* !!omap: a mapping in which order is part of the value */
	VALUE_PAIRS,       /* !!pairs: like a mapping, but keys may repeat */
};

struct value;

struct value_pair {
	const struct value *key;
	const struct value *value;
};

struct value {
	uint8_t type;  /* enum value_type */
	uint32_t line; /* from 1; 0 for a value that no file holds */
	uint32_t column;
	uint32_t height; /* levels of nesting below it; 0 for a scalar, 1 for [] */
	/*
	 * Scalars: as written, escapes and folding undone, without quotes or tag ("1_000", "0x1F").
	 * The value that a binary scalar's base64 text stands for is in canonical.
	 */
	struct text written;
	/*
	 * Bytes that it takes when every alias below it is written out: grows with nesting,
	 * saturates.
	 */
	size_t weight;
	union {
		bool boolean;
		double number; /* VALUE_FLOAT */
		/*
		 * One spelling for one value. VALUE_INTEGER: decimal, "-" for negative, no plus, no
		 * leading zero. VALUE_STRING: the string. VALUE_BINARY: the bytes. VALUE_DATE:
		 * "2001-12-14". VALUE_DATETIME: "2001-12-14T21:59:43", then ".100000" where there
		 * is a fraction of a second, then "+01:30" where there is a zone ("+00:00" for Z).
		 */
		struct text canonical;
		struct {
			const struct value **items;
			size_t count;
		} sequence;
		/* VALUE_MAPPING, VALUE_SET, VALUE_ORDERED_MAP, VALUE_PAIRS; in order. */
		struct {
			struct value_pair *pairs;
			size_t count;
		} mapping;
	};
};

/* "a string", "an integer", "null", … as in a sentence. */
const char *value_type_name(enum value_type type);

bool value_is_scalar(const struct value *value);

/* Whether it has pairs: mapping, set, ordered map or pairs. */
bool value_has_pairs(const struct value *value);

/*
 * The value of the pair of a mapping (or ordered map) whose key is that string; NULL where none is.
 */
const struct value *value_find(const struct value *mapping, struct text key);

/*
 * Whether two values are the same key, by value as in Python: 1, 1.0 and true are one key, "1" is
 * another; two dates with times and zones are the same when they are the same instant.
 */
bool value_same_key(const struct value *a, const struct value *b);

/* A hash for value_same_key: the same for the same key. */
uint64_t value_hash_key(const struct value *value);

/*
 * Whether two values are equal in type and content, mappings in any order (ordered maps and pairs
 * in theirs). How they were written and where does not count. 1, 1.0 and true differ; NaN equals
 * NaN.
 */
bool value_equal(const struct value *a, const struct value *b);

/*
 * Constructors, for values that no file holds or that are made of others. Each returns a value in
 * the arena that refers to the texts and values given (which must live as long), with weight
 * computed, and written equal to canonical; NULL when there is no memory.
 */
struct value *value_create_string(struct arena *arena, struct text text);
struct value *value_create_null(struct arena *arena);
struct value *value_create_sequence(struct arena *arena, const struct value **items, size_t count);
/* type: one that has pairs. */
struct value *value_create_mapping(
	struct arena *arena, enum value_type type, struct value_pair *pairs, size_t count);

/* Fills weight and height from what the value holds; for code that makes values by hand. */
void value_weigh(struct value *value);

#endif
