#include "yaml/revise.h"

#include <string.h>

const struct value_pair *revise_find(const struct value *mapping, const struct value *key) {
	for (size_t i = 0; i < mapping->mapping.count; i++) {
		if (value_same_key(mapping->mapping.pairs[i].key, key)) {
			return &mapping->mapping.pairs[i];
		}
	}
	return NULL;
}

const struct value *revise_wrap(struct arena *arena, const struct value *const *keys,
	size_t key_count, const struct value *value) {
	while (value != NULL && key_count > 0) {
		struct value_pair *pair = arena_allocate(arena, sizeof(*pair));
		if (pair == NULL) {
			return NULL;
		}
		*pair = (struct value_pair){keys[--key_count], value};
		value = value_create_mapping(arena, VALUE_MAPPING, pair, 1);
	}
	return value;
}

/* A copy of the mapping with room for one pair more. */
static struct value *copy(struct arena *arena, const struct value *mapping) {
	size_t count = mapping->mapping.count;
	struct value_pair *pairs = arena_allocate_array(arena, count + 1, sizeof(*pairs));
	if (pairs == NULL) {
		return NULL;
	}
	if (count > 0) {
		memcpy(pairs, mapping->mapping.pairs, count * sizeof(*pairs));
	}
	return value_create_mapping(arena, VALUE_MAPPING, pairs, count);
}

static void remove_pair(struct value *mapping, size_t index) {
	struct value_pair *pairs = mapping->mapping.pairs;
	mapping->mapping.count--;
	memmove(&pairs[index], &pairs[index + 1],
		(mapping->mapping.count - index) * sizeof(*pairs));
}

/* What stands at the change's first key once it is made; *value is NULL where nothing does. */
static bool revise_value(struct arena *arena, const struct value *present,
	const struct yaml_change *change, const struct value **value) {
	struct yaml_change below = {change->keys + 1, change->key_count - 1, change->value};
	if (below.key_count == 0) {
		*value = change->value;
		return true;
	}
	if (present == NULL || present->type == VALUE_NULL) {
		*value = revise_wrap(arena, below.keys, below.key_count, change->value);
		return *value != NULL || change->value == NULL;
	}
	*value = revise(arena, present, &below);
	if (*value == NULL) {
		return false;
	}
	if (change->value == NULL && (*value)->mapping.count == 0) {
		*value = NULL;
	}
	return true;
}

const struct value *revise(
	struct arena *arena, const struct value *mapping, const struct yaml_change *change) {
	struct value *revised = copy(arena, mapping);
	if (revised == NULL) {
		return NULL;
	}
	const struct value_pair *pair = revise_find(mapping, change->keys[0]);
	size_t index =
		pair == NULL ? mapping->mapping.count : (size_t)(pair - mapping->mapping.pairs);
	const struct value *value;
	if (!revise_value(arena, pair == NULL ? NULL : pair->value, change, &value)) {
		return NULL;
	}
	if (value != NULL) {
		revised->mapping.count += pair == NULL;
		revised->mapping.pairs[index] =
			(struct value_pair){pair == NULL ? change->keys[0] : pair->key, value};
	} else if (pair != NULL) {
		remove_pair(revised, index);
	}
	value_weigh(revised);
	return revised;
}
