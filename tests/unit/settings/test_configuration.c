#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "settings/configuration.h"
#include "settings/option.h"

struct fixture {
	char root[40];
	char path[80];
	struct settings settings;
};

static int create(void **state) {
	struct fixture *fixture = calloc(1, sizeof(*fixture));
	assert_non_null(fixture);
	strcpy(fixture->root, "/tmp/cardfs-configuration-XXXXXX");
	assert_non_null(mkdtemp(fixture->root));
	snprintf(fixture->path, sizeof(fixture->path), "%s/config.yaml", fixture->root);
	assert_int_equal(setenv("CARDFS_CONFIG", fixture->path, 1), 0);
	assert_int_equal(setenv("HOME", fixture->root, 1), 0);
	unsetenv("CARDFS_ENV");
	*state = fixture;
	return 0;
}

static int destroy(void **state) {
	struct fixture *fixture = *state;
	settings_finish(&fixture->settings);
	unlink(fixture->path);
	rmdir(fixture->root);
	free(fixture);
	return 0;
}

static struct settings *load(struct fixture *fixture) {
	struct error error = {0};
	settings_finish(&fixture->settings);
	fixture->settings = (struct settings){0};
	if (!configuration_load(&fixture->settings, &error)) {
		fail_msg("%s", error.message);
	}
	return &fixture->settings;
}

static void write_configuration(const struct fixture *fixture, const char *text) {
	FILE *stream = fopen(fixture->path, "w");
	assert_non_null(stream);
	assert_true(fputs(text, stream) >= 0);
	assert_int_equal(fclose(stream), 0);
}

static struct settings *load_text(struct fixture *fixture, const char *text) {
	write_configuration(fixture, text);
	return load(fixture);
}

static void check_fault(
	struct fixture *fixture, const char *text, unsigned line, const char *sentence) {
	const struct settings *settings = load_text(fixture, text);
	assert_int_equal(settings->problems.count, 1);
	const struct problem *problem = &settings->problems.items[0];
	assert_string_equal(problem->message, sentence);
	assert_string_equal(problem->file, fixture->path);
	assert_int_equal(problem->line, line);
	assert_int_equal(problem->severity, PROBLEM_ERROR);
}

static const struct setting_record *record_of(
	const struct settings *settings, const char *long_name) {
	for (size_t i = 0; i < option_count; i++) {
		const char *name = option_table[i].long_name;
		if (name != NULL && strcmp(name, long_name) == 0) {
			return option_record(settings, &option_table[i]);
		}
	}
	return NULL;
}

static void test_settings_are_read_by_any_of_their_names(void **state) {
	struct fixture *fixture = *state;
	const struct settings *settings = load_text(fixture, "env: aws\n"
							     "nosystem: true\n"
							     "no-user: true\n"
							     "strict: false\n"
							     "conflicts: shadow\n"
							     "poll: 30\n");
	assert_int_equal(settings->problems.count, 0);
	assert_string_equal(settings->configuration, fixture->path);
	assert_string_equal(settings->environment, "aws");
	assert_true(settings->no_system && settings->no_user);
	assert_false(settings->strict || settings->no_built_in);
	assert_string_equal(settings->conflicts, "shadow");
	assert_string_equal(settings->poll, "30");
	const struct setting_record *record = record_of(settings, "conflicts");
	assert_int_equal(record->place.origin, SETTING_FILE);
	assert_int_equal(record->place.line, 5);
	assert_string_equal(record->place.name, fixture->path);
}

static void test_names_are_a_list_or_have_colons_between(void **state) {
	struct fixture *fixture = *state;
	assert_string_equal(load_text(fixture, "locators: a:b")->locators, "a:b");
	assert_string_equal(load_text(fixture, "locators: [a, b, c]")->locators, "a:b:c");
}

static void test_stores_are_as_the_file_means_them(void **state) {
	struct fixture *fixture = *state;
	const struct settings *settings = load_text(fixture,
		"stores: [/shared, beside, ~/own, 'dir:~/x', 'checkpoints:runs', 'package:p']\n");
	static const char *const expected[] = {
		"/shared", "%s/beside", "%s/own", "dir:%s/x", "checkpoints:%s/runs", "package:p"};
	assert_int_equal(settings->stores.count, sizeof(expected) / sizeof(expected[0]));
	for (size_t i = 0; i < settings->stores.count; i++) {
		const char *root = strstr(expected[i], "%s");
		char location[128];
		snprintf(location, sizeof(location), "%.*s%s%s",
			root == NULL ? (int)strlen(expected[i]) : (int)(root - expected[i]),
			expected[i], root == NULL ? "" : fixture->root,
			root == NULL ? "" : root + 2);
		assert_string_equal(settings->stores.items[i], location);
	}
	assert_string_equal(load_text(fixture, "store: /one")->stores.items[0], "/one");
}

static void test_the_variable_goes_over_the_rule_and_that_over_the_file(void **state) {
	struct fixture *fixture = *state;
	static const char text[] = "env: file\n"
				   "environments:\n"
				   "- {name: rule, when: {exists: /}}\n";
	const struct settings *settings = load_text(fixture, text);
	assert_string_equal(settings->environment, "rule");
	assert_int_equal(record_of(settings, "env")->place.origin, SETTING_RULE);
	assert_int_equal(record_of(settings, "env")->place.line, 3);
	assert_int_equal(setenv("CARDFS_ENV", "variable", 1), 0);
	settings = load(fixture);
	assert_string_equal(settings->environment, "variable");
	assert_int_equal(record_of(settings, "env")->place.origin, SETTING_VARIABLE);
	assert_string_equal(record_of(settings, "env")->place.name, "CARDFS_ENV");
	assert_int_equal(setenv("CARDFS_ENV", "", 1), 0);
	assert_string_equal(load(fixture)->environment, "rule");
}

