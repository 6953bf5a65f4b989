#include "unit/yaml/editing_fixture.h"

static void test_value_is_replaced_in_its_line(void **state) {
	(void)state;
	CHECK_SET("name: m\ncheckpoint: /old\narch: x\n", "checkpoint", "/new",
		"name: m\ncheckpoint: /new\narch: x\n");
	CHECK_SET("a: \"1\"\nb: 2\n", "a", "'two words'", "a: two words\nb: 2\n");
	CHECK_SET("a:\nb: 2\n", "a", "1", "a: 1\nb: 2\n");
	CHECK_SET("a : 1", "a", "2", "a : 2\n");
}

static void test_field_is_added_behind_the_last(void **state) {
	(void)state;
	CHECK_SET("name: m\n", "a", "1", "name: m\na: 1\n");
	CHECK_SET("name: m", "a", "1", "name: m\na: 1\n");
	CHECK_SET("name: m # end", "a", "1", "name: m # end\na: 1\n");
	CHECK_SET("  name: m\n  b: 2\n\n# end\n", "a", "1", "  name: m\n  b: 2\n  a: 1\n\n# end\n");
	CHECK_SET("---\nname: m\n...\n", "a", "1", "---\nname: m\na: 1\n...\n");
}

static void test_field_is_taken_away_with_its_lines(void **state) {
	(void)state;
	CHECK_UNSET("name: m\na: 1\nb: 2\n", "a", "name: m\nb: 2\n");
	CHECK_UNSET("name: m\na:\n  - 1\n  - 2\nb: 2\n", "a", "name: m\nb: 2\n");
	CHECK_UNSET("name: m\na: |\n  x\n\n  y\n\nb: 2\n", "a", "name: m\n\nb: 2\n");
	CHECK_UNSET("name: m\na: \"x\n  y\"", "a", "name: m\n");
}

static void test_nested_field_is_changed_in_its_mapping(void **state) {
	(void)state;
	CHECK_SET("name: m\nc:\n    a: 1\n    b: 2\nd: 3\n", "c.a", "9",
		"name: m\nc:\n    a: 9\n    b: 2\nd: 3\n");
	CHECK_SET("name: m\nc:\n    a: 1\nd: 3\n", "c.b", "9",
		"name: m\nc:\n    a: 1\n    b: 9\nd: 3\n");
	CHECK_UNSET(
		"name: m\nc:\n    a: 1\n    b: 2\nd: 3\n", "c.a", "name: m\nc:\n    b: 2\nd: 3\n");
}

static void test_mappings_on_the_way_are_made(void **state) {
	(void)state;
	CHECK_SET("name: m\n", "a.b.c", "1", "name: m\na:\n  b:\n    c: 1\n");
	CHECK_SET("name: m\na:\nd: 1\n", "a.b", "1", "name: m\na:\n  b: 1\nd: 1\n");
	CHECK_SET("name: m\na: ~ # why\nd: 1\n", "a.b", "1", "name: m\na: # why\n  b: 1\nd: 1\n");
}

static void test_mappings_that_are_left_empty_go(void **state) {
	(void)state;
	CHECK_UNSET("name: m\na:\n  b:\n    c: 1\nd: 1\n", "a.b.c", "name: m\nd: 1\n");
	CHECK_UNSET("name: m\na:\n  b:\n    c: 1\n  e: 2\n", "a.b.c", "name: m\na:\n  e: 2\n");
	CHECK_UNSET("name: m\na:\n  b:\n    c: 1\n    d: 1\n", "a.b.c",
		"name: m\na:\n  b:\n    d: 1\n");
}

static void test_comments_stay(void **state) {
	(void)state;
	CHECK_SET("# top\nname: m  # who\n# about a\na: 1   # one\n# end\n", "a", "2",
		"# top\nname: m  # who\n# about a\na: 2   # one\n# end\n");
	CHECK_UNSET(
		"name: m\n# about a\na: 1 # one\nb: 2\n", "a", "name: m\n# about a\n# one\nb: 2\n");
	CHECK_SET("c: # all\n  # first\n  a: 1 # one\n  b: x#y\nd: 1\n", "c", "3",
		"c: 3 # all\n# first\n# one\nd: 1\n");
	CHECK_SET("a: | # text\n  # no comment\n# a comment\nb: 1\n", "a", "'#'",
		"a: \"#\" # text\n# a comment\nb: 1\n");
	CHECK_SET("a: !!str # tagged\n  x\nb: 1\n", "a", "2", "a: 2 # tagged\nb: 1\n");
	CHECK_UNSET("name: m\na: 'it''s # 1' # 2\n", "a", "name: m\n# 2\n");
}

