#include "unit/support/tree.h"

static void test_a_scalar_is_a_file_with_a_line_break(void **state) {
	struct scene *scene = *state;
	scene_load_cards(scene, "name: a\nstring: x y\nquoted: \"1\\t2\"\nnumber: 1\nfloat: 1e-5\n"
				"hex: 0x1F\nlong: 1_000\nboolean: True\ndate: 2001-12-14\n"
				"time: 2001-12-14 21:59:43.10 -5\ntagged: !!str 017\nempty: ''\n");
	ASSERT_READ(scene, "a/string", "x y\n");
	ASSERT_READ(scene, "a/quoted", "1\t2\n");
	ASSERT_READ(scene, "a/number", "1\n");
	ASSERT_READ(scene, "a/float", "1e-5\n");
	ASSERT_READ(scene, "a/hex", "0x1F\n");
	ASSERT_READ(scene, "a/long", "1_000\n");
	ASSERT_READ(scene, "a/boolean", "True\n");
	ASSERT_READ(scene, "a/date", "2001-12-14\n");
	ASSERT_READ(scene, "a/time", "2001-12-14 21:59:43.10 -5\n");
	ASSERT_READ(scene, "a/tagged", "017\n");
	ASSERT_READ(scene, "a/empty", "\n");
}

static void test_a_line_break_is_added_only_where_there_is_none(void **state) {
	struct scene *scene = *state;
	scene_load_cards(scene, "name: a\none: |\n  x\n  y\nnone: |-\n  x\nthree: |+\n  x\n\n\n"
				"nul: \"x\\0\"\n");
	ASSERT_READ(scene, "a/one", "x\ny\n");
	ASSERT_READ(scene, "a/none", "x\n");
	ASSERT_READ(scene, "a/three", "x\n\n\n");
	ASSERT_READ(scene, "a/nul", "x\\x00\n");
}

static void test_null_is_an_empty_file(void **state) {
	struct scene *scene = *state;
	scene_load_cards(scene, "name: a\nx:\ny: ~\nz: [null]\n");
	ASSERT_READ(scene, "a/x", "");
	ASSERT_READ(scene, "a/y", "");
	ASSERT_READ(scene, "a/z/0", "");
}

static void test_binary_is_its_bytes_with_nothing_added(void **state) {
	struct scene *scene = *state;
	scene_load_cards(scene, "name: a\nx: !!binary aGk=\ny: !!binary ''\nz: !!binary AA==\n");
	ASSERT_READ(scene, "a/x", "hi");
	ASSERT_READ(scene, "a/y", "");
	ASSERT_READ(scene, "a/z", "\\x00");
}

static void test_a_mapping_is_a_directory(void **state) {
	struct scene *scene = *state;
	scene_load_cards(scene, "name: a\nx: {b: {c: {}}, .d: 1, '': 2, 0x10: 3, e/f: 4}\n");
	ASSERT_LIST(scene, "a/x", "b/ %2Ed % e%2Ff 0x10");
	ASSERT_LIST(scene, "a/x/b", "c/");
	ASSERT_LIST(scene, "a/x/b/c", "");
	ASSERT_READ(scene, "a/x/%2Ed", "1\n");
	ASSERT_READ(scene, "a/x/%", "2\n");
	ASSERT_READ(scene, "a/x/0x10", "3\n");
	ASSERT_MISSING(scene, "a/x/16");
	ASSERT_MISSING(scene, "a/x/.d");
	ASSERT_MISSING(scene, "a/x/b/c/d");
}

static void test_sets_ordered_maps_and_pairs_are_directories(void **state) {
	struct scene *scene = *state;
	scene_load_cards(scene, "name: a\nset: !!set {p, q}\nmap: !!omap [r: 1, b: 2]\n"
				"pairs: !!pairs [t: 1, u: 2, t: 3]\n");
	ASSERT_LIST(scene, "a/set", "p q");
	ASSERT_READ(scene, "a/set/p", "");
	ASSERT_LIST(scene, "a/map", "r b");
	ASSERT_LIST(scene, "a/pairs", "t u");
	ASSERT_READ(scene, "a/pairs/t", "1\n");
}

