#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "settings/option.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))
#define PARSE(settings, ...) \
	parse(settings, COUNT(((const char *[]){__VA_ARGS__})), (const char *const[]){__VA_ARGS__})
#define CHECK_REFUSED(sentence, ...)                                    \
	check_refused(sentence, COUNT(((const char *[]){__VA_ARGS__})), \
		(const char *const[]){__VA_ARGS__})

static struct settings *parse(
	struct settings *settings, size_t count, const char *const *arguments) {
	struct error error = {0};
	*settings = (struct settings){0};
	if (!settings_parse(settings, count, arguments, &error)) {
		fail_msg("%s", error.message);
	}
	return settings;
}

static void check_refused(const char *sentence, size_t count, const char *const *arguments) {
	struct settings settings = {0};
	struct error error = {0};
	assert_false(settings_parse(&settings, count, arguments, &error));
	assert_int_equal(error.kind, ERROR_USAGE);
	assert_string_equal(error.message, sentence);
	settings_finish(&settings);
}

static void test_values_stand_behind_or_in_an_option(void **state) {
	(void)state;
	struct settings settings;
	PARSE(&settings, "--env", "aws", "--kind=model", "--store=a=b", "--store", "c");
	assert_string_equal(settings.environment, "aws");
	assert_string_equal(settings.kind, "model");
	assert_int_equal(settings.stores.count, 2);
	assert_string_equal(settings.stores.items[0], "a=b");
	assert_string_equal(settings.stores.items[1], "c");
	settings_finish(&settings);
}

static void test_the_last_of_an_option_is_in_force(void **state) {
	(void)state;
	struct settings settings;
	PARSE(&settings, "--env", "aws", "-o", "env=fair", "--no-system");
	assert_string_equal(settings.environment, "fair");
	const struct setting_record *record = option_record(&settings, &option_table[0]);
	assert_string_equal(record->option->long_name, "env");
	assert_string_equal(record->value, "fair");
	assert_int_equal(record->place.origin, SETTING_OPTION);
	assert_true(settings.no_system);
	assert_false(settings.no_user);
	settings_finish(&settings);
}

static void test_letters_may_stand_together(void **state) {
	(void)state;
	struct settings settings;
	PARSE(&settings, "-fv", "-oro,env=aws", "-do", "strict");
	assert_true(settings.foreground && settings.verbose && settings.debug && settings.strict);
	assert_string_equal(settings.environment, "aws");
	assert_string_equal(settings.fuse_options.data, "ro");
	settings_finish(&settings);
}

static void test_what_is_no_option_is_an_argument(void **state) {
	(void)state;
	struct settings settings;
	PARSE(&settings, "show", "-", "--all", "name", "--", "--json", "-f");
	static const char *const arguments[] = {"show", "-", "name", "--json", "-f"};
	assert_int_equal(settings.arguments.count, COUNT(arguments));
	for (size_t i = 0; i < COUNT(arguments); i++) {
		assert_string_equal(settings.arguments.items[i], arguments[i]);
	}
	assert_true(settings.all);
	assert_false(settings.json || settings.foreground);
	settings_finish(&settings);
}

static void test_a_mount_option_may_hold_a_comma(void **state) {
	(void)state;
	struct settings settings;
	PARSE(&settings, "-o", "store=/a\\,b,store=/c\\\\,,store=/d\\e,");
	assert_int_equal(settings.stores.count, 3);
	assert_string_equal(settings.stores.items[0], "/a,b");
	assert_string_equal(settings.stores.items[1], "/c\\");
	assert_string_equal(settings.stores.items[2], "/d\\e");
	settings_finish(&settings);
}

static void test_options_of_others_are_passed_on_or_left_to_them(void **state) {
	(void)state;
	struct settings settings;
	PARSE(&settings, "-o", "noauto,allow_other,x-systemd.automount,user,max_read=4096,_netdev");
	assert_string_equal(settings.fuse_options.data, "allow_other,max_read=4096");
	assert_null(settings.serving_user);
	settings_finish(&settings);
}

