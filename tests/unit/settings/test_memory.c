/*
 * Whatever allocation fails while settings are read: an error of memory, nothing leaked; and what
 * succeeds is whole.
 */
#include "settings/configuration.h"
#include "unit/support/allocation.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* ---- arguments ---- */

static bool parse(void *context, struct error *error) {
	static const char *const arguments[] = {"list", "--env", "lab", "--store=a", "--store=b",
		"--store=c", "--store=d", "--store=e", "--store=f", "--store=g", "--store=h",
		"--store=i", "-fv", "-o", "ro,noatime,conflicts=shadow,fsname=a\\,b", "x"};
	struct settings settings = {0};
	(void)context;
	const bool done = settings_parse(&settings, COUNT(arguments), arguments, error) &&
			  settings_apply_mount_option(&settings, "locators=a:b", error);
	if (done) {
		assert_string_equal(settings.environment, "lab");
		assert_int_equal(settings.stores.count, 9);
		assert_int_equal(settings.arguments.count, 2);
		assert_string_equal(settings.conflicts, "shadow");
		assert_string_equal(settings.locators, "a:b");
		assert_string_equal(settings.fuse_options.data, "ro,noatime,fsname=a,b");
	}
	settings_finish(&settings);
	return done;
}

static void test_arguments(void **state) {
	(void)state;
	allocation_fail_each(parse, NULL, 6);
}

/* An argument that is refused, and how. */
struct refusal {
	const char *argument;
	const char *sentence;
};

static bool refuse(void *context, struct error *error) {
	const struct refusal *refusal = context;
	struct settings settings = {0};
	struct error fault = {0};
	assert_false(settings_parse(&settings, 1, &refusal->argument, &fault));
	settings_finish(&settings);
	if (fault.kind == ERROR_MEMORY) {
		return error_set_memory(error);
	}
	assert_string_equal(fault.message, refusal->sentence);
	return true;
}

static void test_refusals(void **state) {
	static const struct refusal refusals[] = {
		{"--stroe=x", "there is no option --stroe; did you mean --store?"},
		{"-ostroe=x", "there is no mount option stroe; did you mean store?"},
		{"--conflicts=no", "conflicts is \"error\" or \"shadow\", not \"no\""},
	};
	(void)state;
	for (size_t i = 0; i < COUNT(refusals); i++) {
		allocation_fail_each(refuse, (void *)(uintptr_t)&refusals[i], 0);
	}
}

static bool describe(void *context, struct error *error) {
	size_t *length = context;
	struct buffer text = {0};
	settings_describe_options(&text);
	settings_describe_mount_options(&text);
	const bool done = !text.failed;
	if (done && *length == 0) {
		*length = text.length;
	}
	assert_true(!done || text.length == *length);
	buffer_finish(&text);
	return done || error_set_memory(error);
}

static void test_descriptions(void **state) {
	size_t length = 0;
	(void)state;
	allocation_fail_each(describe, &length, 20);
}

/* ---- the configuration file ---- */

struct fixture {
	char root[40];
	char path[80];
};

static int create(void **state) {
	struct fixture *fixture = calloc(1, sizeof(*fixture));
	assert_non_null(fixture);
	strcpy(fixture->root, "/tmp/cardfs-settings-XXXXXX");
	assert_non_null(mkdtemp(fixture->root));
	snprintf(fixture->path, sizeof(fixture->path), "%s/config.yaml", fixture->root);
	assert_int_equal(setenv("HOME", fixture->root, 1), 0);
	assert_int_equal(setenv("XDG_CONFIG_HOME", fixture->root, 1), 0);
	assert_int_equal(chdir(fixture->root), 0);
	unsetenv("CARDFS_ENV");
	*state = fixture;
	return 0;
}

static int destroy(void **state) {
	struct fixture *fixture = *state;
	unlink(fixture->path);
	assert_int_equal(chdir("/"), 0);
	rmdir(fixture->root);
	unsetenv("CARDFS_CONFIG");
	free(fixture);
	return 0;
}

static void write_configuration(const struct fixture *fixture, const char *text) {
	FILE *stream = fopen(fixture->path, "w");
	assert_non_null(stream);
	assert_true(fputs(text, stream) >= 0);
	assert_int_equal(fclose(stream), 0);
}

/* Whoever uses the settings fails where a problem was lost. */
static bool load(struct settings *settings, struct error *error) {
	return configuration_load(settings, error) &&
	       (!settings->problems.failed || error_set_memory(error));
}

static bool load_all(void *context, struct error *error) {
	struct settings settings = {0};
	(void)context;
	const bool done = load(&settings, error);
	if (done) {
		assert_string_equal(settings.environment, "here");
		assert_int_equal(settings.stores.count, 4);
		assert_string_equal(settings.locators, "a:b");
		assert_true(settings.no_system);
		assert_int_equal(settings.problems.count, 4);
	}
	settings_finish(&settings);
	return done;
}

static void test_a_configuration(void **state) {
	write_configuration(*state,
		"env: lab\nstores: [relative, ~/home, 'checkpoints:/c', 'package:p.q']\n"
		"locators: [a, b]\nnosystem: true\nstroe: x\nconflicts: no such\npoll: {}\n"
		"environments: [{name: here, when: {exists: /}}, {name: 1}]\n");
	setenv("CARDFS_CONFIG", "config.yaml", 1);
	allocation_fail_each(load_all, NULL, 30);
}

static bool load_what_cannot_be_read(void *context, struct error *error) {
	struct settings settings = {0};
	(void)context;
	const bool done = load(&settings, error);
	assert_true(!done || settings.problems.count == 1);
	settings_finish(&settings);
	return done;
}

static void test_a_configuration_that_cannot_be_read(void **state) {
	struct fixture *fixture = *state;
	write_configuration(fixture, "env: [\n");
	setenv("CARDFS_CONFIG", fixture->path, 1);
	allocation_fail_each(load_what_cannot_be_read, NULL, 5);
	unlink(fixture->path);
	allocation_fail_each(load_what_cannot_be_read, NULL, 3);
}

static bool load_where_it_is_looked_for(void *context, struct error *error) {
	struct settings settings = {0};
	const bool done = load(&settings, error);
	if (done) {
		assert_string_equal(settings.configuration, context);
		assert_string_equal(settings.environment, "lab");
	}
	settings_finish(&settings);
	return done;
}

static void test_where_a_configuration_is_looked_for(void **state) {
	struct fixture *fixture = *state;
	char below_root[80];
	write_configuration(fixture, "env: lab\n");
	snprintf(below_root, sizeof(below_root), "%s/cardfs", fixture->root);
	assert_int_equal(symlink(".", below_root), 0);
	char found[120];
	snprintf(found, sizeof(found), "%s/config.yaml", below_root);
	unsetenv("CARDFS_CONFIG");
	allocation_fail_each(load_where_it_is_looked_for, found, 5);
	unlink(below_root);
}

#define WITH_FIXTURE(function) cmocka_unit_test_setup_teardown(function, create, destroy)

int main(void) {
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_arguments),
		cmocka_unit_test(test_refusals),
		cmocka_unit_test(test_descriptions),
		WITH_FIXTURE(test_a_configuration),
		WITH_FIXTURE(test_a_configuration_that_cannot_be_read),
		WITH_FIXTURE(test_where_a_configuration_is_looked_for),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
