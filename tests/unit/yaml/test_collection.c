#include "unit/yaml/reading.h"

static void test_tags_choose_the_type(void **state) {
	(void)state;
	CHECK_READS("!!str 12", "\"12\"");
	CHECK_READS("!<tag:yaml.org,2002:int> '12'", "12");
	CHECK_READS("%TAG !e! tag:yaml.org,2002:\n---\n!e!str 12", "\"12\"");
	CHECK_READS("! '12'", "12");
	CHECK_READS("!!timestamp |\n  2001-1-1\n", "date(2001-01-01)");
	CHECK_READS("! [1]", "[1]");
	CHECK_READS("[!, !!str , !!binary aGk=]", "[null, \"\", bytes(hi)]");
	CHECK_READS("!!set {a, b: 1}", "set{\"a\": null, \"b\": null}");
	CHECK_READS("!!omap [b: 1, a: 2]", "omap{\"b\": 1, \"a\": 2}");
	CHECK_READS("!!pairs [a: 1, a: 2, [b]: 3]", "pairs{\"a\": 1, \"a\": 2, [\"b\"]: 3}");
	CHECK_READS("[!!omap [], !!pairs [], !!set {}, !!seq [], !!map {}]",
		"[omap{}, pairs{}, set{}, [], {}]");
}

static void test_unknown_and_misplaced_tags_are_named(void **state) {
	(void)state;
	CHECK_FAILS("a: !foo 1", 1, 4,
		"the tag \"!foo\" is none of YAML\'s own; remove it, or quote the value if it is "
		"text");
	CHECK_FAILS("a: !!foo [1]", 1, 4,
		"the tag \"!!foo\" is none of YAML\'s own; remove it, or quote the value if it is "
		"text");
	CHECK_FAILS("a: !<tag:yaml.org,2002> 1", 1, 4,
		"the tag \"tag:yaml.org,2002\" is none of YAML\'s own; remove it, or quote the "
		"value if it is text");
	CHECK_FAILS(
		"a: !!str [1]", 1, 4, "!!str must stand before a single value, and this is a list");
	CHECK_FAILS("a: !!map 1", 1, 4,
		"!!map must stand before a mapping, and this is a single value");
	CHECK_FAILS(
		"a: !!omap {a: 1}", 1, 4, "!!omap must stand before a list, and this is a mapping");
	CHECK_FAILS("a: !e!foo 1", 1, 4,
		"no %TAG line says what this tag's prefix stands for; quote the value if it is "
		"text");
}

static void test_ordered_maps_are_sequences_of_single_pairs(void **state) {
	(void)state;
	CHECK_FAILS("!!omap [1]", 1, 9, "each item of an !!omap must be a mapping of one pair");
	CHECK_FAILS("!!pairs [{a: 1, b: 2}]", 1, 10,
		"each item of !!pairs must be a mapping of one pair");
	CHECK_FAILS("!!omap [a: 1,\n b: 2, a: 3]", 2, 8,
		"the key \"a\" stands on line 1 as well; remove or rename one");
	CHECK_FAILS("!!omap [[a]: 1]", 1, 9, "the keys of an !!omap must be scalars");
	CHECK_FAILS("!!omap [<<: {a: 1}]", 1, 9,
		"<< can only be a key; quote it if it is meant as text");
	CHECK_READS("m: &m {a: 1}\no: !!omap [*m]", "{\"m\": {\"a\": 1}, \"o\": omap{\"a\": 1}}");
}

static void test_keys_may_be_any_scalar_or_a_flat_sequence(void **state) {
	(void)state;
	CHECK_READS("2: a\n2.5: b\n~: c\ntrue: d\n2001-01-01: e\n!!binary aGk=: f\n? [1, b]\n: g\n",
		"{2: \"a\", float(2.5): \"b\", null: \"c\", true: \"d\", date(2001-01-01): \"e\", "
		"bytes(hi): \"f\", [1, \"b\"]: \"g\"}");
	CHECK_READS("=: 1\n'<<': 2", "{\"=\": 1, \"<<\": 2}");
	CHECK_READS("!!str <<: 3\n!!merge x: {a: 1}", "{\"a\": 1, \"<<\": 3}");
}

static void test_collections_cannot_be_keys(void **state) {
	(void)state;
	CHECK_FAILS("? {a: 1}\n: x", 1, 3, "a mapping cannot be a key; quote it if it is text");
	CHECK_FAILS("? !!set {a}\n: x", 1, 3, "a set cannot be a key; quote it if it is text");
	CHECK_FAILS("? [a, [b]]\n: x", 1, 3, "a list that is a key cannot hold lists or mappings");
}

static void test_repeated_keys_are_found_by_value(void **state) {
	(void)state;
	CHECK_FAILS("x: 1\ny: 2\nx: 3", 3, 1,
		"the key \"x\" stands on line 1 as well; remove or rename one");
	CHECK_FAILS("a:\n  1: x\n  true: y", 3, 3,
		"the key \"true\" is the same value as \"1\" on line 2; remove, rename or quote "
		"one");
	CHECK_FAILS("1: x\n1.0: y", 2, 1,
		"the key \"1.0\" is the same value as \"1\" on line 1; remove, rename or quote "
		"one");
	CHECK_FAILS(
		"? [a]\n: x\n? [a]\n: y", 3, 3, "this key stands on line 1 as well; remove one");
	CHECK_FAILS("!!set {a, a}", 1, 11,
		"the key \"a\" stands on line 1 as well; remove or rename one");
	CHECK_READS("1: x\n'1': y", "{1: \"x\", \"1\": \"y\"}");
}