static void test_comment_does_not_become_text_of_what_is_above(void **state) {
	(void)state;
	CHECK_UNSET("a: |\n  text\nb:\n      c: 1   # deep\n", "b", "a: |\n  text\n# deep\n");
}

static void test_collections_are_written_line_by_line(void **state) {
	(void)state;
	CHECK_SET("name: m\n", "a", "{x: [1, 2], z: {}}",
		"name: m\na:\n  x:\n    - 1\n    - 2\n  z: {}\n");
	CHECK_SET("c:\n  a: 1 # one\n  b: 2\n", "c.a", "[1, \"two\\nlines\\n\"]",
		"c:\n  a: # one\n    - 1\n    - |\n      two\n      lines\n  b: 2\n");
}

static void test_scalars_keep_the_spelling_they_are_given(void **state) {
	(void)state;
	CHECK_SET("a: 1\n", "a", "1e-5", "a: 1e-5\n");
	CHECK_SET("a: 1\n", "a", "0x1F", "a: 0x1F\n");
	CHECK_SET("{a: 1}\n", "a", "1_000", "{a: 1_000}\n");
	CHECK_SET("a: 1\n", "a", "\"4096\"", "a: \"4096\"\n");
	CHECK_SET("a: 1\n", "a", "!!float 3", "a: 3.0\n");
	CHECK_SET("a: 1\n", "a", "~", "a: null\n");
	CHECK_SET("%YAML 1.1\n---\na: 1\n", "a", "\"yes\"", "%YAML 1.1\n---\na: \"yes\"\n");
}

static void test_number_that_the_document_reads_otherwise_is_refused(void **state) {
	(void)state;
	check_refuses(TEXT("%YAML 1.1\n---\na: 1\n"), "a", "0o17", ERROR_INVALID, 3,
		"a cannot be changed here: the document would not read as meant then, as where "
		"fields share an anchor; edit the file by hand");
}

static void test_brackets_are_edited_in_place(void **state) {
	(void)state;
	CHECK_SET("{name: m, a: 1}", "a", "'x, y'", "{name: m, a: \"x, y\"}");
	CHECK_SET("{name: m, a: 1}", "b", "[1]", "{name: m, a: 1, b: [1]}");
	CHECK_SET("name: m\nc: {a: {}}\n", "c.a.b", "1", "name: m\nc: {a: {b: 1}}\n");
	CHECK_SET("{\"a\":1,\"b\":2}", "a", "x", "{\"a\": x,\"b\":2}");
	CHECK_UNSET("name: m\nc: {a: 1, b: 2, d: 3}\n", "c.b", "name: m\nc: {a: 1, d: 3}\n");
	CHECK_UNSET("name: m\nc: {a: 1, b: 2, d: 3}\n", "c.d", "name: m\nc: {a: 1, b: 2}\n");
	CHECK_UNSET("name: m\nc: {a: 1, b: 2,}\n", "c.a", "name: m\nc: {b: 2,}\n");
	CHECK_UNSET("name: m\nc: {a: {b: 1}}\nd: 1\n", "c.a.b", "name: m\nd: 1\n");
}

static void test_comments_within_brackets_are_refused(void **state) {
	(void)state;
	check_refuses(TEXT("c: {\n  a: [1, # one\n    2], b: 1}\n"), "c.a", "3", ERROR_INVALID, 2,
		"c cannot be changed here: there are comments within its brackets; edit the file "
		"by hand");
}

static void test_anchors_that_go_are_refused(void **state) {
	(void)state;
	check_refuses(TEXT("a: &x 1\nb: *x\n"), "a", "2", ERROR_INVALID, 1,
		"a cannot be changed here: what goes is marked with an anchor (&); edit the file "
		"by hand");
	check_refuses(TEXT("n: m\na: {k: &x 1}\nb: *x\n"), "a", NULL, ERROR_INVALID, 2,
		"a cannot be changed here: what goes is marked with an anchor (&); edit the file "
		"by hand");
}

