#include "yaml/value.h"

#include "unit/yaml/values.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* More keys than are compared one by one. */
#define MANY 100

/* Two keys must be the same both ways round, and then hash the same. */
static void check_same(const struct value *a, const struct value *b) {
	assert_true(value_same_key(a, b));
	assert_true(value_same_key(b, a));
	assert_int_equal(value_hash_key(a), value_hash_key(b));
}

static void check_different(const struct value *a, const struct value *b) {
	assert_false(value_same_key(a, b));
	assert_false(value_same_key(b, a));
}

static void test_numbers_of_all_types_are_one_key_where_they_are_equal(void **state) {
	(void)state;
	check_same(INTEGER("1"), FLOAT(1.0, "1.0"));
	check_same(INTEGER("1"), BOOLEAN(true));
	check_same(FLOAT(0.0, "0.0"), BOOLEAN(false));
	check_same(FLOAT(-0.0, "-0.0"), INTEGER("0"));
	check_same(INTEGER("100000000000000000000"), FLOAT(1e20, "1e20"));
	check_same(INTEGER("-3"), FLOAT(-3.0, "-3."));
	check_same(FLOAT(2.5, "2.5"), FLOAT(2.5, "2.50"));
	check_same(FLOAT((double)INFINITY, ".inf"), FLOAT((double)INFINITY, "1e400"));
	check_same(FLOAT((double)NAN, ".nan"), FLOAT((double)NAN, ".NaN"));
	check_different(INTEGER("1"), FLOAT(1.5, "1.5"));
	check_different(INTEGER("100000000000000000000000"), FLOAT(1e23, "1e23"));
	check_different(INTEGER("2"), BOOLEAN(true));
	check_different(FLOAT((double)INFINITY, ".inf"), FLOAT(-(double)INFINITY, "-.inf"));
	check_different(FLOAT((double)NAN, ".nan"), FLOAT(1.5, "1.5"));
}

static void test_texts_of_different_types_are_different_keys(void **state) {
	(void)state;
	check_same(STRING("a"), STRING("a"));
	check_different(STRING("a"), STRING("b"));
	check_different(STRING("1"), INTEGER("1"));
	check_different(STRING("hi"), BINARY("hi"));
	check_different(STRING("2001-01-01"), DATE("2001-01-01"));
	check_different(DATE("2001-01-01"), DATETIME("2001-01-01T00:00:00"));
	check_different(STRING(""), NOTHING);
	check_same(NOTHING, NOTHING);
}

static void test_times_with_zones_are_one_key_at_the_same_instant(void **state) {
	(void)state;
	check_same(DATETIME("2001-01-01T00:30:00+00:00"), DATETIME("2001-01-01T02:00:00+01:30"));
	check_same(DATETIME("2001-01-01T00:00:00+01:00"), DATETIME("2000-12-31T22:00:00-01:00"));
	check_same(DATETIME("2000-03-01T00:00:00+01:00"), DATETIME("2000-02-29T23:00:00+00:00"));
	check_different(DATETIME("2001-01-01T00:00:00"), DATETIME("2001-01-01T00:00:00+00:00"));
	check_different(DATETIME("2001-01-01T00:00:00"), DATETIME("2001-01-01T00:00:00.000001"));
	check_different(DATETIME("2001-01-01T00:00:00"), DATETIME("2002-01-01T00:00:00"));
}

static void test_sequences_are_one_key_item_by_item(void **state) {
	(void)state;
	check_same(SEQUENCE(INTEGER("1"), STRING("a")), SEQUENCE(FLOAT(1.0, "1."), STRING("a")));
	check_same(EMPTY(VALUE_SEQUENCE), EMPTY(VALUE_SEQUENCE));
	check_different(SEQUENCE(INTEGER("1"), INTEGER("2")), SEQUENCE(INTEGER("2"), INTEGER("1")));
	check_different(SEQUENCE(INTEGER("1")), SEQUENCE(INTEGER("1"), INTEGER("1")));
	check_different(SEQUENCE(INTEGER("1")), INTEGER("1"));
}