static void test_an_option_of_a_mount_table_is_copied(void **state) {
	(void)state;
	struct settings settings = {0};
	struct error error = {0};
	char option[] = "env=aws";
	assert_true(settings_apply_mount_option(&settings, option, &error));
	memset(option, 'x', strlen(option));
	assert_string_equal(settings.environment, "aws");
	settings_finish(&settings);
}

static void test_unknown_mount_options_are_left_out_where_that_is_asked(void **state) {
	(void)state;
	struct settings settings = {.sloppy = true};
	struct error error = {0};
	assert_true(settings_apply_mount_option(&settings, "whatever=1", &error));
	assert_int_equal(settings.fuse_options.length, 0);
	settings_finish(&settings);
}

static void test_what_is_wrong_is_said_with_what_is_right(void **state) {
	(void)state;
	CHECK_REFUSED("there is no option --envi; did you mean --env?", "--envi", "aws");
	CHECK_REFUSED("there is no option --qwertyuiop", "--qwertyuiop");
	CHECK_REFUSED("there is no mount option stor; did you mean store?", "-o", "stor=/a");
	CHECK_REFUSED("there is no mount option allow_othr; did you mean allow_other?", "-o",
		"allow_othr");
	CHECK_REFUSED("there is no option -x", "-fx");
	CHECK_REFUSED("the option --strict=1 takes no value", "--strict=1");
	CHECK_REFUSED("the mount option strict takes no value", "-o", "strict=1");
	CHECK_REFUSED("the option --env needs a value: --env NAME", "--env");
	CHECK_REFUSED("the mount option env needs a value: env=…", "-o", "env");
	CHECK_REFUSED("the option -o needs a value: -o OPTION[,OPTION...]", "-f", "-o");
	CHECK_REFUSED(
		"conflicts is \"error\" or \"shadow\", not \"later\"", "--conflicts", "later");
}

static void test_every_option_that_is_described_can_be_given(void **state) {
	(void)state;
	struct buffer text = {0};
	settings_describe_options(&text);
	for (size_t i = 0; i < option_count; i++) {
		const struct option *option = &option_table[i];
		char argument[64];
		snprintf(argument, sizeof(argument), "--%s",
			option->long_name == NULL ? "" : option->long_name);
		assert_int_equal(option->help != NULL,
			option->long_name != NULL && strstr(text.data, argument));
		if (option->help == NULL) {
			continue;
		}
		const bool has_choices = option->kind == OPTION_CHOICE;
		struct settings settings;
		PARSE(&settings, argument, has_choices ? option->default_value : "value");
		assert_non_null(option_record(&settings, option));
		settings_finish(&settings);
	}
	buffer_finish(&text);
}

static void test_mount_options_are_described_within_80_columns(void **state) {
	(void)state;
	struct buffer text = {0};
	settings_describe_mount_options(&text);
	for (const char *line = text.data; *line != '\0';) {
		const size_t length = strcspn(line, "\n");
		assert_true(length <= 80);
		line += length + (line[length] == '\n');
	}
	for (size_t i = 0; i < option_count; i++) {
		const char *name = option_table[i].mount_name;
		assert_true(name == NULL || strstr(text.data, name) != NULL);
	}
	buffer_finish(&text);
}

int main(void) {
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_values_stand_behind_or_in_an_option),
		cmocka_unit_test(test_the_last_of_an_option_is_in_force),
		cmocka_unit_test(test_letters_may_stand_together),
		cmocka_unit_test(test_what_is_no_option_is_an_argument),
		cmocka_unit_test(test_a_mount_option_may_hold_a_comma),
		cmocka_unit_test(test_options_of_others_are_passed_on_or_left_to_them),
		cmocka_unit_test(test_an_option_of_a_mount_table_is_copied),
		cmocka_unit_test(test_unknown_mount_options_are_left_out_where_that_is_asked),
		cmocka_unit_test(test_what_is_wrong_is_said_with_what_is_right),
		cmocka_unit_test(test_every_option_that_is_described_can_be_given),
		cmocka_unit_test(test_mount_options_are_described_within_80_columns),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
