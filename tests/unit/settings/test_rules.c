#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "settings/rules.h"
#include "yaml/read.h"

/* What came of choosing among rules. */
struct choice {
	struct arena arena;
	struct problem_list problems;
	const struct value *name;
};

static struct choice choose(const char *rules) {
	struct choice choice = {0};
	struct yaml_slice slice = {.length = strlen(rules), .line = 1};
	const struct value *value;
	assert_int_equal(yaml_read(&choice.arena, text_of(rules), &slice, &yaml_default_limits,
				 &value, NULL),
		YAML_READ_VALUE);
	choice.name = rules_choose(value, TEXT("config.yaml"), &choice.problems);
	return choice;
}

static void check_chooses(const char *rules, const char *expected) {
	struct choice choice = choose(rules);
	assert_int_equal(choice.problems.count, 0);
	const char *name = choice.name == NULL ? "(none)" : choice.name->canonical.data;
	assert_string_equal(name, expected == NULL ? "(none)" : expected);
	arena_finish(&choice.arena);
	problem_list_finish(&choice.problems);
}

static void check_fault(const char *rules, uint32_t line, const char *words) {
	struct choice choice = choose(rules);
	assert_null(choice.name);
	assert_int_equal(choice.problems.count, 1);
	assert_string_equal(choice.problems.items[0].file, "config.yaml");
	assert_int_equal(choice.problems.items[0].line, line);
	if (strstr(choice.problems.items[0].message, words) == NULL) {
		fail_msg("%s", choice.problems.items[0].message);
	}
	arena_finish(&choice.arena);
	problem_list_finish(&choice.problems);
}

static void test_first_rule_that_matches_is_chosen(void **state) {
	(void)state;
	check_chooses("[{name: a, when: {exists: /no/where}}, {name: b, when: {exists: /}},"
		      " {name: c, when: {exists: /}}]",
		"b");
	check_chooses("[{name: a, when: {exists: /no/where}}]", NULL);
	check_chooses("[]", NULL);
}

static void test_all_conditions_of_a_rule_must_hold(void **state) {
	(void)state;
	check_chooses("[{name: a, when: {exists: /, hostname: '*'}}]", "a");
	check_chooses("[{name: a, when: {exists: /, hostname: 'no such host'}}]", NULL);
	check_chooses("[{name: a, when: {exists: /no/where, hostname: '*'}}]", NULL);
}

static void test_variable_is_set_or_matches(void **state) {
	(void)state;
	setenv("CARDFS_TEST_RULE", "lab-7", 1);
	check_chooses("[{name: a, when: {env: CARDFS_TEST_RULE}}]", "a");
	check_chooses("[{name: a, when: {env: CARDFS_TEST_RULE=lab-7}}]", "a");
	check_chooses("[{name: a, when: {env: 'CARDFS_TEST_RULE=lab-*'}}]", "a");
	check_chooses("[{name: a, when: {env: CARDFS_TEST_RULE=lab}}]", NULL);
	setenv("CARDFS_TEST_RULE", "", 1);
	check_chooses("[{name: a, when: {env: CARDFS_TEST_RULE}}]", NULL);
	check_chooses("[{name: a, when: {env: CARDFS_TEST_RULE=}}]", "a");
	unsetenv("CARDFS_TEST_RULE");
	check_chooses("[{name: a, when: {env: CARDFS_TEST_RULE=}}]", NULL);
}

static void test_faults_say_where_they_are(void **state) {
	(void)state;
	check_fault("name: a\n", 1, "\"environments\" is a list of rules");
	check_fault("- a\n", 1, "a rule is a mapping");
	check_fault("- when: {exists: /}\n", 1, "a rule needs the name");
	check_fault("- name: a\n", 1, "a rule needs conditions");
	check_fault("- name: a\n  when: {}\n", 2, "a rule needs conditions");
	check_fault("- name: a\n  when: {exists: nowhere}\n", 2, "absolute path");
	check_fault("- name: a\n  when: {exists: 1}\n", 2, "a condition is a string");
	check_fault("- name: a\n  when: {env: =x}\n", 2, "NAME or NAME=VALUE");
	check_fault("- name: a\n  when:\n    host: x\n", 3, "no condition \"host\"");
	check_fault("- name: a\n  when:\n    hostnam: x\n", 3, "did you mean hostname?");
	check_fault("- name: a\n  when: {exists: /no/where}\n  wen: 1\n", 3, "no more");
}

static void test_faults_are_found_behind_the_rule_that_matches(void **state) {
	(void)state;
	struct choice choice =
		choose("- {name: a, when: {exists: /}}\n- {name: b, when: {exist: /}}\n");
	assert_non_null(choice.name);
	assert_int_equal(choice.problems.count, 1);
	assert_int_equal(choice.problems.items[0].line, 2);
	arena_finish(&choice.arena);
	problem_list_finish(&choice.problems);
}

int main(void) {
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_first_rule_that_matches_is_chosen),
		cmocka_unit_test(test_all_conditions_of_a_rule_must_hold),
		cmocka_unit_test(test_variable_is_set_or_matches),
		cmocka_unit_test(test_faults_say_where_they_are),
		cmocka_unit_test(test_faults_are_found_behind_the_rule_that_matches),
	};
	return cmocka_run_group_tests_name("rules", tests, NULL, NULL);
}
