#include "card/compose.h"

#include "yaml/json.h"
#include "yaml/read.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define LONGEST_CHAIN 6

static const struct value *read_value(struct arena *arena, const char *yaml) {
	const struct text text = text_of(yaml);
	struct yaml_slice slice = {0};
	const struct value *value;
	struct error error = {0};
	assert_true(yaml_next_slice(text, &slice));
	enum yaml_result result =
		yaml_read(arena, text, &slice, &yaml_default_limits, &value, &error);
	assert_string_equal(error.message, "");
	assert_int_equal(result, YAML_READ_VALUE);
	return value;
}

/* A chain of overrides as they are written, root first, up to a NULL. */
struct chain {
	const char *yaml[LONGEST_CHAIN];
};

#define CHAIN(...) (&(const struct chain){{__VA_ARGS__}})

static size_t read_chain(
	struct arena *arena, const struct chain *chain, const struct value **values) {
	size_t count = 0;
	while (count < LONGEST_CHAIN && chain->yaml[count] != NULL) {
		values[count] = read_value(arena, chain->yaml[count]);
		count++;
	}
	return count;
}

static const struct value *compose_chain(struct arena *arena, const struct chain *chain) {
	const struct value *values[LONGEST_CHAIN];
	const size_t count = read_chain(arena, chain, values);
	const struct value *composed;
	struct error error = {0};
	assert_true(compose(arena, values, count, &composed, &error));
	return composed;
}

static void assert_json(const struct value *value, const char *expected) {
	struct buffer buffer = {0};
	json_write(&buffer, value, false);
	assert_false(buffer.failed);
	assert_string_equal(buffer.data, expected);
	buffer_finish(&buffer);
}

/* expected is JSON, with ' for ". Order counts. */
static void check(const struct chain *chain, const char *expected) {
	struct arena arena = {0};
	char *json = strdup(expected);
	assert_non_null(json);
	for (char *quote = json; (quote = strchr(quote, '\'')) != NULL;) {
		*quote = '"';
	}
	assert_json(compose_chain(&arena, chain), json);
	free(json);
	arena_finish(&arena);
}

static void check_fault(const struct chain *chain, uint32_t line, const char *message) {
	struct arena arena = {0};
	const struct value *values[LONGEST_CHAIN];
	const size_t count = read_chain(&arena, chain, values);
	const struct value *composed;
	struct error error = {0};
	assert_false(compose(&arena, values, count, &composed, &error));
	assert_int_equal(error.kind, ERROR_INVALID);
	assert_string_equal(error.message, message);
	assert_int_equal(error.line, line);
	arena_finish(&arena);
}

static void test_configuration_fields_are_told_by_their_names(void **state) {
	(void)state;
	assert_true(compose_is_configuration(TEXT("model_config")));
	assert_true(compose_is_configuration(TEXT("tokenizer_config_override")));
	assert_true(compose_is_configuration(TEXT("dataset_config_overrides")));
	assert_false(compose_is_configuration(TEXT("model")));
	assert_false(compose_is_configuration(TEXT("my_model_config")));
	assert_false(compose_is_configuration(TEXT("model_configs")));
	assert_false(compose_is_configuration(TEXT("model_config_")));
	assert_false(compose_is_configuration(TEXT("model_config_overrides_")));
	assert_false(compose_is_configuration(TEXT("data_config")));
}

static void test_a_value_alone_is_returned_as_it_is(void **state) {
	(void)state;
	struct arena arena = {0};
	const struct value *values[] = {
		read_value(&arena, "null"),
		read_value(&arena, "{_del_: [], _set_: {}, a: 1}"),
		read_value(&arena, "~"),
	};
	const struct value *composed;
	assert_true(compose(&arena, values, 3, &composed, NULL));
	assert_ptr_equal(composed, values[1]);
	arena_finish(&arena);
}

static void test_nulls_alone_stay_null(void **state) {
	(void)state;
	check(CHAIN("null"), "null");
	check(CHAIN("null", "~"), "null");
}

