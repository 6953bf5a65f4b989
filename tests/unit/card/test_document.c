#include "unit/support/scene.h"

#include "card/document.h"

/* The documents of a file of that text, as store 3. */
static struct document_set *read_text(struct text text, const struct yaml_limits *limits) {
	struct card_file *file = card_file_create(TEXT("/cards/a.yaml"), TEXT("/cards"), text, 17);
	assert_non_null(file);
	struct error error = {0};
	struct document_set *set = document_set_read(file, 3, NULL, limits, &error);
	assert_non_null(set);
	card_file_release(file);
	return set;
}

static struct document_set *read_string(const char *string) {
	return read_text(text_of(string), &yaml_default_limits);
}

static void assert_text(struct text text, const char *expected) {
	assert_int_equal(text.length, strlen(expected));
	assert_memory_equal(text.data, expected, text.length);
}

static void assert_document(const struct document *document, const char *name,
	const char *environment, const char *base) {
	assert_text(document_name(document), name);
	assert_text(document_environment(document), environment);
	assert_text(document_base(document), base);
}

/* The set has that one problem, of that asset (NULL: none). */
static void assert_problem(
	const struct document_set *set, const char *asset, const char *expected) {
	assert_int_equal(set->problems.count, 1);
	const struct problem *problem = &set->problems.items[0];
	struct buffer line = {0};
	problem_append(&line, problem, true);
	assert_string_equal(line.data, expected);
	buffer_finish(&line);
	if (asset == NULL) {
		assert_null(problem->asset);
	} else {
		assert_string_equal(problem->asset, asset);
	}
}

/* A text that holds no card, for that reason. */
static void check_unreadable(const char *text, const char *problem) {
	struct document_set *set = read_string(text);
	assert_int_equal(set->count, 0);
	assert_true(set->has_unreadable);
	assert_problem(set, NULL, problem);
	document_set_release(set);
}

/* A card named a that has that fault. */
static void check_faulty(const char *text, const char *problem) {
	struct document_set *set = read_string(text);
	assert_int_equal(set->count, 1);
	assert_false(set->has_unreadable);
	assert_document(&set->documents[0], "a", "", "");
	assert_true(set->documents[0].is_faulty);
	assert_problem(set, "a", problem);
	assert_ptr_equal(document_fault(&set->documents[0]), &set->problems.items[0]);
	document_set_release(set);
}

static void check_references(const char *text, const char *expected) {
	struct document_set *set = read_string(text);
	assert_int_equal(set->count, 1);
	struct buffer names = {0};
	buffer_append_string(&names, "");
	struct text reference;
	for (size_t position = 0;
		document_next_reference(&set->documents[0], &position, &reference);) {
		buffer_append_text(&names, reference);
		buffer_append_byte(&names, ';');
	}
	assert_text(buffer_text(&names), expected);
	buffer_finish(&names);
	document_set_release(set);
}

static void test_a_document_has_a_name_an_environment_and_a_base(void **state) {
	(void)state;
	struct document_set *set = read_string("x: 1\nname: a@e\nbase: b\n");
	assert_int_equal(set->count, 1);
	assert_int_equal(set->store, 3);
	const struct document *document = &set->documents[0];
	assert_document(document, "a", "e", "b");
	assert_true(document->has_base);
	assert_false(document->is_faulty);
	assert_ptr_equal(document->set, set);
	assert_int_equal(document->line, 2);
	assert_int_equal(document->column, 7);
	assert_int_equal(document->base_line, 3);
	assert_int_equal(document->base_column, 7);
	assert_text(document_path(document), "/cards/a.yaml");
	document_set_release(set);
}

static void test_a_file_holds_several_documents(void **state) {
	(void)state;
	struct document_set *set = read_string("# none yet\n"
					       "---\nname: a\n"
					       "---\nname: b@e\nbase: a\n"
					       "---\n# nothing\n"
					       "---\nname: c\n");
	assert_int_equal(set->problems.count, 1); /* a document of nothing is a null */
	assert_int_equal(set->count, 3);
	assert_document(&set->documents[0], "a", "", "");
	assert_document(&set->documents[1], "b", "e", "a");
	assert_document(&set->documents[2], "c", "", "");
	assert_int_equal(set->documents[2].line, 10);
	document_set_release(set);
}

static void test_a_file_without_documents_is_empty(void **state) {
	(void)state;
	struct document_set *set = read_string("# nothing here\n");
	assert_int_equal(set->count, 0);
	assert_int_equal(set->problems.count, 0);
	assert_false(set->has_unreadable);
	document_set_release(set);
}

