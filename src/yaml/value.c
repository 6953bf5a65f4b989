#include "yaml/value.h"

#include "yaml/key.h"

/* What a value takes beside its text: a separator and a blank or line break. */
#define WEIGHT_OF_VALUE 2

const char *value_type_name(enum value_type type) {
	static const char *const names[] = {
		[VALUE_NULL] = "null",
		[VALUE_BOOLEAN] = "a boolean",
		[VALUE_INTEGER] = "an integer",
		[VALUE_FLOAT] = "a float",
		[VALUE_STRING] = "a string",
		[VALUE_DATE] = "a date",
		[VALUE_DATETIME] = "a date and time",
		[VALUE_BINARY] = "binary data",
		[VALUE_SEQUENCE] = "a list",
		[VALUE_MAPPING] = "a mapping",
		[VALUE_SET] = "a set",
		[VALUE_ORDERED_MAP] = "an ordered map",
		[VALUE_PAIRS] = "a list of pairs",
	};
	return names[type];
}

bool value_is_scalar(const struct value *value) {
	return value->type < VALUE_SEQUENCE;
}

bool value_has_pairs(const struct value *value) {
	return value->type > VALUE_SEQUENCE;
}

const struct value *value_find(const struct value *mapping, struct text key) {
	for (size_t i = 0; i < mapping->mapping.count; i++) {
		const struct value_pair *pair = &mapping->mapping.pairs[i];
		if (pair->key->type == VALUE_STRING && text_equal(pair->key->canonical, key)) {
			return pair->value;
		}
	}
	return NULL;
}

static bool equal_floats(double a, double b) {
	return a == b || (a != a && b != b);
}

static bool equal_items(const struct value *a, const struct value *b) {
	if (a->sequence.count != b->sequence.count) {
		return false;
	}
	for (size_t i = 0; i < a->sequence.count; i++) {
		if (!value_equal(a->sequence.items[i], b->sequence.items[i])) {
			return false;
		}
	}
	return true;
}

static bool equal_pairs(const struct value_pair *a, const struct value_pair *b) {
	return value_equal(a->key, b->key) && value_equal(a->value, b->value);
}

static bool equal_ordered(const struct value *a, const struct value *b) {
	for (size_t i = 0; i < a->mapping.count; i++) {
		if (!equal_pairs(&a->mapping.pairs[i], &b->mapping.pairs[i])) {
			return false;
		}
	}
	return true;
}

/* Keys are unique, so that as many pairs of a in b as there are make them equal. */
static bool equal_unordered(const struct value *a, const struct value *b) {
	struct key_index index;
	(void)key_index_init(&index, b->mapping.count);
	while (index.count < b->mapping.count) {
		(void)key_index_add(&index, b->mapping.pairs);
	}
	bool is_equal = true;
	for (size_t i = 0; is_equal && i < a->mapping.count; i++) {
		const struct value_pair *pair = &a->mapping.pairs[i];
		size_t found = key_index_find(&index, b->mapping.pairs, pair->key);
		is_equal = found != KEY_NOT_FOUND && equal_pairs(pair, &b->mapping.pairs[found]);
	}
	key_index_finish(&index);
	return is_equal;
}

bool value_equal(const struct value *a, const struct value *b) {
	if (a == b) {
		return true;
	}
	if (a->type != b->type) {
		return false;
	}
	switch ((enum value_type)a->type) {
	case VALUE_NULL:
		return true;
	case VALUE_BOOLEAN:
		return a->boolean == b->boolean;
	case VALUE_FLOAT:
		return equal_floats(a->number, b->number);
	case VALUE_SEQUENCE:
		return equal_items(a, b);
	case VALUE_MAPPING:
	case VALUE_SET:
		return a->mapping.count == b->mapping.count && equal_unordered(a, b);
	case VALUE_ORDERED_MAP:
	case VALUE_PAIRS:
		return a->mapping.count == b->mapping.count && equal_ordered(a, b);
	default:
		return text_equal(a->canonical, b->canonical);
	}
}

/* Adds what one part of a container brings to it. */
static void add_part(struct value *value, const struct value *part) {
	if (__builtin_add_overflow(value->weight, part->weight, &value->weight)) {
		value->weight = SIZE_MAX;
	}
	if (value->height <= part->height && part->height < UINT32_MAX) {
		value->height = part->height + 1;
	}
}

void value_weigh(struct value *value) {
	value->weight = WEIGHT_OF_VALUE;
	if (value_is_scalar(value)) {
		value->weight += value->written.length;
		value->height = 0;
		return;
	}
	value->height = 1;
	if (value->type == VALUE_SEQUENCE) {
		for (size_t i = 0; i < value->sequence.count; i++) {
			add_part(value, value->sequence.items[i]);
		}
		return;
	}
	for (size_t i = 0; i < value->mapping.count; i++) {
		add_part(value, value->mapping.pairs[i].key);
		add_part(value, value->mapping.pairs[i].value);
	}
}

struct value *value_create_string(struct arena *arena, struct text text) {
	struct value *value = arena_allocate(arena, sizeof(*value));
	if (value == NULL) {
		return NULL;
	}
	value->type = VALUE_STRING;
	value->canonical = text;
	value->written = text;
	value_weigh(value);
	return value;
}

struct value *value_create_null(struct arena *arena) {
	struct value *value = arena_allocate(arena, sizeof(*value));
	if (value == NULL) {
		return NULL;
	}
	value->type = VALUE_NULL;
	value_weigh(value);
	return value;
}

struct value *value_create_sequence(struct arena *arena, const struct value **items, size_t count) {
	struct value *value = arena_allocate(arena, sizeof(*value));
	if (value == NULL) {
		return NULL;
	}
	value->type = VALUE_SEQUENCE;
	value->sequence.items = items;
	value->sequence.count = count;
	value_weigh(value);
	return value;
}

struct value *value_create_mapping(
	struct arena *arena, enum value_type type, struct value_pair *pairs, size_t count) {
	struct value *value = arena_allocate(arena, sizeof(*value));
	if (value == NULL) {
		return NULL;
	}
	value->type = (uint8_t)type;
	value->mapping.pairs = pairs;
	value->mapping.count = count;
	value_weigh(value);
	return value;
}
