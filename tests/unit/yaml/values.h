/*
 * Value trees as expressions. They live as long as the block that they stand in.
 */
#ifndef CARDFS_TESTS_UNIT_YAML_VALUES_H
#define CARDFS_TESTS_UNIT_YAML_VALUES_H

#include "yaml/value.h"

#define SCALAR(kind, literal) \
	(&(struct value){.type = (kind), .written = TEXT(literal), .canonical = TEXT(literal)})
#define STRING(literal) SCALAR(VALUE_STRING, literal)
#define INTEGER(literal) SCALAR(VALUE_INTEGER, literal)
#define DATE(literal) SCALAR(VALUE_DATE, literal)
#define DATETIME(literal) SCALAR(VALUE_DATETIME, literal)
#define BINARY(literal) SCALAR(VALUE_BINARY, literal)
#define NOTHING (&(struct value){.type = VALUE_NULL})
#define BOOLEAN(truth) (&(struct value){.type = VALUE_BOOLEAN, .boolean = (truth)})
#define FLOAT(value_, literal) \
	(&(struct value){.type = VALUE_FLOAT, .written = TEXT(literal), .number = (value_)})

#define SEQUENCE(...)                                                            \
	(&(struct value){.type = VALUE_SEQUENCE,                                 \
		.sequence = {.items = (const struct value *[]){__VA_ARGS__},     \
			.count = sizeof((const struct value *[]){__VA_ARGS__}) / \
				 sizeof(struct value *)}})

#define PAIR(key_, value_) ((struct value_pair){.key = (key_), .value = (value_)})
#define MEMBER(key_) PAIR(key_, NOTHING)
#define PAIRED(kind, ...)                                                     \
	(&(struct value){.type = (kind),                                      \
		.mapping = {.pairs = (struct value_pair[]){__VA_ARGS__},      \
			.count = sizeof((struct value_pair[]){__VA_ARGS__}) / \
				 sizeof(struct value_pair)}})
#define MAPPING(...) PAIRED(VALUE_MAPPING, __VA_ARGS__)
#define SET(...) PAIRED(VALUE_SET, __VA_ARGS__)
#define ORDERED_MAP(...) PAIRED(VALUE_ORDERED_MAP, __VA_ARGS__)
#define PAIRS(...) PAIRED(VALUE_PAIRS, __VA_ARGS__)
#define EMPTY(kind) (&(struct value){.type = (kind)})

#endif