static void test_white_space_around_names_is_dropped(void **state) {
	(void)state;
	struct document_set *set =
		read_string("{name: \" a @\\te \", base: \"\\u3000b c\\u00a0\"}");
	assert_int_equal(set->count, 1);
	assert_document(&set->documents[0], "a", "e", "b c");
	document_set_release(set);
}

static void test_names_may_hold_anything_else(void **state) {
	(void)state;
	struct document_set *set =
		read_string("name: ../x\n---\nname: \"a\\nb\"\n---\nname: \"a\\0b@c\\0\"\n");
	assert_int_equal(set->count, 3);
	assert_text(document_name(&set->documents[0]), "../x");
	assert_text(document_name(&set->documents[1]), "a\nb");
	assert_true(text_equal(document_name(&set->documents[2]), TEXT("a\0b")));
	assert_true(text_equal(document_environment(&set->documents[2]), TEXT("c\0")));
	document_set_release(set);
}

static void test_an_ordered_map_is_a_card_too(void **state) {
	(void)state;
	struct document_set *set = read_string("!!omap [name: a, base: b]");
	assert_int_equal(set->count, 1);
	assert_document(&set->documents[0], "a", "", "b");
	document_set_release(set);
}

static void test_a_document_that_is_no_card_is_left_out(void **state) {
	(void)state;
	check_unreadable("\n- name: a\n",
		"/cards/a.yaml:2:1: error: a card is a mapping with a name, but this document is "
		"a list; write \"name: NAME\" and the fields below it");
	check_unreadable("x: 1\ny: 2\n",
		"/cards/a.yaml:1:1: error: this card has no name; add \"name: NAME\"");
	check_unreadable("name: 1\n", "/cards/a.yaml:1:7: error: the name of a card is a string, "
				      "but this is an integer; "
				      "quote it if it is meant as text");
	check_unreadable(
		"name: ''\n", "/cards/a.yaml:1:7: error: the name is empty; write \"name: NAME\"");
	check_unreadable("name: \"@e\"\n",
		"/cards/a.yaml:1:7: error: the name has nothing before its \"@\"; write "
		"\"NAME@ENVIRONMENT\"");
	check_unreadable("name: a@b@c\n",
		"/cards/a.yaml:1:7: error: the name \"a@b@c\" has more than one \"@\"; write "
		"\"NAME@ENVIRONMENT\"");
}

static void test_an_unreadable_document_leaves_the_others(void **state) {
	(void)state;
	struct document_set *set =
		read_string("name: a\n---\nname: [\n---\nname: c\n---\nname: d\nname: d\n");
	assert_int_equal(set->count, 2);
	assert_document(&set->documents[0], "a", "", "");
	assert_document(&set->documents[1], "c", "", "");
	assert_true(set->has_unreadable);
	assert_int_equal(set->problems.count, 2);
	assert_int_equal(set->problems.items[1].line, 8);
	document_set_release(set);
}

static void test_a_faulty_base_is_a_fault_of_its_card(void **state) {
	(void)state;
	check_faulty("name: a\nbase: b@e\n",
		"/cards/a.yaml:2:7: error: the base \"b@e\" has an \"@\"; a base is named without "
		"an environment, which applies to every card of the chain by itself");
	check_faulty("name: a\nbase: ' '\n",
		"/cards/a.yaml:2:7: error: the base is empty; name a card or remove the field");
	check_faulty("name: a\nbase: [b]\n",
		"/cards/a.yaml:2:7: error: the base of a card is the name of another, but this is "
		"a list; quote it if it is meant as a name");
}

/* A file of so many documents, each with that in it. */
static struct document_set *read_repeated(const char *document, size_t count) {
	struct buffer text = {0};
	for (size_t i = 0; i < count; i++) {
		buffer_append_string(&text, document);
	}
	struct document_set *set = read_text(buffer_text(&text), &yaml_default_limits);
	buffer_finish(&text);
	return set;
}

static void assert_last_problem(const struct document_set *set, const char *expected) {
	struct buffer line = {0};
	assert_int_equal(set->problems.count, PROBLEMS_OF_A_FILE + 1);
	problem_append(&line, &set->problems.items[PROBLEMS_OF_A_FILE], true);
	assert_string_equal(line.data, expected);
	buffer_finish(&line);
}

static void test_no_more_problems_are_kept_than_anybody_reads(void **state) {
	(void)state;
	struct document_set *set = read_repeated("---\n[\n", PROBLEMS_OF_A_FILE);
	assert_int_equal(set->problems.count, PROBLEMS_OF_A_FILE);
	document_set_release(set);
	set = read_repeated("---\n[\n", PROBLEMS_OF_A_FILE + 30);
	assert_true(set->has_unreadable);
	assert_last_problem(set,
		"/cards/a.yaml:2003: error: from here on the file has 30 more problems, to be seen "
		"when those before are mended");
	document_set_release(set);
}