static void test_change_within_an_anchor_that_others_share_is_refused(void **state) {
	(void)state;
	check_refuses(TEXT("a: &x\n  k: 1\nb: *x\n"), "a.k", "2", ERROR_INVALID, 1,
		"a cannot be changed here: the document would not read as meant then, as where "
		"fields share an anchor; edit the file by hand");
	check_refuses(TEXT("a: &x\n  k: 1\nb: *x\n"), "b.k", "2", ERROR_INVALID, 3,
		"b cannot be changed here: it stands for a value elsewhere in the document (an "
		"alias); edit the file by hand");
}

static void test_alias_itself_can_be_replaced(void **state) {
	(void)state;
	CHECK_SET("a: &x 1\nb: *x\n", "b", "2", "a: &x 1\nb: 2\n");
	CHECK_UNSET("a: &x 1\nb: *x\n", "b", "a: &x 1\n");
}

static void test_merged_fields_are_overridden_and_not_taken_away(void **state) {
	(void)state;
	CHECK_SET(
		"a: &x {k: 1}\nb:\n  <<: *x\n", "b.k", "2", "a: &x {k: 1}\nb:\n  <<: *x\n  k: 2\n");
	check_refuses(TEXT("a: &x {k: 1}\nb:\n  <<: *x\n"), "b.k", NULL, ERROR_NOT_FOUND, 0,
		"it is not set");
}

static void test_fields_within_what_is_merged_are_refused(void **state) {
	(void)state;
	check_refuses(TEXT("a: &x {k: {z: 1}, s: text}\nb:\n  <<: *x\n"), "b.k.z", "2",
		ERROR_INVALID, 3,
		"b cannot be changed here: what it is in is merged from elsewhere (<<); edit the "
		"file by hand");
	check_refuses(TEXT("a: &x {k: {z: 1}, s: text}\nb:\n  <<: *x\n"), "b.s.z", "2",
		ERROR_INVALID, 3,
		"b cannot be changed here: what it is in is merged from elsewhere (<<); edit the "
		"file by hand");
}

static void test_marked_keys_are_refused(void **state) {
	(void)state;
	check_refuses(TEXT("? a\n: 1\n"), "a", "2", ERROR_INVALID, 1,
		"a cannot be changed here: its key is marked with \"?\"; edit the file by hand");
}

static void test_only_mappings_have_fields(void **state) {
	(void)state;
	check_refuses(TEXT("a: [1]\n"), "a.b", "2", ERROR_INVALID, 1,
		"\"a\" is a list, which has no fields; unset it first");
	check_refuses(TEXT("a: !!set {b: }\n"), "a.b", "2", ERROR_INVALID, 1,
		"\"a\" is a set, which has no fields; unset it first");
	check_refuses(TEXT("!!omap\n- a: 1\n"), "a", "2", ERROR_INVALID, 1,
		"a cannot be changed here: the document is not a plain mapping; edit the file by "
		"hand");
}

static void test_field_that_is_not_there_cannot_be_taken_away(void **state) {
	(void)state;
	check_refuses(TEXT("a: 1\n"), "b", NULL, ERROR_NOT_FOUND, 0, "it is not set");
	check_refuses(TEXT("a:\n"), "a.b", NULL, ERROR_NOT_FOUND, 0, "it is not set");
	check_refuses(TEXT("a: {c: 1}\n"), "a.b", NULL, ERROR_NOT_FOUND, 0, "it is not set");
}

static void test_line_breaks_of_windows_stay(void **state) {
	(void)state;
	CHECK_SET(
		"name: m\r\na: 1 # one\r\nb: 2\r\n", "a", "2", "name: m\r\na: 2 # one\r\nb: 2\r\n");
	CHECK_SET("name: m\r\n", "a", "{b: 1}", "name: m\r\na:\r\n  b: 1\r\n");
	CHECK_UNSET("name: m\r\na: 1\r\nb: 2\r\n", "a", "name: m\r\nb: 2\r\n");
}

static void test_places_are_found_behind_any_characters(void **state) {
	(void)state;
	CHECK_SET("\xEF\xBB\xBFn\xC3\xA4me: \xF0\x9F\xA6\x99\na: 1 # \xE2\x82\xAC\nb: 2\n", "a",
		"2", "\xEF\xBB\xBFn\xC3\xA4me: \xF0\x9F\xA6\x99\na: 2 # \xE2\x82\xAC\nb: 2\n");
}