static void test_an_empty_file_sets_nothing(void **state) {
	struct fixture *fixture = *state;
	const struct settings *settings = load_text(fixture, "# nothing yet\n");
	assert_int_equal(settings->problems.count, 0);
	assert_int_equal(settings->record_count, 0);
}

static void test_no_file_is_read_where_none_is_named_or_there(void **state) {
	struct fixture *fixture = *state;
	assert_int_equal(setenv("CARDFS_CONFIG", "/dev/null", 1), 0);
	assert_null(load(fixture)->configuration);
	assert_int_equal(setenv("CARDFS_CONFIG", fixture->path, 1), 0);
	const struct settings *settings = load(fixture);
	assert_int_equal(settings->problems.count, 1);
	assert_string_equal(settings->problems.items[0].file, fixture->path);
}

static void test_the_users_file_is_below_the_configuration_directory(void **state) {
	struct fixture *fixture = *state;
	char directory[64], path[96];
	snprintf(directory, sizeof(directory), "%s/cardfs", fixture->root);
	snprintf(path, sizeof(path), "%s/config.yaml", directory);
	assert_int_equal(mkdir(directory, 0755), 0);
	write_configuration(fixture, "env: aws\n");
	assert_int_equal(rename(fixture->path, path), 0);
	unsetenv("CARDFS_CONFIG");
	assert_int_equal(setenv("XDG_CONFIG_HOME", fixture->root, 1), 0);
	const struct settings *settings = load(fixture);
	unsetenv("XDG_CONFIG_HOME");
	unlink(path);
	rmdir(directory);
	assert_string_equal(settings->configuration, path);
	assert_string_equal(settings->environment, "aws");
}

static void test_a_file_that_cannot_be_found_is_said_to_be_none(void **state) {
	struct fixture *fixture = *state;
	assert_int_equal(setenv("CARDFS_CONFIG", "relative.yaml", 1), 0);
	char directory[64];
	snprintf(directory, sizeof(directory), "%s/gone", fixture->root);
	assert_int_equal(mkdir(directory, 0755), 0);
	assert_int_equal(chdir(directory), 0);
	assert_int_equal(rmdir(directory), 0);
	const struct settings *settings = load(fixture);
	assert_int_equal(chdir("/"), 0);
	assert_int_equal(settings->problems.count, 1);
	assert_string_equal(settings->problems.items[0].file, "relative.yaml");
}

static void test_what_is_wrong_is_said_with_its_line(void **state) {
	struct fixture *fixture = *state;
	check_fault(fixture, "\nstor: /a", 2, "there is no setting \"stor\"; did you mean store?");
	check_fault(fixture, "qwertyuiop: 1", 1, "there is no setting \"qwertyuiop\"");
	check_fault(fixture, "strict: maybe", 1, "strict is true or false, not a string");
	check_fault(fixture, "env: [a]", 1, "env is one value, not a list");
	check_fault(fixture, "env: null", 1, "env is one value, not null");
	check_fault(fixture, "env: \"a\\0b\"", 1, "there is a NUL character in this");
	check_fault(fixture, "conflicts: later", 1,
		"conflicts is \"error\" or \"shadow\", not \"later\"");
	check_fault(fixture, "- env", 1, "a configuration is a mapping of settings to values");
	check_fault(fixture, "env: a\n---\nenv: b\n", 3, "a configuration is one document");
	check_fault(fixture, "stores:\n- a\n- {b: c}\n", 3, "stores is one value, not a mapping");
}

static void test_yaml_that_does_not_parse_is_one_fault(void **state) {
	struct fixture *fixture = *state;
	const struct settings *settings = load_text(fixture, "env: a\nstrict: [\n");
	assert_int_equal(settings->problems.count, 1);
	assert_int_equal(settings->record_count, 0);
}

#define CONFIGURATION_TEST(function) cmocka_unit_test_setup_teardown(function, create, destroy)

int main(void) {
	const struct CMUnitTest tests[] = {
		CONFIGURATION_TEST(test_settings_are_read_by_any_of_their_names),
		CONFIGURATION_TEST(test_names_are_a_list_or_have_colons_between),
		CONFIGURATION_TEST(test_stores_are_as_the_file_means_them),
		CONFIGURATION_TEST(test_the_variable_goes_over_the_rule_and_that_over_the_file),
		CONFIGURATION_TEST(test_an_empty_file_sets_nothing),
		CONFIGURATION_TEST(test_no_file_is_read_where_none_is_named_or_there),
		CONFIGURATION_TEST(test_the_users_file_is_below_the_configuration_directory),
		CONFIGURATION_TEST(test_a_file_that_cannot_be_found_is_said_to_be_none),
		CONFIGURATION_TEST(test_what_is_wrong_is_said_with_its_line),
		CONFIGURATION_TEST(test_yaml_that_does_not_parse_is_one_fault),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