static void test_a_fault_that_is_not_kept_is_one_of_the_others(void **state) {
	(void)state;
	struct document_set *set = read_repeated("---\nname: a\nbase: 1\n", PROBLEMS_OF_A_FILE + 2);
	assert_int_equal(set->count, PROBLEMS_OF_A_FILE + 2);
	assert_false(set->has_unreadable);
	assert_last_problem(set,
		"/cards/a.yaml:3003: error: from here on the file has 2 more problems, to be seen "
		"when those before are mended");
	const struct problem *rest = &set->problems.items[PROBLEMS_OF_A_FILE];
	assert_ptr_equal(document_fault(&set->documents[PROBLEMS_OF_A_FILE - 1]), rest - 1);
	assert_ptr_equal(document_fault(&set->documents[PROBLEMS_OF_A_FILE]), rest);
	assert_ptr_equal(document_fault(&set->documents[PROBLEMS_OF_A_FILE + 1]), rest);
	document_set_release(set);
}

static void test_a_base_may_be_null(void **state) {
	(void)state;
	struct document_set *set = read_string("name: a\nbase:\n---\nname: b\n");
	assert_int_equal(set->count, 2);
	assert_document(&set->documents[0], "a", "", "");
	assert_true(set->documents[0].has_base);
	assert_false(set->documents[0].is_faulty);
	assert_false(set->documents[1].has_base);
	assert_int_equal(set->documents[1].base_line, 0);
	document_set_release(set);
}

static void test_references_are_found_at_any_depth(void **state) {
	(void)state;
	check_references("name: a\n", "");
	check_references("name: a\ntokenizer_ref: t\n", "t;");
	check_references("name: a\nx: {y: [1, [{z_ref: u}]]}\ny_ref: v\n", "u;v;");
	check_references("name: a\nbase: b\n_ref: c\n", "c;");
}

static void test_references_lead_to_the_card_without_its_environment(void **state) {
	(void)state;
	check_references("name: a\nx_ref: ' t @e'\ny_ref: u@\n", "t;u;");
}

static void test_only_strings_are_references(void **state) {
	(void)state;
	check_references(
		"name: a\nx_ref: 1\ny_ref:\nz_ref: [b]\n? [x_ref]\n: c\nreference: d\n", "");
}

static void test_a_reference_below_aliases_counts_once(void **state) {
	(void)state;
	check_references("name: a\nx: &x {y_ref: t}\nz: [*x, *x, {w: *x}]\n", "t;");
	check_references("name: a\nx_ref: &x t\ny: [{y_ref: *x}, {y_ref: *x}]\n", "t;");
	check_references("name: a\nx: &x {y_ref: t}\nz: {<<: *x}\n", "t;");
}

/* Ten levels of ten aliases each: far more than anybody could walk. */
static void test_a_bomb_of_aliases_takes_no_time_and_no_memory(void **state) {
	(void)state;
	struct buffer text = {0};
	buffer_append_string(&text, "name: a\nx0: &x0 {y_ref: some_other_card}\n");
	for (int i = 1; i <= 10; i++) {
		buffer_append_format(&text, "x%d: &x%d [", i, i);
		for (int j = 0; j < 10; j++) {
			buffer_append_format(&text, "*x%d, ", i - 1);
		}
		buffer_append_string(&text, "]\n");
	}
	struct yaml_limits limits = yaml_default_limits;
	limits.expanded_size = SIZE_MAX;
	struct document_set *set = read_text(buffer_text(&text), &limits);
	assert_int_equal(set->count, 1);
	assert_int_equal(document_references(&set->documents[0]).length, sizeof("some_other_card"));
	document_set_release(set);
	buffer_finish(&text);
}

static void test_a_document_is_read_again_with_the_lines_of_its_file(void **state) {
	(void)state;
	struct document_set *set = read_string("name: a\n---\n\nname: b\nx: [1,\n  2]\n");
	assert_int_equal(set->count, 2);
	struct arena arena = {0};
	const struct value *mapping;
	struct error error = {0};
	assert_true(
		document_read(&set->documents[1], &yaml_default_limits, &arena, &mapping, &error));
	const struct value *x = value_find(mapping, TEXT("x"));
	assert_int_equal(mapping->mapping.count, 2);
	assert_int_equal(x->line, 5);
	assert_int_equal(x->sequence.items[1]->line, 6);
	arena_finish(&arena);
	document_set_release(set);
}