static void test_equality_tells_types_apart_where_keys_do_not(void **state) {
	(void)state;
	assert_false(value_equal(INTEGER("1"), FLOAT(1.0, "1.0")));
	assert_false(value_equal(INTEGER("1"), BOOLEAN(true)));
	assert_false(value_equal(BOOLEAN(false), BOOLEAN(true)));
	assert_false(value_equal(STRING("a"), STRING("b")));
	assert_false(value_equal(EMPTY(VALUE_SET), EMPTY(VALUE_MAPPING)));
	assert_false(value_equal(FLOAT(1.0, "1"), FLOAT(2.0, "2")));
	assert_true(value_equal(NOTHING, NOTHING));
	assert_true(value_equal(FLOAT((double)NAN, ".nan"), FLOAT((double)NAN, ".nan")));
	assert_true(value_equal(BOOLEAN(true), BOOLEAN(true)));
}

static void test_equality_does_not_ask_how_it_was_written(void **state) {
	(void)state;
	struct value hexadecimal = *INTEGER("31");
	hexadecimal.written = TEXT("0x1F");
	hexadecimal.line = 7;
	assert_true(value_equal(&hexadecimal, INTEGER("31")));
}

static void test_order_counts_only_where_it_is_part_of_the_value(void **state) {
	(void)state;
	const struct value_pair one = PAIR(STRING("a"), INTEGER("1"));
	const struct value_pair two = PAIR(STRING("b"), INTEGER("2"));
	assert_true(value_equal(MAPPING(one, two), MAPPING(two, one)));
	assert_true(value_equal(SET(MEMBER(STRING("a")), MEMBER(STRING("b"))),
		SET(MEMBER(STRING("b")), MEMBER(STRING("a")))));
	assert_false(value_equal(ORDERED_MAP(one, two), ORDERED_MAP(two, one)));
	assert_true(value_equal(ORDERED_MAP(one, two), ORDERED_MAP(one, two)));
	assert_false(value_equal(PAIRS(one, two), PAIRS(two, one)));
	assert_false(value_equal(
		SEQUENCE(INTEGER("1"), INTEGER("2")), SEQUENCE(INTEGER("2"), INTEGER("1"))));
	assert_true(value_equal(SEQUENCE(INTEGER("1")), SEQUENCE(INTEGER("1"))));
}

static void test_mappings_are_equal_only_with_all_pairs(void **state) {
	(void)state;
	const struct value_pair pair = PAIR(STRING("a"), INTEGER("1"));
	assert_false(value_equal(MAPPING(pair), MAPPING(PAIR(STRING("a"), INTEGER("2")))));
	assert_false(value_equal(MAPPING(pair), MAPPING(PAIR(STRING("b"), INTEGER("1")))));
	assert_false(value_equal(MAPPING(pair), EMPTY(VALUE_MAPPING)));
	assert_false(value_equal(MAPPING(pair), MAPPING(pair, PAIR(NOTHING, NOTHING))));
	assert_false(value_equal(
		MAPPING(PAIR(INTEGER("1"), NOTHING)), MAPPING(PAIR(FLOAT(1.0, "1.0"), NOTHING))));
}

/* A mapping of MANY keys, the numbers from first on. */
static struct value *create_numbered(struct arena *arena, int first, int step) {
	struct value_pair *pairs = arena_allocate_array(arena, MANY, sizeof(*pairs));
	assert_non_null(pairs);
	for (int i = 0; i < MANY; i++) {
		char name[16];
		struct text text = {name, 0};
		text.length = (size_t)snprintf(name, sizeof(name), "%d", first + i * step);
		assert_true(arena_copy_text(arena, text, &text));
		struct value *key = value_create_string(arena, text);
		assert_non_null(key);
		key->type = i % 2 == 0 ? VALUE_INTEGER : VALUE_STRING;
		pairs[i] = PAIR(key, key);
	}
	return value_create_mapping(arena, VALUE_MAPPING, pairs, MANY);
}

static void test_large_mappings_are_compared_as_small_ones_are(void **state) {
	(void)state;
	struct arena arena = {0};
	const struct value *mapping = create_numbered(&arena, 0, 1);
	struct value *other = create_numbered(&arena, 0, 1);
	assert_true(value_equal(mapping, other));
	other->mapping.pairs[3] = PAIR(STRING("3x"), NOTHING);
	assert_false(value_equal(mapping, other));
	other->mapping.pairs[3] = PAIR(mapping->mapping.pairs[3].key, NOTHING);
	assert_false(value_equal(mapping, other));
	other->mapping.pairs[3] = mapping->mapping.pairs[3];
	struct value_pair last = other->mapping.pairs[MANY - 1];
	other->mapping.pairs[MANY - 1] = other->mapping.pairs[0];
	other->mapping.pairs[0] = last;
	assert_true(value_equal(mapping, other));
	arena_finish(&arena);
}