static void test_mappings_merge_at_every_depth(void **state) {
	(void)state;
	check(CHAIN("{a: {b: {c: 1, d: 2}, e: 3}}", "{a: {b: {d: 4, f: 5}}}", "{g: 6}"),
		"{'a':{'b':{'c':1,'d':4,'f':5},'e':3},'g':6}");
}

static void test_anything_but_a_mapping_replaces(void **state) {
	(void)state;
	check(CHAIN("{a: {b: 1}, c: [1, 2], d: 3}", "{a: 4, c: [5], d: null}"),
		"{'a':4,'c':[5],'d':null}");
}

static void test_an_empty_mapping_stays_to_make_way_for_none(void **state) {
	(void)state;
	check(CHAIN("{a: {}}", "{b: {}}"), "{'a':{},'b':{}}");
	check(CHAIN("{}", "{}"), "{}");
}

static void test_a_mapping_over_a_scalar_needs_set(void **state) {
	(void)state;
	check(CHAIN("{a: 1}", "{a: {b: 2}}"), "{'_set_':{'a':{'b':2}}}");
	check(CHAIN("{a: 1}", "{a: {b: 2}}", "{a: {c: 3}}"), "{'_set_':{'a':{'b':2,'c':3}}}");
	check(CHAIN("{a: 1}", "{a: {b: 2}}", "{a: 3}"), "{'a':3}");
}

static void test_a_deletion_stays_until_the_key_is_given_again(void **state) {
	(void)state;
	check(CHAIN("{a: 1, b: 2}", "{_del_: [a, c]}"), "{'b':2,'_del_':['a','c']}");
	check(CHAIN("{_del_: [a]}", "{a: 1}"), "{'a':1}");
	check(CHAIN("{_del_: [a]}", "{a: {b: 1}}"), "{'_set_':{'a':{'b':1}}}");
	check(CHAIN("{_del_: [a]}", "{_set_: {a: 1}}"), "{'a':1}");
}

static void test_a_deletion_comes_before_the_keys_beside_it(void **state) {
	(void)state;
	check(CHAIN("{a: {b: 1}}", "{a: {c: 2}, _del_: [a]}"), "{'_set_':{'a':{'c':2}}}");
	check(CHAIN("{a: 1}", "{_del_: [a], a: 2}"), "{'a':2}");
}

static void test_a_deletion_in_what_replaces_leaves_no_trace(void **state) {
	(void)state;
	check(CHAIN("{_set_: {a: {b: 1, c: 2}}}", "{a: {_del_: [b, x]}}"),
		"{'_set_':{'a':{'c':2}}}");
}

static void test_set_replaces_whole_and_is_merged_into_later(void **state) {
	(void)state;
	check(CHAIN("{a: {b: 1}}", "{_set_: {a: {c: 2}}}"), "{'_set_':{'a':{'c':2}}}");
	check(CHAIN("{_set_: {a: {c: {d: 2}}}}", "{a: {c: {e: 3}}}"),
		"{'_set_':{'a':{'c':{'d':2,'e':3}}}}");
	check(CHAIN("{_set_: {a: 1}}", "{b: 2}"), "{'a':1,'b':2}");
}

static void test_set_comes_after_the_keys_beside_it(void **state) {
	(void)state;
	check(CHAIN("{}", "{_set_: {a: 1}, a: 2}"), "{'a':1}");
	check(CHAIN("{}", "{_set_: {a: {b: 1}}, a: {c: 2}}"), "{'_set_':{'a':{'b':1}}}");
}

static void test_the_content_of_set_is_taken_as_it_is(void **state) {
	(void)state;
	check(CHAIN("{a: 1}", "{_set_: {b: {_del_: 3, _set_: [x]}}}", "{b: {c: 4}}"),
		"{'a':1,'_set_':{'b':{'_del_':3,'_set_':['x'],'c':4}}}");
	check(CHAIN("{a: 1}", "{_set_: {_del_: 3, _set_: 4}}"),
		"{'a':1,'_set_':{'_del_':3,'_set_':4}}");
}