static void test_a_repeated_key_is_found_among_many(void **state) {
	(void)state;
	struct buffer file = {0};
	for (int i = 0; i < 100000; i++) {
		buffer_append_format(&file, "k%d: 1\n", i);
	}
	buffer_append_string(&file, "k99: 2\n");
	check_fails_with(buffer_text(&file), &yaml_default_limits, ERROR_INVALID, 100001, 1,
		"the key \"k99\" stands on line 100 as well; remove or rename one");
	buffer_finish(&file);
}

static void test_long_keys_are_cut_in_messages_between_characters(void **state) {
	(void)state;
	CHECK_FAILS("123456789012345678901234567890123456789012345678901234567890123\xC3\xA9z: 1\n"
		    "123456789012345678901234567890123456789012345678901234567890123\xC3\xA9z: 2\n",
		2, 1,
		"the key \"123456789012345678901234567890123456789012345678901234567890123\" "
		"stands on line 1 as well; remove or rename one");
}

static void test_merged_pairs_come_first_and_give_way(void **state) {
	(void)state;
	CHECK_READS("k: 1\n<<: {x: 1, y: 2}\ny: 3\n", "{\"x\": 1, \"y\": 3, \"k\": 1}");
	CHECK_READS("<<: [{x: 1, y: 2}, {x: 9, q: 1}]", "{\"x\": 1, \"q\": 1, \"y\": 2}");
	CHECK_READS("d: &d {x: 1}\ne: &e {<<: *d, y: 2}\nf: {<<: *e}",
		"{\"d\": {\"x\": 1}, \"e\": {\"x\": 1, \"y\": 2}, \"f\": {\"x\": 1, \"y\": 2}}");
	CHECK_READS("<<: !!omap [a: 1, b: 2]", "{\"b\": 2, \"a\": 1}");
	CHECK_READS("<<: !!set {a}\nb: 1", "{\"a\": null, \"b\": 1}");
	CHECK_READS("!!set {<<: {a: 1}, b}", "set{\"a\": null, \"b\": null}");
	CHECK_READS("<<: {1: x}\ntrue: y", "{1: \"y\"}");
	CHECK_READS("<<: []\nx: 1", "{\"x\": 1}");
}

static void test_beside_a_merge_repeated_keys_are_allowed(void **state) {
	(void)state;
	CHECK_READS("<<: {a: 1}\nb: 1\nb: 2", "{\"a\": 1, \"b\": 2}");
	CHECK_READS("<<: {a: 1, a: 2}", "{\"a\": 2}");
	CHECK_READS("<<: [{a: 1, a: 2}]", "{\"a\": 2}");
	CHECK_FAILS("<<: {}\nb: 1\nb: 2", 3, 1,
		"the key \"b\" stands on line 2 as well; remove or rename one");
	CHECK_FAILS("<<: {a: {b: 1, b: 2}}", 1, 16,
		"the key \"b\" stands on line 1 as well; remove or rename one");
}

static void test_only_mappings_are_merged_and_only_once(void **state) {
	(void)state;
	CHECK_FAILS("<<: 1", 1, 5,
		"\"<<\" merges a mapping or a list of mappings, and this is neither; quote the key "
		"if it is text");
	CHECK_FAILS("<<:", 1, 4,
		"\"<<\" merges a mapping or a list of mappings, and this is neither; quote the key "
		"if it is text");
	CHECK_FAILS("<<: [{a: 1}, b]", 1, 14,
		"\"<<\" merges mappings, and this item of its list is none");
	CHECK_FAILS("<<: {a: 1}\n<<: {b: 1}", 2, 5,
		"\"<<\" stands twice in this mapping; merge several with <<: [*a, *b]");
	CHECK_READS("<<: {}\n<<: {b: 1}", "{\"b\": 1}");
}

static void test_signs_of_keys_are_no_values(void **state) {
	(void)state;
	CHECK_FAILS("a: <<", 1, 4, "<< can only be a key; quote it if it is meant as text");
	CHECK_FAILS("[=]", 1, 2, "= can only be a key; quote it if it is meant as text");
	CHECK_READS("['<<', \"=\"]", "[\"<<\", \"=\"]");
}

int main(void) {
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_tags_choose_the_type),
		cmocka_unit_test(test_unknown_and_misplaced_tags_are_named),
		cmocka_unit_test(test_ordered_maps_are_sequences_of_single_pairs),
		cmocka_unit_test(test_keys_may_be_any_scalar_or_a_flat_sequence),
		cmocka_unit_test(test_collections_cannot_be_keys),
		cmocka_unit_test(test_repeated_keys_are_found_by_value),
		cmocka_unit_test(test_a_repeated_key_is_found_among_many),
		cmocka_unit_test(test_long_keys_are_cut_in_messages_between_characters),
		cmocka_unit_test(test_merged_pairs_come_first_and_give_way),
		cmocka_unit_test(test_beside_a_merge_repeated_keys_are_allowed),
		cmocka_unit_test(test_only_mappings_are_merged_and_only_once),
		cmocka_unit_test(test_signs_of_keys_are_no_values),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