static void test_a_sequence_is_a_directory_of_numbers(void **state) {
	struct scene *scene = *state;
	scene_load_cards(scene, "name: a\nx: [p, [q], {r: s}]\nempty: []\n");
	ASSERT_LIST(scene, "a/x", "0 1/ 2/");
	ASSERT_READ(scene, "a/x/0", "p\n");
	ASSERT_READ(scene, "a/x/1/0", "q\n");
	ASSERT_READ(scene, "a/x/2/r", "s\n");
	ASSERT_LIST(scene, "a/empty", "");
	static const char *const missing[] = {
		"a/x/3", "a/x/00", "a/x/-1", "a/x/+1", "a/x/a", "a/x/ 1", "a/empty/0"};
	for (size_t i = 0; i < sizeof(missing) / sizeof(missing[0]); i++) {
		ASSERT_MISSING(scene, missing[i]);
	}
}

/* A card a with a sequence x of so many items, each its index. */
static void load_sequence(struct scene *scene, int count) {
	struct buffer card = {0};
	buffer_append_string(&card, "name: a\nx: [");
	for (int i = 0; i < count; i++) {
		buffer_append_format(&card, "%d, ", i);
	}
	buffer_append_string(&card, "]\n");
	scene_load_cards(scene, card.data);
	buffer_finish(&card);
}

static void test_numbers_are_padded_to_the_width_of_the_largest(void **state) {
	struct scene *scene = *state;
	load_sequence(scene, 10);
	ASSERT_LIST(scene, "a/x", "0 1 2 3 4 5 6 7 8 9");
	load_sequence(scene, 11);
	ASSERT_LIST(scene, "a/x", "00 01 02 03 04 05 06 07 08 09 10");
	ASSERT_READ(scene, "a/x/09", "9\n");
	ASSERT_MISSING(scene, "a/x/9");
	ASSERT_MISSING(scene, "a/x/11");
	load_sequence(scene, 101);
	ASSERT_READ(scene, "a/x/007", "7\n");
	ASSERT_READ(scene, "a/x/100", "100\n");
	ASSERT_MISSING(scene, "a/x/07");
}

static void test_locators_are_links(void **state) {
	struct scene *scene = *state;
	scene_load_cards(scene, "name: a\ncheckpoint: sub/x.pt\ntokenizer: 'file:///t%20t'\n"
				"data: hg://o/n\nchar_tokenizer: gs://b/k\n"
				"remote: s3://b/k\nurl: https://h/x\npath: /p/../q\n"
				"list: [/x, x]\nx: {b: {c: 'file:///z'}}\n");
	ASSERT_READ(scene, "a/checkpoint", "-> $/cards/sub/x.pt");
	ASSERT_READ(scene, "a/tokenizer", "-> /t t");
	ASSERT_READ(scene, "a/data", "-> $/hub/datasets--o--n/snapshots/main");
	ASSERT_READ(scene, "a/char_tokenizer", "gs://b/k\n");
	ASSERT_READ(scene, "a/remote", "-> s3://b/k");
	ASSERT_READ(scene, "a/url", "https://h/x\n");
	ASSERT_READ(scene, "a/path", "-> /p/../q");
	ASSERT_LIST(scene, "a/list", "0@ 1");
	ASSERT_READ(scene, "a/list/0", "-> /x");
	ASSERT_READ(scene, "a/x/b/c", "-> /z");
}

static void test_what_cannot_be_a_link_is_a_file_of_its_text(void **state) {
	struct scene *scene = *state;
	struct buffer card = {0};
	buffer_append_format(&card,
		"name: a\ncheckpoint: x\ncheckpoint_path: ../y\n"
		"nul: \"/x\\0\"\nfits: /%04094d\nlong: /%04095d\n",
		0, 0);
	scene_load_cards(scene, card.data);
	buffer_finish(&card);
	ASSERT_LIST(
		scene, "a", "card.yaml card.json name checkpoint checkpoint_path nul fits@ long");
	ASSERT_READ(scene, "a/checkpoint", "$/cards/x\n");
	ASSERT_READ(scene, "a/nul", "/x\\x00\n");
	assert_int_equal(strlen(scene_read(scene, "a/fits")), strlen("-> ") + 4095);
	assert_int_equal(strlen(scene_read(scene, "a/long")), 4096 + strlen("\n"));
}

static void test_the_name_of_a_card_is_text_and_no_locator(void **state) {
	struct scene *scene = *state;
	scene_load_cards(scene, "name: /x\n");
	ASSERT_READ(scene, "%2Fx/name", "/x\n");
}

static void test_relations_are_links_to_assets_at_any_depth(void **state) {
	struct scene *scene = *state;
	scene_load_cards(scene, "name: a\nx_ref: b\nlist: [{y_ref: ' b '}]\nx: {y: {z_ref: a}}\n"
				"---\nname: b\n");
	ASSERT_READ(scene, "a/x_ref", "-> ../b");
	ASSERT_READ(scene, "a/list/0/y_ref", "-> ../../../b");
	ASSERT_READ(scene, "a/x/y/z_ref", "-> ../../../a");
}