static void test_directives_that_are_null_or_empty_count_for_nothing(void **state) {
	(void)state;
	check(CHAIN("{a: 1, _del_: null, _set_: null}", "{b: 2, _del_: [], _set_: {}}"),
		"{'a':1,'b':2}");
}

static void test_keys_stay_in_order_and_directives_come_last(void **state) {
	(void)state;
	check(CHAIN("{_set_: {s: {}}, _del_: [x], b: 1, a: 2}",
		      "{c: 3, a: 4, _del_: [b], t: {u: 5}}"),
		"{'a':4,'c':3,'t':{'u':5},'_del_':['x','b'],'_set_':{'s':{}}}");
}

static void test_what_is_no_mapping_at_the_top_replaces_everything(void **state) {
	(void)state;
	check(CHAIN("{a: 1}", "{b: 2}", "plain"), "'plain'");
	check(CHAIN("{a: 1}", "plain", "{z: 1}"), "{'z':1}");
	check(CHAIN("{a: 1}", "plain", "null", "{z: 1}", "{y: 2}"), "{'z':1,'y':2}");
}

static void test_keys_of_any_type_are_the_same_by_value(void **state) {
	(void)state;
	check(CHAIN("{1: a, '1': b}", "{1.0: c, 2001-12-14: d}"),
		"[[1,'c'],['1','b'],['2001-12-14','d']]");
}

static void test_no_set_names_a_key_that_is_no_string(void **state) {
	(void)state;
	check(CHAIN("{1: a}", "{1: {b: {c: 2}}}"), "{'1':{'_set_':{'b':{'c':2}}}}");
}

static void test_an_ordered_map_is_merged_as_a_mapping(void **state) {
	(void)state;
	struct arena arena = {0};
	const struct value *composed =
		compose_chain(&arena, CHAIN("{a: !!omap [b: 1, c: 2]}", "{a: !!omap [c: 3]}"));
	assert_true(value_equal(composed, read_value(&arena, "{a: {b: 1, c: 3}}")));
	arena_finish(&arena);
}

static void test_a_set_replaces(void **state) {
	(void)state;
	struct arena arena = {0};
	const struct value *composed =
		compose_chain(&arena, CHAIN("{a: !!set {b, c}}", "{a: !!set {d}}"));
	assert_true(value_equal(composed, read_value(&arena, "{a: !!set {d}}")));
	arena_finish(&arena);
}

static void test_deletions_must_be_a_list_of_strings(void **state) {
	(void)state;
	check_fault(CHAIN("_del_: 3"), 1, "_del_ must be a list of strings, but is an integer");
	check_fault(CHAIN("{a: 1}", "\n_del_: {b: c}\n"), 2,
		"_del_ must be a list of strings, but is a mapping");
	check_fault(CHAIN("a:\n b:\n  _del_:\n  - c\n  - 1\n", "{}"), 5,
		"_del_ must be a list of strings, but an item is an integer");
}

static void test_replacements_must_be_a_mapping_of_strings(void **state) {
	(void)state;
	check_fault(CHAIN("{x: {_set_: [1]}}"), 1, "_set_ must be a mapping, but is a list");
	check_fault(CHAIN("_set_:\n  a: 1\n  2001-12-14: 2\n"), 3,
		"the keys of _set_ must be strings, but one is a date");
}

static void test_a_fault_counts_also_in_what_is_replaced(void **state) {
	(void)state;
	check_fault(CHAIN("{a: {_del_: 3}}", "{_del_: [a]}", "plain"), 1,
		"_del_ must be a list of strings, but is an integer");
	check_fault(CHAIN("{a: {_del_: 3}, _set_: {a: 1}}"), 1,
		"_del_ must be a list of strings, but is an integer");
}

static void test_an_override_with_a_fault_is_not_merged(void **state) {
	(void)state;
	struct arena arena = {0};
	struct error error = {0};
	const struct value *merged;
	assert_false(compose_merge(
		&arena, NULL, read_value(&arena, "{a: {_set_: 1}}"), &merged, &error));
	assert_string_equal(error.message, "_set_ must be a mapping, but is an integer");
	arena_finish(&arena);
}

