#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "card/name.h"

#include <string.h>

static void assert_text(struct text text, const char *expected) {
	assert_int_equal(text.length, strlen(expected));
	assert_memory_equal(text.data, expected, text.length);
}

static void check_name(const char *written, const char *name, const char *environment) {
	struct card_name parsed;
	struct error error = {0};
	assert_true(card_name_parse(text_of(written), &parsed, &error));
	assert_text(parsed.name, name);
	assert_text(parsed.environment, environment);
}

static void check_fault(const char *written, const char *message) {
	struct card_name parsed;
	struct error error = {0};
	assert_false(card_name_parse(text_of(written), &parsed, &error));
	assert_int_equal(error.kind, ERROR_INVALID);
	assert_string_equal(error.message, message);
}

static void check_request(
	const char *request, const char *name, const char *environment, bool has_at) {
	struct card_name parsed = card_name_of_request(text_of(request));
	assert_text(parsed.name, name);
	assert_text(parsed.environment, environment);
	assert_int_equal(parsed.has_at, has_at);
}

static void test_a_name_may_be_followed_by_an_environment(void **state) {
	(void)state;
	check_name("llama", "llama", "");
	check_name("llama@awscluster", "llama", "awscluster");
}

static void test_a_name_with_nothing_behind_its_at_has_no_environment(void **state) {
	(void)state;
	check_name("k@", "k", "");
	check_name("l@ \t", "l", "");
}

static void test_white_space_around_name_and_environment_is_dropped(void **state) {
	(void)state;
	check_name(" b @ user\n", "b", "user");
	check_name("\u00a0\u3000c\u2009", "c", "");
	check_name("\x1f o \x1c", "o", "");
}

static void test_anything_else_is_part_of_a_name(void **state) {
	(void)state;
	check_name("m n", "m n", "");
	check_name("f/g", "f/g", "");
	check_name("..", "..", "");
	check_name("\u200bj", "\u200bj", "");
	struct card_name parsed;
	assert_true(card_name_parse(TEXT("h\0i@e"), &parsed, NULL));
	assert_true(text_equal(parsed.name, TEXT("h\0i")));
	assert_text(parsed.environment, "e");
}

static void test_a_name_must_not_be_empty(void **state) {
	(void)state;
	check_fault("", "the name is empty; write \"name: NAME\"");
	check_fault(" \u3000", "the name is empty; write \"name: NAME\"");
	check_fault("@", "the name has nothing before its \"@\"; write \"NAME@ENVIRONMENT\"");
	check_fault(" @env", "the name has nothing before its \"@\"; write \"NAME@ENVIRONMENT\"");
}

static void test_a_name_has_one_at_only(void **state) {
	(void)state;
	check_fault(
		"a@b@c", "the name \"a@b@c\" has more than one \"@\"; write \"NAME@ENVIRONMENT\"");
	check_fault("a@@", "the name \"a@@\" has more than one \"@\"; write \"NAME@ENVIRONMENT\"");
}

static void test_a_request_is_taken_apart_at_its_first_at(void **state) {
	(void)state;
	check_request("llama", "llama", "", false);
	check_request("llama@user", "llama", "user", true);
	check_request("\u3000 b@ user ", "b", "user", true);
	check_request("k@", "k", "", true);
	check_request("a@\t", "a", "", true);
	check_request("name@a@b", "name", "a@b", true);
}

static void test_a_request_may_name_nothing(void **state) {
	(void)state;
	check_request("", "", "", false);
	check_request("@", "", "", true);
	check_request("@user", "", "user", true);
}

static void assert_environments(
	const struct environments *environments, const char *first, const char *second) {
	const char *const expected[] = {first, second};
	size_t count = 0;
	for (size_t i = 0; i < 2 && expected[i] != NULL; i++) {
		assert_true(i < environments->count);
		assert_text(environments->names[i], expected[i]);
		count++;
	}
	assert_int_equal(environments->count, count);
}

static void check_in_force(const char *environment, const char *second) {
	struct environments environments = environments_in_force(text_of(environment));
	assert_environments(&environments, "user", second);
}

static void test_the_user_environment_is_always_in_force_and_first(void **state) {
	(void)state;
	check_in_force("", NULL);
	check_in_force(NULL, NULL);
	check_in_force("awscluster", "awscluster");
}

static void test_an_environment_in_force_is_stripped_and_not_repeated(void **state) {
	(void)state;
	check_in_force(" awscluster ", "awscluster");
	check_in_force(" \t", NULL);
	check_in_force("user", NULL);
	check_in_force(" user", NULL);
}

static void check_of_request(const char *request, const char *first, const char *second) {
	const struct environments in_force = environments_in_force(TEXT("awscluster"));
	const struct card_name name = card_name_of_request(text_of(request));
	const struct environments environments = environments_of_request(&name, &in_force);
	assert_environments(&environments, first, second);
}

static void test_a_request_without_at_means_the_environments_in_force(void **state) {
	(void)state;
	check_of_request("a", "user", "awscluster");
}

static void test_a_request_with_an_environment_means_that_one_alone(void **state) {
	(void)state;
	check_of_request("a@other", "other", NULL);
	check_of_request("a@user", "user", NULL);
}

static void test_a_request_with_nothing_behind_its_at_means_no_environment(void **state) {
	(void)state;
	check_of_request("a@", NULL, NULL);
	check_of_request("a@ ", NULL, NULL);
}

int main(void) {
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_name_may_be_followed_by_an_environment),
		cmocka_unit_test(test_a_name_with_nothing_behind_its_at_has_no_environment),
		cmocka_unit_test(test_white_space_around_name_and_environment_is_dropped),
		cmocka_unit_test(test_anything_else_is_part_of_a_name),
		cmocka_unit_test(test_a_name_must_not_be_empty),
		cmocka_unit_test(test_a_name_has_one_at_only),
		cmocka_unit_test(test_a_request_is_taken_apart_at_its_first_at),
		cmocka_unit_test(test_a_request_may_name_nothing),
		cmocka_unit_test(test_the_user_environment_is_always_in_force_and_first),
		cmocka_unit_test(test_an_environment_in_force_is_stripped_and_not_repeated),
		cmocka_unit_test(test_a_request_without_at_means_the_environments_in_force),
		cmocka_unit_test(test_a_request_with_an_environment_means_that_one_alone),
		cmocka_unit_test(test_a_request_with_nothing_behind_its_at_means_no_environment),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
