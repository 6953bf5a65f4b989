#include "card/compose.h"

#include "yaml/key.h"

#define DELETIONS TEXT("_del_")
#define REPLACEMENTS TEXT("_set_")

/*
 * A mapping in the making: what overrides so far make of the mapping that stands here in a
 * configuration, or of nothing where it is whole. Of a key there is either a value, taken as it is,
 * or a node, or neither where it is removed.
 */
struct node {
	struct node *next; /* of the composition's */
	bool is_whole;     /* what the configuration has here does not count */
	struct value_pair *pairs;
	struct node **nodes;
	size_t capacity;
	struct key_index index; /* of pairs; counts them */
};

struct composition {
	struct arena arena; /* of the nodes */
	struct node *nodes;
};

static void composition_finish(struct composition *composition) {
	for (struct node *node = composition->nodes; node != NULL; node = node->next) {
		key_index_finish(&node->index);
	}
	arena_finish(&composition->arena);
}

/* An ordered map is a mapping to fairseq2, a set is not. */
static bool is_mapping(const struct value *value) {
	return value->type == VALUE_MAPPING || value->type == VALUE_ORDERED_MAP;
}

static bool is_directive(const struct value *key) {
	return key->type == VALUE_STRING &&
	       (text_equal(key->canonical, DELETIONS) || text_equal(key->canonical, REPLACEMENTS));
}

/* The value of a directive; NULL where it is not there or null, which is the same to fairseq2. */
static const struct value *find_directive(const struct value *override, struct text key) {
	const struct value *directive = value_find(override, key);
	return directive == NULL || directive->type == VALUE_NULL ? NULL : directive;
}

static bool fail(struct error *error, const char *rule, const struct value *value) {
	return error_set_at(error, ERROR_INVALID, value->line, value->column, "%s %s", rule,
		value_type_name((enum value_type)value->type));
}

static bool check_deletions(const struct value *deletions, struct error *error) {
	if (deletions->type != VALUE_SEQUENCE) {
		return fail(error, "_del_ must be a list of strings, but is", deletions);
	}
	for (size_t i = 0; i < deletions->sequence.count; i++) {
		const struct value *key = deletions->sequence.items[i];
		if (key->type != VALUE_STRING) {
			return fail(error, "_del_ must be a list of strings, but an item is", key);
		}
	}
	return true;
}

static bool check_replacements(const struct value *replacements, struct error *error) {
	if (!is_mapping(replacements)) {
		return fail(error, "_set_ must be a mapping, but is", replacements);
	}
	for (size_t i = 0; i < replacements->mapping.count; i++) {
		const struct value *key = replacements->mapping.pairs[i].key;
		if (key->type != VALUE_STRING) {
			return fail(error, "the keys of _set_ must be strings, but one is", key);
		}
	}
	return true;
}

static bool check_override(const struct value *override, struct error *error) {
	if (!is_mapping(override)) {
		return true;
	}
	const struct value *deletions = find_directive(override, DELETIONS);
	const struct value *replacements = find_directive(override, REPLACEMENTS);
	if ((deletions != NULL && !check_deletions(deletions, error)) ||
		(replacements != NULL && !check_replacements(replacements, error))) {
		return false;
	}
	for (size_t i = 0; i < override->mapping.count; i++) {
		const struct value_pair *pair = &override->mapping.pairs[i];
		if (!is_directive(pair->key) && !check_override(pair->value, error)) {
			return false;
		}
	}
	return true;
}

/* Gives the node arrays of that capacity, and an index that is made for it. */
static bool grow(struct composition *composition, struct node *node, size_t capacity) {
	struct value_pair *pairs =
		arena_allocate_array(&composition->arena, capacity, sizeof(*pairs));
	struct node **nodes =
		arena_allocate_array(&composition->arena, capacity, sizeof(struct node *));
	struct key_index index;
	if (pairs == NULL || nodes == NULL || !key_index_init(&index, capacity)) {
		return false;
	}
	for (size_t i = 0; i < node->index.count; i++) {
		pairs[i] = node->pairs[i];
		nodes[i] = node->nodes[i];
		(void)key_index_add(&index, pairs);
	}
	key_index_finish(&node->index);
	node->pairs = pairs;
	node->nodes = nodes;
	node->capacity = capacity;
	node->index = index;
	return true;
}

static bool reserve(struct composition *composition, struct node *node, size_t more) {
	const size_t needed = node->index.count + more;
	return needed <= node->capacity || grow(composition, node, needed * 2);
}

/* The position of the key in the node, which has room for it. */
static size_t find_or_add(struct node *node, const struct value *key) {
	const size_t last = node->index.count;
	node->pairs[last] = (struct value_pair){.key = key};
	node->nodes[last] = NULL;
	const size_t found = key_index_add(&node->index, node->pairs);
	return found == KEY_NOT_FOUND ? last : found;
}