/* A mapping of count pairs "FIRST: FIRST", "FIRST+1: FIRST+1", … below the key "a". */
static const struct value *number_keys(struct arena *arena, int first, size_t count) {
	struct value_pair *pairs = arena_allocate_array(arena, count, sizeof(*pairs));
	struct value_pair *outer = arena_allocate(arena, sizeof(*outer));
	for (size_t i = 0; i < count; i++) {
		char digits[16];
		struct text key;
		(void)snprintf(digits, sizeof(digits), "%d", first + (int)i);
		assert_true(arena_copy_text(arena, text_of(digits), &key));
		pairs[i].key = value_create_string(arena, key);
		pairs[i].value = pairs[i].key;
	}
	outer->key = value_create_string(arena, TEXT("a"));
	outer->value = value_create_mapping(arena, VALUE_MAPPING, pairs, count);
	return value_create_mapping(arena, VALUE_MAPPING, outer, 1);
}

/* Would take minutes if each of the values were merged into a copy of what is there. */
static void test_a_long_chain_over_a_large_mapping_keeps_every_key(void **state) {
	enum { LINKS = 1000, KEYS = 100000, NEW_KEYS = 3 };
	struct arena arena = {0};
	const struct value *values[LINKS];
	const struct value *composed;
	(void)state;
	values[0] = read_value(&arena, "{a: 1}");
	values[1] = number_keys(&arena, 0, KEYS);
	for (int i = 2; i < LINKS; i++) {
		/* One key that the last has too, and new ones. */
		values[i] = number_keys(&arena, KEYS - 1 + (i - 2) * NEW_KEYS, 1 + NEW_KEYS);
	}
	assert_true(compose(&arena, values, LINKS, &composed, NULL));
	assert_int_equal(composed->mapping.count, 1);
	assert_true(value_equal(value_find(composed, TEXT("_set_")),
		number_keys(&arena, 0, KEYS + (LINKS - 2) * NEW_KEYS)));
	arena_finish(&arena);
}

int main(void) {
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_configuration_fields_are_told_by_their_names),
		cmocka_unit_test(test_a_value_alone_is_returned_as_it_is),
		cmocka_unit_test(test_nulls_alone_stay_null),
		cmocka_unit_test(test_mappings_merge_at_every_depth),
		cmocka_unit_test(test_anything_but_a_mapping_replaces),
		cmocka_unit_test(test_an_empty_mapping_stays_to_make_way_for_none),
		cmocka_unit_test(test_a_mapping_over_a_scalar_needs_set),
		cmocka_unit_test(test_a_deletion_stays_until_the_key_is_given_again),
		cmocka_unit_test(test_a_deletion_comes_before_the_keys_beside_it),
		cmocka_unit_test(test_a_deletion_in_what_replaces_leaves_no_trace),
		cmocka_unit_test(test_set_replaces_whole_and_is_merged_into_later),
		cmocka_unit_test(test_set_comes_after_the_keys_beside_it),
		cmocka_unit_test(test_the_content_of_set_is_taken_as_it_is),
		cmocka_unit_test(test_directives_that_are_null_or_empty_count_for_nothing),
		cmocka_unit_test(test_keys_stay_in_order_and_directives_come_last),
		cmocka_unit_test(test_what_is_no_mapping_at_the_top_replaces_everything),
		cmocka_unit_test(test_keys_of_any_type_are_the_same_by_value),
		cmocka_unit_test(test_no_set_names_a_key_that_is_no_string),
		cmocka_unit_test(test_an_ordered_map_is_merged_as_a_mapping),
		cmocka_unit_test(test_a_set_replaces),
		cmocka_unit_test(test_deletions_must_be_a_list_of_strings),
		cmocka_unit_test(test_replacements_must_be_a_mapping_of_strings),
		cmocka_unit_test(test_a_fault_counts_also_in_what_is_replaced),
		cmocka_unit_test(test_an_override_with_a_fault_is_not_merged),
		cmocka_unit_test(test_a_long_chain_over_a_large_mapping_keeps_every_key),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
