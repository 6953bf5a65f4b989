#include "yaml/collection.h"

#include "yaml/key.h"

#include <string.h>

#define SHOWN_LENGTH 64

/* As much of a key as fits a message, not cut within a character. */
static struct text shown(struct text text) {
	size_t length = 0;
	size_t next = 0;
	uint32_t character;
	while (next <= SHOWN_LENGTH) {
		length = next;
		if (!text_next_character(text, &next, &character)) {
			break;
		}
	}
	return text_part(text, 0, length);
}

static bool fail_key(const struct value *key, struct error *error, const char *sentence) {
	return error_set_at(error, ERROR_INVALID, key->line, key->column, "%s", sentence);
}

static bool fail_repeated(const struct value *key, const struct value *first, struct error *error) {
	if (!value_is_scalar(key)) {
		return error_set_at(error, ERROR_INVALID, key->line, key->column,
			"this key stands on line %u as well; remove one", first->line);
	}
	struct text text = shown(key->written);
	struct text earlier = shown(first->written);
	if (text_equal(text, earlier)) {
		return error_set_at(error, ERROR_INVALID, key->line, key->column,
			"the key \"%.*s\" stands on line %u as well; remove or rename one",
			TEXT_ARGUMENTS(text), first->line);
	}
	return error_set_at(error, ERROR_INVALID, key->line, key->column,
		"the key \"%.*s\" is the same value as \"%.*s\" on line %u; remove, rename or "
		"quote one",
		TEXT_ARGUMENTS(text), TEXT_ARGUMENTS(earlier), first->line);
}

bool collection_check_key(const struct value *value, struct error *error) {
	if (value_is_scalar(value)) {
		return true;
	}
	if (value->type != VALUE_SEQUENCE) {
		return error_set_at(error, ERROR_INVALID, value->line, value->column,
			"%s cannot be a key; quote it if it is text", value_type_name(value->type));
	}
	for (size_t i = 0; i < value->sequence.count; i++) {
		if (!value_is_scalar(value->sequence.items[i])) {
			return fail_key(
				value, error, "a list that is a key cannot hold lists or mappings");
		}
	}
	return true;
}

/* Whether it was written as a mapping. */
static bool is_mapping_node(const struct value *value) {
	return value->type == VALUE_MAPPING || value->type == VALUE_SET;
}

bool collection_check_merged(const struct value *value, struct error *error) {
	if (value_has_pairs(value)) {
		return true;
	}
	if (value->type != VALUE_SEQUENCE) {
		return fail_key(value, error,
			"\"<<\" merges a mapping or a list of mappings, and this is neither; quote "
			"the key if it is text");
	}
	for (size_t i = 0; i < value->sequence.count; i++) {
		if (!is_mapping_node(value->sequence.items[i])) {
			return fail_key(value->sequence.items[i], error,
				"\"<<\" merges mappings, and this item of its list is none");
		}
	}
	return true;
}

size_t collection_count_merged(const struct value *value) {
	if (value_has_pairs(value)) {
		return value->mapping.count;
	}
	size_t count = 0;
	for (size_t i = 0; i < value->sequence.count; i++) {
		count += value->sequence.items[i]->mapping.count;
	}
	return count;
}

/* A mapping in the making: value's pairs, by key. */
struct gathering {
	struct value_pair *pairs;
	struct key_index index;
};

/* Returns the key that is there already, whose value gives way to this one; NULL for a new one. */
static const struct value *gather_pair(
	struct gathering *gathering, const struct value *key, const struct value *value) {
	gathering->pairs[gathering->index.count] = (struct value_pair){key, value};
	size_t found = key_index_add(&gathering->index, gathering->pairs);
	if (found == KEY_NOT_FOUND) {
		return NULL;
	}
	gathering->pairs[found].value = value;
	return gathering->pairs[found].key;
}

static void gather_mapping(struct gathering *gathering, const struct value *mapping) {
	for (size_t i = 0; i < mapping->mapping.count; i++) {
		const struct value_pair *pair = &mapping->mapping.pairs[i];
		(void)gather_pair(gathering, pair->key, pair->value);
	}
}

/*
 * Of several mappings the first wins, so they are laid down from the last. An ordered map or list
 * of pairs was written as a sequence of mappings too.
 */
static void gather_merged(struct gathering *gathering, const struct value *source) {
	if (is_mapping_node(source)) {
		gather_mapping(gathering, source);
		return;
	}
	if (source->type == VALUE_SEQUENCE) {
		for (size_t i = source->sequence.count; i-- > 0;) {
			gather_mapping(gathering, source->sequence.items[i]);
		}
		return;
	}
	for (size_t i = source->mapping.count; i-- > 0;) {
		const struct value_pair *pair = &source->mapping.pairs[i];
		(void)gather_pair(gathering, pair->key, pair->value);
	}
}