static void test_kept_empty_lines_stay_with_their_text(void **state) {
	(void)state;
	CHECK_SET("a: |+\n  x\n\n\nb: 1\n", "b", "2", "a: |+\n  x\n\n\nb: 2\n");
	CHECK_SET("b: 1\na: |+\n  x\n\n\n", "c", "2", "b: 1\na: |+\n  x\n\n\nc: 2\n");
	CHECK_UNSET("a: |+\n  x\n\n\nb: 1\n", "a", "b: 1\n");
	CHECK_SET("a: |+\n  x\n\n\nb: 1\n", "a", "2", "a: 2\nb: 1\n");
}

static void test_what_is_below_does_not_become_text(void **state) {
	(void)state;
	CHECK_SET("b: 1\n\n\n", "a", "\"x\\n\\n\"", "b: 1\na: \"x\\n\\n\"\n\n\n");
	CHECK_SET("b: 1\n\n", "a", "[\"x\\n\\n\"]", "b: 1\na: [\"x\\n\\n\"]\n\n");
	CHECK_UNSET("a: |+\n  x\nb: 1\n\nc: 1\n", "b", "a: |+\n  x\nc: 1\n");
	CHECK_SET("b: 1\n   # c\n", "a", "\"x\\ny\"", "b: 1\na: \"x\\ny\"\n   # c\n");
}

static void test_document_that_cannot_be_read_is_refused_with_the_place(void **state) {
	(void)state;
	struct change change;
	struct buffer edited = {0};
	struct error error = {0};
	make_change(&change, "a", "1");
	assert_false(yaml_edit(
		&edited, TEXT("a: 1\nb: [\n"), 7, &change.change, &yaml_default_limits, &error));
	assert_true(error.line >= 8);
	buffer_finish(&edited);
	arena_finish(&change.arena);
}

static void check_away(struct text document, const char *expected) {
	struct buffer edited = {0};
	assert_true(yaml_edit_away(&edited, document, 1, NULL));
	assert_string_equal(edited.data == NULL ? "" : edited.data, expected);
	buffer_finish(&edited);
}

static void test_comments_of_a_document_that_goes_stay(void **state) {
	(void)state;
	check_away(TEXT("# top\n---\nname: m # who\n... # end\n"), "# top\n# who\n# end\n...\n");
	check_away(TEXT("name: m\n"), "");
}

int main(void) {
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_value_is_replaced_in_its_line),
		cmocka_unit_test(test_field_is_added_behind_the_last),
		cmocka_unit_test(test_field_is_taken_away_with_its_lines),
		cmocka_unit_test(test_nested_field_is_changed_in_its_mapping),
		cmocka_unit_test(test_mappings_on_the_way_are_made),
		cmocka_unit_test(test_mappings_that_are_left_empty_go),
		cmocka_unit_test(test_comments_stay),
		cmocka_unit_test(test_comment_does_not_become_text_of_what_is_above),
		cmocka_unit_test(test_collections_are_written_line_by_line),
		cmocka_unit_test(test_scalars_keep_the_spelling_they_are_given),
		cmocka_unit_test(test_number_that_the_document_reads_otherwise_is_refused),
		cmocka_unit_test(test_brackets_are_edited_in_place),
		cmocka_unit_test(test_comments_within_brackets_are_refused),
		cmocka_unit_test(test_anchors_that_go_are_refused),
		cmocka_unit_test(test_change_within_an_anchor_that_others_share_is_refused),
		cmocka_unit_test(test_alias_itself_can_be_replaced),
		cmocka_unit_test(test_merged_fields_are_overridden_and_not_taken_away),
		cmocka_unit_test(test_fields_within_what_is_merged_are_refused),
		cmocka_unit_test(test_marked_keys_are_refused),
		cmocka_unit_test(test_only_mappings_have_fields),
		cmocka_unit_test(test_field_that_is_not_there_cannot_be_taken_away),
		cmocka_unit_test(test_line_breaks_of_windows_stay),
		cmocka_unit_test(test_places_are_found_behind_any_characters),
		cmocka_unit_test(test_kept_empty_lines_stay_with_their_text),
		cmocka_unit_test(test_what_is_below_does_not_become_text),
		cmocka_unit_test(test_document_that_cannot_be_read_is_refused_with_the_place),
		cmocka_unit_test(test_comments_of_a_document_that_goes_stay),
	};
	return cmocka_run_group_tests_name("edit", tests, NULL, NULL);
}