/* Lets the key have that value, or nothing for NULL. */
static void put(struct node *node, const struct value *key, const struct value *value) {
	const size_t position = find_or_add(node, key);
	node->pairs[position].value = value;
	node->nodes[position] = NULL;
}

/* Returns a node of content's pairs where that is a mapping, else an empty one. */
static struct node *create_node(
	struct composition *composition, const struct value *content, bool is_whole) {
	struct node *node = arena_allocate(&composition->arena, sizeof(*node));
	if (node == NULL) {
		return NULL;
	}
	node->is_whole = is_whole;
	node->next = composition->nodes;
	composition->nodes = node;
	if (content == NULL || !is_mapping(content)) {
		return node;
	}
	if (!reserve(composition, node, content->mapping.count)) {
		return NULL;
	}
	for (size_t i = 0; i < content->mapping.count; i++) {
		const struct value_pair *pair = &content->mapping.pairs[i];
		put(node, pair->key, pair->value);
	}
	return node;
}

/* The node into which a mapping below the key is to be merged; NULL without memory. */
static struct node *open_child(
	struct composition *composition, struct node *node, const struct value *key) {
	const size_t known = node->index.count;
	const size_t position = find_or_add(node, key);
	if (node->nodes[position] != NULL) {
		return node->nodes[position];
	}
	const bool is_whole = node->is_whole || position < known;
	struct node *child = create_node(composition, node->pairs[position].value, is_whole);
	node->nodes[position] = child;
	node->pairs[position].value = NULL;
	return child;
}

/* Merges a mapping, checked before, into the node. Returns false without memory. */
static bool apply(
	struct composition *composition, struct node *node, const struct value *override) {
	const struct value *deletions = find_directive(override, DELETIONS);
	const struct value *replacements = find_directive(override, REPLACEMENTS);
	const size_t deletion_count = deletions == NULL ? 0 : deletions->sequence.count;
	const size_t replacement_count = replacements == NULL ? 0 : replacements->mapping.count;
	if (!reserve(composition, node,
		    deletion_count + override->mapping.count + replacement_count)) {
		return false;
	}
	for (size_t i = 0; i < deletion_count; i++) {
		put(node, deletions->sequence.items[i], NULL);
	}
	for (size_t i = 0; i < override->mapping.count; i++) {
		const struct value_pair *pair = &override->mapping.pairs[i];
		if (is_directive(pair->key)) {
			continue;
		}
		if (!is_mapping(pair->value)) {
			put(node, pair->key, pair->value);
			continue;
		}
		struct node *child = open_child(composition, node, pair->key);
		if (child == NULL || !apply(composition, child, pair->value)) {
			return false;
		}
	}
	for (size_t i = 0; i < replacement_count; i++) {
		const struct value_pair *pair = &replacements->mapping.pairs[i];
		put(node, pair->key, pair->value);
	}
	return true;
}

/* The mapping that a whole node and those below it, which are whole too, stand for. */
static const struct value *write_content(struct arena *arena, const struct node *node) {
	struct value_pair *pairs = arena_allocate_array(arena, node->index.count, sizeof(*pairs));
	if (pairs == NULL) {
		return NULL;
	}
	size_t count = 0;
	for (size_t i = 0; i < node->index.count; i++) {
		struct value_pair pair = node->pairs[i];
		if (node->nodes[i] != NULL) {
			pair.value = write_content(arena, node->nodes[i]);
			if (pair.value == NULL) {
				return NULL;
			}
		}
		if (pair.value != NULL) {
			pairs[count++] = pair;
		}
	}
	return value_create_mapping(arena, VALUE_MAPPING, pairs, count);
}

/* Where in an override something of a node is written. */
enum part { PART_PAIR, PART_DELETION, PART_REPLACEMENT, PART_COUNT };

static enum part part_of(const struct node *node, size_t position) {
	const struct value_pair *pair = &node->pairs[position];
	const struct node *child = node->nodes[position];
	if (child == NULL && pair->value == NULL) {
		return PART_DELETION;
	}
	if (is_directive(pair->key)) {
		return PART_REPLACEMENT;
	}
	const bool is_whole = child == NULL ? is_mapping(pair->value) : child->is_whole;
	/* fairseq2 takes no other keys than strings in _set_. */
	return is_whole && pair->key->type == VALUE_STRING ? PART_REPLACEMENT : PART_PAIR;
}

/* The parts of an override that is being written. */
struct draft {
	struct value_pair *pairs;
	struct value_pair *replacements;
	const struct value **deletions;
	size_t counts[PART_COUNT];
};

static bool draft_init(struct draft *draft, struct arena *arena, const struct node *node) {
	size_t counts[PART_COUNT] = {0};
	for (size_t i = 0; i < node->index.count; i++) {
		counts[part_of(node, i)]++;
	}
	/* Two more for the directives. */
	const size_t pair_count = counts[PART_PAIR] + 2;
	*draft = (struct draft){
		.pairs = arena_allocate_array(arena, pair_count, sizeof(struct value_pair)),
		.replacements = arena_allocate_array(
			arena, counts[PART_REPLACEMENT], sizeof(struct value_pair)),
		.deletions = arena_allocate_array(
			arena, counts[PART_DELETION], sizeof(const struct value *)),
	};
	return draft->pairs != NULL && draft->replacements != NULL && draft->deletions != NULL;
}