static void test_reading_again_under_tighter_limits_fails(void **state) {
	(void)state;
	struct document_set *set = read_string("name: a\nx: [[1]]\n");
	struct yaml_limits limits = yaml_default_limits;
	limits.depth = 2;
	struct arena arena = {0};
	const struct value *mapping;
	struct error error = {0};
	assert_false(document_read(&set->documents[0], &limits, &arena, &mapping, &error));
	assert_int_equal(error.kind, ERROR_LIMIT);
	arena_finish(&arena);
	document_set_release(set);
}

static void test_a_file_of_more_than_1_GiB_is_a_problem(void **state) {
	(void)state;
	struct card_file *file = card_file_create(TEXT("/a.yaml"), TEXT("/"), TEXT(""), 0);
	assert_non_null(file);
	file->length = ((size_t)1 << 30) + 1;
	struct error error = {0};
	struct document_set *set = document_set_read(file, 0, NULL, &yaml_default_limits, &error);
	assert_non_null(set);
	assert_int_equal(set->count, 0);
	assert_problem(set, NULL, "/a.yaml: error: the file is larger than 1 GiB");
	document_set_release(set);
	card_file_release(file);
}

static void test_a_set_lives_as_long_as_its_last_reference(void **state) {
	(void)state;
	struct document_set *set = read_string("name: a\n");
	assert_ptr_equal(document_set_acquire(set), set);
	document_set_release(set);
	assert_document(&set->documents[0], "a", "", "");
	document_set_release(set);
	document_set_release(NULL);
}

static void test_documents_are_ordered_by_name_environment_and_place(void **state) {
	(void)state;
	struct document_set *first =
		read_string("name: a\n---\nname: a@e\n---\nname: b\n---\nname: a\n");
	struct document_set *second = read_string("name: a\n");
	second->store = 4;
	const struct document *a = &first->documents[0];
	const struct document *a_again = &first->documents[3];
	const struct document *a_elsewhere = &second->documents[0];
	const struct document *ordered[] = {
		a, a_again, a_elsewhere, &first->documents[1], &first->documents[2]};
	for (int i = 0; i < 5; i++) {
		for (int j = 0; j < 5; j++) {
			int order = document_compare(ordered[i], ordered[j]);
			assert_int_equal((order > 0) - (order < 0), (i > j) - (i < j));
		}
	}
	document_set_release(first);
	document_set_release(second);
}

static void test_a_document_is_shown_with_its_environment(void **state) {
	(void)state;
	struct document_set *set = read_string("name: a\n---\nname: b@e\n");
	struct buffer names = {0};
	document_append_name(&names, &set->documents[0]);
	buffer_append_byte(&names, ' ');
	document_append_name(&names, &set->documents[1]);
	assert_string_equal(names.data, "a b@e");
	buffer_finish(&names);
	document_set_release(set);
}

int main(void) {
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_document_has_a_name_an_environment_and_a_base),
		cmocka_unit_test(test_a_file_holds_several_documents),
		cmocka_unit_test(test_a_file_without_documents_is_empty),
		cmocka_unit_test(test_white_space_around_names_is_dropped),
		cmocka_unit_test(test_names_may_hold_anything_else),
		cmocka_unit_test(test_an_ordered_map_is_a_card_too),
		cmocka_unit_test(test_a_document_that_is_no_card_is_left_out),
		cmocka_unit_test(test_an_unreadable_document_leaves_the_others),
		cmocka_unit_test(test_a_faulty_base_is_a_fault_of_its_card),
		cmocka_unit_test(test_no_more_problems_are_kept_than_anybody_reads),
		cmocka_unit_test(test_a_fault_that_is_not_kept_is_one_of_the_others),
		cmocka_unit_test(test_a_base_may_be_null),
		cmocka_unit_test(test_references_are_found_at_any_depth),
		cmocka_unit_test(test_references_lead_to_the_card_without_its_environment),
		cmocka_unit_test(test_only_strings_are_references),
		cmocka_unit_test(test_a_reference_below_aliases_counts_once),
		cmocka_unit_test(test_a_bomb_of_aliases_takes_no_time_and_no_memory),
		cmocka_unit_test(test_a_document_is_read_again_with_the_lines_of_its_file),
		cmocka_unit_test(test_reading_again_under_tighter_limits_fails),
		cmocka_unit_test(test_a_file_of_more_than_1_GiB_is_a_problem),
		cmocka_unit_test(test_a_set_lives_as_long_as_its_last_reference),
		cmocka_unit_test(test_documents_are_ordered_by_name_environment_and_place),
		cmocka_unit_test(test_a_document_is_shown_with_its_environment),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