static void test_a_relation_that_names_no_card_is_a_file(void **state) {
	struct scene *scene = *state;
	scene_load_cards(scene, "name: a\nx_ref: c\ny_ref: [b]\nz_ref:\nw_ref: b@\nref: b\n"
				"v_ref: /p\n---\nname: b\n---\nname: c@e\n");
	ASSERT_LIST(scene, "a", "card.yaml card.json name x_ref y_ref/ z_ref w_ref@ ref v_ref@");
	ASSERT_READ(scene, "a/x_ref", "c\n");
	ASSERT_READ(scene, "a/y_ref/0", "b\n");
	ASSERT_READ(scene, "a/ref", "b\n");
	ASSERT_READ(scene, "a/v_ref", "-> /p");
}

static void test_a_relation_may_ask_for_an_environment(void **state) {
	struct scene *scene = *state;
	scene_load_cards(scene, "name: a\nx_ref: b@e\ny_ref: b@\nz_ref: 'b@e/f'\n---\nname: b\n");
	ASSERT_READ(scene, "a/x_ref", "-> ../b@e");
	ASSERT_READ(scene, "a/y_ref", "-> ../b@");
	ASSERT_READ(scene, "a/z_ref", "-> ../b@e%2Ff");
}

static void test_relations_stay_in_the_environment_they_are_read_in(void **state) {
	struct scene *scene = *state;
	scene_load_cards(scene, "name: a\nbase: b\nx_ref: b\ny_ref: b@f\nz: {w_ref: b}\n"
				"---\nname: a@e\n---\nname: b\n");
	ASSERT_READ(scene, "a@e/base", "-> ../b@e");
	ASSERT_READ(scene, "a@e/x_ref", "-> ../b@e");
	ASSERT_READ(scene, "a@e/y_ref", "-> ../b@f");
	ASSERT_READ(scene, "a@e/z/w_ref", "-> ../../b@e");
	ASSERT_READ(scene, "a@/base", "-> ../b@");
	ASSERT_READ(scene, "@e/a/base", "-> ../b");
	ASSERT_READ(scene, "@e/a/z/w_ref", "-> ../../b");
	ASSERT_READ(scene, "@e/a@f/base", "-> ../b@f");
}

/* A place knows the field that it is in, also where aliases show one value twice. */
static void test_each_place_knows_its_field(void **state) {
	struct scene *scene = *state;
	scene_load_cards(scene, "name: a\nx: &x {v: {w: 1}}\nz: *x\n");
	static const char *const paths[] = {"a/x/v/w", "a/z/v/w", "a/x/v", "a/x", "a/z"};
	static const char *const keys[] = {"x", "z", "x", "x", "z"};
	for (size_t i = 0; i < sizeof(paths) / sizeof(paths[0]); i++) {
		struct node node = scene_node(scene, paths[i]);
		assert_non_null(node.field);
		assert_string_equal(node.field->key->canonical.data, keys[i]);
		node_finish(&node);
	}
	struct node name = scene_node(scene, "a/name");
	assert_null(name.field);
	node_finish(&name);
}

int main(void) {
	const struct CMUnitTest tests[] = {
		SCENE_TEST(test_a_scalar_is_a_file_with_a_line_break),
		SCENE_TEST(test_a_line_break_is_added_only_where_there_is_none),
		SCENE_TEST(test_null_is_an_empty_file),
		SCENE_TEST(test_binary_is_its_bytes_with_nothing_added),
		SCENE_TEST(test_a_mapping_is_a_directory),
		SCENE_TEST(test_sets_ordered_maps_and_pairs_are_directories),
		SCENE_TEST(test_a_sequence_is_a_directory_of_numbers),
		SCENE_TEST(test_numbers_are_padded_to_the_width_of_the_largest),
		SCENE_TEST(test_locators_are_links),
		SCENE_TEST(test_what_cannot_be_a_link_is_a_file_of_its_text),
		SCENE_TEST(test_the_name_of_a_card_is_text_and_no_locator),
		SCENE_TEST(test_relations_are_links_to_assets_at_any_depth),
		SCENE_TEST(test_a_relation_that_names_no_card_is_a_file),
		SCENE_TEST(test_a_relation_may_ask_for_an_environment),
		SCENE_TEST(test_relations_stay_in_the_environment_they_are_read_in),
		SCENE_TEST(test_each_place_knows_its_field),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