static bool add_directive(
	struct draft *draft, struct arena *arena, struct text key, const struct value *value) {
	const struct value *name = value_create_string(arena, key);
	draft->pairs[draft->counts[PART_PAIR]++] = (struct value_pair){name, value};
	return name != NULL && value != NULL;
}

static const struct value *finish_draft(struct draft *draft, struct arena *arena) {
	const size_t deletion_count = draft->counts[PART_DELETION];
	const size_t replacement_count = draft->counts[PART_REPLACEMENT];
	if (deletion_count > 0 &&
		!add_directive(draft, arena, DELETIONS,
			value_create_sequence(arena, draft->deletions, deletion_count))) {
		return NULL;
	}
	if (replacement_count > 0 && !add_directive(draft, arena, REPLACEMENTS,
					     value_create_mapping(arena, VALUE_MAPPING,
						     draft->replacements, replacement_count))) {
		return NULL;
	}
	return value_create_mapping(arena, VALUE_MAPPING, draft->pairs, draft->counts[PART_PAIR]);
}

/* The override that has the effect of the node. */
static const struct value *write_override(struct arena *arena, const struct node *node) {
	struct draft draft;
	if (!draft_init(&draft, arena, node)) {
		return NULL;
	}
	for (size_t i = 0; i < node->index.count; i++) {
		const enum part part = part_of(node, i);
		const size_t number = draft.counts[part]++;
		struct value_pair pair = node->pairs[i];
		if (part == PART_DELETION) {
			draft.deletions[number] = pair.key;
			continue;
		}
		if (node->nodes[i] != NULL) {
			pair.value = part == PART_REPLACEMENT
					     ? write_content(arena, node->nodes[i])
					     : write_override(arena, node->nodes[i]);
		}
		if (pair.value == NULL) {
			return NULL;
		}
		if (part == PART_REPLACEMENT) {
			draft.replacements[number] = pair;
		} else {
			draft.pairs[number] = pair;
		}
	}
	return finish_draft(&draft, arena);
}

static const struct value *compose_mappings(
	struct arena *arena, const struct value *const *values, size_t count) {
	struct composition composition = {0};
	struct node *root = create_node(&composition, NULL, false);
	bool is_applied = root != NULL;
	for (size_t i = 0; is_applied && i < count; i++) {
		is_applied = values[i]->type == VALUE_NULL || apply(&composition, root, values[i]);
	}
	const struct value *composed = is_applied ? write_override(arena, root) : NULL;
	composition_finish(&composition);
	return composed;
}

bool compose(struct arena *arena, const struct value *const *values, size_t count,
	const struct value **composed, struct error *error) {
	size_t first = 0; /* of those that count: what is no mapping replaces those before it */
	size_t mapping_count = 0;
	*composed = values[count - 1];
	for (size_t i = 0; i < count; i++) {
		if (!check_override(values[i], error)) {
			return false;
		}
		if (values[i]->type == VALUE_NULL) {
			continue;
		}
		*composed = values[i];
		if (is_mapping(values[i])) {
			mapping_count++;
		} else {
			first = i + 1;
			mapping_count = 0;
		}
	}
	if (mapping_count < 2) {
		return true;
	}
	*composed = compose_mappings(arena, values + first, count - first);
	return *composed != NULL || error_set_memory(error);
}

bool compose_merge(struct arena *arena, const struct value *configuration,
	const struct value *override, const struct value **merged, struct error *error) {
	if (!check_override(override, error)) {
		return false;
	}
	if (!is_mapping(override)) {
		*merged = override;
		return true;
	}
	struct composition composition = {0};
	struct node *root = create_node(&composition, configuration, true);
	const bool is_applied = root != NULL && apply(&composition, root, override);
	*merged = is_applied ? write_content(arena, root) : NULL;
	composition_finish(&composition);
	return *merged != NULL || error_set_memory(error);
}

bool compose_is_configuration(struct text key) {
	static const char *const starts[] = {"model_config", "tokenizer_config", "dataset_config"};
	static const char *const ends[] = {"", "_override", "_overrides"};
	for (size_t i = 0; i < sizeof(starts) / sizeof(starts[0]); i++) {
		const struct text start = text_of(starts[i]);
		if (!text_starts_with(key, start)) {
			continue;
		}
		const struct text rest = text_part(key, start.length, key.length);
		for (size_t j = 0; j < sizeof(ends) / sizeof(ends[0]); j++) {
			if (text_equal(rest, text_of(ends[j]))) {
				return true;
			}
		}
	}
	return false;
}