static void test_find_looks_for_the_string_and_nothing_like_it(void **state) {
	(void)state;
	const struct value *one = INTEGER("1");
	const struct value *two = INTEGER("2");
	const struct value *mapping = MAPPING(PAIR(INTEGER("7"), one), PAIR(STRING("7"), two));
	assert_ptr_equal(value_find(mapping, TEXT("7")), two);
	assert_null(value_find(mapping, TEXT("8")));
	assert_null(value_find(EMPTY(VALUE_MAPPING), TEXT("")));
}

static void test_kinds_of_types_are_told(void **state) {
	(void)state;
	assert_true(value_is_scalar(NOTHING));
	assert_true(value_is_scalar(BINARY("")));
	assert_false(value_is_scalar(EMPTY(VALUE_SEQUENCE)));
	assert_false(value_is_scalar(EMPTY(VALUE_PAIRS)));
	assert_false(value_has_pairs(EMPTY(VALUE_SEQUENCE)));
	assert_true(value_has_pairs(EMPTY(VALUE_MAPPING)));
	assert_true(value_has_pairs(EMPTY(VALUE_PAIRS)));
	assert_string_equal(value_type_name(VALUE_MAPPING), "a mapping");
	assert_string_equal(value_type_name(VALUE_PAIRS), "a list of pairs");
}

static void test_values_that_are_made_have_weight_and_height(void **state) {
	(void)state;
	struct arena arena = {0};
	const struct value *text = value_create_string(&arena, TEXT("abcd"));
	const struct value *nothing = value_create_null(&arena);
	assert_int_equal(text->type, VALUE_STRING);
	assert_true(text_equal(text->written, TEXT("abcd")));
	assert_true(text->weight > nothing->weight + 3);
	assert_int_equal(text->height, 0);

	const struct value *items[] = {text, text, nothing};
	const struct value *sequence = value_create_sequence(&arena, items, 3);
	assert_true(sequence->weight > 2 * text->weight + nothing->weight);
	assert_int_equal(sequence->height, 1);

	struct value_pair pairs[] = {PAIR(text, sequence), PAIR(sequence, text)};
	const struct value *mapping = value_create_mapping(&arena, VALUE_MAPPING, pairs, 2);
	assert_true(mapping->weight > 2 * sequence->weight + 2 * text->weight);
	assert_int_equal(mapping->height, 2);
	assert_int_equal(value_create_sequence(&arena, NULL, 0)->height, 1);
	arena_finish(&arena);
}

static void test_weight_saturates(void **state) {
	(void)state;
	struct value heavy = {.type = VALUE_SEQUENCE, .weight = SIZE_MAX / 2, .height = UINT32_MAX};
	struct value *sequence = SEQUENCE(&heavy, &heavy, &heavy);
	value_weigh(sequence);
	assert_int_equal(sequence->weight, SIZE_MAX);
}

int main(void) {
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_numbers_of_all_types_are_one_key_where_they_are_equal),
		cmocka_unit_test(test_texts_of_different_types_are_different_keys),
		cmocka_unit_test(test_times_with_zones_are_one_key_at_the_same_instant),
		cmocka_unit_test(test_sequences_are_one_key_item_by_item),
		cmocka_unit_test(test_equality_tells_types_apart_where_keys_do_not),
		cmocka_unit_test(test_equality_does_not_ask_how_it_was_written),
		cmocka_unit_test(test_order_counts_only_where_it_is_part_of_the_value),
		cmocka_unit_test(test_mappings_are_equal_only_with_all_pairs),
		cmocka_unit_test(test_large_mappings_are_compared_as_small_ones_are),
		cmocka_unit_test(test_find_looks_for_the_string_and_nothing_like_it),
		cmocka_unit_test(test_kinds_of_types_are_told),
		cmocka_unit_test(test_values_that_are_made_have_weight_and_height),
		cmocka_unit_test(test_weight_saturates),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