static bool gather_nodes(struct gathering *gathering, const struct value *const *nodes,
	size_t count, bool may_repeat, struct error *error) {
	for (size_t i = 0; may_repeat && i < count; i += 2) {
		if (nodes[i] == NULL) {
			gather_merged(gathering, nodes[i + 1]);
		}
	}
	for (size_t i = 0; i < count; i += 2) {
		if (nodes[i] == NULL) {
			continue;
		}
		const struct value *earlier = gather_pair(gathering, nodes[i], nodes[i + 1]);
		if (earlier != NULL && !may_repeat) {
			return fail_repeated(nodes[i], earlier, error);
		}
	}
	return true;
}

/* A set's elements have no values, whatever was written there. */
static bool clear_values(struct arena *arena, struct value *set, struct error *error) {
	for (size_t i = 0; i < set->mapping.count; i++) {
		struct value_pair *pair = &set->mapping.pairs[i];
		if (pair->value->type != VALUE_NULL) {
			pair->value = value_create_null(arena);
		}
		if (pair->value == NULL) {
			return error_set_memory(error);
		}
	}
	return true;
}

bool collection_fill_mapping(struct arena *arena, struct value *value,
	const struct value *const *nodes, size_t count, bool may_repeat, struct error *error) {
	size_t capacity = count / 2;
	for (size_t i = 0; i < count; i += 2) {
		size_t merged = nodes[i] == NULL ? collection_count_merged(nodes[i + 1]) : 0;
		capacity += merged;
		may_repeat = may_repeat || merged > 0;
	}
	if (capacity == 0) {
		return true;
	}
	struct gathering gathering = {
		.pairs = arena_allocate_array(arena, capacity, sizeof(struct value_pair)),
	};
	if (gathering.pairs == NULL || !key_index_init(&gathering.index, capacity)) {
		return error_set_memory(error);
	}
	bool is_gathered = gather_nodes(&gathering, nodes, count, may_repeat, error);
	value->mapping.pairs = gathering.pairs;
	value->mapping.count = gathering.index.count;
	key_index_finish(&gathering.index);
	return is_gathered && (value->type != VALUE_SET || clear_values(arena, value, error));
}

static bool check_ordered_item(
	const struct value *value, const struct value *item, struct error *error) {
	if (!is_mapping_node(item) || item->mapping.count != 1) {
		return error_set_at(error, ERROR_INVALID, item->line, item->column,
			"each item of %s must be a mapping of one pair",
			value->type == VALUE_PAIRS ? "!!pairs" : "an !!omap");
	}
	const struct value *key = item->mapping.pairs[0].key;
	return value->type == VALUE_PAIRS || value_is_scalar(key) ||
	       fail_key(key, error, "the keys of an !!omap must be scalars");
}

/* A pair may repeat the key of another only among !!pairs. */
static bool gather_ordered(struct gathering *gathering, const struct value *value,
	const struct value_pair *pair, struct error *error) {
	if (value->type == VALUE_PAIRS) {
		gathering->pairs[gathering->index.count++] = *pair;
		return true;
	}
	const struct value *earlier = gather_pair(gathering, pair->key, pair->value);
	return earlier == NULL || fail_repeated(pair->key, earlier, error);
}

static bool fill_pairs(struct arena *arena, struct value *value, const struct value *const *items,
	size_t count, struct error *error) {
	struct gathering gathering = {
		.pairs = arena_allocate_array(arena, count, sizeof(struct value_pair)),
	};
	if (gathering.pairs == NULL || !key_index_init(&gathering.index, count)) {
		return error_set_memory(error);
	}
	bool is_filled = true;
	for (size_t i = 0; is_filled && i < count; i++) {
		is_filled = check_ordered_item(value, items[i], error) &&
			    gather_ordered(&gathering, value, &items[i]->mapping.pairs[0], error);
	}
	value->mapping.pairs = gathering.pairs;
	value->mapping.count = gathering.index.count;
	key_index_finish(&gathering.index);
	return is_filled;
}

bool collection_fill_sequence(struct arena *arena, struct value *value,
	const struct value *const *items, size_t count, struct error *error) {
	if (count == 0) {
		return true;
	}
	if (value->type != VALUE_SEQUENCE) {
		return fill_pairs(arena, value, items, count, error);
	}
	const struct value **copy =
		arena_allocate_array(arena, count, sizeof(const struct value *));
	if (copy == NULL) {
		return error_set_memory(error);
	}
	memcpy(copy, items, count * sizeof(const struct value *));
	value->sequence.items = copy;
	value->sequence.count = count;
	return true;
}
