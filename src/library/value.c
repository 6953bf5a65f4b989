#include "library/cardfs.h"

#include "yaml/value.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>

static const enum cardfs_value_type types[] = {
	[VALUE_NULL] = CARDFS_NULL,
	[VALUE_BOOLEAN] = CARDFS_BOOLEAN,
	[VALUE_INTEGER] = CARDFS_INTEGER,
	[VALUE_FLOAT] = CARDFS_FLOAT,
	[VALUE_STRING] = CARDFS_STRING,
	[VALUE_DATE] = CARDFS_DATE,
	[VALUE_DATETIME] = CARDFS_DATETIME,
	[VALUE_BINARY] = CARDFS_BINARY,
	[VALUE_SEQUENCE] = CARDFS_SEQUENCE,
	[VALUE_MAPPING] = CARDFS_MAPPING,
	[VALUE_SET] = CARDFS_SET,
	[VALUE_ORDERED_MAP] = CARDFS_ORDERED_MAP,
	[VALUE_PAIRS] = CARDFS_PAIRS,
};

/* A struct cardfs_value is a struct value under another name. */
static const struct value *inside(const struct cardfs_value *value) {
	return (const struct value *)value;
}

static const struct cardfs_value *outside(const struct value *value) {
	return (const struct cardfs_value *)value;
}

enum cardfs_value_type cardfs_value_type(const struct cardfs_value *value) {
	return types[inside(value)->type];
}

bool cardfs_value_boolean(const struct cardfs_value *value) {
	return inside(value)->type == VALUE_BOOLEAN && inside(value)->boolean;
}

bool cardfs_value_integer(const struct cardfs_value *value, int64_t *integer) {
	if (inside(value)->type != VALUE_INTEGER) {
		return false;
	}
	errno = 0;
	const long long parsed = strtoll(inside(value)->canonical.data, NULL, 10);
	if (errno != 0 || parsed < INT64_MIN || parsed > INT64_MAX) {
		return false;
	}
	*integer = parsed;
	return true;
}

double cardfs_value_number(const struct cardfs_value *value) {
	switch (inside(value)->type) {
	case VALUE_FLOAT:
		return inside(value)->number;
	case VALUE_INTEGER:
		return strtod(inside(value)->canonical.data, NULL);
	default:
		return NAN;
	}
}

static struct text text_of_scalar(const struct value *value) {
	switch (value->type) {
	case VALUE_INTEGER:
	case VALUE_STRING:
	case VALUE_DATE:
	case VALUE_DATETIME:
	case VALUE_BINARY:
		return value->canonical;
	default:
		return value->written;
	}
}

const char *cardfs_value_text(const struct cardfs_value *value, size_t *length) {
	struct text text = {0};
	if (value_is_scalar(inside(value))) {
		text = text_of_scalar(inside(value));
		text.data = text.data == NULL ? "" : text.data;
	}
	if (length != NULL) {
		*length = text.length;
	}
	return text.data;
}

size_t cardfs_value_count(const struct cardfs_value *value) {
	if (inside(value)->type == VALUE_SEQUENCE) {
		return inside(value)->sequence.count;
	}
	return value_has_pairs(inside(value)) ? inside(value)->mapping.count : 0;
}

const struct cardfs_value *cardfs_value_item(const struct cardfs_value *value, size_t index) {
	if (index >= cardfs_value_count(value)) {
		return NULL;
	}
	return outside(inside(value)->type == VALUE_SEQUENCE
			       ? inside(value)->sequence.items[index]
			       : inside(value)->mapping.pairs[index].value);
}

const struct cardfs_value *cardfs_value_key(const struct cardfs_value *value, size_t index) {
	if (index >= cardfs_value_count(value) || !value_has_pairs(inside(value))) {
		return NULL;
	}
	return outside(inside(value)->mapping.pairs[index].key);
}

const struct cardfs_value *cardfs_value_find(const struct cardfs_value *value, const char *key) {
	bool has_keys = value_has_pairs(inside(value));
	return has_keys ? outside(value_find(inside(value), text_of(key))) : NULL;
}
