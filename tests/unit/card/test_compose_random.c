/*
 * That composing is right for any chain and configuration: against many that are made up, and a
 * merge that is written as it is told.
 */
#include "card/compose.h"

#include "yaml/json.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#define LONGEST_CHAIN 6

/* What values are made up from: the same ones for the same number. */
struct source {
	uint64_t random;
	struct arena *arena;
};

static size_t choose(struct source *source, size_t count) {
	source->random += UINT64_C(0x9e3779b97f4a7c15);
	uint64_t mixed = source->random;
	mixed = (mixed ^ mixed >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	mixed = (mixed ^ mixed >> 27) * UINT64_C(0x94d049bb133111eb);
	return (size_t)((mixed ^ mixed >> 31) % count);
}

static bool is_mapping(const struct value *value) {
	return value != NULL && (value->type == VALUE_MAPPING || value->type == VALUE_ORDERED_MAP);
}

static bool is_directive(const struct value *key) {
	return key->type == VALUE_STRING && (text_equal(key->canonical, TEXT("_del_")) ||
						    text_equal(key->canonical, TEXT("_set_")));
}

/* What kind of mapping is made up. */
enum kind {
	KIND_CONTENT,  /* anything; _del_ and _set_ are keys like others */
	KIND_OVERRIDE, /* with directives */
	KIND_STEADY,   /* an override without, in which a key is either always or never a mapping */
};

/* No override has a mapping at the number, and a steady one none before FIRST_OF_MAPPING. */
enum key {
	KEY_NUMBER = 0,
	FIRST_STRING = 1,
	FIRST_OF_MAPPING = 3,
	KEY_DELETE = 5,
	KEY_SET,
	KEY_COUNT,
};

static const struct value *make_key(struct source *source, size_t number) {
	static const char *const keys[KEY_COUNT] = {"1", "a", "b", "c", "d", "_del_", "_set_"};
	struct value *key = value_create_string(source->arena, text_of(keys[number]));
	key->type = number == KEY_NUMBER ? VALUE_INTEGER : VALUE_STRING;
	return key;
}

static const struct value *make_mapping(struct source *source, enum kind kind, unsigned depth);

/* Anything but a mapping. */
static const struct value *make_other(struct source *source) {
	static const enum value_type types[] = {VALUE_NULL, VALUE_BOOLEAN, VALUE_INTEGER,
		VALUE_FLOAT, VALUE_STRING, VALUE_SET, VALUE_PAIRS, VALUE_SEQUENCE};
	const enum value_type type = types[choose(source, sizeof(types) / sizeof(types[0]))];
	if (type == VALUE_SEQUENCE) {
		const struct value **items =
			arena_allocate(source->arena, sizeof(const struct value *));
		items[0] = make_mapping(source, KIND_CONTENT, 0);
		return value_create_sequence(source->arena, items, 1);
	}
	struct value *value = value_create_null(source->arena);
	value->type = (uint8_t)type;
	if (type == VALUE_INTEGER || type == VALUE_STRING) {
		value->canonical = TEXT("1");
	}
	return value;
}

static bool may_be_mapping(struct source *source, enum kind kind, size_t key) {
	switch (kind) {
	case KIND_STEADY:
		return key >= FIRST_OF_MAPPING;
	case KIND_OVERRIDE:
		return key != KEY_NUMBER && choose(source, 2) == 0;
	default:
		return choose(source, 2) == 0;
	}
}

/* A mapping of some of the keys from first on, before end. */
static struct value *make_pairs(
	struct source *source, enum kind kind, size_t first, size_t end, unsigned depth) {
	struct value_pair *pairs = arena_allocate_array(source->arena, KEY_COUNT, sizeof(*pairs));
	size_t count = 0;
	for (size_t key = first; key < end; key++) {
		if (choose(source, 2) == 0) {
			continue;
		}
		const bool is_nested = depth > 0 && may_be_mapping(source, kind, key);
		pairs[count++] = (struct value_pair){
			.key = make_key(source, key),
			.value = is_nested ? make_mapping(source, kind, depth - 1)
					   : make_other(source),
		};
	}
	const bool is_ordered = choose(source, 10) == 0;
	return value_create_mapping(
		source->arena, is_ordered ? VALUE_ORDERED_MAP : VALUE_MAPPING, pairs, count);
}

static const struct value *make_deletions(struct source *source) {
	const size_t count = choose(source, 3);
	const struct value **keys =
		arena_allocate_array(source->arena, count, sizeof(const struct value *));
	for (size_t i = 0; i < count; i++) {
		keys[i] = make_key(source, FIRST_STRING + choose(source, KEY_COUNT - FIRST_STRING));
	}
	return value_create_sequence(source->arena, keys, count);
}

/* The pairs of a mapping that has no directives yet have room for them. */
static void add_directive(
	struct source *source, struct value *mapping, size_t key, const struct value *value) {
	mapping->mapping.pairs[mapping->mapping.count++] =
		(struct value_pair){make_key(source, key), value};
}

static const struct value *make_mapping(struct source *source, enum kind kind, unsigned depth) {
	const size_t end = kind == KIND_CONTENT ? KEY_COUNT : KEY_DELETE;
	struct value *mapping = make_pairs(source, kind, KEY_NUMBER, end, depth);
	if (kind != KIND_OVERRIDE) {
		return mapping;
	}
	if (choose(source, 3) == 0) {
		add_directive(source, mapping, KEY_DELETE, make_deletions(source));
	}
	if (choose(source, 3) == 0) {
		add_directive(source, mapping, KEY_SET,
			make_pairs(source, KIND_CONTENT, FIRST_STRING, KEY_COUNT, depth));
	}
	return mapping;
}

/* A few overrides, with nulls and now and then something else among them. */
static size_t make_chain(struct source *source, const struct value **values) {
	const size_t count = 1 + choose(source, LONGEST_CHAIN);
	for (size_t i = 0; i < count; i++) {
		values[i] = choose(source, 12) == 0 ? make_other(source)
						    : make_mapping(source, KIND_OVERRIDE, 3);
	}
	return count;
}

static const struct value *make_configuration(struct source *source) {
	switch (choose(source, 8)) {
	case 0:
		return NULL;
	case 1:
		return make_other(source);
	default:
		return make_mapping(source, KIND_CONTENT, 3);
	}
}

/* Whether a mapping comes after something else: what no override can express. */
static bool has_mapping_over_other(const struct value **values, size_t count) {
	bool has_other = false;
	for (size_t i = 0; i < count; i++) {
		if (is_mapping(values[i]) && has_other) {
			return true;
		}
		has_other |= !is_mapping(values[i]) && values[i]->type != VALUE_NULL;
	}
	return false;
}

static void put(struct value *mapping, const struct value *key, const struct value *value) {
	size_t i = 0;
	while (i < mapping->mapping.count && !value_same_key(mapping->mapping.pairs[i].key, key)) {
		i++;
	}
	mapping->mapping.pairs[i] = (struct value_pair){key, value};
	mapping->mapping.count += i == mapping->mapping.count;
}

static const struct value *find(const struct value *mapping, const struct value *key) {
	for (size_t i = 0; i < mapping->mapping.count; i++) {
		if (value_same_key(mapping->mapping.pairs[i].key, key)) {
			return mapping->mapping.pairs[i].value;
		}
	}
	return NULL;
}

static bool has_item(const struct value *sequence, const struct value *key) {
	for (size_t i = 0; sequence != NULL && i < sequence->sequence.count; i++) {
		if (value_same_key(sequence->sequence.items[i], key)) {
			return true;
		}
	}
	return false;
}

/* The merge as it is told in words, one step after another. */
static const struct value *merge_plainly(
	struct arena *arena, const struct value *target, const struct value *source) {
	if (!is_mapping(source)) {
		return source;
	}
	struct value_pair *pairs = arena_allocate_array(arena, KEY_COUNT, sizeof(*pairs));
	struct value *merged = value_create_mapping(arena, VALUE_MAPPING, pairs, 0);
	const struct value *deletions = value_find(source, TEXT("_del_"));
	const struct value *replacements = value_find(source, TEXT("_set_"));
	for (size_t i = 0; is_mapping(target) && i < target->mapping.count; i++) {
		if (!has_item(deletions, target->mapping.pairs[i].key)) {
			put(merged, target->mapping.pairs[i].key, target->mapping.pairs[i].value);
		}
	}
	for (size_t i = 0; i < source->mapping.count; i++) {
		const struct value_pair *pair = &source->mapping.pairs[i];
		if (!is_directive(pair->key)) {
			put(merged, pair->key,
				merge_plainly(arena, find(merged, pair->key), pair->value));
		}
	}
	for (size_t i = 0; replacements != NULL && i < replacements->mapping.count; i++) {
		put(merged, replacements->mapping.pairs[i].key,
			replacements->mapping.pairs[i].value);
	}
	return merged;
}

static void print_value(const char *what, const struct value *value) {
	struct buffer buffer = {0};
	if (value != NULL) {
		json_write(&buffer, value, false);
	}
	print_error("%s: %s\n", what, value == NULL ? "nothing" : buffer.data);
	buffer_finish(&buffer);
}

/* One random chain and configuration: what is merged, composed or one by one. */
struct round {
	struct arena arena;
	const struct value *values[LONGEST_CHAIN];
	size_t count;
	const struct value *configuration;
	const struct value *expected; /* NULL where the chain says nothing */
	const struct value *composed;
	const struct value *merged;
};

static void merge_one_by_one(struct round *round) {
	const struct value *merged = round->configuration;
	for (size_t i = 0; i < round->count; i++) {
		if (round->values[i]->type != VALUE_NULL) {
			merged = merge_plainly(&round->arena, merged, round->values[i]);
			round->expected = merged;
		}
	}
}

static bool run_round(struct round *round, struct source *source) {
	round->count = make_chain(source, round->values);
	if (!has_mapping_over_other(round->values, round->count)) {
		round->configuration = make_configuration(source);
	}
	merge_one_by_one(round);
	if (!compose(&round->arena, round->values, round->count, &round->composed, NULL)) {
		return false;
	}
	if (round->expected == NULL) {
		return round->composed->type == VALUE_NULL;
	}
	return compose_merge(&round->arena, round->configuration, round->composed, &round->merged,
		       NULL) &&
	       value_equal(round->merged, round->expected) &&
	       value_equal(merge_plainly(&round->arena, round->configuration, round->composed),
		       round->expected);
}

static void print_round(const struct round *round) {
	for (size_t i = 0; i < round->count; i++) {
		print_value("override", round->values[i]);
	}
	print_value("composed", round->composed);
	print_value("configuration", round->configuration);
	print_value("merged", round->merged);
	print_value("expected", round->expected);
}

static void test_a_composed_value_has_the_effect_of_its_chain(void **state) {
	(void)state;
	for (uint64_t seed = 1; seed <= 10000; seed++) {
		struct round round = {0};
		struct source source = {seed, &round.arena};
		if (!run_round(&round, &source)) {
			print_error("seed: %lu\n", (unsigned long)seed);
			print_round(&round);
			fail();
		}
		arena_finish(&round.arena);
	}
}

static bool has_directive(const struct value *value) {
	for (size_t i = 0; is_mapping(value) && i < value->mapping.count; i++) {
		const struct value_pair *pair = &value->mapping.pairs[i];
		if (is_directive(pair->key) || has_directive(pair->value)) {
			return true;
		}
	}
	return false;
}

static void test_a_chain_that_only_adds_and_replaces_needs_no_directives(void **state) {
	(void)state;
	for (uint64_t seed = 1; seed <= 2000; seed++) {
		struct round round = {.count = LONGEST_CHAIN};
		struct source source = {seed, &round.arena};
		for (size_t i = 0; i < round.count; i++) {
			round.values[i] = make_mapping(&source, KIND_STEADY, 3);
		}
		assert_true(
			compose(&round.arena, round.values, round.count, &round.composed, NULL));
		if (has_directive(round.composed)) {
			print_error("seed: %lu\n", (unsigned long)seed);
			print_round(&round);
			fail();
		}
		arena_finish(&round.arena);
	}
}

int main(void) {
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_composed_value_has_the_effect_of_its_chain),
		cmocka_unit_test(test_a_chain_that_only_adds_and_replaces_needs_no_directives),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
